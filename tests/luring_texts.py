"""Texts that lure regular expressions into backtracking without end."""

from __future__ import annotations

from pathlib import Path

from scripted import Script, user

ENDLESS = ("(a+)+y", "(?:a|aa)+y", "(a*)*y", "a*a*a*a*a*a*y")
"""Each doubles its work with every letter, or needs its cube."""
LURE = "a" * 5000 + "!"


def luring(folder: Path) -> Script:
    """A recording with a text that lures all of them, in a line and in a body, and one that they find."""
    script = Script(folder)
    script.begin()
    script.tool(f"x{LURE}z")
    script.ask("i1", user(f"{LURE} y"))
    script.ask("i2", user("say aay"))
    return script
