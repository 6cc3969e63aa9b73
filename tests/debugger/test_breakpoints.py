"""Breakpoints and watches, in both directions. Expected values were read from the traces."""

from __future__ import annotations

import pytest
from shared_recordings import shared_recording

from rollout_tui.debugger.stops import event_facts, watched
from rollout_tui.debugger.stops.breakpoints import Breakpoints, Searching, Sort, Stop
from rollout_tui.debugger.stops.expressions import ExpressionProblem, parse


def next_stop(points: Breakpoints, event: int, *, backwards: bool = False) -> Stop | None:
    return next((one for one in points.seek(event, backwards=backwards) if isinstance(one, Stop)), None)


def stops(name: str, sort: Sort, *sources: str) -> list[int]:
    """Seqs of all stops, checked to be the same forwards and backwards."""
    trace = shared_recording(name)
    points = Breakpoints(trace)
    for source in sources:
        points.add(sort, source)
    forwards: list[int] = []
    while stop := next_stop(points, forwards[-1] if forwards else 0):
        forwards.append(stop.event)
    backwards: list[int] = []
    while stop := next_stop(points, backwards[-1] if backwards else trace.history.head + 1, backwards=True):
        backwards.append(stop.event)
    assert backwards[::-1] == forwards
    return forwards


@pytest.mark.parametrize(
    ("name", "source", "seqs"),
    [
        ("parallel-tools", "tool=exec_command status=failed", [22]),
        ("parallel-tools", "exit_code!=0", [22]),
        ("parallel-tools", "exit_code = 3 and command ~ exit", [22]),
        ("parallel-tools", "exit_code > 3", []),
        ("two-cells-interleaved", "tool=wait status=running", [27, 33, 39, 51]),
        ("two-cells-interleaved", "tool=wait status=completed", [28, 34, 50, 54]),
        ("two-cells-interleaved", "call=call_wB2", [39, 50]),
        ("two-cells-interleaved", "event=code_cell_ended", [49, 53]),
        ("two-cells-interleaved", "code_cell_ended cell=1", [53]),
        ("two-cells-interleaved", "cell=2 status=yielded", [21]),
        ("two-cells-interleaved", "duration > 1s tool=wait", [50]),
        ("two-cells-interleaved", "inference_completed", [11, 25, 31, 37, 57]),
        ("two-cells-interleaved", "items >= 11", [36, 56]),
        ("two-cells-interleaved", 'role=tool text ~ "fromB"', [56]),
        ("two-cells-interleaved", "item=conversation_item:9", [30]),
        ("two-cells-interleaved", "turn=1 event=codex_turn_ended", [59]),
        ("ma-child-http400", "thread=/root/alpha status=failed", [34, 36]),
        ("ma-child-http400", "error ~ /bad.*request/", [34]),
        ("ma-child-http400", "severity=error", [34, 35, 36]),
        ("ma-child-http400", "failure", [34, 35, 36]),
        ("ma-child-http400", "failure event=inference_failed", [34]),
        ("ma-child-http400", "finding=agent_failed", [36]),
        ("ma-child-http400", "protocol=error", [35]),
        ("ma-two-parallel", "event=agent_result_observed", [68, 82]),
        ("mcp-tools", "tool=demo.fail status=failed", [21, 37]),
        ("usage-and-item-variants", "input_tokens > 200k", [18]),
        ("usage-and-item-variants", "cached_tokens = 201233", [18]),
    ],
)
def test_breakpoints(name: str, source: str, seqs: list[int]) -> None:
    assert stops(name, "break", source) == seqs


@pytest.mark.parametrize(
    ("name", "source", "seqs"),
    [
        ("usage-and-item-variants", "input_tokens > 200k", [18]),
        ("usage-and-item-variants", "input_tokens > 200k leaves", [28]),
        ("usage-and-item-variants", "input_tokens", [9, 18, 28, 45]),
        ("two-cells-interleaved", "context_items > 10", [36]),
        ("two-cells-interleaved", "open_cells >= 2", [20]),
        ("two-cells-interleaved", "open_cells >= 2 leaves", [49]),
        (
            "two-cells-interleaved",
            "open_calls",
            [13, 17, 18, 22, 27, 28, 33, 34, 39, 41, 44, 45, 48, 50, 51, 54],
        ),
        ("two-cells-interleaved", "text ~ fromA enters", [11]),
        ("two-cells-interleaved", "text ~ fromA leaves", []),
        ("remote-compaction-auto", 'text ~ "Please do" leaves', [18]),
        ("remote-compaction-auto", 'text ~ "Please do" changes', [8, 18, 19]),
        ("remote-compaction-auto", 'text ~ "Please do" thread=/root leaves', [18]),
        ("remote-compaction-auto", 'text ~ "Please do" thread=/root/alpha leaves', []),
        ("compact-local-mid-turn", 'text ~ "cat a.txt" leaves', [19]),
        ("ma-two-parallel", "agents > 2", [31]),
    ],
)
def test_watches(name: str, source: str, seqs: list[int]) -> None:
    assert stops(name, "watch", source) == seqs


