"""What surrounds the lenses, on every recording at hand: nothing raises or is too wide, all is printable."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from on_screen import session_over
from recordings_at_hand import SHARED, recordings

from rollout_tui.trace.bundle import BundleProblem
from rollout_tui.tui.drawing.lens import LensLines
from rollout_tui.tui.panes.blocked_line import blocked_line
from rollout_tui.tui.panes.flat import flat
from rollout_tui.tui.panes.header import header
from rollout_tui.tui.panes.lanes import lane_line, lanes, scrubber_line
from rollout_tui.tui.panes.position import header_facts
from rollout_tui.tui.panes.status import session_standing
from rollout_tui.tui.panes.timeline import timeline
from rollout_tui.tui.state.session import Session

WIDTH = 40


def bundles(name: str) -> Iterator[Path]:
    for spine in sorted((SHARED / name).glob("**/trace.jsonl")):
        yield spine.parent


def look(session: Session) -> None:
    """Everything around the lenses, at the cursor."""
    view = session.view()
    for shown in (timeline(view, session.reading.known.outline, WIDTH), flat(view, WIDTH)):
        check(shown)
    standing = session_standing(session, "none", session.history.events.times[session.head], loading=False)
    lines = [header(header_facts(session, standing), 80), blocked_line(view, 80)]
    reading = session.reading
    threads = reading.lane_threads(session.thread_id, 4)
    made = lanes(session.spans, reading.known.silences, reading.known.findings.all, 50, threads)
    column = made.ruler.column(session.history.events.times[session.event])
    lines += [lane_line(one, column) for one in made.lanes]
    lines.append(scrubber_line(made.ruler, column, "", ""))
    for line in lines:
        assert line.width <= 80 and line.text.isprintable()


def check(shown: LensLines) -> None:
    for number in range(len(shown)):
        line = shown.line(number)
        assert line.width <= WIDTH and line.text.isprintable()


def look_everywhere(folder: Path) -> None:
    try:
        session = session_over(folder)
    except BundleProblem:
        return
    for share in (1, 2, 4):
        session.go(max(1, session.head // share))
        look(session)


@pytest.mark.parametrize("folder", recordings(), ids=lambda folder: folder.name)
def test_fixtures(folder: Path) -> None:
    look_everywhere(folder)


@pytest.mark.parametrize("name", ["corpus", "cases"])
def test_shared_recordings(name: str) -> None:
    folders = list(bundles(name))
    if not folders:
        pytest.skip("the shared corpus is not here")
    for folder in folders:
        look_everywhere(folder)
