"""What a lens costs when it is switched to, or the cursor jumps with it open, whatever came before.

Measured in lines of our code run, for the lens and the rows that a screen shows of it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from counted_steps import steps
from on_screen import session_over
from scripted import Body, Script, assistant, call, output, reasoning, user

from rollout_tui.tui.lenses import LENSES
from rollout_tui.tui.state.session import Session

SHORT, LONG = 60, 480
WIDTH, HEIGHT = 57, 33
PLACES = 12


def conversation(script: Script, rounds: int) -> None:
    """Requests that repeat all that was said."""
    script.begin()
    history = [user("x")]
    for number in range(rounds):
        script.ask(f"i{number}", *history)
        said = [reasoning(f"e{number}", summary="why"), call(f"c{number}", arguments=f"[{number}]")]
        script.answer(f"i{number}", assistant(f"thought {number}"), *said)
        script.tool(f"x{number}", {"type": "other", "name": "n"}, call_id=f"c{number}")
        script.end_tool(f"x{number}")
        history += [assistant(f"thought {number}"), *said, output(f"c{number}", f"output {number}")]


def failures(script: Script, rounds: int) -> None:
    """Calls that fail, and things that the client is told."""
    script.begin()
    for number in range(rounds):
        body = Body("protocol_event", {"message": f"warning {number}"})
        script.event("protocol_event_observed", event_type="warning", event_payload=body)
        script.tool(f"x{number}", {"type": "exec_command"})
        script.work(f"x{number}", {"command": ["ls"], "cwd": "/", "process_id": str(number)})
        script.worked(f"x{number}", {"exit_code": 1, "process_id": str(number)}, "failed")
        script.end_tool(f"x{number}", "failed")


def waiting(script: Script, rounds: int) -> None:
    """Results that no request has carried."""
    script.begin()
    script.ask("i", user("x"))
    script.answer("i", *(call(f"c{number}") for number in range(rounds)))
    for number in range(rounds):
        script.tool(f"x{number}", {"type": "other", "name": "n"}, call_id=f"c{number}")
        script.end_tool(f"x{number}")


SHAPES: tuple[Callable[[Script, int], None], ...] = (conversation, failures, waiting)


def dearest(session: Session, lens: str) -> int:
    """Lines run for a lens at the costliest of some places that nobody has looked at."""

    def shown() -> None:
        lines = next(one for one in LENSES if one.name == lens).lines(session.view(), WIDTH)
        top = max(0, min(len(lines) - HEIGHT, lines.focus or 0))
        for number in range(top, min(top + HEIGHT, len(lines))):
            lines.line(number)

    costs = []
    for place in range(PLACES):
        session.go(session.head - place * session.head // (4 * PLACES))
        costs.append(steps(shown))
    return max(costs)


@pytest.fixture(scope="module", params=SHAPES, ids=lambda shape: shape.__name__)
def short_and_long(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, ...]:
    """Two recordings of the same shape; to write the long one takes longer than all that is done with it."""
    scripts = [Script(tmp_path_factory.mktemp(f"{rounds}") / "bundle") for rounds in (SHORT, LONG)]
    for script, rounds in zip(scripts, (SHORT, LONG), strict=True):
        request.param(script, rounds)
    return tuple(script.folder for script in scripts)


@pytest.mark.parametrize("lens", ["context", "diff", "tokens", "findings"])
def test_a_switch_costs_the_same_in_a_long_recording(short_and_long: tuple[Path, ...], lens: str) -> None:
    costs = []
    for folder in short_and_long:
        session = session_over(folder)
        session.reading.live = False
        session.reading.find()
        costs.append(dearest(session, lens))
    assert costs[1] <= 1.25 * costs[0] + 250, costs
