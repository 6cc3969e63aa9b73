"""What the terminal gets, byte by byte: our own sequences and visible text, whatever a trace holds."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hostile_trace import PLACES, hostile, signed
from raw_terminal import RawTerminal

# What Textual and we send: cursor, colours, modes, questions about the terminal, the shape of the pointer.
# No other OSC, no DCS, APC, SOS, PM.
OURS = re.compile(r"\x1b(?:\[[0-9;:?<>=$]*[A-Za-z]|[78=>]|\([B0]|\]22;[a-z-]*(?:\x07|\x1b\\))")
COPY = re.compile(r"\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
CONTROLS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
LAYOUT = "\r\n"
HEADLESS = (
    ("context",),
    ("context", "--json"),
    ("findings",),
    ("findings", "--json"),
    ("blocked",),
    ("blocked", "--json"),
    ("summary",),
    ("summary", "--json"),
    ("check",),
    ("check", "--json"),
    ("diff", "20", "60"),
    ("diff", "20", "60", "--json"),
    ("reduce",),
    ("reduce", "--at", "20"),
    ("export", "--format", "md", "-o", "-"),
    ("export", "--format", "perfetto", "-o", "-"),
    ("context", "--thread", "\x1b]0;owned\x07\u202e"),
    ("reduce", "--at", "\x1b[6661J"),
    ("export", "--format", "md", "-o", "/nowhere/\x1b]0;owned\x07"),
)
# Every lens, outline and list, zoom, hindsight, help, the palette, what can be typed, every motion.
WALK = (
    *"12345678vzzvHH", "\t", *"8jj", "\r", "\x7f", "L", "\x1b", "\t", "j", "\r", "?", "\x1b", "\x10", "\x1b",
    "/owned\r", "n", "n", "\x1b", "/\u202enowhere\r", "\x1b", ":\u202e\u009b\r", ":turn 1\r",
    ":watch text ~ owned\r", "c", "C", ":unbreak 1\r", "g", *"sfnotiawe)}]", "G", *"SBNOTIAWE({[,.mDb",
    ":breaks\r", *"&+<>", ":failure 1\r", *"3467jj", "\r",
)  # fmt: skip


def check(output: bytes, ours: re.Pattern[str] = OURS) -> None:
    """Nothing but our own sequences, and text that can be seen."""
    text = output.decode()
    assert "\x1b[666" not in text
    rest = ours.sub("", text)
    for one in set(rest) - set(LAYOUT):
        assert unicodedata.category(one) not in CONTROLS, f"U+{ord(one):04X} in {_around(rest, one)!a}"
        assert one not in "\u3164\u2800\ufe0f\u034f\u115f", ascii(_around(rest, one))
    assert not re.search("[\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff]", rest)


def _around(text: str, one: str) -> str:
    at = text.index(one)
    return text[max(0, at - 60) : at + 60]


@pytest.mark.parametrize("arguments", HEADLESS, ids=lambda arguments: ascii(" ".join(arguments)))
def test_no_command_sends_anything_but_visible_text(arguments: tuple[str, ...], tmp_path: Path) -> None:
    bundle = hostile(tmp_path)
    command, *options = arguments
    seqs = [options.pop(0) for _ in range(2)] if command == "diff" else []
    with RawTerminal([command, bundle, *seqs, *options], tmp_path / "home") as terminal:
        assert terminal.ended() in (0, 1, 2)
        check(terminal.output, re.compile("(?!)"))
        assert terminal.output


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=str)
def test_no_screen_sends_anything_but_our_own_sequences(size: tuple[int, int], tmp_path: Path) -> None:
    bundle = hostile(tmp_path)
    columns, rows = size
    with RawTerminal([bundle], tmp_path / "home", columns=columns, rows=rows) as terminal:
        terminal.shows("ended")
        terminal.settle()
        for keys in WALK:
            terminal.type(keys)
        assert "\u241b[6661J" in terminal.text
        check(terminal.output)
        terminal.type("q")
        assert terminal.ended() == 0
        check(terminal.output)


def test_the_picker_and_plain_mode_too(tmp_path: Path) -> None:
    hostile(tmp_path / "traces")
    with RawTerminal([tmp_path / "traces"], tmp_path / "home") as terminal:
        terminal.settle(1.0)
        for keys in ("j", "k", "/owned", "\r", "\r", "\x1b", "q"):
            terminal.type(keys)
        check(terminal.output)
    bundle = next((tmp_path / "traces").iterdir())
    with RawTerminal([bundle, "--plain"], tmp_path / "home") as terminal:
        terminal.settle(1.0)
        for line in ("3", "8", "s", "e", "/owned", "?", ":\u202e", "quit"):
            terminal.type(f"{line}\n")
        check(terminal.output.replace(b"\xe2\x80\xae", b""), re.compile("(?!)"))


def visible(place: str) -> str:
    """How the sign of a place looks."""
    return f"\u241b[{PLACES[place]}J"


def unseen(output: bytes) -> set[str]:
    """The places whose name or message has not been shown."""
    check(output)
    return {place for place in PLACES if visible(place) not in output.decode()}


def test_names_and_messages_of_every_place_are_shown_harmless(tmp_path: Path) -> None:
    """Each by a sign of its own: on the screen, in plain mode, and by commands, error messages among them."""
    bundle = signed(tmp_path / "traces")
    with RawTerminal([bundle.parent], tmp_path / "screen", columns=200, rows=60) as terminal:
        for keys, places in (
            ("", ("folder", "model", "text")),
            ("\r", ("command", "tool name", "cell id")),
            ("7", ("tool call id", "error", "agent path")),
            ("8", ("payload path",)),
            (":5\r", ("agent message",)),
            (":4\r", ("turn id",)),
            ("v", ("event type",)),
        ):
            terminal.send(keys)
            for place in places:
                terminal.shows(visible(place))
        assert unseen(terminal.output) <= {"rollout id", "thread id"}
        terminal.send(":link\r")
        terminal.shows("\x1b]52;c;")
        terminal.type("q")
        assert terminal.ended() == 0 and len(COPY.findall(terminal.text)) == 1
        check(COPY.sub("", terminal.text).encode())
    with RawTerminal([bundle, "--plain"], tmp_path / "plain") as terminal:
        terminal.shows("q quits")
        terminal.type("".join(f"{line}\n" for line in (*"34678", "timeline", "v", ":link", "quit")))
        assert terminal.ended() == 0
        assert unseen(terminal.output) <= {"rollout id", "thread id", "turn id", "text", "agent message"}
    said = b""
    for command, *options in (
        ("findings",),
        ("summary",),
        ("blocked",),
        ("check",),
        ("export", "--format", "md", "-o", "-"),
        ("reduce", "-o", f"{bundle}/no/folder"),
    ):
        with RawTerminal([command, bundle, *options], tmp_path / "commands") as terminal:
            terminal.ended()
            said += terminal.output
    assert unseen(said) <= {"turn id", "event type"}


@pytest.mark.parametrize("option", ["--thread", "--theme"])
def test_what_is_said_after_the_screen_is_harmless(tmp_path: Path, option: str) -> None:
    """Why it could not show what was asked for: names of threads, and what was asked."""
    with RawTerminal([signed(tmp_path), option, "no\x1b[66699J\u202e"], tmp_path / "home") as terminal:
        assert terminal.ended() == 2
        assert "66699J" in terminal.text
        check(terminal.output)


def test_copying_is_done_by_us_alone_and_only_on_a_key(tmp_path: Path) -> None:
    bundle = hostile(tmp_path)
    with RawTerminal([bundle], tmp_path / "home") as terminal:
        terminal.shows("ended")
        terminal.settle(1.0)
        assert not COPY.search(terminal.text)
        terminal.type("y")
        terminal.shows("copied")
        terminal.settle(1.0)
        assert len(COPY.findall(terminal.text)) == 1
        check(COPY.sub("", terminal.text).encode())
