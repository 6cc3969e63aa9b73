"""Where a text came from and what the model saw of it. Expected values were read from the traces."""

from __future__ import annotations

from shared_recordings import shared_recording

from rollout_tui.debugger.stories.lifeline import LifeLine, life_line


def line_of(name: str, object_id: str, event: int | None = None) -> LifeLine:
    trace = shared_recording(name)
    found = life_line(trace, object_id, trace.history.head if event is None else event)
    assert found is not None
    return found


def test_output_that_was_cut_between_terminal_and_tool() -> None:
    found = line_of("big-tool-output", "call_big")
    assert found.title == "output of exec_command"
    assert [(hop.place, hop.event, hop.size_bytes, hop.shorter) for hop in found.hops] == [
        ("terminal", 13, 200_001, False),
        ("tool value", 14, 40_213, True),
        ("model", 16, 40_213, False),
    ]
    assert found.hops[2].cut == "40001 tokens truncated"
    assert [(moment.what, moment.event) for moment in found.moments] == [
        ("produced", 14),
        ("accepted", 15),
        ("first carried", 16),
        ("last carried", 24),
    ]
    assert (found.item_id, found.dropped) == ("conversation_item:5", None)


def test_the_same_from_the_item_and_from_the_command() -> None:
    call = line_of("big-tool-output", "call_big")
    assert line_of("big-tool-output", "conversation_item:5") == call
    assert line_of("big-tool-output", "terminal_operation:1") == call


def test_nothing_later_than_the_event_is_known() -> None:
    found = line_of("big-tool-output", "call_big", 14)
    assert (found.item_id, found.first_carried) == (None, None)
    assert [hop.place for hop in found.hops] == ["terminal", "tool value"]
    assert life_line(shared_recording("big-tool-output"), "call_big", 10) is None


def test_a_nested_call_goes_through_its_cell() -> None:
    found = line_of("two-cells-interleaved", "exec-2bfd0904-b853-4a62-b113-775ead100fee")
    assert [(hop.place, hop.id, hop.event) for hop in found.hops] == [
        ("terminal", "terminal_operation:2", 47),
        ("tool value", "exec-2bfd0904-b853-4a62-b113-775ead100fee", 48),
        ("cell output", "code_cell:call_B", 50),
        ("model", "conversation_item:14", 56),
    ]
    assert [hop.size_bytes for hop in found.hops[:2]] == [6, 6]
    assert not any(hop.shorter for hop in found.hops)
    assert found.first_carried == 56


def test_a_cell_gives_its_output_in_pieces() -> None:
    found = line_of("two-cells-interleaved", "code_cell:call_A")
    assert [(hop.place, hop.id) for hop in found.hops] == [
        ("cell output", "call_A"),
        ("model", "conversation_item:6"),
        ("cell output", "call_wA1"),
        ("model", "conversation_item:9"),
        ("cell output", "call_wA2"),
        ("model", "conversation_item:15"),
    ]


def test_a_compaction_drops_an_item() -> None:
    found = line_of("remote-compaction-auto", "conversation_item:2")
    compaction = "01a20368-d2fb-7991-a773-1254b7e773e8"
    assert (found.first_carried, found.last_carried) == (8, 8)
    assert (found.dropped, found.dropped_by) == (18, compaction)
    assert line_of("remote-compaction-auto", "conversation_item:2", 17).dropped is None
    again = line_of("remote-compaction-auto", "conversation_item:7")
    assert next((moment.what, moment.event) for moment in again.moments) == ("written by a compaction", 18)
    assert (again.first_carried, again.dropped) == (19, None)


def test_a_result_that_the_model_never_saw() -> None:
    found = line_of("local-compaction-auto", "lc1")
    assert (found.item_id, found.first_carried) == (None, None)
    assert [(hop.place, hop.event) for hop in found.hops] == [("terminal", 13), ("tool value", 14)]


def test_what_a_request_left_out_without_a_compaction() -> None:
    found = line_of("local-compaction-auto", "conversation_item:4")
    assert (found.dropped, found.dropped_by) == (17, "6da546ce-5d5d-40de-86b1-9bbeeb563ca0")


def test_the_report_of_a_child() -> None:
    trace = shared_recording("ma-child-http400")
    edge = next(one for one in trace.snapshot(54).resolved_edges if one.startswith("edge:agent_result"))
    found = line_of("ma-child-http400", edge)
    assert next((moment.what, moment.event) for moment in found.moments) == ("sent", 39)
    assert found.first_carried == 44


def test_ids_of_nothing() -> None:
    assert life_line(shared_recording("big-tool-output"), "nope", 32) is None
