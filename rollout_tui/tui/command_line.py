"""What a `:` command does: a place to go to, or a word of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from rollout_tui.debugger.moving.go_to import COUNTED, go_to
from rollout_tui.trace.packed import around
from rollout_tui.tui.actions.breaking import list_breaks, remove_break, set_break, set_watch
from rollout_tui.tui.actions.desk import screen_of
from rollout_tui.tui.actions.exporting import export_to
from rollout_tui.tui.actions.handing_out import link, write
from rollout_tui.tui.actions.marking import list_marks
from rollout_tui.tui.actions.moving import take, walk
from rollout_tui.tui.actions.noting import note, notes, unnote
from rollout_tui.tui.actions.searching import list_only
from rollout_tui.tui.actions.touring import tour
from rollout_tui.tui.lens_names import LENSES_BY_NAME

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
    if command is not None and argument and not command.argument:
        desk.say(f":{command.word} takes nothing after it", "warning")
    elif command is not None:
        command.run(desk, argument.strip())
    else:
        session = desk.session
        found = go_to(walk(session), text, thread_id=session.thread_id)
        near = _near(word) if found.event is None else ""
        take(desk, "command", found._replace(message=f"{found.message}{near}"))


def _near(word: str) -> str:
    """What else a word may have been meant to be, to be said after why it is no place."""
    from difflib import get_close_matches

    near = get_close_matches(word.lower(), BY_WORD, 1) if word.lower() not in COUNTED else ()
    return "".join(f"; the command near it is :{one}" for one in near)


def _thread(desk: Desk, argument: str) -> None:
    if not argument:
        desk.session.hold_thread(None)
    else:
        desk.running.hold_thread(argument)
    desk.repaint()


def _lens(desk: Desk, argument: str) -> None:
    action = f"lens_{argument}"
    try:
        desk.act(action)
    except KeyError:
        names = ", ".join(LENSES_BY_NAME)
        desk.say(f"no lens is called {argument[:20]!r}; there are {names}", "warning")


def _act(action_id: str) -> Callable[[Desk, str], None]:
    def run(desk: Desk, argument: str) -> None:
        desk.act(action_id)

    return run


def _theme(desk: Desk, argument: str) -> None:
    app = screen_of(desk).program
    if argument in app.available_themes:
        app.theme = argument
    else:
        unknown = f"no theme is called {argument[:20]!r}; " if argument else ""
        desk.say(f"{unknown}themes: {', '.join(sorted(app.available_themes))}", "warning" if unknown else "")


def _recordings(desk: Desk, argument: str) -> None:
    from rollout_tui.tui.screens.picker import picker_screen

    screen_of(desk).program.choose(picker_screen(around(desk.session.trace.bundle.folder)))


def _recent(desk: Desk, argument: str) -> None:
    from rollout_tui.tui.screens.picker import recent_screen

    app = screen_of(desk).program
    if app.opening.memory is None:
        desk.say("nothing is remembered about traces (memory = false)", "warning")
    else:
        app.choose(recent_screen(app.opening.memory))


COMMANDS: tuple[Command, ...] = (
    Command("break", "EXPRESSION", "stop where it holds: tool=exec_command status=failed", set_break),
    Command("watch", "EXPRESSION", "stop where its answer changes: input_tokens > 200k", set_watch),
    Command("when", "EXPRESSION", 'the same: text ~ "AGENTS.md" leaves', set_watch),
    Command("breaks", "", "list breakpoints and watches", list_breaks),
    Command("unbreak", "NUMBER", "remove one; without a number all", remove_break),
    Command("filter", "EXPRESSION", "list only events for which it holds; without one all", list_only),
    Command("write", "FILE", "write the selected value to a file", write),
    Command("export", "FORMAT FILE", "write all up to the cursor: md, perfetto, bundle; --redact", export_to),
    Command("link", "", "copy a link to this place", link),
    Command("recordings", "", "the other recordings of this folder", _recordings),
    Command("recent", "", "the recordings that were looked at last", _recent),
    Command("theme", "NAME", "other colours; without NAME list them", _theme),
    Command("thread", "T", "hold a thread, by path or id; without T let go", _thread),
    Command("lens", "NAME", "show a lens", _lens),
    Command("note", "TEXT", "write something down at this event; without TEXT tell what is", note),
    Command("notes", "", "list what was written down", notes),
    Command("unnote", "", "take away what was written down here", unnote),
    Command("mark", "", "mark this event", _act("mark")),
    Command("marks", "", "list the marks and the times between them", list_marks),
    Command("tour", "", "five steps over a small recording; again: back", tour),
    Command("help", "", "the keys", _act("help")),
    Command("quit", "", "leave", _act("quit")),
)
BY_WORD = {command.word: command for command in COMMANDS} | {"q": Command("q", "", "leave", _act("quit"))}
