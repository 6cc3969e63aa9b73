"""What a `:` command does: a place to go to, or a word of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.go_to import go_to
from rollout_tui.tui.actions.moving import take, walk
from rollout_tui.tui.opening import NotThere, find_thread

if TYPE_CHECKING:
    from rollout_tui.tui.actions.desk import Desk


class Command(NamedTuple):
    """A word, what follows it, what it does."""

    word: str
    argument: str
    description: str
    run: Callable[[Desk, str], None]


def run_command(desk: Desk, text: str) -> None:
    """Do what was typed after the colon, or say why not."""
    word, _, argument = text.strip().partition(" ")
    command = BY_WORD.get(word.lower())
    if command is not None and not (argument and not command.argument):
        command.run(desk, argument.strip())
        return
    session = desk.session
    take(desk, "command", go_to(walk(session), text, thread_id=session.thread_id))


def _thread(desk: Desk, argument: str) -> None:
    session = desk.session
    if not argument:
        session.hold_thread(None)
    else:
        try:
            session.hold_thread(find_thread(session.trace, argument))
        except NotThere as problem:
            desk.say(str(problem), "warning")
            return
    desk.repaint()


def _lens(desk: Desk, argument: str) -> None:
    action = f"lens_{argument}"
    try:
        desk.act(action)
    except KeyError:
        desk.say(f"no lens is called {argument[:20]!r}; see ?", "warning")


def _act(action_id: str) -> Callable[[Desk, str], None]:
    def run(desk: Desk, argument: str) -> None:
        desk.act(action_id)

    return run


COMMANDS: tuple[Command, ...] = (
    Command("thread", "T", "hold a thread, by path or id; without T let go", _thread),
    Command("lens", "NAME", "show a lens", _lens),
    Command("mark", "", "mark this event", _act("mark")),
    Command("help", "", "the keys", _act("help")),
    Command("quit", "", "leave", _act("quit")),
    Command("q", "", "leave", _act("quit")),
)
BY_WORD = {command.word: command for command in COMMANDS}
