"""Of anything there is without end, so much is shown and kept as a screen has use for."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from counted_steps import steps
from msgspec import Raw
from on_screen import on_screen, session_over
from scripted import Script, assistant, cell_call, user
from textual.events import Key

from rollout_tui.debugger.waiting.blocked import MOST_LISTED, blocked
from rollout_tui.graph import objects
from rollout_tui.tui import app as app_module
from rollout_tui.tui.actions import handing_out
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.drawing.targets import Fold, ToObject
from rollout_tui.tui.lenses import cells as cells_lens
from rollout_tui.tui.lenses import changed
from rollout_tui.tui.lenses import diff as diff_lens
from rollout_tui.tui.lenses.cells import cells
from rollout_tui.tui.lenses.context import context
from rollout_tui.tui.lenses.diff import lost_items
from rollout_tui.tui.lenses.inspector import inspector
from rollout_tui.tui.objects.facts import MOST_LINKS
from rollout_tui.tui.panes import lanes
from rollout_tui.tui.panes.ending import item_row
from rollout_tui.tui.widgets import row_widget
from rollout_tui.tui.widgets.line_view import LineView

MORE = 3


@pytest.fixture
def begun(script: Script) -> Script:
    script.begin()
    return script


def view_of(script: Script) -> View:
    """All of a recording, with the cursor on its last event."""
    session = session_over(script.folder)
    session.go(session.head)
    return session.view()


def inspected(view: View) -> list[str]:
    lines = inspector(view, 60)
    return [lines.line(number).text for number in range(len(lines))]


def test_links_of_an_object(begun: Script) -> None:
    begun.ask("i", user("x"))
    begun.answer("i", *(assistant(f"{number}") for number in range(MOST_LINKS + MORE)))
    view = replace(view_of(begun), selection=ToObject(objects.InferenceCall, "i"))
    text = inspected(view)
    (first,) = (number for number, one in enumerate(text) if one.split()[:1] == ["gave"])
    (last,) = (number for number, one in enumerate(text) if f"and {MORE} more" in one)
    assert last - first == MOST_LINKS


def test_what_an_event_changed(begun: Script) -> None:
    begun.ask("i", *(user(f"{number}") for number in range(2 * changed.MOST_CHANGES)))
    text = inspected(view_of(begun))
    (start,) = (number for number, one in enumerate(text) if "changed by #" in one)
    assert len(text[start:]) == changed.MOST_CHANGES + 2 and "more rows" in text[-1]


def test_what_an_object_becomes(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed, "MOST_LATER", 1)
    begun.tool("x")
    begun.work("x", {"command": ["ls"], "cwd": "/"})
    begun.worked("x", {"exit_code": 0})
    begun.end_tool("x")
    session = session_over(begun.folder)
    session.go(3)
    session.hindsight = True
    text = inspected(replace(session.view(), selection=ToObject(objects.ToolCall, "x")))
    (start,) = (number for number, one in enumerate(text) if one == "hindsight: what it becomes")
    (last,) = (number for number, one in enumerate(text) if one.endswith(" more events"))
    assert {one.split()[0] for one in text[start + 1 : last]} == {"#4"}


def test_open_spans_of_a_column_of_the_lanes(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest are looked at: of a call that has been open longer than those nothing is seen."""
    begun.tool("x")
    begun.thread("a", "/root/a")
    for number in range(10):
        begun.turn(f"u{number}", "a")
    session = session_over(begun.folder)
    reading = session.reading

    def letters() -> set[int]:
        made = lanes.lanes(
            session.spans,
            reading.known.silences,
            reading.known.findings.all,
            10,
            reading.lane_threads(None, 2),
        )
        return {made.lanes[0].weights[-1]}

    assert letters() == {lanes.CALLING}
    monkeypatch.setattr(lanes, "MOST_OPEN", MORE)
    assert letters() == {lanes.NOTHING}


def cost_of_the_context(script: Script, many: int) -> int:
    """Lines run to show the context of so many items at an event that changed none of them."""
    script.begin()
    script.ask("i", *(user(f"{number}") for number in range(many)))
    script.tool("x")
    view = view_of(script)
    context(view, 80)
    return steps(lambda: context(view, 80))


