"""The picker: the bundles of a folder, kept up to date, one of them to open."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen

from rollout_tui.trace.roots import BundleRow, TraceRoot
from rollout_tui.tui.bar import Bar
from rollout_tui.tui.line_view import LineView
from rollout_tui.tui.lines import Piece, line
from rollout_tui.tui.panes.bundles import bundle_rows, matching
from rollout_tui.tui.prompt import Prompt

LOOK_EVERY_S = 1.0
KEYS = (("Enter", "open"), ("/", "narrow down"), ("Esc", "all"), ("q", "quit"))


class PickerScreen(Screen[None]):
    """Rows of bundles; the newest is selected."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "rows(1)", show=False),
        Binding("k,up", "rows(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home,g", "rows(-1000000)", show=False),
        Binding("end,G", "rows(1000000)", show=False),
        Binding("enter", "open", show=False),
        Binding("slash", "narrow", show=False),
        Binding("escape", "all", show=False),
        Binding("q", "app.quit", show=False),
        Binding("ctrl+c", "app.quit", show=False, priority=True),
        Binding("ctrl+z", "app.suspend_process", show=False),
    ]
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

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root
        self.rows: list[BundleRow] = []
        self.shown: list[BundleRow] = []
        self.wanted = ""
        self._problem = ""
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
        root = TraceRoot(self.root)
        while not self._stopping.is_set():
            try:
                self.post_message(self.Looked(root.rows(), ""))
            except OSError as error:
                self.post_message(self.Looked([], f"{self.root}: {error.strerror or error}"))
            self._stopping.wait(LOOK_EVERY_S)

    def on_picker_screen_looked(self, message: Looked) -> None:
        """Show what is there; the selected bundle stays selected."""
        self.rows, self._problem = message.rows, message.problem
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
        view.show(bundle_rows(self.shown, view.room, now, self.wanted), row=row if row != view.row else None)
        where = self._problem or str(self.root)
        style = "error" if self._problem else "dim"
        header = line(Piece(" rollout-tui  ", "strong"), Piece(where, style), background="bar")
        self.query_one("#header", Bar).show(header)
        keys = [piece for key, word in KEYS for piece in (Piece(f" {key}", "heading"), Piece(f" {word} "))]
        self.query_one("#footer", Bar).show(line(*keys, background="bar"))

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

    def action_all(self) -> None:
        """Show all bundles again."""
        self._narrow("")

    def _answered(self, sign: str, text: str) -> None:
        """Words were typed."""
        self._narrow(text)

    def _given_up(self) -> None:
        """Back to the list."""
        self.set_focus(self.query_one(LineView))

    def _narrow(self, wanted: str) -> None:
        self.wanted = wanted
        self.set_focus(self.query_one(LineView))
        self.paint()
