"""Searching, and filtering the findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollout_tui.debugger.findings import SEVERITIES
from rollout_tui.debugger.search import SearchProblem, query
from rollout_tui.debugger.stepping import Step
from rollout_tui.tui.actions.moving import take
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


def filter_findings(desk: Desk) -> None:
    """List errors only, errors and warnings, or all."""
    session = desk.session
    at = SEVERITIES.index(session.severity) if session.severity in SEVERITIES else 0
    session.severity = SEVERITIES[(at + 1) % len(SEVERITIES)]
    shown = {"error": "errors only", "warning": "errors and warnings", "note": "all findings"}
    desk.say(f"findings: {shown[session.severity]}")
    desk.repaint()