def test_rows_looked_at_for_one_that_changed(tmp_path: Path) -> None:
    few, many = (cost_of_the_context(Script(tmp_path / str(times)), 100 * times) for times in (1, 4))
    assert many < 1.2 * few + 100


def test_what_a_turn_waits_for(begun: Script) -> None:
    for number in range(MOST_LISTED + MORE):
        begun.tool(f"x{number}")
    view = view_of(begun)
    (told,) = blocked(view.trace, view.snapshot, most=10 * MOST_LISTED)
    assert (len(told.blocked_on), told.unlisted) == (1 + MOST_LISTED, MORE)
    (whole,) = blocked(view.trace, view.snapshot)
    assert len(whole.blocked_on) == 1 + MOST_LISTED + MORE


def with_calls(script: Script, many: int) -> View:
    """A cell that made so many calls and was waited for as often."""
    script.begin()
    script.ask("i", user("x"))
    script.answer("i", cell_call("c"))
    script.cell("1", "c")
    for number in range(many):
        script.tool(f"x{number}", cell="1")
        script.end_tool(f"x{number}")
        script.calls(f"w{number}", {"type": "other", "name": "wait"}, '{"cell_id": "1"}')
        script.end_tool(f"w{number}")
    return view_of(script)


def test_calls_and_waits_of_a_cell(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_lens, "MOST_TOLD", MORE)
    made = cells(with_calls(script, 3 * MORE), 118)
    text = [made.line(number).text for number in range(len(made))]
    assert sum(f" {2 * MORE} earlier {what}s:" in one for one in text for what in ("call", "wait")) == 2


def cost_of_a_closed_cell(script: Script, many: int) -> int:
    """Lines run to show a cell of so many calls and waits that is folded."""
    view = replace(with_calls(script, many), folds=frozenset({Fold("cells:code_cell:c").key}))

    def show() -> str:
        return cells(view, 118).line(0).text

    assert show().startswith("> cell 1")
    return steps(show)


def test_calls_and_waits_of_a_closed_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_lens, "MOST_TOLD", MORE)
    few, many = (cost_of_a_closed_cell(Script(tmp_path / str(times)), 10 * times) for times in (1, 4))
    assert many < 1.2 * few + 100


def test_comparisons_that_are_remembered(begun: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_lens, "REMEMBERED", MORE)
    items = [user(f"{number}") for number in range(MORE + 3)]
    events = [begun.ask(f"i{number}", *items[number:]) for number in range(MORE + 2)]
    session = session_over(begun.folder)

    def cost(event: int) -> int:
        session.go(event)
        view = session.view()
        return steps(lambda: lost_items(view))

    cost(events[1])
    remembered = cost(events[1])
    for event in events[2:]:
        cost(event)
    assert cost(events[1]) > 2 * remembered


def test_text_of_an_item_before_anything_is_reduced() -> None:
    text = "word " * 200_000
    raw = Raw(f'{{"type": "message", "role": "user", "content": "{text}"}}'.encode())
    tracemalloc.start()
    try:
        assert "word word" in item_row(raw, 80).text
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * len(raw)


async def test_keys_that_wait(two_cells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "MOST_HELD", MORE)
    async with on_screen(two_cells, at=1) as shown:
        with monkeypatch.context() as busy:
            busy.setattr(RolloutApp, "_must_wait", lambda app, event: True)
            for _ in range(3 * MORE):
                shown.app.post_message(Key("s", "s"))
            await shown.until(lambda: not shown.app.message_queue_size)
        await shown.app.take_held()
        await shown.painted()
        assert shown.session.seq == 1 + MORE


async def test_rows_that_are_kept_drawn(two_cells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_widget, "MOST_STRIPS", MORE)
    async with on_screen(two_cells) as shown:
        view = shown.screen.query_one("#timeline", LineView)
        first = view.render_line(1)
        assert view.render_line(1) is first
        for number in range(2, 4 + 2 * MORE):
            view.render_line(number)
        assert view.render_line(1) is not first


async def test_what_is_too_long_for_a_terminal_to_copy(
    two_cells: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with on_screen(two_cells) as shown:
        assert "a terminal never says" in await shown.said_after("Y")
        monkeypatch.setattr(handing_out, "MOST_COPIED", MORE)
        assert "too long for most terminals" in await shown.said_after("Y")
