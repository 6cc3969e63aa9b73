"""What fills the context. Expected values were read from the traces."""

from __future__ import annotations

from typing import get_args

from shared_recordings import shared_recording

from rollout_tui.debugger.context.content_sizes import Category
from rollout_tui.debugger.tokens import (
    context_window,
    estimate,
    growth,
    latest_usage,
    recorded_tokens,
    tokens,
)


def test_recorded_usage_of_the_latest_call() -> None:
    trace = shared_recording("reasoning-exec-phases")
    thread = trace.bundle.identity.root_thread_id
    assert latest_usage(trace.history, thread, 8) is None
    at_first, at_end = (latest_usage(trace.history, thread, event) for event in (18, 27))
    assert at_first and (at_first.input_tokens, at_first.cached_input_tokens) == (1200, 0)
    assert at_end and (at_end.input_tokens, at_end.cached_input_tokens, at_end.output_tokens) == (
        1500,
        1152,
        20,
    )


def test_a_call_without_usage_leaves_that_of_the_one_before() -> None:
    trace = shared_recording("usage-and-item-variants")
    usage = latest_usage(trace.history, trace.bundle.identity.root_thread_id, 37)
    assert usage and usage.input_tokens == 1


def test_the_window_that_the_client_was_told() -> None:
    trace = shared_recording("two-cells-interleaved")
    assert context_window(trace, trace.bundle.identity.root_thread_id, 45) == 258_400
    assert context_window(trace, trace.bundle.identity.root_thread_id, 9) is None


def test_what_fills_the_context() -> None:
    trace = shared_recording("big-tool-output")
    found = tokens(trace, 32, trace.bundle.identity.root_thread_id)
    sizes = {share.name: (share.items, share.size_bytes) for share in found.categories}
    assert sizes["tool output"] == (2, 40_213 + 40_216)
    assert sizes["instructions"] == (1, 37)
    assert found.categories[0].name == "tool output"
    assert [share.name for share in found.largest[:2]] == ["conversation_item:7", "conversation_item:5"]
    assert sum(share.size_bytes for share in found.categories) == found.size_bytes
    assert abs(sum(share.share for share in found.categories) - 1) < 1e-9
    assert {share.name for share in found.categories} <= set(get_args(Category))


def test_requests_grow_on_a_stable_prefix() -> None:
    trace = shared_recording("two-cells-interleaved")
    found = tokens(trace, 45, trace.bundle.identity.root_thread_id)
    assert [(one.event, one.number, one.items, one.before, one.stable) for one in found.requests] == [
        (10, 1, 3, 0, 0),
        (24, 2, 7, 3, 3),
        (30, 3, 9, 7, 7),
        (36, 4, 11, 9, 9),
    ]
    assert all(one.broken is None for one in found.requests)
    assert found.request_count == 4
    last = tokens(trace, 64, trace.bundle.identity.root_thread_id, most=2)
    assert [one.number for one in last.requests] == [4, 5]


def test_growth_has_a_column_for_each_request_or_for_several() -> None:
    """Requests at #10, #24, #30, #36, #56; the last has no answer yet at #56."""
    trace = shared_recording("two-cells-interleaved")
    root = trace.bundle.identity.root_thread_id
    history = trace.history
    assert [one.event for one in growth(history, root, 64, 80)] == [10, 24, 30, 36, 56]
    assert [one.event for one in growth(history, root, 56, 80)] == [10, 24, 30, 36]
    assert [one.event for one in growth(history, root, 64, 2)] == [24, 56]
    assert [one.event for one in growth(history, root, 56, 2)] == [24, 36]
    assert growth(history, root, 9, 80) == growth(history, "nope", 64, 80) == []
    trace = shared_recording("reasoning-exec-phases")
    grown = growth(trace.history, trace.bundle.identity.root_thread_id, 27, 80)
    assert [(one.input_tokens, one.cached_tokens) for one in grown] == [(1200, 0), (1500, 1152)]


def test_where_the_cache_broke() -> None:
    trace = shared_recording("app-multi-turn")
    found = tokens(trace, 63, trace.bundle.identity.root_thread_id)
    broken = found.requests[-1]
    assert (broken.event, broken.items, broken.before, broken.stable) == (54, 6, 13, 1)
    assert (broken.broken, broken.broke) == ("conversation_item:2", "conversation_item:3")


def test_recorded_tokens_are_those_of_the_latest_answered_request() -> None:
    """#36 asks, #37 has its answer: 1,000 tokens in, 50 out."""
    trace = shared_recording("two-cells-interleaved")
    root = trace.bundle.identity.root_thread_id
    assert [recorded_tokens(trace.history, root, seq) for seq in (36, 37, 49)] == [None, 1050, 1050]
    assert recorded_tokens(trace.history, "nope", 49) is None


def test_a_compaction_leaves_nothing_recorded() -> None:
    """#18 replaces the context, #19 asks anew."""
    trace = shared_recording("remote-compaction-auto")
    root = trace.bundle.identity.root_thread_id
    assert [recorded_tokens(trace.history, root, seq) is None for seq in (17, 18, 19)] == [False, True, True]


def test_an_estimate_is_a_quarter_of_the_bytes() -> None:
    assert [estimate(size) for size in (0, 1, 4, 5)] == [0, 1, 1, 2]
