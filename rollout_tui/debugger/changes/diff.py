"""What the model has at one event against another: items that came, went, changed; text diffs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from rollout_tui.debugger.changes.comparison import Comparison, compare, compare_rests, stable_prefix
from rollout_tui.debugger.context.carried import Carried, Request
from rollout_tui.debugger.context.content_sizes import ContentSizes, content_size
from rollout_tui.debugger.context.context_index import context_ids
from rollout_tui.debugger.context.item_text import whole_text
from rollout_tui.debugger.indexes import index_of
from rollout_tui.graph.history import History, item_id
from rollout_tui.graph.ids import Ids, common_prefix, place_in, prefix
from rollout_tui.graph.objects import Compaction, ConversationItem, InferenceCall

if TYPE_CHECKING:
    from rollout_tui.recording import Trace


class ChangedItem(NamedTuple):
    """An item that is in both contexts and reads differently."""

    item_id: str
    before: str | None
    after: str | None


class ContextDiff(NamedTuple):
    """The context of a thread at event `b` against event `a` (ordinals).

    The first `stable` items read the same to the model; they have `stable_bytes` bytes. `changed` items are
    in both and read differently, `unchanged` counts the others in both. `compactions` were installed in
    between.
    """

    a: int
    b: int
    thread_id: str
    before_count: int
    after_count: int
    compared: Comparison
    changed: tuple[ChangedItem, ...]
    stable: int
    stable_bytes: int
    compactions: tuple[str, ...]

    @property
    def unchanged(self) -> int:
        """How many items are in both and read the same."""
        return self.compared.unchanged - len(self.changed)


def diff(trace: Trace, a: int, b: int, thread_id: str) -> ContextDiff:
    """The context of a thread at event `b` against that at event `a` (ordinals, in any order of time)."""
    before = context_ids(trace.history, thread_id, a)
    after = context_ids(trace.history, thread_id, b)
    return _diff(trace, a, b, thread_id, before, after)


def request_diff(trace: Trace, event: int, thread_id: str) -> ContextDiff | None:
    """The latest request of a thread at or before `event` against the one before it; None when there is none.

    Added is what the request before did not carry; removed is what it carried, or its response brought, and
    this one does not. The first request is compared with nothing (`a` is 0).
    """
    history = trace.history
    carried = index_of(history, Carried)
    at = carried.request_number(thread_id, event)
    if at is None:
        return None
    request = carried.requests(thread_id)[at]
    before = carried.requests(thread_id)[at - 1] if at else Request(0, "", "", (), 0)
    answer = _answer(history, before, request.event)
    # What the request before carried and its response brought, as far as this one does not begin with it.
    kept, sent = request.kept, len(before.items)
    if kept == sent:
        kept += common_prefix(answer, request.items[kept : kept + len(answer)])
    left = (*before.items[kept:], *answer[max(0, kept - sent) :])
    right = tuple(request.items[kept:])
    whole = compare_rests(history, left, right, kept)
    stable = min(kept + stable_prefix(history, left, right, 0), sent)
    since = {*request.items[sent:kept], *answer}.intersection(request.items[min(kept, sent) :])
    fresh = since.union(whole.added)
    compared = whole._replace(
        kept=min(kept, sent),
        unchanged=whole.unchanged - len(since),
        added=tuple(one for one in request.items[min(kept, sent) :] if one in fresh),
    )
    return ContextDiff(
        before.event,
        request.event,
        thread_id,
        sent,
        len(request.items),
        compared,
        tuple(_changed(trace, compared, (before.items, answer), before.event, request.event)),
        stable,
        content_size(trace, prefix(before.items, stable)).size_bytes,
        tuple(_compactions(history, thread_id, before.event, request.event)),
    )


def _answer(history: History, before: Request, event: int) -> Ids:
    handle = history.handle(InferenceCall, before.inference_call_id)
    return () if handle is None else cast(InferenceCall, history.as_of(handle, event)).response_item_ids


def compaction_diff(trace: Trace, compaction_id: str) -> ContextDiff | None:
    """What a compaction kept (`again`), rewrote and lost; None for an unknown one."""
    history = trace.history
    handle = history.handle(Compaction, compaction_id)
    if handle is None:
        return None
    one, event = cast(Compaction, history.objects[handle]), history.born(handle)
    return _diff(trace, event - 1, event, one.thread_id, one.input_item_ids, one.replacement_item_ids)


def _diff(trace: Trace, a: int, b: int, thread_id: str, before: Ids, after: Ids) -> ContextDiff:
    history = trace.history
    compared = compare(history, before, after)
    stable = stable_prefix(history, before, after, compared.kept)
    return ContextDiff(
        a,
        b,
        thread_id,
        len(before),
        len(after),
        compared,
        tuple(_changed(trace, compared, (before,), a, b)),
        stable,
        content_size(trace, prefix(before, stable)).size_bytes,
        tuple(_compactions(history, thread_id, *sorted((a, b)))),
    )


def _changed(
    trace: Trace, compared: Comparison, before: tuple[Ids, ...], a: int, b: int
) -> Iterator[ChangedItem]:
    """Items in both whose body was completed in between: reasoning and messages of agents (7.2, 7.5)."""
    history = trace.history
    completed = index_of(history, ContentSizes).completed(*sorted((a, b)))
    gone = set(compared.removed)
    found = ((_place(before, one), one) for one in map(item_id, completed) if one not in gone)
    for place, one in sorted(found):
        handle = history.collections[ConversationItem].index[one]
        old, new = (cast(ConversationItem, history.as_of(handle, event)) for event in (a, b))
        if place >= 0 and old.body != new.body:
            yield ChangedItem(one, whole_text(trace, old), whole_text(trace, new))


def _place(lists: tuple[Ids, ...], one: str) -> int:
    """Where an item stands in lists one after the other, -1 for nowhere."""
    start = 0
    for ids in lists:
        place = place_in(ids, one)
        if place is not None:
            return start + place
        start += len(ids)
    return -1


def _compactions(history: History, thread_id: str, first: int, last: int) -> Iterator[str]:
    collection = history.collections[Compaction]
    for number in range(bisect_right(collection.born, first), bisect_right(collection.born, last)):
        one = cast(Compaction, history.objects[collection.order[number]])
        if one.thread_id == thread_id:
            yield one.compaction_id


# -- text against text ------------------------------------------------------------


class TextLine(NamedTuple):
    """A line of a text diff: `mark` is ` `, `-` or `+`."""

    mark: str
    text: str


MOST_LINES = 4000


def text_diff(before: str, after: str, context: int = 3) -> list[TextLine]:
    """The lines in which two texts differ, with `context` lines around; a line `...` between stretches.

    Texts of more than 4000 lines are compared by their differing middle alone.
    """
    # Not for commands that compare no texts: they start faster.
    import difflib

    old, new = before.split("\n"), after.split("\n")
    head = common_prefix(tuple(old), tuple(new))
    tail = common_prefix(tuple(old[head:][::-1]), tuple(new[head:][::-1]))
    if len(old) + len(new) - 2 * (head + tail) > MOST_LINES:
        middle = [
            *(TextLine("-", line) for line in old[head : len(old) - tail]),
            *(TextLine("+", line) for line in new[head : len(new) - tail]),
        ]
        return [
            *_plain(old[max(0, head - context) : head]),
            *middle,
            *_plain(old[len(old) - tail :][:context]),
        ]
    first = max(0, head - context)
    left = old[first : len(old) - max(0, tail - context)]
    right = new[first : len(new) - max(0, tail - context)]
    lines: list[TextLine] = []
    groups = difflib.SequenceMatcher(None, left, right, autojunk=False).get_grouped_opcodes(context)
    for number, group in enumerate(groups):
        if number:
            lines.append(TextLine(" ", "..."))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += _plain(left[i1:i2])
            else:
                lines += [TextLine("-", line) for line in left[i1:i2]]
                lines += [TextLine("+", line) for line in right[j1:j2]]
    return lines


def _plain(lines: list[str]) -> list[TextLine]:
    return [TextLine(" ", line) for line in lines]
