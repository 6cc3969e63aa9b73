"""What is remembered about a trace, and what never is."""

from __future__ import annotations

import io
import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from leaving import TRACES, remembered
from msgspec.structs import replace
from recordings_at_hand import DEMO, RECORDINGS
from scripted import Script, user
from textual.pilot import Pilot

from rollout_tui.cli import main
from rollout_tui.reduced_spine import Progress
from rollout_tui.remembered import Note, Remembered, Store
from rollout_tui.remembered.recent import RecentTraces
from rollout_tui.settings import config_file, state_folder
from rollout_tui.trace.roots import TraceRoot
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening

TWO_CELLS = RECORDINGS / "two-cells-interleaved"
KILLED = RECORDINGS / "sigkill-during-cell"


def visit(*typed: str, options: tuple[str, ...] = (), trace: Path = TWO_CELLS) -> int:
    """Open a trace in plain mode and type lines."""
    sys.stdin = io.StringIO("".join(f"{line}\n" for line in typed))
    return main([str(trace), "--plain", *options])


async def shown(
    app: RolloutApp, pilot: Pilot[int], holds: Callable[[DebuggerScreen], object]
) -> DebuggerScreen:
    """The screen over a trace, once something holds of it."""
    stop = time.monotonic() + PATIENCE_S
    while not (isinstance(app.screen, DebuggerScreen) and holds(app.screen)):
        assert time.monotonic() < stop
        await pilot.pause(0.02)
    return app.screen


@pytest.fixture
def two_packed(tmp_path: Path) -> Path:
    """An archive of two recordings."""
    for folder in (TWO_CELLS, KILLED):
        shutil.copytree(folder, tmp_path / "reports" / folder.name)
    return Path(shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path / "reports"))


@pytest.fixture(autouse=True)
def standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", sys.stdin)


async def test_the_figures_of_what_goes_while_it_is_open_are_those_known_before(tmp_path: Path) -> None:
    store, folder = Store(tmp_path / TRACES), tmp_path / "bundle"
    shutil.copytree(TWO_CELLS, folder)
    for goes in (False, True):
        app = RolloutApp(Opening(folder, memory=store))
        async with app.run_test() as pilot:
            await shown(app, pilot, lambda screen: screen.opened and screen.opened.head == 64)
            if goes:
                shutil.rmtree(folder)
        (left,) = store.recent(9)
        assert left.figures is not None and (left.figures.ended, left.figures.turns) == (True, 1)


def test_one_comes_back_to_where_one_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert visit(":30", "m", ":45", "cells", "m", ":50", "note the wait hangs", "q") == 0
    capsys.readouterr()
    assert visit("notes", "1", "mark_go", "marks") == 0
    told = capsys.readouterr().out.splitlines()
    assert "#50/64" in told[0] and "back at #50, where you left; G goes to the end" in told
    assert "#50 the wait hangs" in told
    assert any(line.startswith("event #45") for line in told)
    assert any(line.startswith("#30") and "#45" in line for line in told)


def test_what_the_command_line_asks_for_wins(capsys: pytest.CaptureFixture[str]) -> None:
    visit(":45", "3")
    capsys.readouterr()
    visit("notes", options=("--at", "9", "--lens", "findings"))
    told = capsys.readouterr().out
    assert "#9/64" in told and "back at" not in told and "findings" in told


def test_notes_that_cannot_be_kept_are_not_lost_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    state_folder().parent.mkdir(parents=True)
    state_folder().write_text("a file in the place of the folder")
    assert visit(":45", "m") == 0 and capsys.readouterr().err == ""
    assert visit("note mine") == 0
    assert f"the notes could not be kept: {state_folder()}" in capsys.readouterr().err


def test_notes_of_two_who_look_at_the_same_time_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    visit(":4", "note first", ":5", "note second")
    store = Store(state_folder() / TRACES)

    class Typed(io.StringIO):
        def __iter__(self) -> Iterator[str]:  # type: ignore[override]
            yield ":4\n"
            yield "unnote\n"
            left = store.recent(1)[0]
            store.save(replace(left, notes=(*left.notes, Note(9, "of another"))))
            yield "note mine\n"

    monkeypatch.setattr(sys, "stdin", Typed())
    assert main([str(TWO_CELLS), "--plain"]) == 0
    assert {one.text for one in store.recent(1)[0].notes} == {"second", "of another", "mine"}


