"""Lens 3: every code cell with its states, nested calls and waits, and where the main loop is."""

from __future__ import annotations

from functools import partial

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.spans.span_words import one_line
from rollout_tui.debugger.stories.cell_list import cell_count, cell_ids
from rollout_tui.debugger.stories.cell_story import CellAnswer, CellStory, CellWait, NestedCall, now_words
from rollout_tui.debugger.stories.cells import cell_stories, cell_story, lost_waits
from rollout_tui.graph.objects import CodeCell, ToolCall
from rollout_tui.tui.drawing.lens import LensLines, LineList, Maker, MakerLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row
from rollout_tui.tui.drawing.targets import Fold, ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.cell_choice import choose
from rollout_tui.tui.objects.labels import STATUS_STYLES
from rollout_tui.tui.texts.text_lines import highlight
from rollout_tui.tui.texts.text_rows import TextRows
from rollout_tui.words import count, duration, short_call_id

WIDE, MEDIUM = 90, 60
"""Cells; below the first what a wait gave gets a row of its own, below the second what came of it too."""
HEAD = 40
"""Cells that name, call and status of a cell take."""
FEW, SOURCE_LINES = 2, 6
"""With so few cells the first lines of their sources are shown."""
MOST_CELLS, MOST_TOLD = 1000, 500
"""The last cells that are listed, and the last calls and waits of each: more than anybody reads."""


def cells(view: View, width: int) -> LensLines:
    """Cells in the order they started; the one the event is about, or waited on, in focus."""
    if view.thread_id is None:
        empty = with_keys("No thread has started yet. Press {cell_next} for the next code cell event.")
        return LineList("cells", (), empty=empty)
    ids = cell_ids(view.trace, view.snapshot, view.thread_id, MOST_CELLS)
    chosen = choose(view, ids)
    rows: list[Maker] = []
    focus, waited = None, 0
    earlier = cell_count(view.trace, view.snapshot, view.thread_id) - MOST_CELLS
    if earlier > 0:
        rows.append(partial(_left_out, count(earlier, "earlier cell"), 0, width))
    opened = [one for one in ids if (one in chosen.shown) != (_fold(one).key in view.folds)]
    told = cell_stories(view.trace, view.snapshot, opened, view.now_ms, MOST_TOLD)
    stories = {one.code_cell_id: one for one in told}
    for code_cell_id in ids:
        story = stories.get(code_cell_id)
        if story is None:
            rows.append(partial(_closed, view, code_cell_id, width))
            continue
        waited += story.waited_on_by is not None
        if code_cell_id == chosen.concerned or (focus is None and story.waited_on_by):
            focus = len(rows)
        rows += _story_rows(story, width, roomy=len(ids) <= FEW)
    rows += _lost_rows(view, view.thread_id, width)
    seq = view.snapshot.seq
    return MakerLines(
        f"cells  {index_of(view.snapshot.history, Names).thread(view.thread_id)} at #{seq}",
        rows,
        f"{len(chosen.alive)} alive, {waited} waited on" if ids else "",
        with_keys(
            "This thread has run no code cell up to here. Press {cell_next} for the next code cell event."
        ),
        focus if focus is not None or not rows else max(0, len(rows) - 2),
    )


# -- one cell ------------------------------------------------------------------------------


def _fold(code_cell_id: str) -> Fold:
    return Fold(f"cells:{code_cell_id}")


def _closed(view: View, code_cell_id: str, width: int) -> Line:
    story = cell_story(view.trace, view.snapshot, code_cell_id, view.now_ms, MOST_TOLD)
    return NOTHING if story is None else _head(story, width, opened=False)


def _head(story: CellStory, width: int, *, opened: bool) -> Line:
    head = (
        Cell("v" if opened else ">", "dim"),
        Cell(story.name, "cell strong", 8),
        Cell(short_call_id(story.call_id), "", 16 if width >= WIDE else None),
        Cell(story.status, STATUS_STYLES.get(story.status, ""), 10),
    )
    states = _states(story) if _states_fit(story, width) or not opened else ""
    return row(width, *head, Cell(states, "dim", FLEXIBLE, drop=1), target=_fold(story.code_cell_id))


