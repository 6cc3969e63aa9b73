"""The longest stretches without an event. Expected values were read from the traces."""

from __future__ import annotations

import random

from shared_recordings import shared_recording

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.waiting.silences import MOST, SHORTEST_MS, Silence, Silences, in_words
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Rollout


def history_at(times: list[int]) -> History:
    history = History(2, Rollout("trace", "rollout", 0, "t"))
    count = len(times)
    history.events.extend(
        range(1, count + 1), times, [0] * count, [None] * count, [None] * count, [0] * count
    )
    history.head = count
    return history


def test_a_second_is_a_silence() -> None:
    history = history_at([0, 999, 1999, 2000])
    assert index_of(history, Silences).found == (Silence(2, 3, 1000),)


def test_time_that_goes_backwards_is_no_silence() -> None:
    assert index_of(history_at([5000, 1000, 1500]), Silences).found == ()


def test_the_ten_longest_whatever_the_order_of_reading() -> None:
    rng = random.Random(1)
    times = [0]
    for _ in range(20_000):
        times.append(times[-1] + rng.choice([1, 5, 40, rng.randrange(500, 3000)]))
    history = history_at(times)
    gaps = sorted((times[at + 1] - times[at], -at - 1) for at in range(len(times) - 1))[-MOST:]
    wanted = sorted(-event for length, event in gaps if length >= SHORTEST_MS)
    assert [one.start for one in index_of(history, Silences).found] == wanted
    stepwise, last = Silences(history), history.head
    for head in [*range(1, last, 777), last]:
        history.head = head
        stepwise.update()
    assert [one.start for one in stepwise.found] == wanted


def test_in_a_recording() -> None:
    trace = shared_recording("session-write-poll-ctrlc")
    silences = index_of(trace.history, Silences)
    assert silences.found == (Silence(26, 27, 5002),)
    assert in_words(trace, silences.found[0]).startswith("5.00 s without an event: /root blocked ")
    assert "write_stdin" in in_words(trace, silences.found[0])


def test_what_was_open_meanwhile() -> None:
    trace = shared_recording("interrupt")
    first, second = index_of(trace.history, Silences).found
    assert (first.start, first.length_ms, second.start, second.length_ms) == (25, 1007, 40, 1314)
    assert "inference 2" in in_words(trace, first)
    assert "running sleep" in in_words(trace, second)
