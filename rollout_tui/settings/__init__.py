"""What people set once for every trace: keys, colours, whether anything is remembered."""

from rollout_tui.settings.files import config_file, state_folder
from rollout_tui.settings.reading import Settings, SettingsProblem, read_settings

__all__ = ["EXAMPLE", "Settings", "SettingsProblem", "config_file", "read_settings", "state_folder"]

EXAMPLE = """\
preset = "ide"              # keys to begin with: "gdb" (as the help shows them) or "ide"
theme = "textual-light"     # any Textual theme, high-contrast or high-contrast-light; --theme wins
memory = false              # remember nothing about traces; ROLLOUT_TUI_NO_MEMORY=1 does the same

[keys]                      # by the id of the action (rollout-tui help keys); replaces its keys
over_next = ["f8", "n"]
quit = "Q"
"""
"""A settings file with everything that can be in one."""
