"""What the recorder's tests share: a recording to fill, and both reducers' word on what became of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from recorded import ORACLE_RELEASE, Json, Reduce, oracle

from rollout_tui.recorder import CountingIds, Recording, record


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    """A recording below `tmp_path`, with repeatable ids, ended with the test."""
    ticks = iter(range(1_000_000, 2_000_000))
    with record(tmp_path, new_id=CountingIds(0), clock=lambda: next(ticks), model="m") as recording:
        yield recording


@pytest.fixture
def warnings() -> Iterator[list[str]]:
    """What the recorder logs during the test."""
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("rollout_tui.recorder")
    logger.addHandler(handler)
    yield said
    logger.removeHandler(handler)


@pytest.fixture(scope="session")
def reduce() -> Reduce:
    """The state of a bundle by our reducer, which must accept every event without a remark."""

    def reduced(bundle: Path) -> Json:
        done = subprocess.run(
            [sys.executable, "-m", "rollout_tui", "reduce", "--strict", str(bundle)],
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        state: Json = json.loads(done.stdout)
        return state

    return reduced


@pytest.fixture(scope="session")
def both_reduce(reduce: Reduce) -> Reduce:
    """The state of a bundle, after checking that the official reducer makes the same of it."""
    command = oracle()
    if command is None:
        pytest.skip(f"the official reducer {ORACLE_RELEASE} is not installed here")

    def reduced(bundle: Path) -> Json:
        done = subprocess.run([*command, str(bundle)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        state = reduce(bundle)
        assert state == json.loads(done.stdout)
        return state

    return reduced
