"""The timeline as a flat list: every event a row, the future dimmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.tui.drawing.lens import MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, restyled, row
from rollout_tui.tui.drawing.targets import ToEvent
from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.tui.panes.event_words import event_words
from rollout_tui.words import since_start

if TYPE_CHECKING:
    from rollout_tui.tui.state.filtering import Filter

EMPTY = "No event yet. The screen fills as soon as the agent writes one. {quit} quits."


def flat(view: View, width: int, filtering: Filter | None = None) -> MadeLines:
    """All events that are recorded, or those that pass a filter; the cursor's in focus."""
    history = view.trace.history
    events, head = history.events, history.head
    digits = len(str(max(1, events.seqs[head])))
    start = events.times[1] if head else 0
    passed = filtering.events if filtering is not None else range(1, head + 1)

    def make(number: int) -> Line:
        event = passed[number]
        words = event_words(view.trace, event)
        shown = row(
            width,
            Cell(f"#{events.seqs[event]}", "dim", digits + 1, "right"),
            Cell("M" if event in view.marks else "", "accent", 1),
            Cell(words.text, words.style, FLEXIBLE),
            Cell(since_start(events.times[event] - start), "dim", 9, "right", drop=1, least=18),
            target=ToEvent(event),
        )
        return restyled(shown, "future") if event > view.event else shown

    if filtering is None:
        focus = max(0, view.event - 1) if head else None
        return MadeLines("timeline  all events", head, make, f"{head:,}", with_keys(EMPTY), focus)
    looked = "" if filtering.done else f", {filtering.looked_at / max(1, head):.0%} looked at"
    return MadeLines(
        f"timeline  {len(passed):,} of {head:,}{looked}  & {filtering.source}",
        len(passed),
        make,
        "",
        f"No event passes: {filtering.source}. {key_of('cancel')} lists every event again, "
        f"{key_of('filter')} changes the filter."
        if filtering.done
        else "Looking ...",
        max(0, filtering.row(view.event)) if passed else None,
    )
