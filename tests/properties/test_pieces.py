"""However a file comes to be read, the history is the same."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from folding import reduced
from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle

from .recordings import Recording, contents, examples, recordings, state_of, whole

any_recording = st.sampled_from(recordings())
sizes = st.lists(st.integers(1, 3000), min_size=1, max_size=8)


def cut(data: bytes, lengths: list[int]) -> list[bytes]:
    """Pieces of these lengths, over and over."""
    pieces, at, turn = [], 0, 0
    while at < len(data):
        length = lengths[turn % len(lengths)]
        pieces.append(data[at : at + length])
        at, turn = at + length, turn + 1
    return pieces


@examples(60)
@given(any_recording, sizes)
def test_lines_can_come_in_any_blocks(recording: Recording, counts: list[int]) -> None:
    blocks, at, turn = [], 0, 0
    while at < len(recording.lines):
        count = 1 + counts[turn % len(counts)] % 20
        blocks.append(b"".join(recording.lines[at : at + count]))
        at, turn = at + count, turn + 1
    reducer = reduced(recording.folder, blocks)
    assert contents(reducer.history) == contents(whole(recording).history)
    said = [one for one in whole(recording).diagnostics if one.code != "recording_cut"]
    assert reducer.reduction.diagnostics == said


@examples(25)
@given(any_recording, sizes, st.lists(st.integers(1, 4000), min_size=1, max_size=5))
def test_a_file_can_grow_in_any_pieces(recording: Recording, lengths: list[int], looks: list[int]) -> None:
    """Written in pieces that heed no line ends, and read in steps of any size meanwhile."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        shutil.copytree(recording.folder, folder)
        spine = folder / "trace.jsonl"
        spine.write_bytes(recording.lines[0])
        trace = Trace(open_bundle(folder))
        turn = 0
        with spine.open("ab") as writing:
            for piece in cut(b"".join(recording.lines[1:]), lengths):
                writing.write(piece)
                writing.flush()
                trace.advance(looks[turn % len(looks)])
                turn += 1
        while trace.advance(looks[turn % len(looks)]).more:
            turn += 1
        trace.take_held_line()
        assert trace.generation == 0
        assert contents(trace.history) == contents(whole(recording).history)
        assert trace.diagnostics == whole(recording).diagnostics


@examples(60)
@given(any_recording, st.data())
def test_a_state_in_the_middle_is_that_of_a_recording_that_stops_there(
    recording: Recording, data: st.DataObject
) -> None:
    """Asked for in any order, of one history that knows the end."""
    history = whole(recording).history
    for event in data.draw(st.lists(st.integers(0, history.head), min_size=1, max_size=6), "events"):
        stopped = reduced(recording.folder, [b"".join(recording.lines[:event])] if event else [])
        assert state_of(history, event) == state_of(stopped.history)
        assert history.touched(event) == stopped.history.touched(event)
        assert repr(Snapshot(history, event)) == repr(Snapshot(stopped.history, event))
