"""Bindings of every action; the table of keys is their only source."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from rollout_tui.tui.keys import ACTIONS, BY_ID, textual_key

ANYWHERE = ("interrupt", "suspend")
"""Actions whose keys are no text."""
WITHOUT_TRACE = ("quit", "interrupt", "suspend", "help", "cancel")
"""Actions that can be done before a trace is open."""


def bindings() -> list[BindingType]:
    """Bindings as the table stands; each does `act('ID')`."""
    return [
        Binding(
            ",".join(textual_key(key) for key in action.keys),
            f"act('{action.id}')",
            action.description,
            show=False,
            id=action.id,
            # In the order they come: keys that wait for a widget could be overtaken by a prompt that opens.
            priority=True,
        )
        for action in ACTIONS
        if action.id != "palette" and action.keys
    ]


def is_meant(action_id: str, states: frozenset[str], *, typing: bool) -> bool:
    """Whether the keys of an action mean it in these states, or are text (`typing`)."""
    when = BY_ID[action_id].when
    return not (typing and action_id not in ANYWHERE) and (not when or when in states)
