"""Regular expressions that backtrack without end: one text is given up and said, the rest goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from in_time import PATIENCE_S
from luring_texts import ENDLESS, LURE, luring

from rollout_tui.debugger.context.item_search import find_in_items
from rollout_tui.debugger.patterns import MOST_GIVEN_UP, WHILE_SHOWN_S, Pattern
from rollout_tui.debugger.searching.search import GivenUp, Hit, search
from rollout_tui.debugger.searching.search_query import query
from rollout_tui.debugger.stops.breakpoints import Breakpoints, Stop
from rollout_tui.recording import Trace
from rollout_tui.tui.state.filtering import Filter
from rollout_tui.tui.state.places import Place

GIVING_UP = """
import sys, time
from rollout_tui.debugger.patterns import Pattern
pattern = Pattern(sys.argv[1], any_case=False)
began = time.process_time()
found = pattern.found_in(sys.argv[2])
print(found, pattern.given_up, time.process_time() - began, pattern.found_in("aay"))
"""


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    return luring(tmp_path / "bundle").trace()


@pytest.mark.parametrize("text", ENDLESS)
def test_a_text_is_given_up_in_time(text: str) -> None:
    """In a process of its own: nothing else could end one that is not given up."""
    words = [sys.executable, "-c", GIVING_UP, text.replace("y", "[yY]$"), f"{LURE}y"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    found, given_up, seconds, other = done.stdout.split(maxsplit=3)
    assert (found, given_up, other.strip()) == ("None", "1", "(0, 3)")
    assert float(seconds) < 5 * WHILE_SHOWN_S


def test_after_many_texts_it_is_not_tried_any_more() -> None:
    pattern = Pattern("(a+)+[yY]$", any_case=False)
    for _ in range(MOST_GIVEN_UP):
        pattern.found_in(f"{LURE}y")
    assert not any(pattern.found_in(f"{LURE}y") for _ in range(MOST_GIVEN_UP))
    assert pattern.given_up == MOST_GIVEN_UP and pattern.found_in("aay") is None


def test_other_threads_go_on_meanwhile() -> None:
    """What draws the screen and takes Ctrl+C."""
    pattern = Pattern(b"(a+)+[yY]$", any_case=False, longest_s=1.0)
    searching = threading.Thread(target=pattern.found_in, args=(f"{LURE}y".encode(),))
    turns = 0
    searching.start()
    while searching.is_alive():
        turns += 1
        time.sleep(0.001)
    assert pattern.given_up == 1
    assert turns > 20


@pytest.mark.parametrize("text", ENDLESS)
def test_a_search_says_what_it_gave_up_and_goes_on(trace: Trace, text: str) -> None:
    wanted = query(f"/{text.replace('y', '[yY]')}/")
    found = list(search(trace, wanted, trace.head))
    assert any(isinstance(one, GivenUp) for one in found)
    assert any(isinstance(one, Hit) and one.event == trace.head for one in found)


def test_a_breakpoint_and_a_filter_say_where(trace: Trace) -> None:
    source = "call ~ /(a+)+[yY]$/"
    breakpoints = Breakpoints(trace)
    breakpoints.add("break", source)
    assert not any(isinstance(one, Stop) for one in breakpoints.stops(0))
    assert "took too long on #3" in (breakpoints.take_given_up() or "")
    assert breakpoints.take_given_up() is None
    filtering = Filter(trace, source, Place(trace.head))
    while filtering.advance():
        pass
    assert "narrow it" in (filtering.take_given_up() or "")


def test_a_watch_says_so_too(trace: Trace) -> None:
    breakpoints = Breakpoints(trace)
    breakpoints.add("watch", "text ~ /(a+)+[yY]$/")
    list(breakpoints.stops(0))
    assert "took too long on #4" in (breakpoints.take_given_up() or "")


def test_a_search_in_items_goes_on(trace: Trace) -> None:
    items = tuple(trace.at(trace.head).conversation_items)
    found = find_in_items(trace, items, trace.head, query("/(a+)+y/"))
    assert [one.item_id for one in found] == [items[-1]]
