"""The terminal program: an app with one screen per trace, the help, and the picker."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.command import Provider
from textual.events import Event, Key, Paste
from textual.screen import Screen
from textual.theme import Theme

from rollout_tui.crash import TRACEBACK_VARIABLE, report
from rollout_tui.printable import printable
from rollout_tui.remembered.store import Store
from rollout_tui.trace.bundle import is_folder_of_bundles
from rollout_tui.tui.drawing.sgr import tell_colours
from rollout_tui.tui.drawing.themes import HIGH_CONTRAST
from rollout_tui.tui.screens.bindings import keys_while_typing, keys_without_trace
from rollout_tui.tui.screens.debugger import DebuggerScreen, debugger_screen
from rollout_tui.tui.screens.palette import ActionProvider, Palette
from rollout_tui.tui.starting.first_frame import FirstFrame
from rollout_tui.tui.starting.leaving import leave_on_signals
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.state.session import Looking
from rollout_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from rollout_tui.tui.screens.picker import PickerScreen

LOWEST = 2
"""Screens below which there is none to go back to: Textual's own and ours."""

MOST_HELD = 10_000
"""Keys that wait; who types more before there is a screen types in vain."""
LONGEST_COVER_S = 1.0
"""So long the first frame stands in for a screen that is not whole."""


