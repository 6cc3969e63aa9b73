"""The keys that can be chosen, and why others cannot."""

from __future__ import annotations

NAMED = frozenset(
    (
        *("space", "enter", "backspace", "tab", "escape", "delete", "insert", "home", "end"),
        *("pageup", "pagedown", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 13)),
    )
)
SHIFTED = frozenset(("tab", "home", "end", "up", "down", "left", "right", *(f"f{n}" for n in range(1, 13))))
SWALLOWED = {
    "ctrl+i": "is Tab to a terminal",
    "ctrl+j": "is Enter to a terminal",
    "ctrl+m": "is Enter to a terminal",
    "ctrl+h": "is Backspace to many terminals",
    "ctrl+s": "stops the output of many terminals",
    "ctrl+q": "quits, always",
    "ctrl+p": "opens the list of all actions, always",
    "f11": "makes many terminals fill the screen",
}
ALLOWED = (
    "one character, a name (space, enter, tab, escape, backspace, delete, insert, home, end, pageup, "
    "pagedown, up, down, left, right, f1 to f12), ctrl+LETTER, or shift+ before an arrow, home, end, tab or "
    "f1 to f12"
)


def key_problem(key: str) -> str:
    """Why `key` cannot be used; empty when it can."""
    if key in SWALLOWED:
        return SWALLOWED[key]
    if len(key) == 1 and key.isprintable() and key != " ":
        return ""
    before, plus, name = key.rpartition("+")
    letter = len(name) == 1 and name.isascii() and name.islower()
    known = (
        (not plus and name in NAMED)
        or (before == "shift" and name in SHIFTED)
        or (before == "ctrl" and letter)
    )
    return "" if known else f"is no key; allowed: {ALLOWED}"
