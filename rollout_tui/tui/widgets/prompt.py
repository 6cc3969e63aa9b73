"""The line that asks for text: `:` commands, `/` searches and `&` filters, with their history."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from rollout_tui.tui.drawing.lines import Piece, line
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.widgets.field import type_into

MOST_REMEMBERED = 200


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
        yield Input(compact=True, select_on_focus=False)

    @property
    def asking(self) -> bool:
        """Whether keys are text for it."""
        return bool(self.display) and self.screen.focused is self.query_one(Input)

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt with `sign` before the field."""
        self.sign = sign
        self._at = len(self._typed.get(sign, ()))
        self.query_one(Bar).show(line(Piece(f"{sign} ", "heading"), background="bar"))
        self._put(text)
        # At once: the next key may already be there.
        self._open(True)
        self.screen.set_focus(self.query_one(Input))

    async def take(self, typed: events.Key | events.Paste) -> bool:
        """Handle a key, or lines that were pasted, while asking; False if it means nothing here."""
        key = typed.key if isinstance(typed, events.Key) else ""
        if key == "enter":
            self._answer()
        elif key == "escape":
            self._open(False)
            self._given_up()
        elif key in ("up", "down"):
            self._earlier(-1 if key == "up" else 1)
        else:
            # What is pasted is never an answer by itself: it can be read before Enter.
            return await type_into(self.query_one(Input), typed)
        return True

    def _open(self, on: bool) -> None:
        self.display = on
        self.screen.query_one("#footer").display = not on

    def _answer(self) -> None:
        text = self.query_one(Input).value.strip()
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
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)
