"""Every action of the program: one table for bindings, footer, help, palette and README.

`id` is stable: key maps name it. An action shares a row of the help with its opposite (`pair`). `when`
names the state in which the keys mean this and not the action further down. `footer` is the word for the
footer, `rank` says which go first where there is little room (0: not in the footer).

`ACTIONS` is the table as it is used; `use_keys` puts the keys of the settings into it before a screen is
made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from rollout_tui.tui.lens_names import LENS_NAMES


class Action(NamedTuple):
    """One thing the user can do; `function` is `module.function` below `rollout_tui.tui.actions`."""

    id: str
    keys: tuple[str, ...]
    group: str
    description: str
    function: str
    pair: str = ""
    footer: str = ""
    rank: int = 0
    when: str = ""


_Keys: TypeAlias = tuple[str, ...]
_Half: TypeAlias = tuple[str, _Keys, str, str]

STEP, GO, LIVE, SEARCH, LOOK, MARKS, PROGRAM = (
    "step",
    "go to the next",
    "live and play",
    "search",
    "look",
    "marks and breakpoints",
    "program",
)
GROUPS = (STEP, GO, LIVE, SEARCH, MARKS, LOOK, PROGRAM)


def _two(
    group: str, forward: _Half, backward: _Half, footer: str = "", rank: int = 0
) -> tuple[Action, Action]:
    """An action and its opposite, each (id, keys, description, function)."""
    return (
        Action(forward[0], forward[1], group, *forward[2:], backward[0], footer, rank),
        Action(backward[0], backward[1], group, *backward[2:], forward[0]),
    )


def _next(
    group: str,
    name: str,
    forward: _Keys,
    back: _Keys,
    what: str,
    footer: str = "",
    rank: int = 0,
    module: str = "moving",
) -> tuple[Action, Action]:
    """Next and previous of a thing, functions of `module`."""
    return _two(
        group,
        (f"{name}_next", forward, f"next {what}", f"{module}.{name}_next"),
        (f"{name}_previous", back, f"previous {what}", f"{module}.{name}_previous"),
        footer,
        rank,
    )


DEFAULTS: tuple[Action, ...] = (
    # With a search open n and N walk its hits: rows with a state win over those without.
    *(
        action._replace(when="search")
        for action in _next(SEARCH, "hit", ("n",), ("N",), "hit", "hit", 1, "searching")
    ),
    *_next(STEP, "event", ("s", "right"), ("S", "left"), "event", "step", 1),
    *_next(STEP, "over", ("n", "f10"), ("N",), "event at this depth, same thread", "over", 2),
    *_two(
        STEP,
        ("out_end", ("f",), "to the end of the enclosing span", "moving.out_end"),
        ("out_start", ("B",), "to the start of the enclosing span", "moving.out_start"),
        "out",
        3,
    ),
    *_next(STEP, "stop", ("c", "f5"), ("C",), "stop: breakpoint, else failure"),
    *_two(
        STEP,
        ("first", ("g", "home"), "first event", "moving.first"),
        ("last", ("G", "end"), "last event (follows while it grows)", "moving.last"),
    ),
    *_next(GO, "turn", ("}",), ("{",), "turn", "turn", 7),
    *_next(GO, "request", (")",), ("(",), "model request", "request", 8),
    *_next(GO, "tool", ("t",), ("T",), "tool call", "tool", 9),
    *_next(GO, "cell", ("i",), ("I",), "code-cell event", "cell", 10),
    *_next(GO, "wait", ("w",), ("W",), "wait", "wait", 6),
    *_next(GO, "agent", ("a",), ("A",), "agent (thread) event"),
    *_next(GO, "problem", ("e",), ("E",), "error or warning", "failure", 5),
    *_next(GO, "silence", (">",), ("<",), "long silence"),
    *_next(GO, "same", ("o",), ("O",), "event of the same call, cell or item"),
    *_next(GO, "change", ("]",), ("[",), "event that changed the selected thing"),
    *_next(GO, "thread", (".",), (",",), "thread, and hold it (Esc lets go)"),
    Action("follow", ("F",), LIVE, "follow the end, on or off", "playing.follow", "", "follow", 11),
    Action("play", ("space",), LIVE, "play at recorded speed, or pause", "playing.play"),
    *_two(
        LIVE,
        ("faster", ("+",), "play faster", "playing.faster"),
        ("slower", ("-",), "play slower", "playing.slower"),
    ),
    *_next(LIVE, "recording", ("r",), ("R",), "running recording", module="switching"),
    Action("search", ("/",), SEARCH, "search ids, text and payloads", "searching.ask", "", "find", 12),
    Action("filter", ("&",), SEARCH, "list only some events; findings by severity", "searching.filter_here"),
    *_two(
        MARKS,
        ("mark", ("m",), "mark this event", "marking.mark"),
        ("mark_go", ("'",), "go to it, or from mark to mark", "marking.mark_go"),
    ),
    Action("mark_diff", ("D",), MARKS, "differences between the mark and here", "marking.mark_diff"),
    Action("break_here", ("b",), MARKS, "breakpoint on this kind of event, on or off", "breaking.break_here"),
    *_two(
        LOOK,
        ("open", ("enter",), "open the selected line", "looking.open_line"),
        ("back", ("backspace",), "back to the exact place", "looking.back"),
        "open",
        13,
    ),
    Action("forward", ("\\",), LOOK, "forward again, after Backspace", "looking.forward"),
    *_two(
        LOOK,
        ("row_down", ("j", "down"), "next row (in the timeline: the cursor)", "looking.row_down"),
        ("row_up", ("k", "up"), "previous row", "looking.row_up"),
    ),
    *_two(
        LOOK,
        ("page_down", ("pagedown", "d"), "page down", "looking.page_down"),
        ("page_up", ("pageup", "u"), "page up", "looking.page_up"),
    ),
    *_two(
        LOOK,
        ("sideways_right", ("shift+right",), "sideways right", "looking.sideways_right"),
        ("sideways_left", ("shift+left",), "sideways left", "looking.sideways_left"),
    ),
    *_next(LOOK, "pane", ("tab",), ("shift+tab",), "pane", "pane", 4, "looking"),
    *(
        Action(
            f"lens_{one.name}", (one.key,), LOOK, f"{one.name}: {one.description}", f"looking.lens_{one.name}"
        )
        for one in LENS_NAMES
    ),
    Action("life_line", ("L",), LOOK, "life line of the selected thing", "looking.life_line"),
    Action("outline", ("v",), LOOK, "timeline as outline or flat list of all events", "looking.outline"),
    Action("zoom", ("z",), LOOK, "one pane on the whole screen, or all of them", "looking.zoom"),
    Action("hindsight", ("H",), LOOK, "as known here, or as understood at the end", "looking.hindsight"),
    Action("copy", ("y",), PROGRAM, "copy the selected value", "handing_out.copy"),
    Action("copy_pane", ("Y",), PROGRAM, "copy the pane as it is shown", "handing_out.copy_pane"),
    Action("page_outside", ("p",), PROGRAM, "the selected value in $PAGER", "viewing.page_outside"),
    Action("edit_outside", ("P",), PROGRAM, "the selected value in $EDITOR", "viewing.edit_outside"),
    Action("export", ("x",), PROGRAM, "export", "exporting.export"),
    Action("command", (":",), PROGRAM, "command line: go to, break, write", "commanding.ask"),
    Action("palette", ("ctrl+p",), PROGRAM, "all actions by name", "commanding.palette"),
    Action("help", ("?",), PROGRAM, "help", "commanding.help_screen", "", "help", 14),
    Action("cancel", ("escape",), PROGRAM, "cancel one level", "commanding.cancel"),
    Action("quit", ("q",), PROGRAM, "quit", "commanding.quit_program", "", "quit", 15),
    Action("interrupt", ("ctrl+c",), PROGRAM, "cancel what runs; twice quits", "commanding.interrupt"),
    Action("suspend", ("ctrl+z",), PROGRAM, "suspend to the shell", "commanding.suspend"),
)

CLOSED = "closed"
"""The state of the program while no trace is open."""
WITHOUT_TRACE = ("quit", "interrupt", "suspend", "help", "palette", "cancel", "back")
"""Actions that can be done then."""

ACTIONS: list[Action] = list(DEFAULTS)
BY_ID: dict[str, Action] = {action.id: action for action in ACTIONS}


def use_keys(changes: Mapping[str, tuple[str, ...]]) -> None:
    """Give actions other keys, by id; those that are not named have the keys of `DEFAULTS`."""
    ACTIONS[:] = [action._replace(keys=changes.get(action.id, action.keys)) for action in DEFAULTS]
    BY_ID.update((action.id, action) for action in ACTIONS)


_ACTION = re.compile(r"\{([a-z0-9_]+)\}")
_SPOKEN = {",": "comma", ".": "full stop"}
# What Textual calls keys that are written with a character of its own syntax.
_TEXTUAL_NAMES = {",": "comma"}
# Most terminals send F17 for Shift+F5.
_SHIFTED_FUNCTION_KEYS = 12
_SHOWN = {
    "right": "\u2192",
    "left": "\u2190",
    "up": "\u2191",
    "down": "\u2193",
    "shift+right": "Shift+\u2192",
    "shift+left": "Shift+\u2190",
    "shift+tab": "Shift+Tab",
    "pagedown": "PageDown",
    "pageup": "PageUp",
    "escape": "Esc",
    "backspace": "Backspace",
}


def textual_key(key: str) -> str:
    """A key of the table as Textual writes it: several, with commas, where terminals send one or another."""
    name = key.removeprefix("shift+f")
    if name != key and name.isdecimal():
        return f"{key},f{int(name) + _SHIFTED_FUNCTION_KEYS}"
    return _TEXTUAL_NAMES.get(key, key)


def key_label(key: str) -> str:
    """A key of the table as people read it: `Ctrl+P`, `PageDown`, `}`."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    if key.startswith("shift+"):
        return f"Shift+{key_label(key[6:])}"
    return key if len(key) == 1 else key.capitalize()


