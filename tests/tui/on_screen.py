"""A trace on the screen of a test: open it, wait until it is read, look at what is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from in_time import PATIENCE_S
from textual.events import Paste
from textual.pilot import Pilot

from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.state.places import Place
from rollout_tui.tui.state.session import Session
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.lane_view import LaneView
from rollout_tui.tui.widgets.line_view import LineView

WIDE, NARROW, LARGE = (120, 40), (80, 24), (200, 60)


async def until(pilot: Pilot[int], what: Callable[[], object]) -> None:
    """Let the program run until `what` is true. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not what():
            await pilot.pause(0.02)


def session_over(path: Path) -> Session:
    """A session over a recording that is read to its end; no terminal."""
    reading = Reading(Trace(open_bundle(path)))
    while reading.advance().more:
        pass
    reading.find()
    return Session(reading)


def at_a_row_of_cells(session: Session, event: int) -> Place:
    """Go to an event and a row of the lens `cells`; the place that is."""
    session.go(event)
    session.show_lens("cells")
    session.remember_row(3, 1)
    return session.place


@dataclass
class Shown:
    """The running app and what it shows."""

    app: RolloutApp
    pilot: Pilot[int]

    @property
    def screen(self) -> DebuggerScreen:
        return cast(DebuggerScreen, self.app.screen)

    @property
    def session(self) -> Session:
        return self.screen.session

    async def press(self, *keys: str) -> None:
        """Press keys and let the screen be painted."""
        await self.pilot.press(*keys)
        await self.painted()

    async def said_after(self, *keys: str) -> str:
        """Press keys; the text of the footer then."""
        await self.press(*keys)
        return self.bar("footer")

    async def type_line(self, line: str, prompt: str = "colon") -> None:
        """Open a prompt with its key, give it a whole line at once, and press Enter."""
        await self.press(prompt)
        self.app.post_message(Paste(line))
        await self.press("enter")

    async def walked(self, *keys: str) -> list[int]:
        """Press keys one by one; the seq of the cursor after each."""
        seqs = []
        for key in keys:
            await self.press(key)
            seqs.append(self.session.seq)
        return seqs

    async def painted(self) -> None:
        await self.pilot.pause(0.03)
        await self.pilot.pause()

    async def until(self, what: Callable[[], object]) -> None:
        """Wait until `what` is true and painted."""
        try:
            await until(self.pilot, what)
        except TimeoutError:
            raise AssertionError(f"not true within {PATIENCE_S} s; the screen:\n{self.text()}") from None
        await self.painted()

    def bar(self, name: str) -> str:
        """Text of the header, the blocked line or the footer."""
        return self.screen.query_one(f"#{name}", Bar).render_line(0).text.rstrip()

    def message(self) -> str:
        """What is said at the bottom, in one line or several."""
        said = self.screen.query_one("#said", Bar)
        rows = range(said.size.height) if said.display else ()
        whole = " ".join(said.render_line(y).text.strip() for y in rows)
        return whole or self.bar("footer").strip()

    def frame(self) -> list[str]:
        """Every row of the screen, as the terminal shows it."""
        return [
            "".join(segment.text for segment in strip) for strip in self.screen._compositor.render_strips()
        ]

    def pane(self, name: str) -> str:
        """Text of a pane with its title."""
        view = self.screen.query_one(f"#{name}", LineView)
        return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))

    def lanes(self) -> str:
        view = self.screen.query_one(LaneView)
        return "\n".join(view.render_line(y).text.rstrip() for y in range(view.size.height))

    def text(self) -> str:
        """Everything that is shown, part by part."""
        if not isinstance(self.app.screen, DebuggerScreen):
            return str(self.app.screen)
        panes = [self.pane(name) for name in ("timeline", "lens", "inspector") if self.visible(name)]
        bars = [self.bar("header"), *panes, self.bar("blocked"), self.lanes(), self.bar("footer")]
        return "\n".join(bars)

    def visible(self, pane: str) -> bool:
        return bool(self.screen.query_one(f"#{pane}", LineView).display)


@asynccontextmanager
async def on_screen(
    path: Path, size: tuple[int, int] = WIDE, *, read: bool = True, **asked: object
) -> AsyncIterator[Shown]:
    """The debugger over `path` in a terminal of `size`; `asked` are fields of `Opening`."""
    app = RolloutApp(Opening(path, **asked))  # type: ignore[arg-type]
    async with app.run_test(size=size) as pilot:
        shown = Shown(app, pilot)
        if read:
            await shown.until(lambda: is_read(shown))
        yield shown


def is_read(shown: Shown) -> bool:
    """Whether all that is recorded is on the screen."""
    screen = shown.app.screen
    if not isinstance(screen, DebuggerScreen) or screen.opened is None or screen.painter.loading:
        return False
    return screen.opened.reading.settled
