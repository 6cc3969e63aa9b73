"""The line that asks for text: `:` commands, `/` searches and `&` filters, with their history."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widgets import Input

from rollout_tui.tui.drawing.lines import Piece, line
from rollout_tui.tui.widgets.bar import Bar

MOST_REMEMBERED = 200
EDITS: dict[str, str] = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
}
"""What keys do in a field."""


class Field(Input):
    """A field that is given its keys one by one."""

    async def press(self, key: events.Key) -> None:
        """Insert a printable key, or do what another one does in a field."""
        if key.key in EDITS:
            await self.run_action(EDITS[key.key])
        else:
            await super()._on_key(key)


class Prompt(Horizontal):
    """Hidden until `ask`; calls `answered` with its sign (`:` `/` `&`) and the text, or `given_up` on Esc.

    It takes the place of the footer beside it: what lies above keeps its size and is not painted again.

    The app hands it what is typed: keys come in bursts (a slow line, a script), and one that had gone
    through the field's own queue could come after the prompt was closed, or be overtaken.
    """

    def __init__(
        self, answered: Callable[[str, str], None], given_up: Callable[[], None], *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.sign = ":"
        self.display = False
        self._answered = answered
        self._given_up = given_up
        self._typed: dict[str, list[str]] = {}
        self._at = 0

    def compose(self) -> ComposeResult:
        """The sign and the field."""
        yield Bar()
        yield Field(compact=True, select_on_focus=False)

    @property
    def asking(self) -> bool:
        """Whether keys are text for it."""
        return bool(self.display) and self.screen.focused is self.query_one(Field)

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt with `sign` before the field."""
        self.sign = sign
        self._at = len(self._typed.get(sign, ()))
        self.query_one(Bar).show(line(Piece(f"{sign} ", "heading"), background="bar"))
        self._put(text)
        # At once: the next key may already be there.
        self._open(True)
        self.screen.set_focus(self.query_one(Field))

    async def take(self, typed: events.Key | events.Paste) -> bool:
        """Handle a key, or lines that were pasted, while asking; False if it means nothing here."""
        if isinstance(typed, events.Paste):
            # Never an answer by itself: what is pasted can be read before Enter.
            self.query_one(Field).insert_text_at_cursor(" ".join(typed.text.split()))
        elif typed.key == "enter":
            self._answer()
        elif typed.key == "escape":
            self._open(False)
            self._given_up()
        elif typed.key in ("up", "down"):
            self._earlier(-1 if typed.key == "up" else 1)
        elif typed.is_printable or typed.key in EDITS:
            await self.query_one(Field).press(typed)
        else:
            return False
        return True

    def _open(self, on: bool) -> None:
        self.display = on
        self.screen.query_one("#footer").display = not on

    def _answer(self) -> None:
        text = self.query_one(Field).value.strip()
        typed = self._typed.setdefault(self.sign, [])
        if text and (not typed or typed[-1] != text):
            typed.append(text)
            del typed[:-MOST_REMEMBERED]
        self._open(False)
        self._answered(self.sign, text)

    def _earlier(self, by: int) -> None:
        """An earlier or later text of this prompt."""
        typed = self._typed.get(self.sign, [])
        self._at = max(0, min(len(typed), self._at + by))
        self._put(typed[self._at] if self._at < len(typed) else "")

    def _put(self, text: str) -> None:
        field = self.query_one(Field)
        field.value = text
        field.cursor_position = len(text)
