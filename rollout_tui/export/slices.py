"""Which event lines a slice of a recording needs to make sense on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeAlias

from rollout_tui.trace import event_payloads as said
from rollout_tui.trace.event_values import CodeCellRuntimeRequester
from rollout_tui.trace.events import Event
from rollout_tui.trace.spine import Line

Key: TypeAlias = tuple[str, str]

# Which field of which event begins to exist there, and what kind of thing it names.
STARTS: dict[type[said.Payload], tuple[str, str]] = {
    said.ThreadStarted: ("thread_id", "thread"),
    said.CodexTurnStarted: ("codex_turn_id", "turn"),
    said.InferenceStarted: ("inference_call_id", "inference"),
    said.ToolCallStarted: ("tool_call_id", "tool"),
    said.CodeCellStarted: ("runtime_cell_id", "cell"),
    said.CompactionRequestStarted: ("compaction_request_id", "compaction"),
}

# Fields through which an event refers to something that an earlier event began.
REFERENCES = {
    "thread_id": "thread",
    "child_thread_id": "thread",
    "parent_thread_id": "thread",
    "codex_turn_id": "turn",
    "child_codex_turn_id": "turn",
    "inference_call_id": "inference",
    "tool_call_id": "tool",
    "exec_tool_call_id": "tool",
    "runtime_cell_id": "cell",
    "compaction_request_id": "compaction",
}

_INFERENCE_ENDS = (said.InferenceCompleted, said.InferenceFailed, said.InferenceCancelled)


class Slice(NamedTuple):
    """Events first..last of a recording (1..n), and earlier ones that these refer to."""

    before: tuple[int, ...]
    first: int
    last: int

    def __contains__(self, event: object) -> bool:
        return isinstance(event, int) and (self.first <= event <= self.last or event in self.before)


def slice_of(lines: Iterable[Line], first: int, last: int) -> Slice:
    """The slice first..last with what it refers to.

    That is: the beginning of the rollout, of threads, turns, calls and cells that its events name, and for
    each of its threads the last model request before it with the answer: it holds the whole context.
    """
    started: dict[Key, int] = {}
    needs: dict[int, tuple[Key, ...]] = {}
    last_request: dict[str, list[int]] = {}
    open_request: dict[str, str] = {}
    wanted: set[Key] = set()
    before: set[int] = set()
    for event, line in enumerate(lines, 1):
        if event > last:
            break
        if not isinstance(line, Event):
            continue
        if event >= first:
            wanted.update(_references(line))
            continue
        payload = line.payload
        if isinstance(payload, said.RolloutStarted):
            before.add(event)
        elif (start := STARTS.get(type(payload))) is not None:
            started[_key(start[1], getattr(payload, start[0]), line.thread_id)] = event
            needs[event] = tuple(_references(line))
        if isinstance(payload, said.InferenceStarted):
            last_request[payload.thread_id] = [event]
            open_request[payload.inference_call_id] = payload.thread_id
        elif isinstance(payload, _INFERENCE_ENDS):
            thread_id = open_request.pop(payload.inference_call_id, None)
            if thread_id is not None:
                last_request[thread_id].append(event)
    for kind, name in list(wanted):
        if kind == "thread":
            before.update(last_request.get(name, ()))
    before.update(_closure(wanted, started, needs))
    for event in list(before):
        before.update(_closure(set(needs.get(event, ())), started, needs))
    return Slice(tuple(sorted(before)), first, last)


def _closure(wanted: set[Key], started: dict[Key, int], needs: dict[int, tuple[Key, ...]]) -> set[int]:
    """The events that begin what is wanted, and what those refer to in turn."""
    found: set[int] = set()
    waiting = list(wanted)
    while waiting:
        event = started.get(waiting.pop())
        if event is not None and event not in found:
            found.add(event)
            waiting.extend(needs[event])
    return found


def _references(event: Event) -> Iterator[Key]:
    """What an event refers to, what it begins included."""
    if event.thread_id is not None:
        yield "thread", event.thread_id
    if event.codex_turn_id is not None:
        yield "turn", event.codex_turn_id
    payload = event.payload
    for field, kind in REFERENCES.items():
        value = getattr(payload, field, None)
        if isinstance(value, str):
            yield _key(kind, value, event.thread_id)
    requester = getattr(payload, "requester", None)
    if isinstance(requester, CodeCellRuntimeRequester):
        yield _key("cell", requester.runtime_cell_id, event.thread_id)


def _key(kind: str, name: str, thread_id: str | None) -> Key:
    """Cells are numbered per thread; everything else has an id of its own."""
    return kind, f"{thread_id}\n{name}" if kind == "cell" else name
