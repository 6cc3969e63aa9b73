"""Recordings as Chrome JSON trace."""

from __future__ import annotations

import io
import json
import shutil
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import recording, recordings
from scripted import Script, agent_message, assistant, spawned

from rollout_tui.export.perfetto import write_perfetto
from rollout_tui.export.wanted import Wanted
from rollout_tui.recording import open_trace


def rows(bundle: Path, first: int = 1, last: int | None = None, **more: Any) -> list[dict[str, Any]]:
    """The rows of an export."""
    trace = open_trace(bundle)
    out = io.BytesIO()
    write_perfetto(Wanted(trace, first, trace.history.head if last is None else last, **more), out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["traceEvents"]
    return found


@pytest.mark.parametrize("bundle", recordings(), ids=lambda bundle: bundle.name)
def test_every_row_is_what_the_format_asks_for(bundle: Path) -> None:
    lanes: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    arrows: dict[int, dict[str, Any]] = {}
    for row in rows(bundle):
        assert row["ph"] in "MXCisf"
        assert row["ph"] == "M" or row["ts"] >= 0
        if row["ph"] == "X":
            assert row["dur"] >= 1
            lanes[row["pid"], row["tid"]].append((row["ts"], row["ts"] + row["dur"]))
        if row["ph"] == "s":
            arrows[row["id"]] = row
        if row["ph"] == "f":
            start = arrows.pop(row["id"])
            assert start["ts"] <= row["ts"] and start["name"] == row["name"]
        if row["ph"] in "sf":
            assert any(begin <= row["ts"] <= end for begin, end in lanes[row["pid"], row["tid"]])
    assert not arrows
    for slices in lanes.values():
        assert all(end <= begin for (_, end), (begin, _) in pairwise(sorted(slices)))


def test_two_cells_stand_in_lanes_of_their_own_and_waits_point_at_them() -> None:
    found = rows(recording("two-cells-interleaved"))
    cells = [row for row in found if row.get("cat") == "code_cell"]
    assert [row["name"] for row in cells] == ["cell 1", "cell 2"]
    assert len({row["tid"] for row in cells}) == 2
    assert cells[1]["args"] == {
        "id": "code_cell:call_B", "started_seq": 20, "ended_seq": 49, "status": "completed",
        "source_bytes": cells[1]["args"]["source_bytes"],
    }  # fmt: skip
    assert sum(row["ph"] == "s" and row["name"] == "waits for" for row in found) == 4
    lanes = {row["args"]["name"] for row in found if row["name"] == "thread_name"}
    assert {"turns", "model requests", "tool calls", "code cells", "code cells 2", "calls of cells"} <= lanes


def test_agents_are_processes_with_arrows_between_them() -> None:
    found = rows(recording("ma-child-http400"))
    names = {row["pid"]: row["args"]["name"] for row in found if row["name"] == "process_name"}
    assert names[1] == "/root" and len(names) == 2
    crossing = {
        start["name"]
        for start in found
        for end in found
        if start["ph"] == "s" and end["ph"] == "f" and start["id"] == end["id"] and start["pid"] != end["pid"]
    }
    assert "spawn_agent" in crossing


def test_a_result_goes_from_the_request_that_wrote_it_to_the_one_that_carried_it(script: Script) -> None:
    script.begin()
    script.thread("kid", "/root/kid", spawned("t1", "/root/kid"))
    script.turn("u2", "kid")
    script.ask("i1", agent_message("/root", "/root/kid", "go"), thread="kid", turn="u2")
    script.answer("i1", assistant("done"), thread="kid", turn="u2")
    script.event(
        "agent_result_observed",
        thread="kid",
        turn="u2",
        edge_id="x",
        child_thread_id="kid",
        child_codex_turn_id="u2",
        parent_thread_id="t1",
        message="done",
    )
    script.ask("i2", agent_message("/root/kid", "/root", "done"))
    script.answer("i2")
    found = rows(script.folder)
    slices = {row["args"]["id"]: (row["pid"], row["tid"]) for row in found if row["ph"] == "X"}
    ends = {row["ph"]: (row["pid"], row["tid"]) for row in found if row["name"] == "agent_result"}
    assert ends == {"s": slices["i1"], "f": slices["i2"]}


def test_a_range_holds_what_ran_in_it() -> None:
    found = [row for row in rows(recording("two-cells-interleaved"), 40, 45) if row["ph"] == "X"]
    open_ones = {row["name"] for row in found if row["args"].get("open")}
    assert {"turn 1", "cell 1", "cell 2", "wait"} <= open_ones
    assert "inference 1" not in {row["name"] for row in found}


def test_redaction_reaches_commands_and_names() -> None:
    found = json.dumps(rows(recording("two-cells-interleaved"), said=lambda text: "-" * len(text)))
    plain = json.dumps(rows(recording("two-cells-interleaved")))
    commands = [
        row["name"]
        for row in rows(recording("two-cells-interleaved"))
        if row.get("cat") == "terminal_operation"
    ]
    assert commands and all(command in plain and command not in found for command in commands)


def test_a_thousand_things_at_once_have_lanes_of_their_own(tmp_path: Path) -> None:
    bundle = tmp_path / "many"
    shutil.copytree(recording("one-message"), bundle)
    spine = (bundle / "trace.jsonl").read_bytes().splitlines()
    turn = next(at for at, line in enumerate(spine) if b'"codex_turn_started"' in line)
    started = json.loads(spine[turn])
    payload = started["payload"]
    more = [{**started, "payload": {**payload, "codex_turn_id": f"turn-{number}"}} for number in range(1_200)]
    lines = [*map(json.loads, spine[:turn]), *more, *map(json.loads, spine[turn:])]
    numbered = [json.dumps({**line, "seq": seq}) for seq, line in enumerate(lines, 1)]
    (bundle / "trace.jsonl").write_text("\n".join(numbered) + "\n")
    slices = [row for row in rows(bundle) if row["ph"] == "X"]
    turns = {(row["pid"], row["tid"]) for row in slices if row["cat"] == "codex_turn"}
    assert len(turns) >= 1_200
    assert turns.isdisjoint((row["pid"], row["tid"]) for row in slices if row["cat"] != "codex_turn")