def test_several_breakpoints_stop_at_the_nearest() -> None:
    trace = shared_recording("two-cells-interleaved")
    points = Breakpoints(trace)
    cell = points.add("break", "code_cell_ended")
    wait = points.add("break", "tool=wait status=completed")
    watch = points.add("watch", "open_cells >= 2")
    assert next_stop(points, 0) == Stop(20, watch)
    assert next_stop(points, 34) == Stop(49, cell)
    assert next_stop(points, 49) == Stop(50, wait)
    assert next_stop(points, 45, backwards=True) == Stop(34, wait)
    points.remove(cell.number)
    assert next_stop(points, 34) == Stop(50, wait)


def test_the_list_and_how_to_take_one_away() -> None:
    points = Breakpoints(shared_recording("two-cells-interleaved"))
    assert next_stop(points, 0) is None
    first = points.add("break", "exit_code!=0")
    second = points.add("watch", "input_tokens > 200k")
    third = points.add_event("inference_failed")
    assert [str(one) for one in points.all] == [
        "1  break exit_code!=0",
        "2  watch input_tokens > 200k  (enters)",
        "3  break inference_failed",
    ]
    assert points.remove(2) is second
    assert points.all == [first, third]
    with pytest.raises(ExpressionProblem, match="no breakpoint 2; there are: 1, 3"):
        points.remove(2)


def test_a_long_search_can_be_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollout_tui.debugger.stops.breakpoints.SLICE_S", 0.0)
    points = Breakpoints(shared_recording("two-cells-interleaved"))
    points.add("break", "exit_code=99")
    found = list(points.seek(0))
    assert found and all(isinstance(one, Searching) for one in found)


def test_every_stop_in_both_directions() -> None:
    points = Breakpoints(shared_recording("two-cells-interleaved"))
    points.add("break", "tool=wait")
    found = [one.event for one in points.stops(0) if isinstance(one, Stop)]
    assert found == [27, 28, 33, 34, 39, 50, 51, 54]
    back = [one.event for one in points.stops(51, backwards=True) if isinstance(one, Stop)]
    assert back == [50, 39, 34, 33, 28, 27]


def test_a_type_of_event_goes_by_both_names() -> None:
    points = Breakpoints(shared_recording("two-cells-interleaved"))
    points.add("break", "type=code_cell_started cell=2")
    assert [one.event for one in points.stops(0) if isinstance(one, Stop)] == [20]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("break", "nothing to stop at: give an expression, e.g. tool=exec_command status=failed"),
        (
            "break exitcode != 0",
            r"no field 'exitcode' \(did you mean exit_code\?\); fields are event, thread",
        ),
        ("break inference_complted", r"did you mean inference_completed\?"),
        ("break status=done", "status is never 'done'; it is running, starting, yielded, completed, failed"),
        ("break exit_code ~ 3", "exit_code is no text"),
        ("break exit_code = three", "exit_code is a number, not 'three'; suffixes are k"),
        ("break exit_code > 3 parsecs", "no field or event type 'parsecs'"),
        ("break tool > 3", "tool has no order: use = or != or ~"),
        ("break status > failed", "status has no order: use = or !="),
        ("break tool", "tool needs a comparison: tool=..."),
        ("break tool =", "tool = needs a value"),
        ("break tool=wait and", "a clause is missing after and"),
        ('break text ~ "open', "is a quote or a / not closed"),
        ("break text ~ /(/", "is no regular expression"),
        ("break = 3", "'=' where the name of a field should be; fields are"),
        (
            'break text ~ "two\nlines" leaves',
            "leaves belongs to a watch: :watch text ~ two\u240alines leaves",
        ),
        ("break text ~ x leaves", "leaves belongs to a watch: :watch text ~ x leaves"),
        ("watch", "e.g. input_tokens > 200k"),
        ("watch leaves", "what shall leaves"),
        ("watch thread=/root", "a watch needs something that changes"),
        ("watch exit_code != 0", "no field 'exit_code'.*fields are input_tokens"),
        ("watch text", "text needs a comparison"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(command: str, message: str) -> None:
    sort: Sort = "watch" if command.startswith("watch") else "break"
    with pytest.raises(ExpressionProblem, match=message) as problem:
        Breakpoints(shared_recording("one-message")).add(sort, command.removeprefix(sort))
    assert "\n" not in str(problem.value)


def test_values() -> None:
    def operand(source: str) -> float | None:
        return parse(source, event_facts.FIELDS).clauses[0].operand.number

    assert operand("duration > 2s") == 2000
    assert operand("duration>1.5m") == 90_000
    assert operand("input_tokens>=200k") == 200_000
    assert operand("input_tokens>=1,000") == 1000
    assert operand("exit_code=-1") == -1
    quoted = parse(r'text ~ "say \"hi\" = now"', event_facts.FIELDS)
    assert quoted.clauses[0].operand.text == 'say "hi" = now'
    edge = parse("text ~ leaves leaves", watched.FIELDS, edges=True)
    assert (edge.clauses[0].operand.text, edge.edge) == ("leaves", "leaves")


def test_missing_values_never_pass() -> None:
    (clause,) = parse("exit_code != 0", event_facts.FIELDS).clauses
    assert not clause.holds(None)
    assert clause.holds(3) and not clause.holds(0)
    (text,) = parse('tool !~ "exec"', event_facts.FIELDS).clauses
    assert text.holds(("wait", "other")) and not text.holds(("exec", "other"))
