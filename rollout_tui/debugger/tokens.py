"""What fills the context of a thread, what each request cost, and where the stable prefix broke.

Tokens are the recorded usage of a call. Everything finer is bytes; `estimate` turns those into tokens, and
whoever shows them writes `~` before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.changes.comparison import stable_prefix
from rollout_tui.debugger.context.carried import Carried, Request
from rollout_tui.debugger.context.content_sizes import ContentSize, content_size
from rollout_tui.debugger.context.context_index import ContextIndex, context_ids
from rollout_tui.debugger.context.usages import Usages
from rollout_tui.debugger.evidence import value
from rollout_tui.debugger.indexes import events_of_types, index_of
from rollout_tui.debugger.lookup import as_of
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodexTurn, InferenceCall
from rollout_tui.graph.values import Usage
from rollout_tui.trace.event_payloads import ProtocolEventObserved
from rollout_tui.trace.events import Event

if TYPE_CHECKING:
    from rollout_tui.recording import Trace

BYTES_PER_TOKEN = 4
MOST_REQUESTS = 200
# The client is told of a turn within a few events of its start; other threads may write in between.
TOLD_WITHIN = 200


class Share(NamedTuple):
    """How much of the context a category or an item takes; `share` is of all item bytes, from 0 to 1."""

    name: str
    items: int
    size_bytes: int
    share: float


class RequestCost(NamedTuple):
    """A request of the thread with its recorded usage (None while open or not recorded).

    `number` is that of the inference call within its thread. The first `stable` of the `before` items of the
    previous request read the same; where that is not all of them, `broken` is the item that was in the place
    where the prefix ends and `broke` the one that is now (None for nothing).
    """

    event: int
    inference_call_id: str
    number: int
    items: int
    before: int
    stable: int
    broken: str | None
    broke: str | None
    usage: Usage | None


class ContextTokens(NamedTuple):
    """Lens "tokens" of a thread at an event.

    `usage` is that of the latest call which has one. `window` is the model's context window in tokens as the
    client was told, None when not recorded. `categories` are largest first, `largest` are the ten largest
    items, by id. `requests` are in order, the latest last.
    """

    thread_id: str
    event: int
    usage: Usage | None
    window: int | None
    size_bytes: int
    categories: tuple[Share, ...]
    largest: tuple[Share, ...]
    requests: tuple[RequestCost, ...]
    request_count: int


def estimate(size: int) -> int:
    """Tokens that `size` bytes may be."""
    return (size + BYTES_PER_TOKEN - 1) // BYTES_PER_TOKEN


def tokens(trace: Trace, event: int, thread_id: str, *, most: int = MOST_REQUESTS) -> ContextTokens:
    """What fills the context of a thread at `event`, and its last `most` requests up to there."""
    requests = tuple(request_costs(trace.history, thread_id, event, most))
    sizes = content_size(trace, context_ids(trace.history, thread_id, event))
    at = index_of(trace.history, Carried).request_number(thread_id, event)
    return ContextTokens(
        thread_id,
        event,
        latest_usage(trace.history, thread_id, event),
        context_window(trace, thread_id, event),
        sizes.size_bytes,
        _shares(sizes),
        tuple(Share(item_id, 1, size, _part(size, sizes.size_bytes)) for item_id, size in sizes.largest),
        requests,
        0 if at is None else at + 1,
    )


# -- requests ------------------------------------------------------------------------


def request_costs(history: History, thread_id: str, event: int, most: int) -> Iterator[RequestCost]:
    """The last `most` requests of a thread up to `event`, oldest first."""
    last = index_of(history, Carried).request_number(thread_id, event)
    for at in range(0 if last is None else max(0, last + 1 - most), 0 if last is None else last + 1):
        yield request_cost(history, thread_id, at, event)


def request_cost(history: History, thread_id: str, at: int, event: int) -> RequestCost:
    """A request of a thread by its place among these, from 0, with its usage as of `event`."""
    requests = index_of(history, Carried).requests(thread_id)
    return _cost(history, requests[at], requests[at - 1] if at else None, at + 1, event)


def _cost(history: History, request: Request, before: Request | None, number: int, event: int) -> RequestCost:
    stable, broken, broke = 0, None, None
    if before is not None:
        stable = stable_prefix(history, before.items, request.items, request.kept)
        if stable < len(before.items):
            broken = before.items[stable]
            broke = request.items[stable] if stable < len(request.items) else None
    return RequestCost(
        request.event,
        request.inference_call_id,
        number,
        len(request.items),
        len(before.items) if before else 0,
        stable,
        broken,
        broke,
        usage_of(history, request.inference_call_id, event),
    )


def usage_of(history: History, inference_call_id: str, event: int) -> Usage | None:
    """The recorded usage of a call as of `event`."""
    call = as_of(history, InferenceCall, inference_call_id, event)
    return None if call is None else call.usage


class Grown(NamedTuple):
    """A column of the growth plot: a request of the thread with recorded usage, at its start (ordinal)."""

    event: int
    input_tokens: int
    cached_tokens: int


def growth(history: History, thread_id: str, event: int, columns: int) -> list[Grown]:
    """How the requests of a thread grew up to `event`, oldest first, in at most `columns` columns.

    Of the requests that share a column the last one with recorded usage stands for all.
    """
    carried = index_of(history, Carried)
    last = carried.request_number(thread_id, event)
    count = 0 if last is None else last + 1
    requests, usages = carried.requests(thread_id), index_of(history, Usages)
    found = []
    for column in range(min(columns, count)):
        stop = (column + 1) * count // min(columns, count)
        start = column * count // min(columns, count)
        for at in usages.latest_first(thread_id, start, stop):
            usage = usage_of(history, requests[at].inference_call_id, event)
            if usage is not None:
                found.append(Grown(requests[at].event, usage.input_tokens, usage.cached_input_tokens))
                break
    return found


def latest_usage(history: History, thread_id: str, event: int) -> Usage | None:
    """The usage of the latest call of a thread that has one as of `event`."""
    carried = index_of(history, Carried)
    last = carried.request_number(thread_id, event)
    requests = carried.requests(thread_id)
    for at in index_of(history, Usages).latest_first(thread_id, 0, 0 if last is None else last + 1):
        usage = usage_of(history, requests[at].inference_call_id, event)
        if usage is not None:
            return usage
    return None


def recorded_tokens(history: History, thread_id: str, event: int) -> int | None:
    """Tokens in the context of a thread as recorded: input of the latest request and what it brought.

    None until its usage is recorded, and once a compaction has replaced what it carried.
    """
    request = index_of(history, Carried).request_at(thread_id, event)
    usage = None if request is None else usage_of(history, request.inference_call_id, event)
    if usage is None or index_of(history, ContextIndex).replaced_at(thread_id, event):
        return None
    return usage.input_tokens + usage.output_tokens


# -- what fills the context -------------------------------------------------------------


def _shares(sizes: ContentSize) -> tuple[Share, ...]:
    shares = [
        Share(name, items, size, _part(size, sizes.size_bytes))
        for name, (items, size) in sizes.categories.items()
    ]
    return tuple(sorted(shares, key=lambda share: -share.size_bytes))


def _part(size: int, total: int) -> float:
    return size / total if total else 0.0


# -- the window of the model -------------------------------------------------------------


def context_window(trace: Trace, thread_id: str, event: int) -> int | None:
    """The context window in tokens that the client was told as the thread's turn began, else None."""
    request = index_of(trace.history, Carried).request_at(thread_id, event)
    handle = None if request is None else trace.history.handle(CodexTurn, request.codex_turn_id)
    if request is None or handle is None:
        return None
    start = trace.history.born(handle)
    stop = min(event, start + TOLD_WITHIN, trace.history.head) + 1
    for at in events_of_types(trace.history, ("protocol_event_observed",), start, stop):
        told = trace.events[at - 1]
        if not isinstance(told, Event) or not isinstance(told.payload, ProtocolEventObserved):
            continue
        if told.payload.event_type == "turn_started":
            started = value(trace, told.payload.event_payload.raw_payload_id)
            if isinstance(started, dict) and started.get("turn_id") == request.codex_turn_id:
                window = started.get("model_context_window")
                return window if isinstance(window, int) else None
    return None
