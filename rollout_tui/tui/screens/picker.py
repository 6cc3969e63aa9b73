"""The picker: the bundles of a folder, kept up to date, one of them to open."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from rollout_tui.remembered.store import Store
from rollout_tui.trace.roots import BundleList, BundleRow, TraceRoot
from rollout_tui.tui.bar import Bar
from rollout_tui.tui.keys import BY_ID, key_label
from rollout_tui.tui.line_view import LineView
from rollout_tui.tui.lines import Piece, line
from rollout_tui.tui.offers import Offer, offer_of
from rollout_tui.tui.panes.bundles import bundle_rows, matching
from rollout_tui.tui.panes.here import PLACES
from rollout_tui.tui.prompt import Prompt
from rollout_tui.tui.screens.bindings import bound, rekeyed
from rollout_tui.tui.screens.help import help_screen

LOOK_EVERY_S = 1.0
KEYS = {
    "row_down": "rows(1)",
    "row_up": "rows(-1)",
    "page_down": "page(1)",
    "page_up": "page(-1)",
    "first": "rows(-1000000)",
    "last": "rows(1000000)",
    "open": "open",
    "search": "narrow",
    "cancel": "all",
    "help": "help",
    "quit": "app.quit",
    "interrupt": "app.quit",
    "suspend": "app.suspend_process",
}
"""What the keys of actions do here, by the id of the action."""
FOOTER = {"open": "open", "search": "narrow down", "cancel": "all", "help": "help", "quit": "quit"}


class PickerScreen(Screen[None]):
    """Rows of bundles; the newest is selected."""

    BINDINGS: ClassVar[list[BindingType]] = bound(KEYS)
    AUTO_FOCUS = "#bundles"

    class Looked(Message):
        """The folder was looked at again."""

        def __init__(self, rows: list[BundleRow], problem: str) -> None:
            super().__init__()
            self.rows = rows
            self.problem = problem

    class Picked(Message):
        """A bundle was chosen."""

        def __init__(self, folder: Path) -> None:
            super().__init__()
            self.folder = folder

    def __init__(self, where: str, bundles: BundleList) -> None:
        super().__init__()
        self._where = where
        self._bundles = bundles
        self.rows: list[BundleRow] = []
        self.shown: list[BundleRow] = []
        self.wanted = ""
        self._problem = ""
        self._looked = False
        self._stopping = threading.Event()

    def compose(self) -> ComposeResult:
        """Header, list, prompt, keys."""
        yield Bar(id="header")
        yield LineView(id="bundles")
        with Container(id="bottom"):
            yield Prompt(self._answered, self._given_up, id="prompt")
            yield Bar(id="footer")

    def on_mount(self) -> None:
        """Look at the folder now and every second."""
        threading.Thread(target=self._look, name="bundles", daemon=True).start()

    def on_unmount(self) -> None:
        """Stop looking."""
        self._stopping.set()

    def _look(self) -> None:
        while not self._stopping.is_set():
            try:
                self.post_message(self.Looked(self._bundles.rows(), ""))
            except OSError as error:
                self.post_message(self.Looked([], f"{self._where}: {error.strerror or error}"))
            self._stopping.wait(LOOK_EVERY_S)

    def on_picker_screen_looked(self, message: Looked) -> None:
        """Show what is there; the selected bundle stays selected."""
        self.rows, self._problem, self._looked = message.rows, message.problem, True
        if self.is_current:
            self.paint()

    def on_resize(self, event: Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """Back from a bundle."""
        self.call_after_refresh(self.paint)

    def paint(self) -> None:
        """Rows, header and keys."""
        view = self.query_one(LineView)
        selected = self.shown[view.row].folder if view.row < len(self.shown) else None
        first = not self.shown
        self.shown = matching(self.rows, self.wanted)
        folders = [one.folder for one in self.shown]
        row = folders.index(selected) if selected in folders and not first else 0
        now = time.time_ns() // 1_000_000
        content = bundle_rows(self.shown, view.room, now, self.wanted, looked=self._looked)
        view.show(content, row=row if row != view.row else None)
        where = self._problem or self._where
        style = "error" if self._problem else "dim"
        header = line(Piece(" rollout-tui  ", "strong"), Piece(where, style), background="bar")
        self.query_one("#header", Bar).show(header)
        keys = ((BY_ID[action_id].keys, word) for action_id, word in FOOTER.items())
        pieces = (
            piece
            for own, word in keys
            if own
            for piece in (Piece(f" {key_label(own[0])}", "heading"), Piece(f" {word} "))
        )
        self.query_one("#footer", Bar).show(line(*pieces, background="bar"))

    def offers(self) -> list[Offer]:
        """What the palette offers."""
        here = (BY_ID[one.action_id]._replace(description=one.words) for one in PLACES["recordings"])
        return [offer_of(one if one.description else BY_ID[one.id]) for one in here]

    def take(self, offer_id: str) -> None:
        """Do what was chosen in the palette or in the help."""
        self.run_worker(self.run_action(KEYS[offer_id]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While somebody types keys are text."""
        return action == "app.quit" or not self.query_one(Prompt).asking

    def on_bar_clicked(self, message: Bar.Clicked) -> None:
        """A word of the footer is a button."""
        words = {word: action_id for action_id, word in FOOTER.items()}
        pieces = message.bar.line.pieces[message.piece - message.piece % 2 :]
        if message.bar.id == "footer" and len(pieces) > 1:
            self.take(words[pieces[1].text.strip()])

    def action_rows(self, by: int) -> None:
        """Move the selection."""
        self.query_one(LineView).move(by)

    def action_page(self, by: int) -> None:
        """Move by a page."""
        view = self.query_one(LineView)
        view.move(by * view.page)

    def action_open(self) -> None:
        """Open the selected bundle."""
        view = self.query_one(LineView)
        if view.row < len(self.shown):
            self.post_message(self.Picked(self.shown[view.row].folder))

    def on_line_view_chosen(self, message: LineView.Chosen) -> None:
        """A row was clicked."""
        self.action_open()

    def action_narrow(self) -> None:
        """Ask for words."""
        self.query_one(Prompt).ask("/", self.wanted)

    def action_help(self) -> None:
        """Keys of this screen; a row that is chosen is done."""
        self.app.push_screen(
            help_screen(("recordings",)), lambda chosen: self.take(chosen) if chosen is not None else None
        )

    def action_all(self) -> None:
        """Show all bundles again."""
        self._narrow("")

    def _answered(self, sign: str, text: str) -> None:
        """Words were typed."""
        self._narrow(text)

    def on_input_changed(self, message: Input.Changed) -> None:
        """The list is narrowed down while one types."""
        if self.query_one(Prompt).asking:
            self.wanted = message.value.strip()
            self.paint()

    def _given_up(self) -> None:
        """Back to the whole list."""
        self._narrow("")

    def _narrow(self, wanted: str) -> None:
        self.wanted = wanted
        self.set_focus(self.query_one(LineView))
        self.paint()


def picker_screen(root: Path) -> PickerScreen:
    """The choice among the recordings of a folder, with the keys of the table as they are set."""
    return rekeyed(PickerScreen, bound(KEYS))(str(root), TraceRoot(root))


def recent_screen(store: Store) -> PickerScreen:
    """The choice among the recordings that were looked at last."""
    return rekeyed(PickerScreen, bound(KEYS))("looked at last", BundleList(store.recent_bundles))
