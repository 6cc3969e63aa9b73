"""How large contexts are, against the plain way of finding out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scripted import Script, assistant, reasoning, user
from small_recordings import by_own_folder

from rollout_tui.debugger.context.content_sizes import LARGEST, category, content_size, measure_contexts
from rollout_tui.debugger.context.context_index import context_ids
from rollout_tui.debugger.context.item_text import size_bytes
from rollout_tui.graph.objects import Conversation, ConversationItem
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle


def check(trace: Trace, thread_id: str, event: int) -> None:
    history = trace.history
    ids = context_ids(history, thread_id, event)
    index = history.collections[ConversationItem].index
    items: list[ConversationItem] = [history.objects[index[one]] for one in ids]
    sizes = [size_bytes(trace, one) for one in items]
    found = content_size(trace, ids)
    assert found.size_bytes == sum(sizes)
    taken = {name: size for name, (_, size) in found.categories.items()}
    assert {name: items for name, (items, _) in found.categories.items()} == Counter(map(category, items))
    for name, size in taken.items():
        assert size == sum(part for one, part in zip(items, sizes, strict=True) if category(one) == name)
    largest = sorted(zip(ids, sizes, strict=True), key=lambda one: -one[1])[:LARGEST]
    assert [tuple(one) for one in found.largest] == largest


def check_growing(folder: Path, piece: int) -> None:
    trace = Trace(open_bundle(folder))
    more = True
    while more:
        more = trace.advance(piece).more
        history = trace.history
        measure_contexts(trace)
        for handle in history.collections[Conversation].order:
            for event in range(0, history.head + 1, max(1, history.head // 20)):
                check(trace, history.objects[handle].thread_id, event)


@by_own_folder
def test_sizes_of_every_context(folder: Path) -> None:
    check_growing(folder, 20_000)


def test_an_item_that_is_completed_late_is_measured_again(script: Script) -> None:
    script.begin()
    said = [[user("u" * number), reasoning(f"e{number}"), assistant(f"a{number}")] for number in range(60)]
    for rounds in range(10, 61, 10):
        script.ask(f"i{rounds}", *(one for some in said[:rounds] for one in some))
        script.answer(f"i{rounds}")
        # From the next request on the model's reasoning can be read.
        said[rounds - 9][1] = reasoning(f"e{rounds - 9}", summary="because " * rounds)
    trace = script.trace()
    assert list(trace.history.notes(1, trace.history.head + 1, ("body",)))
    check_growing(script.folder, 1500)
