"""The demo: the same every time, told to both reducers, watchable while it runs."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from recorded import REPOSITORY, Reduce, events_of, kinds_of

from rollout_tui.demo import write_demo

FIXTURE = REPOSITORY / "fixtures" / "demo"


def files_of(bundle: Path) -> dict[str, bytes]:
    return {str(path.relative_to(bundle)): path.read_bytes() for path in bundle.rglob("*") if path.is_file()}


def test_the_fixture_is_what_the_demo_writes(tmp_path: Path) -> None:
    assert files_of(write_demo(tmp_path, 0)) == files_of(FIXTURE)


def test_what_the_demo_shows(both_reduce: Reduce) -> None:
    state = both_reduce(FIXTURE)
    assert (state["status"], state["recording_complete"]) == ("completed", True)
    assert len(events_of(FIXTURE)) > 90
    (cell,) = state["code_cells"].values()
    assert cell["initial_response_status"] == "yielded"
    assert cell["wait_tool_call_ids"] == ["call_wait_1", "call_wait_2"]
    (nested,) = cell["nested_tool_call_ids"]
    assert state["tool_calls"][nested]["terminal_operation_id"]
    assert 3 in {operation["result"]["exit_code"] for operation in state["terminal_operations"].values()}
    assert "failed" in {call["execution"]["status"] for call in state["inference_calls"].values()}
    edges = {edge["kind"]: edge for edge in state["interaction_edges"].values()}
    assert edges.keys() == {"spawn_agent", "agent_result"}
    assert all(edge["target"]["type"] == "conversation_item" for edge in edges.values())
    child = next(thread for thread in state["threads"].values() if thread["origin"]["type"] == "spawned")
    assert child["agent_path"] == "/root/regression_test"
    assert len(state["codex_turns"]) == 3
    hidden = [item for item in state["conversation_items"].values() if not item.get("accepted_seq")]
    assert hidden == []


def test_the_demo_lasts_a_minute_or_so() -> None:
    events = events_of(FIXTURE)
    seconds = (events[-1]["wall_time_unix_ms"] - events[0]["wall_time_unix_ms"]) / 1000
    assert 60 <= seconds <= 90


def test_the_demo_can_be_watched(tmp_path: Path) -> None:
    """With a pace it sleeps between events, so that a reader sees the file grow."""
    demo = threading.Thread(target=write_demo, args=(tmp_path, 0.01))
    demo.start()
    sizes: set[int] = set()
    while demo.is_alive():
        sizes.update(path.stat().st_size for path in tmp_path.glob("trace-*/trace.jsonl"))
        time.sleep(0.005)
    demo.join()
    (bundle,) = tmp_path.iterdir()
    assert len(sizes) > 10
    assert kinds_of(bundle) == kinds_of(FIXTURE)


@pytest.mark.parametrize(("arguments", "code"), [(["--pace", "0"], 0), (["--pace", "0", "twice"], 2)])
def test_the_demo_as_a_command(tmp_path: Path, arguments: list[str], code: int) -> None:
    command: list[Any] = [sys.executable, "-m", "rollout_tui.demo", tmp_path, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == code
    assert (Path(done.stdout.strip()) / "manifest.json").exists() == (code == 0)


def test_the_demo_says_when_it_cannot_be_written(tmp_path: Path) -> None:
    write_demo(tmp_path, 0)
    with pytest.raises(OSError, match="not empty"):
        write_demo(tmp_path, 0)


def test_the_example_of_a_home_made_loop(tmp_path: Path, both_reduce: Reduce) -> None:
    command: list[Any] = [sys.executable, "-m", "rollout_tui.demo.loop", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    state = both_reduce(Path(done.stdout.strip()))
    assert len(state["inference_calls"]) == 2
    assert len(state["terminal_operations"]) == 1
    (thread,) = state["threads"].values()
    assert len(thread["conversation_item_ids"]) == 4


def test_the_readme_shows_that_example() -> None:
    readme = REPOSITORY / "README.md"
    if not readme.exists() or "rollout_tui.demo.loop" not in readme.read_text():
        pytest.skip("README.md does not show it")
    example = (REPOSITORY / "rollout_tui" / "demo" / "loop.py").read_text()
    assert example[example.index("items: list[Any] = ") :] in readme.read_text()
