"""The line that asks for text: `:` commands and `/` searches, with their history."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from rollout_tui.tui.bar import Bar
from rollout_tui.tui.lines import Piece, line

MOST_REMEMBERED = 200


class Prompt(Horizontal):
    """Hidden until `ask`; gives back what was typed, or nothing on Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", show=False),
        Binding("up", "earlier(-1)", show=False),
        Binding("down", "earlier(1)", show=False),
    ]

    class Answered(Message):
        """Enter was pressed: `sign` is the prompt's (`:` or `/`), `text` what was typed."""

        def __init__(self, sign: str, text: str) -> None:
            super().__init__()
            self.sign = sign
            self.text = text

    class GivenUp(Message):
        """Esc was pressed."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sign = ":"
        self.display = False
        self._typed: dict[str, list[str]] = {}
        self._at = 0

    def compose(self) -> ComposeResult:
        """The sign and the field."""
        yield Bar()
        yield Input(compact=True)

    @property
    def asking(self) -> bool:
        """Whether it is open."""
        return bool(self.display)

    def ask(self, sign: str, text: str = "") -> None:
        """Open the prompt with `sign` before the field."""
        self.sign = sign
        self._at = len(self._typed.get(sign, ()))
        self.query_one(Bar).show(line(Piece(f"{sign} ", "heading"), background="bar"))
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = len(text)
        # At once: the next key may already be there.
        self.display = True
        self.screen.set_focus(field)

    def close(self) -> None:
        """Hide the prompt."""
        self.display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Remember and give the answer."""
        event.stop()
        text = event.value.strip()
        typed = self._typed.setdefault(self.sign, [])
        if text and (not typed or typed[-1] != text):
            typed.append(text)
            del typed[:-MOST_REMEMBERED]
        self.close()
        self.post_message(self.Answered(self.sign, text))

    def action_give_up(self) -> None:
        """Close without an answer."""
        self.close()
        self.post_message(self.GivenUp())

    def action_earlier(self, by: int) -> None:
        """An earlier or later text of this prompt."""
        typed = self._typed.get(self.sign, [])
        self._at = max(0, min(len(typed), self._at + by))
        field = self.query_one(Input)
        field.value = typed[self._at] if self._at < len(typed) else ""
        field.cursor_position = len(field.value)
