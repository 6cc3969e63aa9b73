"""Settings: what a file means, and what is said of one that is wrong."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from recordings_at_hand import RECORDINGS
from textual.pilot import Pilot

from rollout_tui.cli import main
from rollout_tui.commands.configuring import use_settings
from rollout_tui.settings import Settings, SettingsProblem, config_file, read_settings
from rollout_tui.settings.presets import PRESETS
from rollout_tui.settings.reading import Default
from rollout_tui.tui.app import RolloutApp, run
from rollout_tui.tui.keys import (
    ACTIONS,
    BY_ID,
    DEFAULTS,
    help_rows,
    key_label,
    textual_key,
    use_keys,
    with_keys,
)
from rollout_tui.tui.panes.footer import footer
from rollout_tui.tui.screens.debugger import DebuggerScreen
from rollout_tui.tui.starting.opening import Opening

TWO_CELLS = RECORDINGS / "two-cells-interleaved"
KNOWN = {action.id: Default(action.keys, action.when) for action in DEFAULTS}


@pytest.fixture(autouse=True)
def keys_as_they_were() -> Iterator[None]:
    yield
    use_keys({})


def read(folder: Path, text: str) -> Settings:
    file = folder / "config.toml"
    file.write_text(text)
    return read_settings(file, KNOWN)


def test_without_a_file_everything_is_as_it_comes(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml", KNOWN) == Settings()
    assert read(tmp_path, "") == Settings()


def test_what_can_be_set(tmp_path: Path) -> None:
    told = read(tmp_path, 'theme = "nord"\nmemory = false\n[keys]\nover_next = ["f8", "n"]\nquit = "Q"\n')
    assert (told.theme, told.memory) == ("nord", False)
    assert told.keys == {"over_next": ("f8", "n"), "quit": ("Q",)}


def test_a_key_is_taken_from_the_action_that_had_it(tmp_path: Path) -> None:
    told = read(tmp_path, '[keys]\nmark = "e"\n')
    assert told.keys == {"mark": ("e",), "problem_next": ()}


def test_the_search_has_keys_of_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, '[keys]\nmark = "n"\n').keys == {"mark": ("n",), "over_next": ("f10",)}
    assert read(tmp_path, '[keys]\nhit_next = "e"\n').keys == {"hit_next": ("e",)}


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_name_actions_and_no_key_twice(tmp_path: Path, preset: str) -> None:
    told = read(tmp_path, f'preset = "{preset}"\n')
    use_keys(told.keys)
    taken: dict[tuple[str, str], str] = {}
    for action in ACTIONS:
        assert action.keys
        for key in action.keys:
            assert taken.setdefault((key, action.when), action.id) == action.id
    assert set(PRESETS[preset]) <= set(BY_ID)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("thme = 1\n", "line 1 ... 'thme' is no setting ... near it: theme"),
        ("\npreset = 'vim'\n", "line 2 ... allowed: gdb, ide"),
        ("theme = 3\n", "line 1 ... name in quotes"),
        ("\n\nmemory = 'no'\n", "line 3 ... true or false"),
        ("[keys]\n\nover_nxt = 'x'\n", "line 3 ... 'over_nxt' ... near it: over_next"),
        ("keys.over_nxt = 'x'\n", "line 1 ... near it: over_next"),
        ("[keys]\nquit = 7\n", "line 2 ... key in quotes"),
        ("[keys]\nquit = 'hyper+x'\n", "line 2 ... 'hyper+x' is no key ... ctrl+LETTER"),
        ("[keys]\nquit = 'ctrl+m'\n", "line 2 ... Enter to a terminal"),
        ("[keys]\nmark = 'X'\nquit = 'X'\n", "line 3 ... 'X' is the key of mark already"),
        ("[keys]\nmark = 'q'\n", "line 2 ... quit has no key left"),
        ("[keys]\nhelp = []\n", "line 2 ... help has no key left"),
        ("keys = 3\n", "line 1 ... [keys] is a table"),
        ("[[keys]]\nquit = 'Q'\n", "line 1 ... [keys] is a table"),
        ("[keys]\n[keys.over_next]\na = 1\n", "line 2 ... key in quotes"),
        ("\nkeys = { over_nxt = 'x' }\n", "line 2 ... near it: over_next"),
        ('[keys]\n\n"a\\nb" = 1\n', "line 3 ... no action has the id"),
        ("[keys]\r\nover_nxt = 'x'\r\n", "line 2 ... near it: over_next"),
        ("[keys]\nmark = [\n 'a',\n 'ctrl+m',\n]\n", "line 2 ... Enter to a terminal"),
        ("[keys]\nmark = 'ctrl+p'\n", "line 2 ... opens the list of all actions"),
        ("theme = ''\n", "line 1 ... name in quotes"),
        ("theme = 'a'\ntheme = 'b'\n", "line 2"),
        ("theme = \n", "line 1"),
        ("a = 1\nb = '\n", "line 2"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsProblem) as problem:
        read(tmp_path, text)
    said = str(problem.value)
    assert str(tmp_path / "config.toml") in said
    assert all(word in said for word in words.split(" ... ")), said
    assert "\n" not in said


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"theme = 'x'\n\xff\n")
    with pytest.raises(SettingsProblem, match="line 2: not UTF-8"):
        read_settings(file, KNOWN)
    file.unlink()
    file.mkdir()
    with pytest.raises(SettingsProblem, match="not a regular file"):
        read_settings(file, KNOWN)
    file.rmdir()
    os.mkfifo(file)
    with pytest.raises(SettingsProblem, match="not a regular file"):
        read_settings(file, KNOWN)


def test_a_file_that_is_deep_or_large(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match="config"):
        read(tmp_path, f"theme = {'[' * 5000}{']' * 5000}")
    with pytest.raises(SettingsProblem, match="larger than 256 KiB"):
        read(tmp_path, "#" * (257 << 10))


def test_a_byte_order_mark_and_a_link_are_no_trouble(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufefftheme = 'nord'\n").theme == "nord"
    (tmp_path / "link.toml").symlink_to(tmp_path / "config.toml")
    assert read_settings(tmp_path / "link.toml", KNOWN).theme == "nord"


def test_wrong_settings_are_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    file = config_file()
    file.parent.mkdir(parents=True)
    file.write_text("preset = 'vim'\n")
    assert main([str(TWO_CELLS), "--plain"]) == 2
    said = capsys.readouterr().err
    assert "config.toml line 1" in said and len(said.splitlines()) == 1


def test_a_theme_that_does_not_exist_is_said_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    file = config_file()
    file.parent.mkdir(parents=True)
    file.write_text("preset = 'ide'\ntheme = 'midnight'\n")
    settings = use_settings()
    assert run(Opening(TWO_CELLS), theme=settings.theme, theme_place=settings.theme_place) == 2
    said = capsys.readouterr().err
    assert "config.toml line 2: no theme is called 'midnight'" in said and "high-contrast" in said
    assert len(said.splitlines()) == 1


def test_help_lists_the_keys_as_they_are_set(capsys: pytest.CaptureFixture[str]) -> None:
    file = config_file()
    file.parent.mkdir(parents=True)
    file.write_text("[keys]\nover_next = 'f8'\n")
    assert main(["help", "keys"]) == 0
    told = capsys.readouterr().out
    assert all(action.id in told for action in DEFAULTS if action.id != "palette")
    line = next(line for line in told.splitlines() if line.startswith("over_next"))
    assert line.split()[1] == "f8" and str(file) in told


def test_help_tells_what_can_be_set_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "settings"]) == 0
    told = capsys.readouterr().out
    assert str(config_file()) in told and "ROLLOUT_TUI_NO_MEMORY" in told
    example = "\n".join(line.strip() for line in told.splitlines() if line.startswith("    "))
    assert read(tmp_path, example).theme == "textual-light"


def test_shifted_function_keys_are_what_terminals_send() -> None:
    assert textual_key("shift+f5") == "shift+f5,f17"
    assert key_label("shift+f5") == "Shift+F5"


def test_what_is_said_names_the_keys_as_they_are_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text(
        "[keys]\nmark = 'M'\nlast = 'f4'\nquit = 'Q'\nrequest_next = 'x'\nmark_diff = []\n"
        "event_next = 'X'\nstop_next = 'h'\nfilter = 'f3'\n"
    )
    typed = ("mark_go", "esc", ":1", "diff", "M", "break_here", "play", "findings")
    for lines in (("40",), typed):
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        assert main([str(TWO_CELLS), "--plain"]) == 0
    told = capsys.readouterr().out
    assert "back at #40, where you left; F4 goes to the end" in told
    assert "no mark yet; M sets it" in told and "nothing to cancel; Q quits" in told
    assert "X next event" in told and "Q quits." in told and "nothing plays here; X goes" in told
    assert "h goes on, :breaks lists" in told and "F3 filter" in told
    assert "Press x for the next" in told and "' goes there, Ctrl+P and 'mark_diff' compares" in told


def test_sentences_are_the_same_with_the_keys_of_the_table() -> None:
    assert (
        with_keys("{quit} {cancel} {open} {back} {thread_previous} {filter}")
        == "q Esc Enter Backspace comma &"
    )
    assert with_keys("text {of a} trace {}") == "text {of a} trace {}"


async def _opened(pilot: Pilot[int], app: RolloutApp) -> DebuggerScreen:
    for _ in range(500):
        screen = app.screen
        if isinstance(screen, DebuggerScreen) and screen.opened and screen.opened.reading.settled:
            await pilot.pause()
            return screen
        await pilot.pause(0.02)
    raise AssertionError("not opened")


async def test_keys_of_the_settings_are_the_keys_of_the_screen() -> None:
    use_keys({"event_next": ("f7",), "over_next": ("s", "n"), "event_previous": ("shift+f7",), "mark": ()})
    app = RolloutApp(Opening(TWO_CELLS, at=10))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await _opened(pilot, app)
        await pilot.press("f7")
        assert screen.session.seq == 11
        await pilot.press("f19")
        assert screen.session.seq == 10
        await pilot.press("right", "m")
        assert (screen.session.seq, screen.session.mark) == (10, None)
        await pilot.press("s")
        assert screen.session.seq == 11
        await pilot.press("slash", *"wait", "enter")
        search = screen.session.searching
        assert search is not None
        for _ in range(500):
            if search.done and search.arrived:
                break
            await pilot.pause(0.02)
        here = screen.session.seq
        await pilot.press("n")
        assert screen.session.seq != here and search.is_hit(screen.session.event)
    assert "F7 step" in footer(120).text and "s over" in footer(120).text
    rows = {row.id: row for row in help_rows("step")}
    assert rows["event_next"].keys == "F7" and rows["event_next"].opposite == "Shift+F7"