def key_of(action_id: str) -> str:
    """The key of an action as a sentence names it; the list of all actions where it has none."""
    keys = BY_ID[action_id].keys
    if not keys:
        return f"Ctrl+P and {action_id!r}"
    label = key_label(keys[0])
    return _SPOKEN.get(label, label)


def with_keys(sentence: str) -> str:
    """A sentence that names actions as `{quit}`, with their keys in place of that."""
    return _ACTION.sub(lambda found: key_of(found[1]), sentence)


class HelpRow(NamedTuple):
    """A row of the help: keys forward, keys back (empty without an opposite), what they do."""

    keys: str
    opposite: str
    description: str
    id: str


def help_rows(group: str) -> list[HelpRow]:
    """The rows of one group, a pair of actions in one row."""
    rows: list[HelpRow] = []
    done: set[str] = set()
    for action in ACTIONS:
        if action.group != group or action.id in done:
            continue
        other = BY_ID.get(action.pair)
        done |= {action.id, action.pair}
        rows.append(
            HelpRow(
                _labels(action),
                _labels(other) if other else "",
                _both(action.description, other.description) if other else action.description,
                action.id,
            )
        )
    return rows


def _labels(action: Action) -> str:
    return " ".join(key_label(key) for key in action.keys)


def _both(forward: str, backward: str) -> str:
    """`next event` and `previous event` in one: `next / previous event`."""
    words, others = forward.split(" "), backward.split(" ")
    differing = [at for at, (one, other) in enumerate(zip(words, others, strict=False)) if one != other]
    if len(words) == len(others) and len(differing) == 1:
        words[differing[0]] += f" / {others[differing[0]]}"
        return " ".join(words)
    return f"{forward} / {backward}"
