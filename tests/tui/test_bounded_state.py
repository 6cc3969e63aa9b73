"""What a session remembers is bounded, however long it goes on and whatever is found."""

from __future__ import annotations

import threading
import weakref
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from on_screen import Shown, is_read, until
from picking import choosing, looked
from scripted import Script, user

from rollout_tui.debugger.searching.search_query import query
from rollout_tui.tui.state.places import MOST_PLACES, Place, Places
from rollout_tui.tui.state.searching import Search


def test_excerpts_of_the_first_hits_are_kept_and_all_hits_are_found(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout_tui.tui.state.searching.MOST_EXCERPTS", 3)
    script.begin()
    for number in range(20):
        script.ask(f"i{number}", user(f"{number} needle"))
    trace = script.trace()
    search, done = Search(query("needle"), Place(1)), threading.Event()
    search.start(trace, 1, lambda: done.set() if search.done else None)
    assert done.wait(PATIENCE_S)
    assert search.events == 20 and len(search.excerpts) == 3


async def test_a_recording_that_is_left_is_free_once_another_is_opened(tmp_path: Path) -> None:
    for name in ("a", "b"):
        Script(tmp_path / name).begin()
    async with choosing(tmp_path) as (app, pilot, _):
        shown = Shown(app, pilot)
        await pilot.press("enter")
        await shown.until(lambda: is_read(shown))
        left, history = [shown.screen], weakref.ref(shown.session.history)
        app.leave()
        await until(pilot, lambda: not left[0].is_attached)
        left.clear()
        await looked(app, pilot)
        await pilot.press("j", "enter")
        await shown.until(lambda: is_read(shown))
        assert history() is None


def test_places_one_came_from() -> None:
    places = Places()
    for event in range(3 * MOST_PLACES):
        places.leave(Place(event))
    assert len(places.behind) == MOST_PLACES
    assert places.back(Place(0)) == Place(3 * MOST_PLACES - 1)
