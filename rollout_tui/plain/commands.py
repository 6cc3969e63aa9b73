"""From a line that was typed to what it does: a key, the id of an action, a pane, a `:` command, a search."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from rollout_tui.plain.desk import Before, PlainDesk
from rollout_tui.tui.actions.searching import begin as search_for
from rollout_tui.tui.actions.searching import list_only
from rollout_tui.tui.command_line import BY_WORD, COMMANDS, run_command
from rollout_tui.tui.keys import ACTIONS, GROUPS, Action, help_rows, key_label, key_of, with_keys
from rollout_tui.tui.panes.help import PLACES
from rollout_tui.tui.state.places import PANES

_FIRST_WORDS = (
    "Type a key or a word and Enter: {event_next} next event, {wait_next} next wait, {lens_context} context, "
    "{help} all keys, {quit} quits."
)

NOT_HERE = {
    **dict.fromkeys(("play", "faster", "slower"), "nothing plays here; {event_next} goes to the next event"),
    "zoom": "one pane at a time is shown here",
    "sideways_right": "lines are whole here",
    "sideways_left": "lines are whole here",
    "copy_pane": "what is told can be copied; {copy} tells the selected value whole",
    "page_outside": "{copy} tells the selected value whole",
    "edit_outside": "{copy} tells the selected value whole; :write FILE writes it",
    "suspend": "Ctrl+Z suspends",
    "interrupt": "{quit} quits",
}
"""Actions that mean nothing without a screen, and what is said instead; keys as in `with_keys`."""

NO_COMMANDS = {
    "tour": "the tour is one of the screen; {help} tells all keys",
    "theme": "there are no colours here",
    "recordings": "{quit} leaves; then name another recording on the command line",
    "recent": "{quit} leaves; rollout-tui --recent --plain lists them",
}
"""The same for `:` commands."""


def first_words() -> str:
    """What to type, in one line."""
    return with_keys(_FIRST_WORDS)


def run_line(desk: PlainDesk, typed: str, before: Before) -> Iterator[str]:
    """Do what was typed and yield what there is to tell. An empty line tells where one is.

    `before` is how everything stood when the last line had been answered.
    """
    yield from _do(desk, typed.strip())
    yield from desk.answer(before)


def _do(desk: PlainDesk, text: str) -> Iterator[str]:
    action = _action(desk, text)
    word, _, rest = text.partition(" ")
    if not text:
        yield from desk.where()
    elif word.lstrip(":") in NO_COMMANDS:
        yield with_keys(NO_COMMANDS[word.lstrip(":")])
    elif text[0] == ":" and text[1:] in OWN:
        yield from OWN[text[1:]](desk)
    elif text[0] in SIGNS and len(text) > 1:
        SIGNS[text[0]](desk, text[1:].strip())
    elif action is not None:
        yield from _act(desk, action)
    elif text in PANES:
        yield from _pane(desk, text)
    elif word in ("open", "row", "enter") and rest.isdecimal():
        yield from _row(desk, int(rest), opened=word != "row")
    elif word in BY_WORD or text[0] in "#+0123456789":
        run_command(desk, text)
    else:
        yield _unknown(text)
    if word.lstrip(":") in ("q", "quit"):
        desk.leaving = True


def _action(desk: PlainDesk, text: str) -> Action | None:
    """The action whose key, name of a key or id was typed."""
    states = {"search"} if desk.session.search else set()
    lens = f"lens_{text}"
    name = text.replace(" ", "_")
    for action in ACTIONS:
        if action.when and action.when not in states:
            continue
        labels = [key_label(key).lower() for key in action.keys if len(key) > 1]
        if text in action.keys or text.lower() in labels or action.id in (name, lens):
            return action
    return None


def _act(desk: PlainDesk, action: Action) -> Iterator[str]:
    own = OWN.get(action.id)
    if action.id in NOT_HERE:
        yield with_keys(NOT_HERE[action.id])
    elif own is not None:
        yield from own(desk)
    else:
        desk.act(action.id)


def _search(desk: PlainDesk, text: str) -> None:
    search_for(desk, text)
    desk.wait_for_search()


SIGNS: dict[str, Callable[[PlainDesk, str], None]] = {":": run_command, "/": _search, "&": list_only}
"""What a line does that begins with a sign."""


def _pane(desk: PlainDesk, pane: str) -> Iterator[str]:
    desk.focus_pane(pane)
    return iter(())


def _row(desk: PlainDesk, number: int, *, opened: bool) -> Iterator[str]:
    pane = desk.line_view(desk.pane)
    if not 1 <= number <= len(pane.content):
        yield f"the pane {desk.pane} has rows 1 to {len(pane.content)}"
        return
    pane.go_to(number - 1)
    if opened:
        pane.choose()


def help_text(desk: PlainDesk) -> Iterator[str]:
    """Every key by group, places to go to, commands."""
    yield first_words()
    yield "An empty line tells where you are. Words work too: event_next, context, timeline, inspector."
    yield "open 3 opens row 3 of the pane told last; row 3 tells it; pagedown goes on."
    for group in GROUPS:
        yield f"{group}:"
        for one in help_rows(group):
            if one.id not in NOT_HERE:
                yield f"  {' or '.join(filter(None, (one.keys, one.opposite)))}: {one.description}"
    yield "places:"
    for name, what in PLACES:
        yield f"  {name}: {what}"
    yield "commands:"
    for command in (one for one in COMMANDS if one.word not in NO_COMMANDS):
        yield f"  :{command.word} {command.argument}".rstrip() + f": {command.description}"


def _value(desk: PlainDesk) -> Iterator[str]:
    """The selected value, whole: what the screen would copy."""
    from rollout_tui.tui.chosen import chosen_value

    name, data = chosen_value(desk)
    yield name
    yield from data.decode(errors="replace").splitlines()


def _page(by: int) -> Callable[[PlainDesk], Iterator[str]]:
    return lambda desk: desk.line_view(desk.pane).next_page(by)


OWN: dict[str, Callable[[PlainDesk], Iterator[str]]] = {
    "help": help_text,
    "palette": help_text,
    "copy": _value,
    "page_down": _page(1),
    "page_up": _page(-1),
}
"""Actions that mean something of their own here."""


def _unknown(text: str) -> str:
    known = [*(action.id for action in ACTIONS), *(command.word for command in COMMANDS), *PANES]
    near = difflib.get_close_matches(text.replace(" ", "_"), dict.fromkeys(known), 3)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return f"{text[:40]!r} is no key and no word{hint}; {key_of('help')} lists all"
