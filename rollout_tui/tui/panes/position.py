"""Where the cursor is, in words: thread, turn, inference, event, time; and what came since it was pinned."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from rollout_tui.debugger.indexes import count_of_types
from rollout_tui.debugger.lookup import latest
from rollout_tui.debugger.spans.span_tree import INFERENCE, TURN
from rollout_tui.graph.objects import Thread
from rollout_tui.tui.panes.header import Header
from rollout_tui.tui.panes.status import Standing
from rollout_tui.tui.state.session import Session
from rollout_tui.words import count, short_id, since_start

ENDS = (
    "thread_ended",
    "codex_turn_ended",
    "inference_completed",
    "inference_failed",
    "inference_cancelled",
    "tool_call_ended",
    "code_cell_ended",
    "compaction_request_completed",
    "compaction_request_failed",
)
"""Events that end something one can look at."""


def header_facts(session: Session, standing: Standing) -> Header:
    """What the header says of a session."""
    # The head first: what is read meanwhile is not in columns that were taken before.
    head = session.head
    history, spans, event = session.history, session.spans, session.event
    rollout = session.trace.bundle.identity
    times, seqs = history.events.times, history.events.seqs
    thread = spans.thread_number(session.thread_id)
    turns, calls = spans.of_kind(TURN, thread), spans.of_kind(INFERENCE, thread)
    begun = bisect_right(spans.windows.begins, event)
    turn, call = bisect_left(turns, begun), bisect_left(calls, begun)
    return Header(
        rollout_id=short_id(rollout.rollout_id),
        schema=rollout.schema_version,
        status=standing.words,
        status_style=standing.style,
        agent_path=agent_path(session, session.thread_id),
        turn=f"turn {turn}/{len(turns)}" if turns else "",
        inference=f"inference {call}" if call else "",
        position=f"#{seqs[event]}/{seqs[head]}" if head else "no event yet",
        elapsed=since_start(times[event] - times[1]) if event else "",
        badge=badge(session, standing),
    )


def agent_path(session: Session, thread_id: str | None) -> str:
    """Agent path of a thread, empty before the first one."""
    thread = latest(session.history, Thread, thread_id)
    return "" if thread is None else thread.agent_path


def badge(session: Session, standing: Standing) -> str:
    """What the header points out: following or what came since, thread held, filter, hindsight, mark."""
    words = []
    if session.following and standing.growing:
        words.append("following")
    elif standing.growing and session.event < session.head:
        words.append(since_pinned(session))
    if session.place.held_thread is not None:
        words.append("thread held")
    if session.filtering is not None:
        words.append("filtered")
    if session.hindsight:
        words.append("hindsight")
    if session.mark is not None:
        times = session.history.events.times
        away = times[session.event] - times[session.mark]
        words.append(f"mark {'+' if away >= 0 else '-'}{since_start(abs(away))[1:]}")
    return ", ".join(word for word in words if word)


def since_pinned(session: Session) -> str:
    """`+214 events, 12 finished, 2 failures`: what lies after the cursor's last following.

    Finished are turns, model calls, tool calls, code cells, compaction requests and agents.
    """
    since = session.pinned_at or session.event
    found = session.reading.known.findings.all
    failures = 0
    at = found.last_of(("error",), len(found))
    while at is not None and found[at].event > since:
        failures += found[at].under is None
        at = found.last_of(("error",), at)
    words = [f"+{count(session.head - since, 'event')}"]
    finished = count_of_types(session.history, ENDS, since + 1, session.head + 1)
    if finished:
        words.append(f"{finished:,} finished")
    if failures:
        words.append(count(failures, "failure"))
    return ", ".join(words)


def failures_note(session: Session) -> tuple[str, str]:
    """(words, style) for the end of the scrubber: `no failures`, `2 failures`, `looking for failures`.

    Warnings count, as the findings lens counts them, where nothing worse was found: a run that was killed
    has not gone well.
    """
    reading = session.reading
    failures = reading.known.findings.failures
    if failures:
        return count(failures, "failure"), "error"
    if reading.warnings:
        return count(reading.warnings, "warning"), "warning"
    return ("no failures", "ok") if reading.found_to or reading.settled else ("looking for failures", "dim")


def search_note(session: Session) -> str:
    """What is searched for and how many hits there are, empty without a search."""
    if session.lost_search is not None:
        return session.lost_search.words
    return session.searching.words(session.event) if session.searching is not None else ""
