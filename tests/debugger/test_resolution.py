"""What could not be known at an event. Expected values were read from the traces."""

from __future__ import annotations

from shared_recordings import shared_recording
from small_recordings import own_recording

from rollout_tui.debugger.waiting.resolution import Resolution, unresolved
from rollout_tui.graph.objects import CodeCell, InteractionEdge, PendingEdge, ToolCall


def test_a_call_that_runs_before_its_response_is_recorded() -> None:
    """Call c2 starts at #17; #23 records the response that asked for it, #26 the request with its output."""
    history = shared_recording("tools-start-before-completion").history
    asked, gave = "the item that asked for it", "the item with what it gave the model"
    at = {event: list(unresolved(history, ToolCall, "c2", event)) for event in (16, 17, 22, 23, 25, 26)}
    assert at == {
        16: [],
        17: [Resolution(asked, 23), Resolution(gave, 26)],
        22: [Resolution(asked, 23), Resolution(gave, 26)],
        23: [Resolution(gave, 26)],
        25: [Resolution(gave, 26)],
        26: [],
    }


def test_what_no_request_carries_is_never_resolved() -> None:
    """The result of lc1, at #14, is in no request."""
    history = own_recording("local-compaction-auto").history
    assert Resolution("the item with what it gave the model", None) in list(
        unresolved(history, ToolCall, "lc1", 14)
    )


def test_a_message_to_an_agent_is_resolved_by_the_item_that_carries_it() -> None:
    """#19 ends the spawn, #29 is the child's receipt of its task."""
    history = own_recording("ma-child-http400").history
    (edge,) = (one for one in history.collections[PendingEdge].index if one.startswith("edge:spawn"))
    assert list(unresolved(history, PendingEdge, edge, 19)) == [Resolution("the item that carries it", 29)]
    assert not list(unresolved(history, PendingEdge, edge, 29))
    assert history.handle(InteractionEdge, edge) is not None


def test_what_is_not_there_has_nothing_unresolved() -> None:
    history = own_recording("two-cells-interleaved").history
    assert not list(unresolved(history, CodeCell, "code_cell:call_B", 5))
    assert not list(unresolved(history, ToolCall, "nope", 5))
