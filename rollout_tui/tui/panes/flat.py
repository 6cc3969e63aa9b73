"""The timeline as a flat list: every event a row, the future dimmed."""

from __future__ import annotations

from rollout_tui.tui.lens import MadeLines, View
from rollout_tui.tui.lines import FLEXIBLE, Cell, Line, ToEvent, restyled, row
from rollout_tui.tui.panes.event_words import event_words
from rollout_tui.words import since_start

EMPTY = "No event yet. The screen fills as soon as the agent writes one. q quits."


def flat(view: View, width: int) -> MadeLines:
    """All events that are recorded, the cursor's in focus."""
    history = view.trace.history
    head = history.head
    events = history.events
    digits = len(str(max(1, events.seqs[head])))
    start = events.times[1] if head else 0

    def make(number: int) -> Line:
        event = number + 1
        words = event_words(view.trace, event)
        shown = row(
            width,
            Cell(f"#{events.seqs[event]}", "dim", digits + 1, "right"),
            Cell("M" if event == view.mark else "", "accent", 1),
            Cell(words.text, words.style, FLEXIBLE),
            Cell(since_start(events.times[event] - start), "dim", 9, "right", drop=1, least=18),
            target=ToEvent(event),
        )
        return restyled(shown, "future") if event > view.event else shown

    return MadeLines(
        "timeline  all events",
        head,
        make,
        f"{head:,}",
        EMPTY,
        max(0, view.event - 1) if head else None,
    )
