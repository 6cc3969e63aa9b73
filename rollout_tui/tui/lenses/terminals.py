"""Lens 6: the commands of a thread by terminal: what ran, how it ended, the end of what it printed."""

from __future__ import annotations

from functools import partial

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_words import one_line
from rollout_tui.debugger.stories.terminals import (
    MOST_OPERATIONS,
    Operation,
    Session,
    operation_count,
)
from rollout_tui.debugger.stories.terminals import (
    terminals as recorded_terminals,
)
from rollout_tui.graph.objects import CodeCell, TerminalOperation
from rollout_tui.tui.drawing.lens import LensLines, LineList, Maker, MakerLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row
from rollout_tui.tui.drawing.targets import Fold, ToObject
from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.tui.objects.labels import label
from rollout_tui.words import count, duration, size

SHOWN_LINES = 4
"""Lines of output under the last operation of a terminal."""

OUTPUT = Fold("terminals:output")


def terminals(view: View, width: int) -> LensLines:
    """Terminals in the order they were opened; the one at work, or used last, in focus."""
    title = f"terminals {_thread(view)}".rstrip()
    if view.thread_id is None:
        empty = with_keys("No thread has started yet. Press {tool_next} for the next tool call.")
        return LineList(title, (), empty=empty)
    sessions = recorded_terminals(view.snapshot, view.thread_id)
    rows: list[Maker] = []
    output = OUTPUT.key not in view.folds
    if sessions:
        words = (
            "v output  {open} shows the commands alone" if output else "> output  {open} shows its last lines"
        )
        rows.append(lambda: clipped(line(Piece(with_keys(words), "dim"), target=OUTPUT), width))
    total = operation_count(view.snapshot.history, view.thread_id, view.event)
    if total > MOST_OPERATIONS:
        hidden = f"{total - MOST_OPERATIONS:,} earlier commands are left out: the timeline has them"
        rows.append(partial(_words, hidden, width))
    focus, latest = 0, -1
    for session in sessions:
        begun = session.operations[-1].event
        if begun > latest:
            focus, latest = len(rows) + len(session.operations) - 1, begun
        rows += _session_rows(view, session, width, output=output)
    running = sum(1 for one in sessions if one.running)
    told = f"{count(len(sessions), 'terminal')}, {running} running" if sessions else ""
    return MakerLines(
        title,
        rows,
        told,
        with_keys(
            "No command has been run in this thread up to here. Press {tool_next} for the next tool call, "
            "{thread_previous} or {thread_next} for another thread."
        ),
        focus if rows else None,
    )


def _thread(view: View) -> str:
    return index_of(view.snapshot.history, Names).thread(view.thread_id) if view.thread_id else ""


def _words(text: str, width: int) -> Line:
    return clipped(line(Piece(f" {text}", "dim")), width)


def _session_rows(view: View, session: Session, width: int, *, output: bool) -> list[Maker]:
    """The command, what was written to it, and the end of what it printed last."""
    rows: list[Maker] = [
        partial(_operation_line, view, operation, width, exit_code=session.exit_code if not at else None)
        for at, operation in enumerate(session.operations)
    ]
    last = session.operations[-1]
    if last.window.status == "running":
        rows.append(partial(_words, "       what it prints is recorded when this call returns", width))
    if not output:
        return rows
    shown = last.output.rstrip("\n").split("\n")[-SHOWN_LINES:] if last.output.strip() else []
    rows += [partial(_output_line, last, text, width) for text in shown]
    hidden = last.output_bytes - sum(len(text) + 1 for text in shown)
    if shown and hidden > 1:
        told = f"       ^ {size(hidden)} more above: {key_of('open')} on the command shows all"
        rows.append(partial(_words, told, width))
    rows.append(lambda: NOTHING)
    return rows


def _operation_line(view: View, one: Operation, width: int, *, exit_code: int | None) -> Line:
    """`#16 $ sed ...  466 B  402 ms  exit 0`; `exit_code` is that of the terminal, if it is known."""
    seq = view.snapshot.history.events.seqs[one.event]
    if one.duration_ms is None:
        age = max(0, view.now_ms - one.window.started_at_unix_ms)
        state, style, took = "running", "running", f">>> {duration(age)}"
    else:
        state, style = _ended(exit_code if one.exit_code is None else one.exit_code, one.window.status)
        took = duration(one.duration_ms)
    cell = ""
    if one.code_cell_id:
        cell = f"in {label(view.snapshot.history, ToObject(CodeCell, one.code_cell_id)).text}"
    command = one.kind == "exec_command"
    what = f"$ {one_line(one.command)}" if command else f"  {one.command}"
    return row(
        width,
        Cell(f" #{seq}", "dim", 6),
        Cell(what, "tool" if command else "", FLEXIBLE, least=40),
        Cell(cell, "cell", drop=2),
        Cell(one.cwd or "", "dim", min(28, width // 4), drop=3),
        Cell(size(one.output_bytes) if one.output_bytes else "", "dim", 8, "right", drop=1),
        Cell(took, "running" if one.duration_ms is None else "dim", max(7, len(took)), "right"),
        Cell(state, style, 9),
        target=ToObject(TerminalOperation, one.operation_id),
    )


def _ended(exit_code: int | None, status: str) -> tuple[str, str]:
    if exit_code is None:
        return status, "dim" if status == "completed" else "warning"
    return f"exit {exit_code}", "ok" if exit_code == 0 else "error"


def _output_line(one: Operation, text: str, width: int) -> Line:
    target = ToObject(TerminalOperation, one.operation_id)
    return clipped(line(Piece("       | ", "dim"), Piece(text), target=target), width)
