"""What opening a line does, by what it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.stories.agent_edges import ends
from rollout_tui.graph.objects import InteractionEdge, PendingEdge
from rollout_tui.tui.drawing.targets import Fold, Target, ToEvent, ToLens, ToObject, ToOffer, ToPayload
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.state.places import INSPECTOR, LENS, TIMELINE

EDGES = (InteractionEdge, PendingEdge)

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def open_target(desk: Desk, target: Target | None) -> None:
    """Go there, or say that the line leads nowhere. Backspace comes back."""
    session = desk.session
    if isinstance(target, ToEvent):
        if target.event == session.event and target.about in (None, session.place.selection):
            desk.say(f"this line is of #{session.seq}, where the cursor is")
        else:
            session.leave()
            session.go(target.event)
        if target.about is not None:
            session.select(target.about)
    elif isinstance(target, ToObject) and target.kind in EDGES and session.place.lens == "agents":
        _to_other_end(desk, target)
    elif isinstance(target, (ToObject, ToPayload)):
        session.leave()
        session.select(target, held=True)
        if desk.pane != INSPECTOR:
            session.show_lens("raw")
            desk.focus_pane(LENS)
    elif isinstance(target, ToLens):
        session.leave()
        session.show_lens(target.name)
        desk.focus_pane(LENS)
    elif isinstance(target, Fold):
        session.toggle_fold(target.key)
    elif isinstance(target, ToOffer):
        desk.take(target.id)
    elif desk.pane != TIMELINE:
        desk.say("nothing to open on this line")
    desk.repaint()


def _to_other_end(desk: Desk, edge: ToObject) -> None:
    """From wherever the cursor is to where an edge was sent, from there to where it was received."""
    session = desk.session
    found = ends(session.history, edge.id)
    if found is None:
        return
    at_sender = session.event == found.sent
    if at_sender and found.received is None:
        desk.say("it never arrived")
        return
    session.leave()
    session.go(found.received if at_sender and found.received is not None else found.sent)
    session.select(edge)
    desk.say(
        "received here" if at_sender else with_keys("sent here; {open} again goes to where it was received")
    )
