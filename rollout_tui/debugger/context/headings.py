"""Headings before what a tool or an agent said: how a cell or a command stood, and the text behind them."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

_SCRIPT_STATES = {
    "running": "yielded",
    "completed": "completed",
    "failed": "failed",
    "terminated": "terminated",
}
_SCRIPT = re.compile(
    r"Script (running|completed|failed|terminated)\b(?: with cell ID (\S+))?[^\n]*\n?"
    r"(?:Wall time [^\n]*\n?)?(?:Output:\s*)?"
)
_COMMAND = re.compile(
    r"(?:Chunk ID: [^\n]*\n)?"
    r"(?:Exit code: (-?\d+)\n)?"
    r"Wall time: [^\n]*\n"
    r"(?:Process exited with code (-?\d+)\n|Process running with session ID (\d+)\n)?"
    r"(?:Original token count: \d+\n)?"
    r"(?:Total output lines: \d+\n)?"
    r"Output:(?:\n|$)"
    r"(Warning: truncated output[^\n]*\n(?:Total output lines: \d+\n)?\n?)?"
)
_MESSAGE = re.compile(r"Message Type: [^\n]*\n(?:Task name: [^\n]*\n)?(?:Sender: [^\n]*\n)?Payload:(?:\n|$)")
_OLDER_RESULT = re.compile(r"<subagent_notification>\n(\{[^\n]*\})\n</subagent_notification>")


class _Notification(msgspec.Struct, forbid_unknown_fields=True):
    agent_path: str
    status: str | dict[str, str | None]


_NOTIFICATION = msgspec.json.Decoder(_Notification)


def output_parts(text: str, named: Callable[[], str | None]) -> tuple[str, str]:
    """How a cell or a command stood by the heading of an output, empty without one; the text behind it."""
    return cell_words(text, named) or command_words(text) or ("", text)


def cell_words(text: str, named: Callable[[], str | None]) -> tuple[str, str] | None:
    """How a cell stood by the heading of an output of `exec` or `wait`, and the text behind that heading.

    E.g. (`cell 1 yielded`, `A0`); None for other texts. `named()` tells the cell where the heading does not.
    """
    heading = _SCRIPT.match(text)
    if heading is None:
        return None
    cell = f"cell {heading[2]}" if heading[2] else named()
    if cell is None:
        return None
    return f"{cell} {_SCRIPT_STATES[heading[1]]}", text[heading.end() :]


def command_words(text: str) -> tuple[str, str] | None:
    """How a command stood by the heading of its output, and the text behind that heading.

    E.g. (`exit 1, truncated`, `FAILED ...`), (`session 9447 running`, ``); None for other texts. The first
    is empty where the heading says only how long it took.
    """
    heading = _COMMAND.match(text)
    if heading is None:
        return None
    code = heading[1] or heading[2]
    words = [f"exit {code}"] if code else [f"session {heading[3]} running"] if heading[3] else []
    words += ["truncated"] if heading[4] else []
    return ", ".join(words), text[heading.end() :]


def message_text(text: str) -> str:
    """What an agent said to another, without the lines that say to whom.

    Of a result as older releases wrote it: what the agent answered, else how it ended.
    """
    heading = _MESSAGE.match(text)
    return text[heading.end() :] if heading else _result(text) or text


def _result(text: str) -> str | None:
    found = _OLDER_RESULT.fullmatch(text)
    try:
        status = _NOTIFICATION.decode(found[1]).status if found else {}
    except (ValueError, RecursionError):
        return None
    if isinstance(status, str):
        return status
    if len(status) != 1:
        return None
    ((word, said),) = status.items()
    return (said or word) if word == "completed" else f"{word}  {said or ''}".rstrip()
