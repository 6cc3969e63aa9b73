"""What a frame and a key cost does not grow with what is open, be it a million of anything.

Measured in lines of our code run, for recordings of things that never end, of a length and of twice that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from counted_steps import steps
from on_screen import session_over
from scripted import Script, assistant, call, cell_call, user

from rollout_tui.debugger.moving.stepping import STEPS, step
from rollout_tui.debugger.waiting.open_work import MOST_OPEN
from rollout_tui.tui.actions.moving import walk
from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.lenses.inspector import inspector
from rollout_tui.tui.panes.blocked_line import blocked_line
from rollout_tui.tui.panes.flat import flat
from rollout_tui.tui.panes.outline import BLOCK
from rollout_tui.tui.panes.position import header_facts
from rollout_tui.tui.panes.status import session_standing
from rollout_tui.tui.panes.timeline import timeline
from rollout_tui.tui.screens.lane_keeping import LaneKeeper
from rollout_tui.tui.state.session import Session

MANY = 18 * BLOCK
"""More than any cap on what is looked at or listed; in whole blocks of the outline."""
WIDTH, HEIGHT = 78, 33


def threads(script: Script, many: int) -> None:
    for number in range(many):
        script.thread(f"a{number}", f"/root/a{number}")


def busy_threads(script: Script, many: int) -> None:
    for number in range(many):
        script.thread(f"a{number}", f"/root/a{number}")
        script.turn(f"b{number}", f"a{number}")


def turns(script: Script, many: int) -> None:
    for number in range(many):
        script.turn(f"b{number}")


def requests(script: Script, many: int) -> None:
    for number in range(many):
        script.ask(f"i{number}", user("x"))


def tools(script: Script, many: int) -> None:
    for number in range(many):
        script.tool(f"x{number}", {"type": "exec_command"})


def waits_for_nothing(script: Script, many: int) -> None:
    asked = {"payload": {"arguments": '{"cell_id":"7"}'}}
    for number in range(many):
        script.tool(f"w{number}", {"type": "other", "name": "wait"}, call_id=f"w{number}", invocation=asked)


def waits_for_a_cell(script: Script, many: int) -> None:
    script.ask("i", user("x"))
    script.answer("i", call("c", "exec"), assistant("y"))
    script.tool("c", {"type": "other", "name": "exec"}, call_id="c")
    script.cell("1", "c")
    for number in range(many):
        asked = {"payload": {"arguments": '{"cell_id":"1"}'}}
        script.tool(f"w{number}", {"type": "other", "name": "wait"}, call_id=f"w{number}", invocation=asked)


def cells(script: Script, many: int) -> None:
    for number in range(many):
        script.cell(str(number), f"c{number}")


def cells_that_run(script: Script, many: int) -> None:
    script.ask("i", user("x"))
    script.answer("i", *(cell_call(f"c{number}") for number in range(many)))
    for number in range(many):
        script.cell(str(number), f"c{number}")


def edges(script: Script, many: int) -> None:
    script.thread("a", "/root/a")
    for number in range(many):
        script.event(
            "agent_result_observed",
            edge_id=f"e{number}",
            child_thread_id="a",
            child_codex_turn_id="b",
            parent_thread_id="t1",
            message=f"done {number}",
        )


SHAPES: dict[str, Callable[[Script, int], None]] = {
    one.__name__: one
    for one in (
        threads,
        busy_threads,
        turns,
        requests,
        tools,
        waits_for_nothing,
        waits_for_a_cell,
        cells,
        cells_that_run,
        edges,
    )
}


def session_of(folder: Path, shape: str, many: int) -> Session:
    script = Script(folder, 1 if shape == "cells" else 2)
    script.begin()
    SHAPES[shape](script, many)
    session = session_over(script.folder)
    session.reading.live = False
    session.reading.find()
    session.go(session.head)
    return session


def shown(lines: LensLines) -> None:
    """Make the rows that a screen shows."""
    top = max(0, min(len(lines) - HEIGHT, lines.focus or 0))
    for number in range(top, min(top + HEIGHT, len(lines))):
        lines.line(number)


def costs(session: Session) -> dict[str, int]:
    """Lines run for each part of a frame, and for each motion, with the cursor on the event at the end."""
    view, outline = session.view(), session.reading.known.outline
    standing = session_standing(session, "none", 10**13, loading=False)
    parts: dict[str, Callable[[], object]] = {
        "header": lambda: header_facts(session, standing),
        "timeline": lambda: shown(timeline(view, outline, 30)),
        "flat": lambda: shown(flat(view, 30)),
        "inspector": lambda: shown(inspector(view, 40)),
        "blocked": lambda: blocked_line(view, 120),
        "lanes": lambda: LaneKeeper().lines(session, 40, 3),
        "other thread": lambda: session.reading.thread_beside(session.thread_id, 1, session.event),
    }
    for lens in LENSES:
        parts[lens.name] = lambda lens=lens: shown(lens.lines(view, WIDTH))
    for name in STEPS:
        parts[name] = partial(step, walk(session), name, session.event)
    for part in parts.values():
        part()
    return {name: steps(part) for name, part in parts.items()}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_frame_and_a_key_cost_the_same_with_twice_as_much_open(tmp_path: Path, shape: str) -> None:
    few, many = (session_of(tmp_path / str(times), shape, times * MANY) for times in (1, 2))
    before, after = costs(few), costs(many)
    grown = {name: (before[name], after[name]) for name in before if after[name] > 1.2 * before[name] + 300}
    assert not grown


def test_what_is_not_looked_at_is_said(tmp_path: Path) -> None:
    session = session_of(tmp_path / "tools", "tools", MANY)
    line = blocked_line(session.view(), 400).text
    assert f"and over {MOST_OPEN - 5:,} more" in line
    session.go(2 + 200)
    assert "and 197 more" in blocked_line(session.view(), 400).text
