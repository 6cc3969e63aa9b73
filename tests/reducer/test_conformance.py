"""The state is the official reducer's: at the end, after every event, in any order, in any pieces.

Over the project's own recordings, and over the shared corpus and cases where they are at hand.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from scripted import Script, state_bytes, state_of

from rollout_tui.recording import Trace, open_trace
from rollout_tui.reducer.diagnostics import ReductionRefused
from rollout_tui.trace.bundle import BundleProblem, open_bundle

from .bundles_at_hand import answered, digest, folders


def _named(folders: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "folder", [pytest.param(folder, id=f"{folder.parent.name}-{folder.name}") for folder in folders]
    )


def _is_refused(folder: Path) -> bool:
    expected = answered(folder)
    return bool(expected.refused_lines) and not expected.either


each_bundle = _named(folders())
each_refused_bundle = _named([folder for folder in folders() if _is_refused(folder)])


def test_there_are_recordings_of_both_schemas_and_refused_ones() -> None:
    found = [answered(folder) for folder in folders()]
    assert len(found) >= 24
    assert sum(one.state is None for one in found) >= 4


@each_bundle
def test_strict_reduction_gives_the_official_text_or_refuses_as_it_does(folder: Path) -> None:
    expected = answered(folder)
    try:
        trace = open_trace(folder, strict=True)
    except (ReductionRefused, BundleProblem) as refusal:
        assert expected.state is None, f"refused: {refusal}"
        return
    assert expected.state is not None or expected.either
    if expected.state is not None:
        assert state_bytes(trace) == expected.state
        assert state_bytes(open_trace(folder, strict=True, head_only=True)) == expected.state


@each_bundle
def test_each_event_gives_the_official_state_in_any_order(folder: Path) -> None:
    rows = list(enumerate(answered(folder).prefixes, 1))
    trace = open_trace(folder)
    random.Random(folder.name).shuffle(rows)
    for event, (seq, expected) in rows:
        if expected.startswith("error"):
            continue
        snapshot = trace.snapshot(event)
        assert (snapshot.seq, digest(state_of(trace, event))) == (seq, expected), f"at line {event}"


@each_refused_bundle
def test_a_refusal_is_said_of_the_line_that_brings_it(folder: Path) -> None:
    first, *_ = answered(folder).refused_lines
    trace = open_trace(folder)
    refused = [one.event + (one.code == "recording_cut") for one in trace.diagnostics if one.refused]
    assert refused and refused[0] == first, [tuple(one)[:4] for one in trace.diagnostics]


@each_bundle
def test_a_recording_that_grows_gives_the_same(folder: Path) -> None:
    trace = Trace(open_bundle(folder))
    rng = random.Random(folder.name)
    while trace.advance(rng.choice((1, 300, 5_000, 100_000))).more:
        pass
    trace.take_held_line()
    whole = open_trace(folder)
    assert state_bytes(trace) == state_bytes(whole)
    assert trace.diagnostics == whole.diagnostics


def test_no_file_of_a_bundle_is_written(script: Script) -> None:
    script.begin()
    before = {path: path.stat().st_mtime_ns for path in script.folder.rglob("*")}
    state_bytes(script.trace())
    assert {path: path.stat().st_mtime_ns for path in script.folder.rglob("*")} == before
