"""Searching, and filtering events and findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.breakpoints import ExpressionProblem
from rollout_tui.debugger.findings import SEVERITIES
from rollout_tui.debugger.search import SearchProblem, query
from rollout_tui.debugger.stepping import Step
from rollout_tui.tui.actions.moving import take
from rollout_tui.tui.filtering import Filter
from rollout_tui.tui.places import LENS, TIMELINE
from rollout_tui.tui.searching import Search

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


def ask(desk: Desk) -> None:
    """Open the search prompt."""
    desk.ask("/")


def begin(desk: Desk, text: str) -> None:
    """Search for `text` in the background, from the cursor on."""
    session = desk.session
    try:
        wanted = query(text)
    except SearchProblem as problem:
        desk.say(str(problem), "warning")
        return
    place = session.searching.place if session.searching else session.place
    session.end_search()
    session.searching = Search(wanted, place)
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
    search = session.searching
    if search is None:
        desk.say("no search; / begins one")
        return
    event = search.next(session.event) if forward else search.previous(session.event)
    if event is None:
        where = "later" if forward else "earlier"
        take(desk, "hit", Step(None, f"no {where} hit" + ("" if search.done else " yet")))
        return
    take(desk, "hit", Step(event, " ".join(search.excerpts.get(event, "").split())))


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
        session.filtering = Filter(session.trace, source, place, session.reading.findings)
    except ExpressionProblem as problem:
        desk.say(str(problem), "warning")
        return
    desk.focus_pane(TIMELINE)
    desk.running.sift()
