"""`:thread` and `--thread` among any number of threads: a slice a frame, and Ctrl+C stops it."""

from __future__ import annotations

import pytest
from on_screen import on_screen
from scripted import Script

from rollout_tui.debugger import thread_names
from rollout_tui.debugger.thread_names import ThreadSearch, UnknownThread
from rollout_tui.tui.screens import running

MANY = 40


@pytest.fixture
def many(script: Script, monkeypatch: pytest.MonkeyPatch) -> Script:
    """A recording of so many threads that not all are looked at in one step, and each step takes a slice."""
    monkeypatch.setattr(thread_names, "AT_ONCE", 3)
    monkeypatch.setattr(running, "SLICE_S", -1.0)
    script.begin()
    for number in range(MANY):
        script.thread(f"a{number}", f"/root/b{number}")
    return script


@pytest.mark.parametrize(("wanted", "steps"), [("a7", 0), ("/root/b7", 14)])
def test_a_step_looks_at_a_few_threads(many: Script, wanted: str, steps: int) -> None:
    trace = many.trace()
    search = ThreadSearch(trace.snapshot(trace.head), wanted)
    assert len(list(search)) == steps
    assert search.result == "a7"


def test_nobody_is_found_in_steps_too(many: Script) -> None:
    trace = many.trace()
    search = ThreadSearch(trace.snapshot(trace.head), "nobody")
    assert len(list(search)) == 14
    with pytest.raises(UnknownThread, match=r"'nobody' names no thread .*t1 \(/root\).*, and more"):
        assert search.result


async def test_the_screen_goes_on_meanwhile(many: Script) -> None:
    async with on_screen(many.folder) as shown:
        await shown.type_line("thread /root/b39")
        await shown.until(lambda: shown.session.thread_id == "a39")
        assert "looking for the thread" not in shown.bar("footer")
        await shown.type_line("thread a")
        await shown.until(lambda: "'a' names 40 threads" in shown.bar("footer"))


async def test_looking_is_told_and_can_be_stopped(many: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    async with on_screen(many.folder) as shown:
        monkeypatch.setattr(running, "SLICE_PAUSE_S", 3600.0)
        await shown.type_line("thread /root/b5")
        assert "looking for the thread" in shown.bar("footer")
        assert "no longer looking for the thread" in await shown.said_after("ctrl+c")
        assert shown.session.place.held_thread is None


async def test_the_command_line_names_one(many: Script) -> None:
    async with on_screen(many.folder, thread="/root/b5") as shown:
        await shown.until(lambda: shown.session.thread_id == "a5")
