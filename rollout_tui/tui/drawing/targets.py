"""What opening a line means: what a click or Enter on it goes to, shows or does."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from rollout_tui.graph.objects import Object


class ToEvent(NamedTuple):
    """Opening the line moves the cursor to this event (ordinal) and chooses what it is `about`."""

    event: int
    about: ToObject | None = None


class ToObject(NamedTuple):
    """Opening the line shows this object of the graph; moving onto it shows it in the inspector."""

    kind: type[Object]
    id: str


class ToPayload(NamedTuple):
    """Opening the line shows the payload with this id (`raw_payload:33`)."""

    raw_payload_id: str


class ToLens(NamedTuple):
    """Opening the line shows another lens, by name."""

    name: str


class Fold(NamedTuple):
    """Opening the line opens or folds what lies under it; the key is the lens's own."""

    key: str


class ToOffer(NamedTuple):
    """Opening the line does something: the id of an action, or `:` and the word of a command."""

    id: str


Target: TypeAlias = ToEvent | ToObject | ToPayload | ToLens | Fold | ToOffer
