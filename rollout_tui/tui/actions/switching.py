"""To the other recordings of the folder that are being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def recording_next(desk: Desk) -> None:
    """The next one in the order of the list: the one started before."""
    desk.running.switch(1)


def recording_previous(desk: Desk) -> None:
    """The one before in the list."""
    desk.running.switch(-1)
