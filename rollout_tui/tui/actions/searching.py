"""Searching, and filtering events and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.context.item_search import find_in_items
from rollout_tui.debugger.findings.finding_codes import SEVERITIES
from rollout_tui.debugger.moving.walk import Step
from rollout_tui.debugger.searching.search_query import Query, SearchProblem, query
from rollout_tui.debugger.stops.expressions import ExpressionProblem
from rollout_tui.graph.objects import ConversationItem
from rollout_tui.tui.actions.moving import take
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.state.filtering import Filter
from rollout_tui.tui.state.places import LENS, TIMELINE
from rollout_tui.tui.state.searching import LostSearch, Search

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk
    from rollout_tui.tui.drawing.lens import View
    from rollout_tui.tui.state.places import Place


IN_LOST = "/ lost"
"""The sign of a search in what the model lost."""


def ask(desk: Desk) -> None:
    """Open the search prompt; in a diff that lost something for what was lost."""
    session = desk.session
    in_lost = desk.pane == LENS and session.place.lens == "diff" and _lost_items(session.view())
    desk.ask(IN_LOST if in_lost else "/")


def _lost_items(view: View) -> tuple[str, ...]:
    from rollout_tui.tui.lenses.diff import lost_items

    return lost_items(view)


def _begun(desk: Desk, text: str, before: Search | LostSearch | None) -> tuple[Query, Place] | None:
    """What is searched for and the place to go back to; the search before is over.

    None where `text` cannot be understood, which is said.
    """
    try:
        wanted = query(text)
    except SearchProblem as problem:
        desk.say(str(problem), "warning")
        return None
    place = desk.session.place if before is None else before.place
    desk.session.end_search()
    return wanted, place


def begin_in_lost(desk: Desk, text: str) -> None:
    """Search for `text` in what the model lost, by the diff on the screen."""
    session = desk.session
    begun = _begun(desk, text, session.lost_search)
    if begun is None:
        return
    wanted, place = begun
    session.pin()
    lost = _lost_items(session.view())
    found = tuple(find_in_items(session.trace, lost, session.event, wanted))
    session.lost_search = LostSearch(text, place, found, len(lost))
    slow = ", some took too long: narrow it" if wanted.pattern and wanted.pattern.given_up else ""
    desk.say(session.lost_search.words + slow, "" if found and not slow else "warning")
    desk.repaint()


def begin(desk: Desk, text: str) -> None:
    """Search for `text` in the background, from the cursor on."""
    session = desk.session
    begun = _begun(desk, text, session.searching)
    if begun is not None:
        session.searching = Search(*begun)
        session.searching.start(session.trace, session.event, desk.running.tell_searched)
        desk.repaint()


def hit_next(desk: Desk) -> None:
    """To the next event with a hit."""
    _hit(desk, forward=True)


def hit_previous(desk: Desk) -> None:
    """To the previous event with a hit."""
    _hit(desk, forward=False)


def _hit(desk: Desk, *, forward: bool) -> None:
    session = desk.session
    if session.lost_search is not None:
        _lost_hit(desk, 1 if forward else -1)
        return
    search = session.searching
    if search is None:
        desk.say(with_keys("no search; {search} begins one"))
        return
    event = search.next(session.event) if forward else search.previous(session.event)
    if event is None:
        where = "later" if forward else "earlier"
        take(desk, "hit", Step(None, f"no {where} hit" + ("" if search.done else " yet")))
        return
    go_to_hit(desk, event)


def go_to_hit(desk: Desk, event: int) -> None:
    """To an event with a hit; the text around it is told."""
    search = desk.session.searching
    excerpt = search.excerpts.get(event, "") if search else ""
    take(desk, "hit", Step(event, " ".join(excerpt.split())))


def _lost_hit(desk: Desk, by: int) -> None:
    """To the row of the next lost item that was found."""
    view = desk.line_view(LENS)
    found = desk.session.lost_search.found if desk.session.lost_search else ()
    hits = {ToObject(ConversationItem, one.item_id) for one in found}
    last = len(view.content) if by > 0 else -1
    for number in range(view.row + by, last, by):
        if view.content.line(number).target in hits:
            view.move(number - view.row)
            return
    desk.say("no later hit" if by > 0 else "no earlier hit")


def filter_here(desk: Desk) -> None:
    """In the findings: errors only, errors and warnings, or all. Elsewhere ask which events to list."""
    session = desk.session
    if session.place.lens == "findings" and desk.pane == LENS:
        _filter_findings(desk)
    else:
        desk.ask("&", session.filtering.source if session.filtering else "")


def _filter_findings(desk: Desk) -> None:
    session = desk.session
    at = SEVERITIES.index(session.severity) if session.severity in SEVERITIES else 0
    session.severity = SEVERITIES[(at + 1) % len(SEVERITIES)]
    shown = {"error": "errors only", "warning": "errors and warnings", "note": "all findings"}
    desk.say(f"findings: {shown[session.severity]}")
    desk.repaint()


def list_only(desk: Desk, source: str) -> None:
    """List only events for which an expression holds; without one every event again."""
    session = desk.session
    if not source:
        session.end_filter()
        desk.repaint()
        return
    place = session.filtering.place if session.filtering else session.place
    try:
        session.filtering = Filter(session.trace, source, place, session.reading.known.findings)
    except ExpressionProblem as problem:
        desk.say(str(problem), "warning")
        return
    desk.focus_pane(TIMELINE)
    desk.running.sift()
