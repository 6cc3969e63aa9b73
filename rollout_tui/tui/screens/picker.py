"""The picker: the bundles of a folder, kept up to date, one of them to open."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from rollout_tui.remembered.recent import RecentTraces
from rollout_tui.remembered.store import Store
from rollout_tui.system_errors import reason_of
from rollout_tui.trace.packed import as_given
from rollout_tui.trace.roots import BundleList, BundleRow, TraceRoot
from rollout_tui.tui.drawing.lines import line
from rollout_tui.tui.following.mailbox import Mailbox
from rollout_tui.tui.keys import BY_ID
from rollout_tui.tui.offers import Offer, offer_of
from rollout_tui.tui.panes.bundles import (
    NONE_LOOKED_AT,
    NONE_YET,
    bundle_detail,
    bundle_rows,
    clicked_button,
    matching,
    picker_footer,
    picker_header,
)
from rollout_tui.tui.panes.here import PLACES
from rollout_tui.tui.screens.bindings import bound, rekeyed
from rollout_tui.tui.screens.help import help_screen
from rollout_tui.tui.starting.opening import Opening
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.line_view import LineView
from rollout_tui.tui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from rollout_tui.tui.app import RolloutApp

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
    "back": "back",
    "help": "help",
    "quit": "app.quit",
    "interrupt": "app.quit",
    "suspend": "app.suspend_process",
}
"""What the keys of actions do here, by the id of the action."""


class Looked(NamedTuple):
    """The folder was looked at again; `problem` says why there is nothing to see."""

    rows: list[BundleRow]
    problem: str = ""


class PickerScreen(Screen[None]):
    """Rows of bundles. The newest is selected until the user selects another.

    With `wait` the next one that appears is opened by itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = bound(KEYS)
    AUTO_FOCUS = "#bundles"

    class Mail(Message):
        """There is something in the mailbox."""

    def __init__(self, where: str, bundles: BundleList, *, wait: bool = False) -> None:
        super().__init__()
        self.came_from: Opening | None = None
        self._where = where
        self._bundles = bundles
        self.wait = wait
        self.rows: list[BundleRow] = []
        self.shown: list[BundleRow] = []
        self.wanted = ""
        self.mailbox: Mailbox[Looked] = Mailbox(lambda: self.post_message(self.Mail()))
        self._problem = ""
        self._known: set[Path] | None = None
        self._chosen = False
        self._stopping = threading.Event()
        self._shown = threading.Event()

    @property
    def program(self) -> RolloutApp:
        """The program around this screen."""
        return cast("RolloutApp", self.app)

    def compose(self) -> ComposeResult:
        """Header, list, prompt, keys."""
        yield Bar(id="header")
        yield LineView(lambda target: self.action_open(), self._row_moved, id="bundles")
        yield Bar(id="detail")
        with Container(id="bottom"):
            yield Prompt(self._answered, self._given_up, id="prompt")
            yield Bar(id="footer")

    def on_mount(self) -> None:
        """Look at the folder now and every second."""
        threading.Thread(target=self._look, name="bundles", daemon=True).start()

    def on_unmount(self) -> None:
        """Stop looking."""
        self._stopping.set()
        self._shown.set()

    def _look(self) -> None:
        while self._shown.wait() and not self._stopping.is_set():
            try:
                self.mailbox.put(Looked(self._bundles.rows()))
            except OSError as error:
                self.mailbox.put(Looked([], f"{self._where}: {reason_of(error)}"))
            self._stopping.wait(LOOK_EVERY_S)

    def on_picker_screen_mail(self) -> None:
        """Show what is there; open what was waited for."""
        for looked in self.mailbox.take():
            self.rows, self._problem = looked.rows, looked.problem
            known, self._known = self._known, {one.folder for one in looked.rows}
            new = [one.folder for one in looked.rows if known is not None and one.folder not in known]
            if new and self.wait and self.is_current:
                self.wait = False
                self._pick(new[0])
        self.paint()

    def on_resize(self, event: Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self.paint)

    def on_screen_resume(self) -> None:
        """Back from a bundle."""
        self._shown.set()
        self.call_after_refresh(self.paint)

    def on_screen_suspend(self) -> None:
        """Nobody looks at the list."""
        self._shown.clear()

    def paint(self) -> None:
        """Rows, header and keys, unless the list lies below something, or is gone: it asks too late then."""
        if not self.is_current:
            return
        view = self.query_one(LineView)
        selected = self.shown[view.row].folder if view.row < len(self.shown) else None
        self.shown = matching(self.rows, self.wanted)
        folders = [one.folder for one in self.shown]
        row = folders.index(selected) if selected in folders and self._chosen else 0
        now = time.time_ns() // 1_000_000
        empty = NONE_YET if isinstance(self._bundles, TraceRoot) else NONE_LOOKED_AT
        looked = self._known is not None
        content = bundle_rows(self.shown, view.room, now, self.wanted, looked=looked, empty=empty)
        view.show(content, row=row if row != view.row else None)
        self._paint_detail(view)
        header = picker_header(self._where, self._problem, waiting=self.wait)
        self.query_one("#header", Bar).show(header)
        self.query_one("#footer", Bar).show(picker_footer())

    def _paint_detail(self, view: LineView) -> None:
        detail = self.query_one("#detail", Bar)
        one = self.shown[view.row] if view.row < len(self.shown) else None
        if one is None:
            detail.show(line())
            return
        called = one.name if isinstance(self._bundles, TraceRoot) else str(one.folder)
        detail.show(bundle_detail(one, called, self.size.width))

    def _row_moved(self, bundles: LineView) -> None:
        """Another bundle is selected."""
        self._chosen = True
        self._paint_detail(bundles)

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
        action_id = clicked_button(message.bar.line, message.piece) if message.bar.id == "footer" else None
        if action_id is not None:
            self.take(action_id)

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
            self._pick(self.shown[view.row].folder)

    def _pick(self, folder: Path) -> None:
        root = self._bundles.root if isinstance(self._bundles, TraceRoot) else None
        self.program.picked(folder, root)

    def action_narrow(self) -> None:
        """Ask for words."""
        self.query_one(Prompt).ask("/", self.wanted)

    def action_help(self) -> None:
        """Keys of this screen; a row that is chosen is done."""
        self.app.push_screen(
            help_screen(("recordings",)), lambda chosen: self.take(chosen) if chosen is not None else None
        )

    def action_back(self) -> None:
        """Back to the recording one came from, at the place one left."""
        if self.came_from is not None:
            self.program.back_to(self.came_from)

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


def picker_screen(root: Path, *, wait: bool = False) -> PickerScreen:
    """The choice among the recordings of a folder, with the keys of the table as they are set."""
    return rekeyed(PickerScreen, bound(KEYS))(str(as_given(root)), TraceRoot(root), wait=wait)


def recent_screen(store: Store) -> PickerScreen:
    """The choice among the recordings that were looked at last."""
    return rekeyed(PickerScreen, bound(KEYS))("looked at last", RecentTraces(store))
