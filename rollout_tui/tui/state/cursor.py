"""Where one is in a recording, and how one got there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rollout_tui.debugger.moving.related import Subject
from rollout_tui.tui.drawing.lens import Selection
from rollout_tui.tui.state.places import Place, Places

if TYPE_CHECKING:
    from rollout_tui.tui.following.reading import Reading


class Cursor:
    """A place in a recording: an event, what is selected there, the pane and the lens one looks at.

    `event` is an ordinal (0: before the first). `following` keeps it on the last event. Changing `place`
    moves; `leave()` first makes Backspace come back to where one was.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.place = Place(0)
        self.places = Places()
        # Whether the place was given back: its row and what is visible are to be as they were.
        self.given_back = False
        self.following = False
        self.pinned_at = 0
        # The motion that brought the cursor where it is, and where that was.
        self._motion = ""
        self._run = ("", 0)
        # What the last motion to an event of the same thing went by, and where it led.
        self._followed: tuple[Subject, int] | None = None

    @property
    def event(self) -> int:
        """The cursor; never beyond the end of a recording that has begun anew."""
        return min(self.place.event, self.head)

    @property
    def head(self) -> int:
        """The last event that everything is derived from."""
        return self.reading.known.spans.head

    @property
    def seq(self) -> int:
        """The seq of the cursor."""
        return self.reading.known.history.events.seqs[self.event]

    @property
    def thread_id(self) -> str | None:
        """The thread shown: the one held, else that of the event, or the last one before it."""
        held = self.place.held_thread
        return self.reading.known.spans.thread_of(self.event) if held is None else held

    @property
    def followed(self) -> Subject | None:
        """The thing whose events the cursor walks, while it stands on the one it came to by that."""
        return self._followed[0] if self._followed is not None and self._followed[1] == self.event else None

    # -- moving ----------------------------------------------------------------

    def go(self, event: int, *, keep_selection: bool = False) -> None:
        """Move the cursor; a movement away from the end stops following."""
        event = max(min(1, self.head), min(event, self.head))
        if event < self.head:
            self.pin()
        kept = self.place.selection if keep_selection or self.place.held else None
        self.place = replace(self.place, event=event, selection=kept)
        self._run = (self._motion, event)

    def walked(self, subject: Subject) -> None:
        """The cursor came here as an event of this thing: the next one is looked for by it."""
        self._followed = subject, self.event

    def leave(self) -> None:
        """Remember this place: a jump follows."""
        self.places.leave(self.place)

    def leave_run(self, motion: str) -> None:
        """Remember this place unless the cursor got here by the same motion: a run is one jump."""
        if (motion, self.event) != self._run:
            self.leave()
        self._motion = motion

    def back(self) -> bool:
        """To the place that was left last; False when there is none."""
        return self.go_back_to(self.places.back(self.place))

    def forward(self) -> bool:
        """To the place that `back` left."""
        return self.go_back_to(self.places.forward(self.place))

    def go_back_to(self, place: Place | None) -> bool:
        """Be where one was, to the row; False without a place."""
        if place is None:
            return False
        if place.event < self.head:
            self.pin()
        self.place = replace(place, event=min(place.event, self.head))
        self.given_back = True
        return True

    def pin(self) -> None:
        """Stop following; what comes from here on is counted."""
        if self.following:
            self.following = False
            self.pinned_at = self.head

    def follow(self) -> None:
        """Keep the cursor on the last event."""
        self.following = True
        kept = self.place.selection if self.place.held else None
        self.place = replace(self.place, event=self.head, selection=kept)

    def keep_up(self) -> None:
        """To the last event where that is followed and there are new ones."""
        if self.following and self.event != self.head:
            self.follow()

    # -- what stays while it moves ----------------------------------------------

    def select(self, selection: Selection | None, *, held: bool = False) -> None:
        """Choose an object or a payload to inspect."""
        self.place = replace(self.place, selection=selection, held=held and selection is not None)

    def remember_row(self, row: int, top: int) -> None:
        """The cursor row and the first row of the lens pane, for the way back."""
        self.place = replace(self.place, row=row, top=top)

    def remember_pane(self, pane: str) -> None:
        """The pane that has the focus, for the way back."""
        self.place = replace(self.place, pane=pane)

    def hold_thread(self, thread_id: str | None) -> None:
        """Show this thread wherever the cursor goes; None lets go."""
        self.place = replace(self.place, held_thread=thread_id)
