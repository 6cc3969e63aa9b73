"""Following the end, and playing at recorded speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.tui.keys import with_keys

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def follow(desk: Desk) -> None:
    """Follow the end, or stay here."""
    session = desk.session
    if session.following:
        session.pin()
        desk.say(with_keys("stays here; {follow} follows the end again"))
    else:
        session.leave()
        session.follow()
        desk.say("following the end" if session.growing else "following; the recording does not grow")
    desk.repaint()


def play(desk: Desk) -> None:
    """Play, or pause."""
    running = desk.running
    running.play(not running.player.playing)


def faster(desk: Desk) -> None:
    """Play faster."""
    _change_speed(desk, 1)


def slower(desk: Desk) -> None:
    """Play slower."""
    _change_speed(desk, -1)


def _change_speed(desk: Desk, by: int) -> None:
    desk.say(desk.running.player.change_speed(by))
    if desk.running.player.playing:
        desk.running.play(True)
