"""The end of a recording, from bounded reads: what can be shown before anything is reduced."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Raw

from rollout_tui.trace.event_payloads import (
    CompactionInstalled,
    InferenceCompleted,
    InferenceStarted,
    ThreadStarted,
)
from rollout_tui.trace.events import Event
from rollout_tui.trace.identity import SPINE_NAME, Identity, identity_in_head, read_manifest
from rollout_tui.trace.payloads import PayloadProblem, PayloadStore
from rollout_tui.trace.regular_files import read_regular
from rollout_tui.trace.spine import Line, decode_block

HEAD_BYTES = 64 << 10
WINDOWS = (64 << 10, 512 << 10, 4 << 20)
"""So much of the end is looked at, until a model request is among it."""
LARGEST_REQUEST = 16 << 20


@dataclass(frozen=True)
class Ending:
    """The end of a recording. Text comes from the trace and is not safe to show as it is.

    `lines` are the last ones, whole and in their order, at least one event among them; `started_ms` is the
    time of the first event. `thread_id` is the thread of the last event that has one, `agent_path` empty
    where the end does not tell it. `items` are the raw model items of its last request and of what the model
    answered to that, None where the end alone cannot tell them.
    """

    identity: Identity
    size_bytes: int
    started_ms: int
    lines: tuple[Line, ...]
    thread_id: str
    agent_path: str
    items: tuple[Raw, ...] | None

    @property
    def last(self) -> Event:
        """The last event."""
        return next(one for one in reversed(self.lines) if isinstance(one, Event))


class _Request(msgspec.Struct, gc=False):
    input: list[Raw]
    previous_response_id: Raw = Raw(b"null")


class _Response(msgspec.Struct, gc=False):
    output_items: list[Raw]


class _Typed(msgspec.Struct, gc=False):
    type: str = ""


_REQUEST = msgspec.json.Decoder(_Request)
_RESPONSE = msgspec.json.Decoder(_Response)
_TYPED = msgspec.json.Decoder(_Typed)
_SKIPPED = "additional_tools"
"""The one type of model item that is no conversation item (format section 7.1)."""


def read_ending(folder: Path) -> Ending | None:
    """The end of the recording in `folder`; None where it has no event or cannot be read. Raises nothing."""
    try:
        return _read(folder)
    except OSError:
        return None


def _read(folder: Path) -> Ending | None:
    spine = folder / SPINE_NAME
    head = read_regular(spine, HEAD_BYTES)
    identity = read_manifest(folder, wait=False)[0] or identity_in_head(head)
    size = spine.stat().st_size
    first = _events(decode_block(head[: head.find(b"\n") + 1]).lines)
    if identity is None or not first:
        return None
    events: list[Event] = []
    lines: list[Line] = []
    request: Event | None = None
    thread_id = identity.root_thread_id
    for window in WINDOWS:
        lines = _last_lines(spine, size, window)
        events = _events(lines)
        thread_id = next((one.thread_id for one in reversed(events) if one.thread_id), thread_id)
        request = _last_request(events, thread_id)
        if request is not None or window >= size:
            break
    if not events:
        return None
    return Ending(
        identity,
        size,
        first[0].wall_time_unix_ms,
        tuple(lines),
        thread_id,
        _agent_path(identity, thread_id, events),
        None if request is None else _items(folder, events, request),
    )


def _last_lines(spine: Path, size: int, window: int) -> list[Line]:
    start = max(0, size - window)
    data = read_regular(spine, window, offset=start)
    begin = data.find(b"\n") + 1 if start else 0
    return decode_block(data[begin : data.rfind(b"\n") + 1]).lines


def _events(lines: list[Line]) -> list[Event]:
    return [one for one in lines if isinstance(one, Event)]


def _last_request(events: list[Event], thread_id: str) -> Event | None:
    for event in reversed(events):
        if isinstance(event.payload, InferenceStarted) and event.payload.thread_id == thread_id:
            return event
    return None


def _agent_path(identity: Identity, thread_id: str, events: list[Event]) -> str:
    if thread_id == identity.root_thread_id:
        return "/root"
    started = (one.payload for one in events if isinstance(one.payload, ThreadStarted))
    return next((one.agent_path for one in started if one.thread_id == thread_id), "")


def _items(folder: Path, events: list[Event], request: Event) -> tuple[Raw, ...] | None:
    """What a request carried and its answer; None where other requests or a compaction have a say."""
    started = request.payload
    assert isinstance(started, InferenceStarted)
    with closing(PayloadStore(folder, largest=LARGEST_REQUEST)) as store:
        try:
            body = _REQUEST.decode(store.read(started.request_payload.path))
            if bytes(body.previous_response_id) != b"null":
                return None
            items = body.input
            for event in events[events.index(request) :]:
                payload = event.payload
                if isinstance(payload, CompactionInstalled) and event.thread_id == started.thread_id:
                    return None
                if not isinstance(payload, InferenceCompleted):
                    continue
                if payload.inference_call_id == started.inference_call_id:
                    items = items + _RESPONSE.decode(store.read(payload.response_payload.path)).output_items
            return tuple(one for one in items if _TYPED.decode(one).type != _SKIPPED)
        except (PayloadProblem, OSError, ValueError, RecursionError):
            return None
