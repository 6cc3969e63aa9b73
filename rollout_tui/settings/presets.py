"""Keys to begin with: by the id of an action, the keys that differ from the table of keys."""

from __future__ import annotations

from collections.abc import Mapping

Keys = tuple[str, ...]

PRESETS: Mapping[str, Mapping[str, Keys]] = {
    "gdb": {},
    # Those of graphical debuggers, as far as terminals pass them on, beside the letters.
    "ide": {
        "event_next": ("f7", "s", "right"),
        "event_previous": ("shift+f7", "S", "left"),
        "over_next": ("f8", "f10", "n"),
        "over_previous": ("shift+f8", "shift+f10", "N"),
        "out_end": ("f12", "f"),
        "stop_next": ("f5", "c"),
        "stop_previous": ("shift+f5", "C"),
        "break_here": ("f9", "b"),
        "problem_next": ("f2", "e"),
        "problem_previous": ("shift+f2", "E"),
        "search": ("ctrl+f", "/"),
        "command": ("ctrl+g", ":"),
        "help": ("f1", "?"),
    },
}
