"""Named values of the inspector, and what they are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from rollout_tui.graph.history import History
from rollout_tui.graph.objects import CodexTurn, ConversationItem, Object, Thread
from rollout_tui.graph.values import Window
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.drawing.targets import Target, ToEvent, ToObject, ToPayload
from rollout_tui.tui.objects.item_words import item_words
from rollout_tui.tui.objects.labels import label, payload_name
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import duration

MOST_LINKS = 12
"""Of longer lists the rest is told as a number."""


class Field(NamedTuple):
    """A named value; a row without a name continues the one above. `more` says what a name does not."""

    name: str
    text: str
    style: str = ""
    target: Target | None = None
    more: str = ""


@dataclass(frozen=True)
class Facts:
    """What fields are made from."""

    view: View

    @property
    def history(self) -> History:
        """The history."""
        return self.view.snapshot.history

    def seq(self, event: int) -> str:
        """`#49`."""
        return f"#{self.history.events.seqs[event]}"

    def at(self, name: str, event: int | None, more: str = "") -> Iterator[Field]:
        """An event to go to."""
        if event:
            yield Field(name, f"{self.seq(event)}{more}", "link", ToEvent(event))

    def at_seq(self, name: str, seq: int | None, more: str = "") -> Iterator[Field]:
        """An event to go to, by its seq."""
        if seq is not None:
            yield from self.at(name, self.history.events.ordinal_of(seq), more)

    def link(self, name: str, kind: type[Object], object_id: str | None, more: str = "") -> Iterator[Field]:
        """Another object, if it is there by now."""
        if object_id is None:
            return
        target = ToObject(kind, object_id)
        words = label(self.history, target)
        told = item_words(self.view, object_id).text if kind is ConversationItem else ""
        yield Field(name, f"{words.text}{more}", f"{words.style} link", target, told)

    def links(self, name: str, kind: type[Object], ids: Iterable[str]) -> Iterator[Field]:
        """Several objects, one a row."""
        listed = list(ids)
        for number, one in enumerate(listed[:MOST_LINKS]):
            yield from self.link("" if number else name, kind, one)
        if len(listed) > MOST_LINKS:
            yield Field("", f"and {len(listed) - MOST_LINKS} more", "dim")

    def payload(self, name: str, raw_payload_id: str | None) -> Iterator[Field]:
        """A payload to open."""
        if raw_payload_id is not None:
            reference = self.view.snapshot.payload(raw_payload_id)
            kind = reference.kind.type if reference else ""
            yield Field(name, payload_name(raw_payload_id), "link", ToPayload(raw_payload_id), kind)

    def ran(self, window: Window) -> Iterator[Field]:
        """When and how long something ran, or how long it has been running."""
        events = self.history.events
        start = events.ordinal_of(window.started_seq) or 1
        if window.ended_at_unix_ms is None or window.ended_seq is None:
            age = max(0, self.view.now_ms - window.started_at_unix_ms)
            yield Field("running", f"{duration(age)} since #{window.started_seq}", "running", ToEvent(start))
            return
        took = max(0, window.ended_at_unix_ms - window.started_at_unix_ms)
        yield Field(
            "ran", f"{duration(took)}  #{window.started_seq} - #{window.ended_seq}", "", ToEvent(start)
        )

    def place(self, thread_id: str | None, codex_turn_id: str | None) -> Iterator[Field]:
        """Thread and turn."""
        if thread_id and find(self.view.snapshot, Thread, thread_id):
            yield from self.link("thread", Thread, thread_id)
        if codex_turn_id and find(self.view.snapshot, CodexTurn, codex_turn_id):
            yield from self.link("turn", CodexTurn, codex_turn_id)
