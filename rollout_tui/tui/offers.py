"""What can be chosen from a list, in the palette and in the help: every action, every `:` command."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.tui.command_line import BY_WORD, COMMANDS
from rollout_tui.tui.keys import ACTIONS, CLOSED, WITHOUT_TRACE, Action, key_label

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk

COMMANDS_GROUP = "command line"
_NOT_OFFERED = ("palette", "interrupt")


class Offer(NamedTuple):
    """One thing to choose: the id of an action, or a colon and the word of a command."""

    id: str
    words: str
    keys: str
    group: str


def offers(states: frozenset[str] = frozenset()) -> list[Offer]:
    """Everything that can be done in these states of the program, e.g. `search`."""
    closed = CLOSED in states
    actions = (
        one
        for one in ACTIONS
        if one.id not in _NOT_OFFERED
        and (not one.when or one.when in states)
        and (not closed or one.id in WITHOUT_TRACE)
    )
    commands = (
        Offer(f":{one.word}", one.description, f":{one.word} {one.argument}".strip(), COMMANDS_GROUP)
        for one in (() if closed else COMMANDS)
    )
    return [*map(offer_of, actions), *commands]


def offer_of(action: Action) -> Offer:
    """An action with its keys."""
    return Offer(action.id, action.description, " ".join(map(key_label, action.keys)), action.group)


def take(desk: Desk, offer_id: str) -> None:
    """Do it; a command that wants more words is put into the prompt."""
    word = offer_id.removeprefix(":")
    if word == offer_id:
        desk.act(offer_id)
    elif BY_WORD[word].argument:
        desk.ask(":", f"{word} ")
    else:
        BY_WORD[word].run(desk, "")