async def test_notes_stay_where_a_recording_is_opened_without_going_to_the_place_left(tmp_path: Path) -> None:
    visit(":45", "m", "note mine")
    store = Store(state_folder() / TRACES)
    app = RolloutApp(Opening(TWO_CELLS, memory=store, said="the one before is over"))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot, lambda screen: screen.told.settled)
        assert [note.text for note in screen.session.notes] == ["mine"]
    left = store.recent(1)[0]
    assert ([note.text for note in left.notes], left.marks) == (["mine"], (45,))


@pytest.mark.parametrize("read", [False, True], ids=["while it is read", "when it is read"])
async def test_what_is_noted_before_all_is_read_is_kept_beside_what_was_there(
    read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit(":45", "cells", "m", "note earlier")
    store = Store(state_folder() / TRACES)
    rest, advance = threading.Event(), Reading.advance

    def in_two_parts(reading: Reading, *given: int, **more: int) -> Progress:
        if reading.known.history.head:
            rest.wait(PATIENCE_S)
        return advance(reading, *given, **more)

    monkeypatch.setattr("rollout_tui.tui.following.loader.STEP_BYTES", 5000)
    monkeypatch.setattr(Reading, "advance", in_two_parts)
    app = RolloutApp(Opening(TWO_CELLS, memory=store))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await shown(app, pilot, lambda screen: screen.opened and screen.session.head)
        noted_at = screen.session.seq
        await pilot.press("m", "colon", *"note", "space", *"mine", "enter")
        assert 0 < noted_at < 45 and not screen.told.settled
        if read:
            rest.set()
            await shown(app, pilot, lambda screen: screen.told.settled)
    rest.set()
    left = store.recent(1)[0]
    assert [note.text for note in left.notes] == ["earlier", "mine"]
    assert (left.marks, left.seq, left.lens) == ((45, noted_at), 45, "cells")


def test_what_is_not_in_the_recording_any_more_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    visit(":4", "m", ":45", "m")
    store = Store(state_folder() / TRACES)
    store.save(replace(store.recent(1)[0], marks=(4, 99_999), seq=99_999, lens="of another release"))
    capsys.readouterr()
    assert visit("marks") == 0
    told = capsys.readouterr().out
    assert "back at" not in told and any(line.startswith("#4 ") for line in told.splitlines())
    assert (store.recent(1)[0].marks, store.recent(1)[0].lens) == ((4,), "context")


def test_a_view_that_is_no_lens_of_its_own_is_no_lens_to_come_back_to() -> None:
    visit(":45", "life_line")
    assert Store(state_folder() / TRACES).recent(1)[0].lens == "context"


def test_who_left_at_the_end_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    visit("G")
    capsys.readouterr()
    visit()
    told = capsys.readouterr().out
    assert "#64/64" in told and "back at" not in told


def test_a_recording_that_grows_is_followed_wherever_it_was_left(
    script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    script.begin()
    script.ask("i1", user("go"))
    store = Store(state_folder() / TRACES)
    with (script.folder / "trace.jsonl").open("a"):
        visit(":2", trace=script.folder)
        assert store.recent(1)[0].seq == 2
        capsys.readouterr()
        visit(trace=script.folder)
    assert "back at" not in capsys.readouterr().out
    assert store.recent(1)[0].seq is None


def test_of_a_recording_without_events_nothing_is_remembered(script: Script) -> None:
    (script.folder / "trace.jsonl").write_bytes(b"")
    assert visit("note here", trace=script.folder) == 0
    assert not (state_folder() / TRACES).exists()


def test_nothing_of_the_trace_is_kept() -> None:
    visit(":45", "3", "open 3", "/cell", "note mine")
    (file,) = (state_folder() / TRACES).iterdir()
    kept = file.read_text()
    assert set(json.loads(kept)) <= set(Remembered.__struct_fields__)
    assert "exec" not in kept and "call_" not in kept


def test_an_archive_is_remembered_by_its_own_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", TWO_CELLS.parent, TWO_CELLS.name))
    visit(":45", "link", trace=archive)
    assert f"{archive}#45?lens=context" in capsys.readouterr().out
    visit(trace=archive)
    assert "back at #45" in capsys.readouterr().out
    assert Store(state_folder() / TRACES).recent(1)[0].path == str(archive)
    assert main(["--recent", "--plain"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(archive)]


def test_each_bundle_of_an_archive_is_remembered_by_itself(
    two_packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, seq in ((KILLED.name, 9), (TWO_CELLS.name, 45)):
        visit(f":{seq}", f"note of {name}", "link", trace=two_packed / name)
        assert f"{two_packed / name}#{seq}?lens=context" in capsys.readouterr().out
    for name, seq in ((KILLED.name, 9), (TWO_CELLS.name, 45)):
        visit("notes", trace=two_packed / name)
        told = capsys.readouterr().out
        assert f"back at #{seq}" in told and f"#{seq} of {name}" in told
    assert main(["--recent"]) == 0
    paths = [two_packed / TWO_CELLS.name, two_packed / KILLED.name]
    assert capsys.readouterr().out.splitlines() == list(map(str, paths))
    two_packed.unlink()
    assert main(["--recent"]) == 0
    assert capsys.readouterr().out == ""


def test_what_cannot_be_looked_at_is_listed_as_it_was_left(tmp_path: Path, two_packed: Path) -> None:
    """What is in an archive, and what is gone, beside what is there."""
    folder = Path(shutil.copytree(RECORDINGS / "stream-cut-then-ok", tmp_path / "moved"))
    for trace in (folder, two_packed / TWO_CELLS.name, two_packed / KILLED.name, DEMO):
        visit(":9", trace=trace)
    recent = RecentTraces(Store(state_folder() / TRACES))
    before = {row.name: row for row in recent.rows()}
    packed = [f"{two_packed.name}/{one.name}" for one in (KILLED, TWO_CELLS)]
    assert list(before) == [DEMO.name, *packed, "moved"]
    there = {row.folder: row for row in TraceRoot(RECORDINGS).rows()}
    for name, same in zip(packed, (there[KILLED], there[TWO_CELLS]), strict=True):
        for field in ("started_at_unix_ms", "size_bytes", "turns", "failures", "whole"):
            assert getattr(before[name], field) == getattr(same, field)
    assert [before[name].status for name in packed] == ["stopped", "ended"]
    folder.rename(tmp_path / "elsewhere")
    gone = recent.rows()[-1]
    assert (gone.status, gone.unreadable) == ("gone", "moved is no longer there")
    assert gone.failures == before["moved"].failures > 0
    assert gone.started_at_unix_ms == before["moved"].started_at_unix_ms


def test_what_an_earlier_release_remembered_of_an_archive_is_listed(two_packed: Path) -> None:
    store = Store(state_folder() / TRACES)
    store.save(replace(remembered(), path=str(two_packed)))
    (row,) = RecentTraces(store).rows()
    assert (row.name, row.status, row.whole, row.unreadable) == (two_packed.name, "packed", False, "")


@pytest.mark.parametrize("how", ["variable", "setting"])
def test_it_can_be_switched_off(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "variable":
        monkeypatch.setenv("ROLLOUT_TUI_NO_MEMORY", "1")
    else:
        config_file().parent.mkdir(parents=True)
        config_file().write_text("memory = false\n")
    visit(":45", "note mine")
    assert not state_folder().exists()


def test_what_was_looked_at_last_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    assert main([]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 3 and max(map(len, told)) < 80
    assert "export CODEX_ROLLOUT_TRACE_ROOT=" in told[1] and "rollout-tui demo" in told[2]
    visit("s")
    capsys.readouterr()
    assert main([]) == 2
    assert f"rollout-tui {TWO_CELLS}" in capsys.readouterr().err
    assert main(["--recent"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(TWO_CELLS)]
    config_file().parent.mkdir(parents=True)
    config_file().write_text("memory = false\n")
    assert main([]) == 2
    assert str(TWO_CELLS) not in capsys.readouterr().err


async def test_the_screen_comes_back_to_where_one_was(tmp_path: Path) -> None:
    store = Store(tmp_path / TRACES)
    for wanted in (64, 45):
        app = RolloutApp(Opening(TWO_CELLS, memory=store))
        async with app.run_test(size=(120, 40)) as pilot:
            screen = await shown(app, pilot, lambda screen: screen.told.settled)
            assert screen.session.seq == wanted
            await pilot.press("colon", "4", "5", "enter", "3", "m")
    found = store.recent(1)[0]
    assert (found.seq, found.lens, found.marks) == (45, "cells", (45,))
