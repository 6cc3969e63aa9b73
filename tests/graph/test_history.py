"""History: what existed and what it was like as of any event, what an event changed."""

from __future__ import annotations

import random

import pytest

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodexTurn, Rollout, Thread
from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.graph.values import RootOrigin, Window


def empty(*, head_only: bool = False) -> History:
    return History(2, Rollout("t", "r", 0, "root"), head_only=head_only)


def event(history: History) -> int:
    """The next event, with its row."""
    number = history.head + 1
    history.events.extend([number], [number], [0], [None], [None], [0])
    history.event = number
    return number


def finish(history: History) -> None:
    history.head = history.event


def thread(history: History, name: str) -> int:
    return history.create(name, Thread(name, "/root", None, RootOrigin(), Window(0, 0), None))


def test_an_object_exists_from_the_event_that_created_it() -> None:
    history = empty()
    for name in "ab":
        event(history)
        thread(history, name)
        finish(history)
    assert [list(Snapshot(history, number).threads) for number in range(3)] == [[], ["a"], ["a", "b"]]
    assert "b" not in Snapshot(history, 1).threads
    with pytest.raises(KeyError):
        Snapshot(history, 1).threads["b"]
    assert Snapshot(history, 2).threads.born("b") == 2
    assert [one.thread_id for one in Snapshot(history, 2).threads.last(5)] == ["b", "a"]
    assert Snapshot(history, 2).threads.nth(-1).thread_id == "b"


def test_fields_are_those_of_the_event() -> None:
    history = empty()
    event(history)
    handle = thread(history, "a")
    finish(history)
    for path in ("/x", "/x", "/y"):
        event(history)
        history.set(handle, "agent_path", path)
        finish(history)
    paths = [Snapshot(history, number).threads["a"].agent_path for number in range(1, 5)]
    assert paths == ["/root", "/x", "/x", "/y"]
    assert [(one.event, one.field, one.before) for one in history.changes_of(handle)] == [
        (1, "", None),
        (2, "agent_path", "/root"),
        (4, "agent_path", "/x"),
    ]


def test_what_an_event_changed() -> None:
    history = empty()
    event(history)
    handle = thread(history, "a")
    finish(history)
    event(history)
    history.create("u", CodexTurn("u", "a", Window(0, 0)))
    history.set(handle, "nickname", "Ada")
    finish(history)
    assert [(one.kind, one.id, one.field) for one in history.touched(2)] == [
        (CodexTurn, "u", ""),
        (Thread, "a", "nickname"),
    ]
    assert history.touched(3) == []
    assert [one.event for one in history.changes(1, 3)] == [1, 2, 2]


def test_what_is_handed_out_is_a_copy() -> None:
    history = empty()
    event(history)
    thread(history, "a")
    finish(history)
    Snapshot(history, 1).threads["a"].agent_path = "/changed"
    assert Snapshot(history, 1).threads["a"].agent_path == "/root"


def test_without_history_there_is_the_head() -> None:
    history = empty(head_only=True)
    event(history)
    handle = thread(history, "a")
    finish(history)
    event(history)
    history.set(handle, "agent_path", "/x")
    finish(history)
    assert Snapshot(history, 2).threads["a"].agent_path == "/x"
    assert history.touched(2) == []


def test_history_against_plain_copies() -> None:
    """Random changes; every state is compared with one that was kept whole."""
    rng = random.Random(5)
    history = empty()
    now: dict[str, tuple[str, str | None]] = {}
    kept = [dict(now)]
    handles: dict[str, int] = {}
    for _ in range(300):
        event(history)
        for _ in range(rng.randrange(4)):
            name = rng.choice("abcdefgh")
            if name not in handles:
                handles[name] = thread(history, name)
                now[name] = ("/root", None)
                continue
            path, nickname = rng.choice("xyz"), rng.choice((None, "n", "m"))
            history.set(handles[name], "agent_path", path)
            history.set(handles[name], "nickname", nickname)
            now[name] = (path, nickname)
        finish(history)
        kept.append(dict(now))
    for number in rng.sample(range(301), 301):
        threads = Snapshot(history, number).threads
        assert {name: (one.agent_path, one.nickname) for name, one in threads.items()} == kept[number]
