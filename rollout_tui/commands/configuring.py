"""Settings, put to use before anything is shown."""

from __future__ import annotations

import os

from rollout_tui.commands.outcome import CommandFailure
from rollout_tui.remembered import Store
from rollout_tui.settings import Settings, SettingsProblem, config_file, read_settings, state_folder
from rollout_tui.settings.reading import Default
from rollout_tui.tui.keys import DEFAULTS, use_keys

NO_MEMORY_VARIABLE = "ROLLOUT_TUI_NO_MEMORY"
FIXED = ("palette",)
"""Actions whose key is not ours to change."""


def use_settings() -> Settings:
    """Read the settings and give actions their keys. Raises CommandFailure."""
    actions = {one.id: Default(one.keys, one.when) for one in DEFAULTS if one.id not in FIXED}
    try:
        settings = read_settings(config_file(), actions)
    except SettingsProblem as problem:
        raise CommandFailure(f"rollout-tui: {problem}") from problem
    use_keys(settings.keys)
    return settings


def memory(settings: Settings) -> Store | None:
    """What is remembered about traces; None where the settings or $ROLLOUT_TUI_NO_MEMORY say nothing is."""
    if not settings.memory or os.environ.get(NO_MEMORY_VARIABLE):
        return None
    return Store(state_folder() / "traces")
