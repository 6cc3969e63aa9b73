"""Bindings of every action; the table of keys is their only source."""

from __future__ import annotations

from collections.abc import Mapping
from types import new_class
from typing import Any, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from rollout_tui.tui.keys import ACTIONS, BY_ID, WITHOUT_TRACE, textual_key

S = TypeVar("S", bound=Screen[Any])

ANYWHERE = ("interrupt", "suspend")
"""Actions whose keys are no text."""


def keys_without_trace() -> frozenset[str]:
    """Textual's names of the keys that do something before a trace is open, without one that takes back."""
    names = (name for name in WITHOUT_TRACE if name != "back")
    return frozenset(textual_key(key) for name in names for key in BY_ID[name].keys)


def keys_while_typing() -> frozenset[str]:
    """Textual's names of the keys that are no text."""
    return frozenset(textual_key(key) for name in ANYWHERE for key in BY_ID[name].keys)


def bindings() -> list[BindingType]:
    """Bindings as the table stands; each does `act('ID')`."""
    return [
        Binding(
            ",".join(textual_key(key) for key in action.keys),
            f"act('{action.id}')",
            action.description,
            show=False,
            id=action.id,
            # In the order they come: keys that wait for a widget could be overtaken.
            priority=True,
        )
        for action in ACTIONS
        if action.id != "palette" and action.keys
    ]


def bound(meanings: Mapping[str, str]) -> list[BindingType]:
    """Bindings of a small screen: by the id of an action, what its keys do there."""
    return [
        Binding(
            ",".join(textual_key(key) for key in BY_ID[action_id].keys), action, show=False, priority=True
        )
        for action_id, action in meanings.items()
        if BY_ID[action_id].keys
    ]


def rekeyed(screen: type[S], made: list[BindingType]) -> type[S]:
    """The same screen with other keys; Textual's own way loses keys that two share."""
    own = {"BINDINGS": made, "__doc__": screen.__doc__, "__module__": screen.__module__}
    return new_class(screen.__name__, (screen,), {"inherit_bindings": False}, lambda names: names.update(own))


def is_meant(action_id: str, states: frozenset[str], *, typing: bool) -> bool:
    """Whether the keys of an action mean it in these states, or are text (`typing`)."""
    when = BY_ID[action_id].when
    return not (typing and action_id not in ANYWHERE) and (not when or when in states)