def _states_fit(story: CellStory, width: int) -> bool:
    """Whether the states stand beside the name; else they get rows of their own."""
    return len(_states(story)) <= width - HEAD


def _states(story: CellStory) -> str:
    return " . ".join(
        f"#{one.seq} {one.words}" + (f" +{duration(one.after_ms)}" if one.after_ms else "")
        for one in story.changes
    )


def _story_rows(story: CellStory, width: int, *, roomy: bool) -> list[Maker]:
    rows: list[Maker] = [partial(_head, story, width, opened=True)]
    if not _states_fit(story, width):
        target = ToObject(CodeCell, story.code_cell_id)
        rows += _wrapped_rows("states", _states(story), "", target, width)
    if story.answer is not None:
        target = ToObject(CodeCell, story.code_cell_id)
        rows.append(partial(_named, "answer", _answered(story.answer), "", target, width))
    if story.left_out:
        rows.append(partial(_left_out, count(story.left_out, "earlier call"), _indent(width), width))
    for number, call in enumerate(story.nested):
        rows.append(partial(_nested_line, "" if number else "nested", call, width))
    if story.waits_left_out:
        rows.append(partial(_left_out, count(story.waits_left_out, "earlier wait"), _indent(width), width))
    for number, wait in enumerate(story.waits):
        name = "" if number else "waits"
        rows += _wait_rows(name, wait, width, here=wait.tool_call_id == story.waited_on_by)
    if story.is_alive:
        rows += _now_rows(story, width)
    rows += _source_rows(story, width, SOURCE_LINES if roomy else 1)
    rows.append(lambda: NOTHING)
    return rows


def _left_out(words: str, indent: int, width: int) -> Line:
    return clipped(line(Piece(f"{' ' * indent} {words}: the timeline has them", "dim")), width)


def _indent(width: int) -> int:
    return 9 if width >= MEDIUM else 3


def _named(name: str, text: str, style: str, target: ToObject, width: int) -> Line:
    return row(
        width,
        Cell("", "", _indent(width) - 1),
        Cell(name, "dim", 7),
        Cell(text, style, FLEXIBLE),
        target=target,
    )


def _wrapped_rows(name: str, text: str, style: str, target: ToObject, width: int) -> list[Maker]:
    """A named text in as many rows as it takes."""
    room = width - _indent(width) - 8
    return [
        partial(_named, "" if number else name, part, style, target, width)
        for number, part in enumerate(TextRows(text, room))
    ]


def _span(started_seq: int, ended_seq: int | None) -> str:
    return f"#{started_seq}-#{ended_seq}" if ended_seq is not None else f"#{started_seq}-"


def _nested_line(name: str, call: NestedCall, width: int) -> Line:
    style = {"ok": "ok", "running": "running", "failed": "error"}.get(call.words, "warning")
    return row(
        width,
        Cell("", "", _indent(width) - 1),
        Cell(name, "dim", 7),
        Cell(call.name, "dim", drop=2),
        Cell(call.label, "tool", FLEXIBLE, least=16),
        Cell(_span(call.started_seq, call.ended_seq), "dim", drop=1),
        Cell(duration(call.duration_ms), "running" if call.ended_seq is None else "dim", 7, "right"),
        Cell(call.words, style, 9),
        target=ToObject(ToolCall, call.tool_call_id),
    )


def _wait_rows(name: str, wait: CellWait, width: int, *, here: bool) -> list[Maker]:
    """When it waited and what came of it; in little room what it gave stands below."""
    outcome, style = _outcome(wait, here=here)
    gave = "" if wait.is_open else _gave(wait)
    target = ToObject(ToolCall, wait.tool_call_id)
    head = (
        Cell("", "", _indent(width) - 1),
        Cell(name, "dim", 7),
        Cell(short_call_id(wait.tool_call_id), "wait"),
        Cell(_span(wait.started_seq, wait.ended_seq), "dim"),
        Cell(duration(wait.duration_ms), "running" if wait.is_open else "dim", 7, "right"),
    )
    if width >= WIDE or (not gave and width >= MEDIUM):
        return [partial(row, width, *head, Cell(outcome, style), Cell(gave, "", FLEXIBLE), target=target)]
    if width >= MEDIUM:
        rows: list[Maker] = [partial(row, width, *head, Cell(outcome, style, FLEXIBLE), target=target)]
    else:
        rows = [partial(row, width, *head, target=target)]
        rows += _wrapped_rows("", outcome, style, target, width)
    return [*rows, partial(_named, "", gave, "", target, width)] if gave else rows


