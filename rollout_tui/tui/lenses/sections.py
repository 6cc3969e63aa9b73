"""Parts of lens 8 under headings that fold: a payload, any JSON, a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rollout_tui.graph.objects import CodeCell, CodexTurn, InferenceCall, Object, Thread, ToolCall
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.tui.drawing.lens import LensLines, LineList, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row, wrapped
from rollout_tui.tui.drawing.targets import Fold, Target, ToObject, ToPayload
from rollout_tui.tui.objects.labels import payload_name
from rollout_tui.tui.objects.object_text import Text
from rollout_tui.tui.objects.subject import find
from rollout_tui.tui.texts.documents import is_crowded_out, payload_document
from rollout_tui.tui.texts.json_rows import JsonRows
from rollout_tui.tui.texts.json_tree import JsonValue
from rollout_tui.tui.texts.text_lines import TextLines
from rollout_tui.words import count, size

# What the ids in events are ids of.
ID_KINDS: dict[str, type[Object]] = {
    "thread_id": Thread,
    "root_thread_id": Thread,
    "child_thread_id": Thread,
    "parent_thread_id": Thread,
    "codex_turn_id": CodexTurn,
    "child_codex_turn_id": CodexTurn,
    "inference_call_id": InferenceCall,
    "tool_call_id": ToolCall,
    "model_visible_call_id": ToolCall,
    "exec_tool_call_id": ToolCall,
    "call_id": ToolCall,
    "code_cell_id": CodeCell,
}

# Fields of objects that name payloads, what was asked before what came of it.
PAYLOAD_FIELDS = (
    "raw_request_payload_id",
    "raw_response_payload_id",
    "raw_invocation_payload_id",
    "raw_runtime_payload_ids",
    "raw_payload_ids",
    "raw_initial_response_payload_id",
    "raw_result_payload_id",
    "carried_raw_payload_ids",
)


BEGINNING = 64_000
"""Bytes that are shown of what is too large."""


def payloads_of(found: Object | None) -> Iterator[str]:
    """Ids of the payloads that an object names, each once."""
    seen: dict[str, None] = {}
    for name in PAYLOAD_FIELDS:
        given = getattr(found, name, None)
        for one in (given,) if isinstance(given, str) else given or ():
            seen[one] = None
    yield from seen


def head_line(name: str, told: str, more: str, fold: Fold, width: int, *, opened: bool) -> Line:
    """A heading that folds: `v payload 33  1.2 kB  tool_result`."""
    return row(
        width,
        Cell("v" if opened else ">", "dim"),
        Cell(name, "heading"),
        Cell(told, "dim"),
        Cell(more, "dim", FLEXIBLE, drop=1),
        target=fold,
    )


def is_open(view: View, fold: Fold, *, by_default: bool) -> bool:
    """Whether what lies under a heading is shown."""
    return by_default != (fold.key in view.folds)


def payload_section(
    view: View, raw_payload_id: str, width: int, *, opened: bool, gap: bool = True
) -> list[LensLines]:
    """A payload under its heading; its body is read only when it is open."""
    fold = Fold(f"raw:{raw_payload_id}")
    opened = is_open(view, fold, by_default=opened)
    name = payload_name(raw_payload_id)
    head: list[Line] = [NOTHING] if gap else []
    reference = view.snapshot.payload(raw_payload_id)
    if reference is None:
        head += wrapped(f"No event up to here names {name}.", width, "warning", 1)
        return [LineList("", head)]
    more = f"{reference.kind.type}  {reference.path}"
    try:
        if not opened:
            told = size(view.trace.payloads.size(reference.path))
            head.append(head_line(name, told, more, fold, width, opened=False))
            return [LineList("", head)]
        document = payload_document(view.trace, view.snapshot, raw_payload_id)
    except PayloadProblem as problem:
        head.append(head_line(name, problem.code, more, fold, width, opened=opened))
        head += wrapped(problem.reason, width, "error", 2)
        if problem.code != "payload_too_large":
            return [LineList("", head)]
        first = view.trace.payloads.read_range(reference.path, 0, BEGINNING)
        return [LineList("", head), *beginning(first, width)]
    if document is None:
        crowded = is_crowded_out(view.trace, reference.path)
        why = "fold other payloads to see all of it" if crowded else "being read"
        told = f"{size(view.trace.payloads.size(reference.path))}, {why}"
        head.append(head_line(name, told, more, fold, width, opened=True))
        first = view.trace.payloads.read_range(reference.path, 0, BEGINNING)
        return [LineList("", head), *beginning(first, width)]
    head.append(head_line(name, size(document.size), more, fold, width, opened=True))
    if document.problem:
        head += wrapped(f"not JSON: {document.problem}", width, "error", 2)
    return [LineList("", head), json_lines(view, document, f"raw:{raw_payload_id}:", width)]


def beginning(data: bytes, width: int) -> list[LensLines]:
    """What is shown of something that is too large to be shown whole."""
    told = clipped(line(Piece(f"  its first {size(len(data))}:", "dim")), width)
    return [LineList("", (told,)), TextLines(Text("", data.decode(errors="backslashreplace")), width)]


def json_section(
    view: View,
    name: str,
    made: Callable[[], JsonValue],
    key: str,
    width: int,
    *,
    opened: bool,
    gap: bool = True,
) -> list[LensLines]:
    """A JSON value under a heading; it is made only when it is open."""
    fold = Fold(key)
    if not is_open(view, fold, by_default=opened):
        heading = head_line(name, "", "", fold, width, opened=False)
        return [LineList("", (NOTHING, heading) if gap else (heading,))]
    document = made()
    heading = head_line(name, size(document.size), "", fold, width, opened=True)
    head = LineList("", (NOTHING, heading) if gap else (heading,))
    return [head, json_lines(view, document, f"{key}:", width)]


def text_section(view: View, text: Text, key: str, width: int) -> list[LensLines]:
    """A whole text under a heading."""
    lines = TextLines(text, width)
    fold = Fold(key)
    opened = is_open(view, fold, by_default=True)
    told = f"{size(text.size)}, {count(lines.lines, 'line')}"
    if text.unread:
        told = f"its beginning; all of it ({size(text.unread)}) is being read"
    head = LineList("", (head_line(text.name, told, "", fold, width, opened=opened),))
    return [head, lines] if opened else [head]


def json_lines(view: View, document: JsonValue, prefix: str, width: int) -> JsonRows:
    """The rows of a JSON value, ids in it leading to what they are ids of."""
    snapshot = view.snapshot
    return JsonRows(document, prefix, view.folds, width, lambda key, text: _link(snapshot, key, text))


def _link(snapshot: Snapshot, key: str | None, text: str) -> Target | None:
    if key == "raw_payload_id":
        return ToPayload(text) if snapshot.payload(text) else None
    kind = ID_KINDS.get(key or "")
    return ToObject(kind, text) if kind and find(snapshot, kind, text) is not None else None
