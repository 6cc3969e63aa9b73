"""Where settings and what is remembered lie."""

from __future__ import annotations

import os
from pathlib import Path

PROGRAM = "rollout-tui"


def config_file() -> Path:
    """`$XDG_CONFIG_HOME/rollout-tui/config.toml`, by default below `~/.config`."""
    return _home("XDG_CONFIG_HOME", ".config") / PROGRAM / "config.toml"


def state_folder() -> Path:
    """`$XDG_STATE_HOME/rollout-tui`, by default below `~/.local/state`."""
    return _home("XDG_STATE_HOME", ".local/state") / PROGRAM


def _home(variable: str, otherwise: str) -> Path:
    """A base folder; relative ones are passed over, as the XDG specification asks."""
    given = os.environ.get(variable, "")
    return Path(given) if given.startswith("/") else Path("~").expanduser() / otherwise
