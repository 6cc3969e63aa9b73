"""The work grows with what is new, not with what requests repeat.

Measured in bytes decoded, items compared, entries kept and lines of our code run: figures that are the same
on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from counted_steps import steps
from folding import reduced
from scripted import Body, Script, assistant, call, cell_call, output, user

from rollout_tui.graph.ids import IdView
from rollout_tui.recording import Trace
from rollout_tui.reducer.fold import Reducer
from rollout_tui.trace.bundle import open_bundle

Shape = Callable[[Script, int], object]


def conversation(script: Script, turns: int, *, compacted_every: int = 10**9) -> None:
    """A model that is asked again and again with all that was said, calls a tool and is answered."""
    script.begin()
    history: list[Any] = [user("x" * 500)]
    for turn in range(turns):
        script.ask(f"i{turn}", *history)
        said = [assistant(f"thought {turn} " * 20), call(f"c{turn}", arguments=f"[{turn}]")]
        script.answer(f"i{turn}", *said)
        script.tool(f"x{turn}", {"type": "other", "name": "n"}, call_id=f"c{turn}")
        script.end_tool(f"x{turn}")
        history += [*said, output(f"c{turn}", f"output {turn} " * 20)]
        if turn % compacted_every == compacted_every - 1:
            summary = [user(f"summary {turn} " * 20)]
            script.compact(f"k{turn}", history, summary)
            history = summary


def read(script: Script) -> Trace:
    return Trace(open_bundle(script.folder)).load()


def figures(reducer: Reducer) -> dict[str, int]:
    """Bytes decoded, items compared, notes taken and ids kept."""
    r, history = reducer.reduction, reducer.history
    backing = {}
    for value in history.objects:
        for name in value.__struct_fields__:
            ids = getattr(value, name)
            if isinstance(ids, IdView):
                backing[id(ids.items)] = len(ids.items)
    return {
        "bytes decoded": r.requests.decoded,
        "items compared": r.items.compared,
        "notes taken": sum(1 for _ in history.changes(0, history.head + 1)),
        "ids kept": sum(backing.values()),
        "items": len(history.items.name),
    }


@pytest.mark.parametrize("compacted_every", [10**9, 10], ids=["growing", "compacted"])
def test_a_conversation_costs_what_is_new_in_it(tmp_path: Path, compacted_every: int) -> None:
    found = []
    for turns in (40, 80, 160):
        script = Script(tmp_path / str(turns))
        conversation(script, turns, compacted_every=compacted_every)
        found.append(figures(reduced(script.folder, [script.spine.read_bytes()])))
    for fewer, more in pairwise(found):
        for name, count in more.items():
            assert count <= 2.2 * fewer[name] + 10, (name, fewer, more)
    last = found[-1]
    assert last["items compared"] <= 2 * last["items"]


def test_only_the_new_part_of_a_request_is_decoded(tmp_path: Path) -> None:
    script = Script(tmp_path / "bundle")
    conversation(script, 100)
    requests = sum(
        path.stat().st_size
        for path in (script.folder / "payloads").iterdir()
        if b'"input"' in path.read_bytes()[:100]
    )
    assert reduced(script.folder, [script.spine.read_bytes()]).reduction.requests.decoded < requests / 20


def test_requests_share_their_list_of_ids(tmp_path: Path) -> None:
    script = Script(tmp_path / "bundle")
    conversation(script, 60)
    trace = read(script)
    calls = trace.at(trace.head).inference_calls
    lists = {
        id(one.request_item_ids.items) for one in calls.values() if isinstance(one.request_item_ids, IdView)
    }
    assert len(lists) <= 2


# -- lines of code run ----------------------------------------------------------------


def same_call(script: Script, count: int) -> None:
    """One tool call whose work ends over and over, each time with another payload."""
    script.begin()
    script.tool("x1", {"type": "other", "name": "n"})
    reference = script.payload(Body("tool_runtime_event", {}))
    for number in range(count):
        script.event(
            "tool_call_runtime_ended",
            tool_call_id="x1",
            status="completed",
            runtime_payload=reference | {"raw_payload_id": f"raw_payload:{number}"},
        )


def orphan_cells(script: Script, count: int) -> None:
    """Code cells whose source never comes, and requests meanwhile."""
    script.begin()
    for number in range(count):
        script.cell(str(number), f"c{number}")
        script.ask(f"i{number}", user("a"))


def many_threads(script: Script, count: int) -> None:
    for number in range(count):
        script.thread(f"t{number}")
        script.turn(f"u{number}", f"t{number}")
        script.ask(f"i{number}", user("a"), thread=f"t{number}", turn=f"u{number}")


def bad_lines(script: Script, count: int) -> None:
    for _ in range(count):
        script.line(b"no event")


def accepted(script: Script, count: int) -> None:
    script.begin()
    for number in range(count):
        script.event("history_item_accepted", item_id=f"m{number}")


def calls_of_a_cell(script: Script, count: int) -> None:
    script.begin()
    script.ask("i1", cell_call("c1"))
    script.cell("1", "c1")
    for number in range(count):
        script.tool(f"x{number}", {"type": "other", "name": "n"}, cell="1")
        script.end_tool(f"x{number}")


def jumping_seq(script: Script, count: int) -> None:
    script.begin()
    for number in range(count):
        script.seq += number % 3
        script.turn(f"u{number + 2}")


SHAPES: tuple[Shape, ...] = (
    conversation,
    same_call,
    orphan_cells,
    many_threads,
    bad_lines,
    accepted,
    calls_of_a_cell,
    jumping_seq,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_twice_as_much_is_twice_the_work(tmp_path: Path, shape: Shape) -> None:
    found = []
    for count in (40, 80, 160) if shape is conversation else (100, 200, 400):
        script = Script(tmp_path / str(count))
        shape(script, count)
        found.append(steps(lambda script=script: read(script)))
    assert found[2] - found[1] <= 2.2 * (found[1] - found[0]), found