def _outcome(wait: CellWait, *, here: bool) -> tuple[str, str]:
    if wait.is_open:
        return ("> the main loop is here", "running") if here else ("open, in a turn that is over", "warning")
    late = "! the cell had ended, " if wait.is_late else ""
    seen = "not yet seen" if wait.carried_seq is None else f"seen #{wait.carried_seq}"
    return f"{late}{wait.outcome}, {seen}", "warning" if late or wait.outcome == "failed" else ""


def _gave(wait: CellWait) -> str:
    if wait.gave is None:
        return "gave nothing"
    output = one_line(wait.output or "")
    return f'gave the model: "{output}"' if output else "no new output"


def _answered(answer: CellAnswer) -> str:
    output = one_line(answer.output)
    return f"#{answer.seq} {answer.status}, " + (f'gave the model: "{output}"' if output else "no output")


def _now_rows(story: CellStory, width: int) -> list[Maker]:
    target = ToObject(CodeCell, story.code_cell_id)
    rows = _wrapped_rows("now", now_words(story), "strong", target, width)
    if story.unobserved:
        rows.append(partial(_named, "", "! work done, unobserved", "warning", target, width))
    return rows


def _source_rows(story: CellStory, width: int, most: int) -> list[Maker]:
    """The beginning of the source; a source of one line, or one among many, in a single row."""
    target = ToObject(CodeCell, story.code_cell_id)
    lines = story.source_js.strip("\n").split("\n", most)
    if most == 1 or len(lines) == 1:
        return [partial(_source_line, one_line(story.source_js), target, width)]
    rows: list[Maker] = [
        partial(_code_line, "" if number else "source", text, target, width)
        for number, text in enumerate(lines[:most])
    ]
    if len(lines) > most:
        rows.append(partial(_named, "", with_keys("... {open}: all, highlighted"), "dim", target, width))
    return rows


def _source_line(text: str, target: ToObject, width: int) -> Line:
    hint = with_keys("[{open}: all, highlighted]")
    return row(
        width,
        Cell("", "", _indent(width) - 1),
        Cell("source", "dim", 7),
        Cell(text, "", FLEXIBLE, least=30),
        Cell(hint, "dim", drop=1),
        target=target,
    )


def _code_line(name: str, text: str, target: ToObject, width: int) -> Line:
    shown = highlight(text.replace("\t", "    "), "javascript")
    head = (Piece(" " * _indent(width)), Piece(name.ljust(8), "dim"))
    return clipped(line(*head, *shown, target=target), width)


# -- waits on nothing ------------------------------------------------------------------------


def _lost_rows(view: View, thread_id: str, width: int) -> list[Maker]:
    lost = lost_waits(view.trace, view.snapshot, thread_id, view.now_ms)
    if not lost:
        return []
    heading = clipped(line(Piece("waits on cells that nobody knows", "warning")), width)
    rows: list[Maker] = [lambda: heading]
    for wait in lost:
        rows.append(partial(_lost_line, wait, width))
    return rows


def _lost_line(wait: CellWait, width: int) -> Line:
    return row(
        width,
        Cell("", "", 1),
        Cell(f"cell {wait.cell_id}", "cell"),
        Cell(short_call_id(wait.tool_call_id), "wait"),
        Cell(_span(wait.started_seq, wait.ended_seq), "dim"),
        Cell(duration(wait.duration_ms), "dim"),
        Cell(one_line(wait.gave or ("still open" if wait.is_open else "")), "", FLEXIBLE),
        target=ToObject(ToolCall, wait.tool_call_id),
    )
