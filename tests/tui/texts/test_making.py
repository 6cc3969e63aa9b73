"""Large bodies: their beginning at once, the rest from a thread, nothing made again and again."""

from __future__ import annotations

import json
import threading
from functools import partial

import pytest
from on_screen import session_over
from scripted import Script, assistant, call, user

from rollout_tui.graph.objects import ConversationItem, ToolCall
from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.lenses.inspector import inspector
from rollout_tui.tui.lenses.raw import raw
from rollout_tui.tui.objects.object_text import LARGE_TEXT
from rollout_tui.tui.texts.making import LARGE, MOST, MOST_BYTES, Making, making
from rollout_tui.words import size

SECONDS = 60


class Told:
    """Makings that are told of, and how often each thing was made."""

    def __init__(self) -> None:
        self.making = Making()
        self.ready = threading.Event()
        self.making.told = self.ready.set
        self.made: list[str] = []

    def get(self, name: str, of: int) -> str | None:
        def make() -> str:
            self.made.append(name)
            return name.upper()

        return self.making.get((name,), of, make)

    def frame(self, *names: str, of: int) -> list[str | None]:
        """Ask for things as a frame does, and wait for what is made meanwhile."""
        found = [self.get(name, of) for name in names]
        for thread in threading.enumerate():
            if thread.name == "making":
                thread.join(SECONDS)
        return found


def rows(content: LensLines) -> list[str]:
    return [content.line(number).text for number in range(min(40, len(content)))]


def test_what_is_large_is_made_by_a_thread_and_once() -> None:
    told = Told()
    assert told.get("small", LARGE - 1) == "SMALL"
    assert told.get("large", LARGE) is None
    assert told.ready.wait(SECONDS)
    assert told.get("large", LARGE) == told.get("large", LARGE) == "LARGE"
    assert told.made == ["small", "large"]


def test_where_nobody_is_told_everything_is_made_at_once() -> None:
    told = Told()
    told.making.told = None
    assert told.get("large", LARGE) == "LARGE"


def test_a_problem_of_the_thread_is_raised_by_who_asks() -> None:
    told = Told()

    def fail() -> str:
        raise ValueError("no")

    assert told.making.get(("a",), LARGE, fail) is None
    assert told.ready.wait(SECONDS)
    with pytest.raises(ValueError, match="no"):
        told.making.get(("a",), LARGE, fail)


def test_what_does_not_fit_together_is_not_made_in_turns() -> None:
    told, two_thirds = Told(), MOST_BYTES * 2 // 3
    for _ in range(50):
        shown = told.frame("a", "b", of=two_thirds)
    assert sorted(map(str, shown)) in (["A", "None"], ["B", "None"])
    assert len(told.made) < 6
    other = "a" if shown[0] is None else "b"
    assert told.making.is_crowded_out((other,))
    for _ in range(3):
        alone = told.frame(other, of=two_thirds)
    assert alone == [other.upper()]


def test_a_large_payload_shows_its_beginning_and_then_itself(script: Script) -> None:
    script.begin()
    body = {"first": "the beginning", "rest": "x" * LARGE}
    script.tool("x", {"type": "other", "name": "n"}, invocation=body)
    session = session_over(script.folder)
    ready = threading.Event()
    making(session.trace).told = ready.set
    session.go(session.head)
    first = rows(raw(session.view(), 78))
    assert any("being read" in row for row in first)
    assert any("the beginning" in row for row in first)
    assert ready.wait(SECONDS)
    then = rows(raw(session.view(), 78))
    assert not any("being read" in row for row in then)
    assert any("rest: " in row and size(LARGE) in row for row in then)


@pytest.mark.parametrize("kind", [ConversationItem, ToolCall])
def test_a_text_in_a_large_body_is_shown_as_far_as_it_is_known(script: Script, kind: type) -> None:
    script.begin()
    script.ask("i", user("x"))
    arguments = json.dumps({"first": "the beginning", "rest": "y" * LARGE_TEXT})
    script.answer("i", call("c", "n", arguments=arguments), assistant("done"))
    script.tool("c", {"type": "other", "name": "n"}, call_id="c")
    script.end_tool("c", result={"type": "direct_response", "response_item": {"output": arguments}})
    session = session_over(script.folder)
    ready = threading.Event()
    making(session.trace).told = ready.set
    session.go(session.head)
    item = "conversation_item:2"
    session.select(ToObject(kind, item if kind is ConversationItem else "c"), held=True)
    shown = partial(inspector, session.view(), 60)
    first = rows(shown())
    assert any("its beginning; all of it" in row for row in first)
    assert any("the beginning" in row for row in first)
    assert ready.wait(SECONDS)
    then = rows(shown())
    assert not any("its beginning; all of it" in row for row in then)
    assert any("the beginning" in row for row in then)


def test_so_many_things_are_kept() -> None:
    told = Told()
    names = [f"{number}" for number in range(MOST + 1)]
    for name in names:
        told.get(name, 1)
    told.get(names[-1], 1)
    assert told.made == names
    told.get(names[0], 1)
    assert told.made == [*names, names[0]]
