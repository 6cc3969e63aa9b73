"""kill -9 at a hundred random moments: what is left can always be read."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from recorded import Reduce, events_of

from rollout_tui import open_trace

KILLS = 100
SEED = 20261122


def record_for_ever(root: Path) -> None:
    """What a child does until it is killed: big and small payloads, long and short lines."""
    from recorded import work

    from rollout_tui.recorder import record

    (root / f"{os.getpid()}.ready").touch()
    while True:
        with record(root) as recording:
            for number in range(100):
                work(recording, 1, "x" * (number * number))
                recording.root.turn().code_cell("y" * (number * 1000), call_id=f"e{number}")


def kill_many(root: Path) -> None:
    """Fork a child, let it record for some milliseconds, kill it; a hundred times."""
    chance = random.Random(SEED)
    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            record_for_ever(root)
        while not (root / f"{child}.ready").exists():
            time.sleep(0.0005)
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        (root / f"{child}.ready").unlink()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_a_hundred_kills(tmp_path: Path, both_reduce: Reduce) -> None:
    folder = str(Path(__file__).parent)
    script = "import sys, pathlib, test_recorder_kill as t; t.kill_many(pathlib.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": folder}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=environment, check=True, timeout=120)
    bundles = sorted(path for path in tmp_path.iterdir() if not path.name.startswith("."))
    assert len(bundles) >= KILLS // 2
    running = torn = 0
    for number, bundle in enumerate(bundles):
        spine = (bundle / "trace.jsonl").read_bytes()
        whole, _, rest = spine.rpartition(b"\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
        for line in lines:
            for value in line["payload"].values():
                if isinstance(value, dict) and "raw_payload_id" in value:
                    json.loads((bundle / value["path"]).read_bytes())
        trace = open_trace(bundle)
        assert len(trace.events) in (len(lines), len(lines) + bool(rest))
        torn += bool(rest)
        running += not lines or lines[-1]["payload"]["type"] != "recording_completed"
        if number % 10 == 0 and not rest:
            assert both_reduce(bundle)["raw_payloads"].keys() == {
                value["raw_payload_id"]
                for event in events_of(bundle)
                for value in event["payload"].values()
                if isinstance(value, dict) and "raw_payload_id" in value
            }
    assert running >= KILLS // 2
    assert torn <= running
