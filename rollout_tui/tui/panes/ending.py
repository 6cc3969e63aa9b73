"""What is shown of a recording before anything is reduced: its last events, what the model saw last.

The panes are where they will be and say what they will say; what takes the whole recording to know (turns,
who made an item, when it was first seen) is left out. While a long recording is read this stays the view of
its end.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Raw

from rollout_tui.trace.ending import Ending
from rollout_tui.trace.events import event_type
from rollout_tui.trace.spine import BadLine
from rollout_tui.trace.spine import Line as SpineLine
from rollout_tui.tui.drawing.lens import LensLines, LineList, MadeLines
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, row, wrapped
from rollout_tui.tui.panes.header import Header, header
from rollout_tui.tui.panes.loading import LoadProgress
from rollout_tui.tui.state.places import INSPECTOR, LENS, TIMELINE
from rollout_tui.words import count, role, short_id, since_start, size

LABEL = 30
_LONGEST = 600
"""Characters of a text of which its row shows what fits."""


def ending_header(ending: Ending, width: int) -> Line:
    """The header at the last event."""
    last = ending.last
    facts = Header(
        rollout_id=short_id(ending.identity.rollout_id),
        schema=ending.identity.schema_version,
        status="LOADING",
        status_style="badge",
        agent_path=thread_name(ending),
        turn="",
        inference="",
        position=f"#{last.seq}/{last.seq}",
        elapsed=since_start(last.wall_time_unix_ms - ending.started_ms),
    )
    return header(facts, width)


def thread_name(ending: Ending) -> str:
    """The agent path, or what is known of the thread."""
    return ending.agent_path or f"thread {short_id(ending.thread_id)}"


def ending_events(ending: Ending, width: int) -> MadeLines:
    """The last events, one a row, the last in focus."""
    lines, last = ending.lines, ending.last
    digits = len(str(last.seq)) + 1

    def make(number: int) -> Line:
        return _event_row(lines[number], ending.started_ms, digits, width)

    title = "timeline  the last events"
    return MadeLines(title, len(lines), make, size(ending.size_bytes), "", len(lines) - 1)


def _event_row(found: SpineLine, started_ms: int, digits: int, width: int) -> Line:
    if isinstance(found, BadLine):
        return row(width, Cell(f"#{found.seq or '?'}", "dim", digits, "right"), Cell(found.reason, "error"))
    return row(
        width,
        Cell(f"#{found.seq}", "dim", digits, "right"),
        Cell("", "", 1),
        Cell(event_type(found.payload).replace("_", " "), "", FLEXIBLE),
        Cell(since_start(found.wall_time_unix_ms - started_ms), "dim", 9, "right", drop=1, least=18),
    )


def ending_context(ending: Ending, width: int) -> LensLines:
    """The items of the last request and of its answer."""
    name, items = thread_name(ending), ending.items
    if items is None:
        words = "What the model sees now takes the whole recording to tell. It is being read."
        return LineList(f"context {name}", (), empty=words)

    def make(number: int) -> Line:
        return item_row(items[number], width)

    return MadeLines(f"context {name}  {count(len(items), 'item')}", len(items), make, "", "", len(items) - 1)


def ending_inspector(ending: Ending, width: int) -> LineList:
    """The last event, as far as its line tells."""
    last = ending.last
    elapsed = since_start(last.wall_time_unix_ms - ending.started_ms)
    first = row(
        width,
        Cell(f"#{last.seq}", "heading"),
        Cell(event_type(last.payload), "strong", FLEXIBLE),
        Cell(elapsed, "dim", drop=1),
    )
    more = wrapped("What it changed is known when the recording is read.", width - 1, "dim", 1)
    return LineList("inspector", [first, NOTHING, *more])


ENDING_LINES: dict[str, Callable[[Ending, int], LensLines]] = {
    TIMELINE: ending_events,
    LENS: ending_context,
    INSPECTOR: ending_inspector,
}
"""What each pane shows."""


def not_begun(ending: Ending) -> LoadProgress:
    """How far the reading is before it begins."""
    return LoadProgress(0, ending.size_bytes, 0, 0.0)


# -- items -------------------------------------------------------------------------------


class _Item(msgspec.Struct, gc=False):
    """The fields of a model item that its row shows."""

    type: str = ""
    role: str = ""
    name: str = ""
    call_id: str = ""
    content: Raw = Raw(b"null")
    summary: Raw = Raw(b"null")
    arguments: Raw = Raw(b"null")
    input: Raw = Raw(b"null")
    output: Raw = Raw(b"null")


class _Part(msgspec.Struct, gc=False):
    text: str = ""


_ITEM = msgspec.json.Decoder(_Item)
_TEXTS = msgspec.json.Decoder(str | list[_Part] | None)


def item_row(raw: Raw, width: int) -> Line:
    """A model item as the context shows it."""
    who, first, text = _words(raw)
    told = " ".join(text[:_LONGEST].split())
    return row(
        width,
        Cell("", "", 2),
        Cell(role(who), who, 4),
        Cell(f"{first}  {told}" if first and told else first or told, "", FLEXIBLE, least=LABEL),
        Cell(size(len(text.encode(errors="surrogatepass"))), "dim", 7, "right"),
    )


def _words(raw: Raw) -> tuple[str, str, str]:
    """(role, what stands before the text, text)."""
    try:
        item = _ITEM.decode(raw)
    except (ValueError, RecursionError):
        return "", "item", ""
    kind = item.type
    if kind == "message":
        text = _text(item.content)
        return item.role, "instructions" if item.role in ("developer", "system") else "", text
    if kind.endswith("_output"):
        return "tool", item.call_id, _text(item.output)
    if kind.endswith("_call"):
        return "assistant", item.name or kind, _text(item.arguments) or _text(item.input)
    return "assistant", kind, _text(item.summary) or _text(item.content)


def _text(raw: Raw) -> str:
    try:
        found = _TEXTS.decode(raw)
    except (ValueError, RecursionError):
        return ""
    if found is None or isinstance(found, str):
        return found or ""
    return "\n".join(one.text for one in found if one.text)
