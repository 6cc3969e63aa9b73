from __future__ import annotations

import pytest

from rollout_tui.settings.presets import PRESETS
from rollout_tui.tui.actions import function_of
from rollout_tui.tui.keys import ACTIONS, BY_ID, DEFAULTS, GROUPS, help_rows
from rollout_tui.tui.panes.footer import clicked_action, footer
from rollout_tui.tui.panes.help import help_lines

# The keys of the screen's specification, forward and back.
LETTERS = "sSnNfBcC}{)(tTiIwWaAeE><oO][gGF/&m'Db:\\jkvzHyxq?L,.+-12345678"
NAMED = (
    *("space", "enter", "backspace", "tab", "pageup", "pagedown", "shift+left", "shift+right"),
    *("right", "left", "home", "end", "escape", "ctrl+p", "f5", "f10"),
)
TAKEN = {
    "tmux": ("ctrl+b",),
    "screen": ("ctrl+a",),
    "Windows Terminal": (
        *("ctrl+v", "ctrl+comma", "ctrl+tab", "ctrl+shift+tab", "ctrl+insert", "shift+insert"),
        *("ctrl+plus", "ctrl+minus", "ctrl+0", "f11", "shift+f10"),
        *("ctrl+shift+c", "ctrl+shift+v", "ctrl+shift+f", "ctrl+shift+p", "ctrl+shift+t", "ctrl+shift+w"),
        *("ctrl+shift+up", "ctrl+shift+down", "ctrl+shift+pageup", "ctrl+shift+pagedown"),
        *("alt+enter", "alt+f4", "alt+left", "alt+right", "alt+up", "alt+down"),
    ),
    # It scrolls by these itself, also where a program fills the screen.
    "macOS Terminal": (
        "pageup",
        "pagedown",
        "home",
        "end",
        "ctrl+left",
        "ctrl+right",
        "ctrl+up",
        "ctrl+down",
    ),
    "those of desktops": ("f1", "f10", "f11"),
}
"""What terminals, and programs between them and ours, keep for themselves as they are set up at first."""
SWALLOWED = ("ctrl+left_square_bracket", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+s", "ctrl+q", "f11")


def test_every_key_that_was_promised_is_there() -> None:
    keys = {key for action in ACTIONS for key in action.keys}
    assert [key for key in (*LETTERS, *NAMED) if key not in keys] == []


def test_a_key_means_one_thing_in_one_state() -> None:
    taken: dict[tuple[str, str], str] = {}
    for action in ACTIONS:
        for key in action.keys:
            assert taken.setdefault((key, action.when), action.id) == action.id


def test_no_key_is_one_that_terminals_swallow() -> None:
    assert not [action.id for action in ACTIONS for key in action.keys if key in SWALLOWED]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("terminal", TAKEN)
def test_every_action_has_a_key_that_reaches_it(terminal: str, preset: str) -> None:
    keys = {action.id: PRESETS[preset].get(action.id, action.keys) for action in DEFAULTS}
    assert [one for one, held in keys.items() if set(held) <= set(TAKEN[terminal])] == []


@pytest.mark.parametrize("action_id", BY_ID)
def test_every_action_has_a_function_that_says_what_it_does(action_id: str) -> None:
    assert function_of(action_id).__doc__


def test_opposites_point_at_each_other() -> None:
    for action in ACTIONS:
        assert not action.pair or BY_ID[action.pair].pair == action.id


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_help_has_every_action_in_full(width: int) -> None:
    lines = [shown.line(number) for shown in help_lines(width) for number in range(len(shown))]
    text = "\n".join(one.text for one in lines)
    for group in GROUPS:
        for row in help_rows(group):
            assert row.description in text
    assert max(one.width for one in lines) <= width


@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_footer_fits_and_offers_help(width: int) -> None:
    shown = footer(width)
    assert shown.width <= width
    assert "? help" in shown.text
    assert footer(width, note="17 hits").text.endswith("17 hits")


def test_while_searching_n_walks_the_hits() -> None:
    searching = frozenset({"search"})
    assert "n over" in footer(120).text
    assert "n hit" in footer(120, searching).text
    assert "n over" not in footer(120, searching).text


def test_words_of_the_footer_are_buttons() -> None:
    shown = footer(80)
    words = [piece.text.strip() for piece in shown.pieces]
    action = clicked_action(shown, words.index("over"))
    assert action is not None and action.id == "over_next"