class RolloutApp(App[int]):
    """Shows one trace, or the choice of one."""

    TITLE = "rollout-tui"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    ALLOW_SELECT = False
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {ActionProvider}
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        opening: Opening,
        theme: str | None = None,
        *,
        pick: bool = False,
        recent: Store | None = None,
        frame: FirstFrame | None = None,
    ) -> None:
        driver = None
        if frame is not None:
            from rollout_tui.tui.starting.driver import driver_over

            driver = driver_over(frame)
        # Without colours those of the terminal are left alone, not turned into grey.
        super().__init__(driver, ansi_color=True if os.environ.get("NO_COLOR") else None)
        self.frame = frame
        self._held: list[Key | Paste] = []
        self._answering: Screen[object] | None = None
        self.opening = opening
        self.pick = pick
        self.recent = recent
        self.looking: Looking | None = None
        self.complaint = ""
        if theme is not None:
            self.theme = theme

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's and our own, from the start: the user's `$TEXTUAL_THEME` may name one of these."""
        return super().available_themes | {one.name: one for one in HIGH_CONTRAST}

    def on_mount(self) -> None:
        """Begin with the trace; a signal to end gives the terminal back first."""
        leave_on_signals(self)
        opening = self.opening
        if self.recent is not None or self.pick:
            # Only imported where there is something to choose.
            from rollout_tui.tui.screens.picker import picker_screen, recent_screen
        if self.recent is not None:
            self.push_screen(recent_screen(self.recent))
            return
        if self.pick:
            self.push_screen(picker_screen(opening.path, wait=opening.wait))
            return
        screen = debugger_screen(opening)
        if self.frame is not None:
            screen.painter.ending = self.frame.ending
            self.set_timer(LONGEST_COVER_S, self.uncover)
        self.push_screen(screen)

    async def on_event(self, event: Event) -> None:
        """Handle an event; what is typed is handled in its order, however fast it comes."""
        if not isinstance(event, (Key, Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(event, Key) and event.key == "ctrl+c" and self.screen.is_mounted:
            await self._typed(event)
        elif self._must_wait(event) or self._held:
            if len(self._held) < MOST_HELD:
                self._held.append(event)
        else:
            await self._typed(event)

    def _must_wait(self, event: Key | Paste) -> bool:
        """Whether the screen is not there yet, or what the key is about: a list, the recording."""
        screen = self.screen
        if screen is not self._answering:
            screen.call_later(self.call_later, self._is_ready, screen)
            return True
        if isinstance(screen, Palette):
            return screen.searching
        beginning = isinstance(screen, DebuggerScreen) and screen.beginning
        return beginning and not (isinstance(event, Key) and event.key in keys_without_trace())

    async def _is_ready(self, screen: Screen[object]) -> None:
        """A screen has done all that was asked of it before the first key: it has its widgets and focus."""
        self._answering = screen
        await self.take_held()

    async def take_held(self) -> None:
        """Handle what was typed while something was not there yet."""
        while self._held and not self._must_wait(self._held[0]):
            await self._typed(self._held.pop(0))

    async def _typed(self, event: Key | Paste) -> None:
        no_text = isinstance(event, Key) and event.key in keys_while_typing()
        taker = None if no_text else self._text_taker()
        if taker is None or not await taker.take(event):
            await super().on_event(event)

    def _text_taker(self) -> Palette | Prompt | None:
        """What keys are text for."""
        if isinstance(self.screen, Palette):
            return self.screen
        return next((one for one in self.screen.query(Prompt) if one.asking), None)

    def action_command_palette(self) -> None:
        """Show everything that can be done here, by name."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette())

    def uncover(self) -> None:
        """The screen is whole: it takes the place of the first frame."""
        if self.frame is not None and self.frame.covering:
            self.frame.covering = False
            self.screen.refresh()

    def choose(self, among: PickerScreen) -> None:
        """Leave this trace for another one; what was asked for was asked of this one."""
        if isinstance(self.screen, DebuggerScreen) and self.screen.tour is None:
            among.came_from = self.screen.place
        self.opening = replace(self.opening, at=None, thread=None, wait=False)
        while len(self.screen_stack) >= LOWEST:
            self.pop_screen()
        self.push_screen(among)

    @property
    def chosen_from_list(self) -> bool:
        """Whether there is something to go back to below this trace."""
        return len(self.screen_stack) > LOWEST

    def leave(self) -> bool:
        """Back to what lies below this trace: the list it was chosen from; False where there is none."""
        below = self.chosen_from_list
        if below:
            self.pop_screen()
        return below

    def back_to(self, opening: Opening) -> None:
        """From a list back to the trace one came from; the list is gone."""
        self.pop_screen()
        self.push_screen(debugger_screen(opening))

    def picked(self, folder: Path, root: Path | None) -> None:
        """Open a bundle, of the recordings in the folder `root` if it is among those of one.

        The list it was chosen from stays underneath.
        """
        chosen = replace(self.opening, path=folder, wait=False, root=root)
        self.push_screen(debugger_screen(chosen))

    def switch(self, folder: Path, lens: str, pane: str, said: str) -> None:
        """Leave this trace for another one of its folder, in the same lens and pane.

        `said` is why, if not asked.
        """
        here = replace(self.opening, at=None, wait=False, thread=None)
        other = replace(here, path=folder, root=folder.parent, lens=lens, pane=pane, said=said)
        self.switch_screen(debugger_screen(other))

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what UTF-8 can hold of a text; names of folders can be any bytes."""
        super().copy_to_clipboard(text.encode(errors="replace").decode())

    def _fatal_error(self) -> None:
        """A mistake in this program ends it. Textual would print values of variables: texts of the trace."""
        error = self._exception
        if error is not None and os.environ.get(TRACEBACK_VARIABLE) is None:
            self.complaint = report(error).removeprefix("rollout-tui: ")
            self._close_messages_no_wait()
        else:
            super()._fatal_error()

    def complain(self, message: str) -> None:
        """Leave with status 2; `message` goes to standard error once the terminal is itself again."""
        self.complaint = message
        self.exit(2, 2)


def run(
    opening: Opening,
    *,
    theme: str | None = None,
    theme_place: str = "",
    recent: bool = False,
    frame: FirstFrame | None = None,
) -> int:
    """Show a trace in the terminal until the user leaves; returns the exit status.

    Of a folder the newest bundle is taken (`opening.latest`) or one is asked for; `recent` asks for one of
    those in `opening.memory` instead. 2 when what `opening` names is not in the recording, or there is no
    such `theme` (`theme_place` is where it is named, if not on the command line): one line on standard error
    says what is. `frame` is what the terminal shows already.
    """
    tell_colours(os.environ)
    pick = not opening.latest and is_folder_of_bundles(opening.path)
    app = RolloutApp(opening, pick=pick, recent=opening.memory if recent else None, frame=frame)
    if theme is not None:
        if theme not in app.available_themes:
            known = ", ".join(sorted(app.available_themes))
            place = f"{theme_place}: " if theme_place else ""
            problem = f"{place}no theme is called {theme[:40]!r}; themes: {known}"
            print(f"rollout-tui: {printable(problem)}", file=sys.stderr)
            return 2
        app.theme = theme
    if isinstance(sys.__stderr__, TextIOWrapper):
        # Which is where screens are written to: in UTF-8, as all output is, whatever the locale says.
        sys.__stderr__.reconfigure(encoding="utf-8")
    status = app.run()
    if app.complaint:
        print(f"rollout-tui: {printable(app.complaint, keep_newlines=True)}", file=sys.stderr)
    return status or app.return_code or 0
