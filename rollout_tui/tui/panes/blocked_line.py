"""The line that says what the thread shown waits for, and what goes on beside that."""

from __future__ import annotations

from rollout_tui.debugger.waiting.blocked import ThreadWaits, background_in_words, blocked, in_words
from rollout_tui.debugger.waiting.open_work import MOST_OPEN
from rollout_tui.graph.objects import Thread
from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.drawing.lines import Line, Piece, clipped, line
from rollout_tui.words import count, whole_seconds

SILENT_MS = 5000
"""From here on a silence of the whole recording is pointed out."""


def blocked_line(view: View, width: int) -> Line:
    """`/root blocked 1.84 s on wait(call_wB2) -> cell 2   background: cell 1 (yielded)`.

    Live, after a while without any event: `/root idle 41 s, blocked 43 s on ...`.
    """
    waits = None
    if view.thread_id:
        waits = next(iter(blocked(view.trace, view.snapshot, view.now_ms, view.thread_id, MOST_OPEN)), None)
    if waits is None:
        whole = line(" ", Piece(_nothing(view), "dim"))
    else:
        silent_ms = view.now_ms - view.snapshot.time_ms
        whole = line(" ", *_sentence(in_words(waits), waits, silent_ms))
        if whole.width > width:
            whole = line(" ", *_sentence(in_words(waits, brief=True), waits, silent_ms))
        beside = background_in_words(waits)
        if beside:
            whole = line(*whole.pieces, Piece("   background: ", "dim"), Piece(beside, "cell"))
    others = _others(view, waits)
    if whole.width + cells(others) > width:
        others = others.replace("  ", " ").partition(" thread")[0] + " " if others else ""
    shown = clipped(whole, width - cells(others))
    blank = Piece(" " * max(0, width - shown.width - cells(others)))
    return Line((*shown.pieces, blank, Piece(others, "agent"))) if others else shown


def _sentence(words: str, waits: ThreadWaits, silent_ms: int) -> list[Piece]:
    name = waits.agent_path or waits.thread_id
    if not words.startswith(name):
        return [Piece(words)]
    what, _, on = words.removeprefix(name).partition(" on ")
    busy = bool(waits.blocked_on)
    if on and silent_ms >= SILENT_MS:
        what = f" idle {whole_seconds(silent_ms)},{what}"
    pieces = [Piece(name, "agent"), Piece(what, "running" if busy else "dim")]
    return [*pieces, Piece(" on "), Piece(on, "strong")] if on else pieces


def _nothing(view: View) -> str:
    """Why nothing can be waited for."""
    rollout = view.snapshot.rollout
    if rollout.status != "running":
        return f"the rollout has ended: {rollout.status}"
    if view.thread_id is None or view.thread_id not in view.snapshot.threads:
        return "no thread has started yet"
    thread: Thread = view.snapshot.threads[view.thread_id]
    return f"{thread.agent_path} has ended: {thread.execution.status}"


def _others(view: View, waits: ThreadWaits | None) -> str:
    """How many other threads run."""
    others = view.spans.threads_open(view.event) - (waits is not None)
    return f"  +{count(others, 'thread')} running " if others > 0 else ""
