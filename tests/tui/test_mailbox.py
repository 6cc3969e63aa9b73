"""Threads that tell the screen something while it is held up."""

from __future__ import annotations

import threading

from in_time import PATIENCE_S

from rollout_tui.tui.following.mailbox import Mailbox
from rollout_tui.tui.following.messages import FileChanged, News, SearchAdvanced, WriterSeen


def test_nothing_piles_up_while_nobody_takes() -> None:
    rung: list[int] = []
    box: Mailbox[News] = Mailbox(lambda: rung.append(1))
    for _ in range(10_000):
        box.put(SearchAdvanced())
        box.put(WriterSeen("writing"))
        box.put(FileChanged("missing", "it is not there"))
        box.put(FileChanged("back", "it can be read again"))
    taken = box.take()
    assert [type(one) for one in taken] == [SearchAdvanced, WriterSeen, FileChanged]
    assert isinstance(taken[2], FileChanged) and taken[2].change == "back"
    assert len(rung) == 1
    assert box.take() == []


def test_what_comes_after_taking_rings_again() -> None:
    rung: list[int] = []
    box: Mailbox[News] = Mailbox(lambda: rung.append(1))
    for count in (1, 2, 3):
        box.put(SearchAdvanced())
        assert len(rung) == count
        assert len(box.take()) == 1


def test_the_last_message_of_a_thread_is_always_taken() -> None:
    rung = threading.Event()
    box: Mailbox[News] = Mailbox(rung.set)

    def tell() -> None:
        for number in range(5000):
            box.put(FileChanged("grown", str(number)))

    thread = threading.Thread(target=tell)
    thread.start()
    last = ""
    while last != "4999":
        assert rung.wait(PATIENCE_S)
        rung.clear()
        last = next((one.reason for one in box.take() if isinstance(one, FileChanged)), last)
    thread.join()
