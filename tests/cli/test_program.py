"""The program: what it loads, how it is interrupted, that nothing of a trace controls the terminal."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hostile import hostile_bundle
from in_time import PATIENCE_S, becomes
from recordings_at_hand import recording
from running import program, run

from rollout_tui.cli import COMMANDS, main
from rollout_tui.tui.panes.status import Away, Phase, Standing

HEADLESS = ("reduce", "context", "findings", "blocked", "summary", "check")


def test_every_command_has_help_with_an_example_and_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        if command.name == "open":
            continue
        assert main([command.name, "--help"]) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"usage: rollout-tui {command.name}")
        assert "example:\n  rollout-tui" in told and "exit status:\n" in told
        assert all(len(line) <= 100 for line in told.splitlines())


def test_help_lists_the_commands_and_the_options() -> None:
    told = run("--help").text
    assert run("help").text == told
    for command in COMMANDS:
        assert command.name == "open" or f"  {command.name}" in told
    assert "example:\n  rollout-tui ~/codex-traces --latest" in told
    for option in ("--at", "--follow", "--latest", "--wait", "--thread", "--lens", "--theme", "--plain"):
        assert option in told


def test_help_explains_words() -> None:
    assert "never_seen_by_model (warning)" in run("help", "never_seen_by_model").text
    assert "lens 3 cells" in run("help", "cells").text
    assert "next wait (wait_next)" in run("help", "w").text
    assert "all actions by name" in run("help", "Ctrl+P").text
    assert "next hit" in run("help", "n").text and "at this depth" in run("help", "n").text
    assert run("help", ":note").text == run("help", "note").text
    assert "field exit_code of :break" in run("help", "exit_code").text
    assert "known at runtime only" in run("help", "pending").text
    assert "the writer was killed" in run("help", "STOPPED").text
    assert "words and signs" in run("help", "screen").text.lower()
    assert run("help", "config").text == run("help", "settings").text
    assert run("help", "plain").text.startswith("option --plain: text")
    assert run("help", "").status == 2
    near = run("help", "wait_on_ended_cel")
    assert near.status == 2 and "wait_on_ended_cell" in near.err
    unknown = run("help", "perpetuum")
    assert unknown.status == 2 and "'perpetuum'" in unknown.err


def test_of_the_pages_help_tells_whole_sentences() -> None:
    """A list item with what goes on in its next line, the row of a table alone."""
    told = run("help", "silence").text
    assert "A click or a drag\n  moves the cursor.\n" in told and "elsewhere silence is all there is." in told
    of_table = run("help", "dropped").text.splitlines()
    assert of_table[-1].startswith("  dropped ") and not any(
        one.startswith("  in context") for one in of_table
    )


STANDINGS = (
    *(Standing(phase) for phase in get_args(Phase) if phase != "away"),
    *(Standing("away", away=away) for away in get_args(Away) if away),
)


@pytest.mark.parametrize("standing", STANDINGS, ids=lambda standing: standing.words)
def test_help_explains_how_a_recording_stands_in_the_words_of_the_header(standing: Standing) -> None:
    word = standing.words.partition(" 0")[0]
    assert word in run("help", word).text


def test_version() -> None:
    assert run("--version").text.startswith("rollout-tui ")


def test_headless_commands_load_no_terminal_interface() -> None:
    script = (
        "import sys, io, contextlib; from rollout_tui.cli import main\n"
        "with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):\n"
        f"    for command in {HEADLESS}: main([command, sys.argv[1]])\n"
        "bad = [name for name in ('textual', 'rich', 'asyncio', 'watchfiles') if name in sys.modules]\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, recording("one-message")], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_of_a_trace_controls_the_terminal(tmp_path: Path) -> None:
    """Every command but `reduce` to a pipe, on a recording whose every text is hostile."""
    bundle = hostile_bundle(tmp_path)
    outputs = [run(command, bundle, *more) for command in HEADLESS[1:] for more in ((), ("--json",))]
    outputs.append(run("diff", bundle, "1", "16"))
    outputs.append(run("diff", bundle, "1", "16", "--json"))
    outputs.append(run("export", bundle, "--format", "md", "-o", "-"))
    outputs.append(run("export", bundle, "--format", "perfetto", "-o", "-"))
    outputs.append(run("context", bundle, "--thread", "\x1b[2J\u202e"))
    outputs.append(run("reduce", bundle)._replace(out=b""))
    name = "out\x1b]0;owned\x07\u202e"
    outputs.append(run("export", bundle, "--format", "bundle", "-o", tmp_path / name))
    outputs.append(run("demo", tmp_path / f"demo{name}", "--pace", "0"))
    for done in outputs:
        for text in (done.text, done.err):
            assert all(one.isprintable() or one == "\n" for one in text), ascii(text[:200])


def test_a_signal_leaves_no_half_written_file(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; import rollout_tui.commands.reduce as reduce\n"
        "from rollout_tui.cli import main\n"
        "def line(snapshot):\n"
        "    if snapshot.event == 5: os.kill(os.getpid(), getattr(signal, sys.argv[3]))\n"
        "    return b'{}'\n"
        "reduce.state_line = line\n"
        "sys.exit(main(['reduce', '--each-event', sys.argv[1], '-o', sys.argv[2]]))"
    )
    for name, status in (("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)):
        command = [sys.executable, "-c", script, recording("one-message"), str(tmp_path / "out"), name]
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (status, "")
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129), ("SIGINT", 130)])
def test_a_signal_where_nothing_can_be_raised_ends_a_command_all_the_same(name: str, status: int) -> None:
    """The interpreter only prints what a weak reference's callback raises; each import ends with one."""
    script = (
        "import os, signal, sys, time, weakref; import rollout_tui.commands.summary as summary\n"
        "from rollout_tui.cli import main\n"
        "class Anything: pass\n"
        "def run(options):\n"
        "    anything = Anything()\n"
        "    sent = weakref.ref(anything, lambda _: signal.raise_signal(getattr(signal, sys.argv[2])))\n"
        "    del anything\n"
        "    while sent() is None: time.sleep(0.01)\n"
        "summary.run = run\n"
        "sys.exit(main(['summary', sys.argv[1]]))"
    )
    command = [sys.executable, "-c", script, recording("one-message"), name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (status, "", "")


def test_a_signal_that_is_ignored_stays_so_and_the_others_are_put_back() -> None:
    """`nohup` ignores one; who calls `main` has handlers of its own."""
    script = (
        "import os, signal, sys; import rollout_tui.commands.loading as loading\n"
        "from rollout_tui.cli import main\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "load = loading.load\n"
        "def hang_up(path):\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    return load(path)\n"
        "loading.load = hang_up\n"
        "status = main(['context', sys.argv[1]])\n"
        "after = [signal.getsignal(one) for one in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)]\n"
        "usual = [signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler]\n"
        "sys.exit(status if after == usual else str(after))"
    )
    command = [sys.executable, "-c", script, recording("one-message")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "") and "items in context" in done.stdout


def open_files(process: int) -> list[str]:
    """The files a process holds open; those it closes meanwhile are left out."""
    found = []
    for descriptor in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(descriptor.readlink()))
    return found


def test_ctrl_c_while_reading(tmp_path: Path) -> None:
    """A recording that is read from a slow place can be given up."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "manifest.json").write_bytes((recording("one-message") / "manifest.json").read_bytes())
    first = (recording("one-message") / "trace.jsonl").read_bytes().splitlines(keepends=True)[0]
    (bundle / "trace.jsonl").write_bytes(first * 400_000)
    running = subprocess.Popen(
        [sys.executable, "-m", "rollout_tui", "summary", bundle],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    becomes(lambda: any(one.endswith("trace.jsonl") for one in open_files(running.pid)))
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, out, err) == (130, b"", b"")


def test_a_mistake_in_the_program_is_one_line_without_a_word_of_the_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*arguments: object) -> None:
        raise KeyError("secret text of the trace")

    monkeypatch.setattr("rollout_tui.debugger.findings.check.check", broken)
    monkeypatch.setattr("rollout_tui.commands.check.check", broken)
    done = run("check", recording("one-message"))
    assert done.status == 1 and len(done.err.splitlines()) == 1
    assert "KeyError at rollout_tui/" in done.err and "secret" not in done.err


def test_standard_output_that_is_full_is_said() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "rollout_tui", "reduce", recording("one-message")]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert done.stderr == "rollout-tui: no space left on device; what was written is not whole\n"


@pytest.mark.parametrize(
    ("closed", "words", "status", "told"),
    [
        (">&-", ("summary", recording("one-message")), 0, ""),
        ("2>&-", ("summary", recording("one-message")), 0, ""),
        ("2>&-", ("summary", "nowhere"), 2, ""),
        ("<&-", (recording("one-message"),), 2, "needs a terminal"),
        ("<&- >&-", ("--plain", recording("one-message")), 0, ""),
    ],
)
def test_standard_streams_may_be_closed(closed: str, words: tuple[str, ...], status: int, told: str) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "rollout_tui", *words]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == status and told in done.stderr
    assert len(done.stderr.splitlines()) == (1 if told else 0)


def test_reading_never_writes_into_the_bundle() -> None:
    bundle = recording("one-message")
    before = {path: path.stat().st_mtime_ns for path in bundle.rglob("*")}
    for command in HEADLESS:
        run(command, bundle)
    assert {path: path.stat().st_mtime_ns for path in bundle.rglob("*")} == before


def test_the_demo_without_a_terminal_writes_a_recording_and_says_where(tmp_path: Path) -> None:
    done = program("demo", "--headless", tmp_path)
    assert (done.status, done.err) == (0, "")
    bundle = Path(done.text.strip())
    assert bundle.parent == tmp_path
    assert run("check", bundle).status == 0
    assert run("reduce", "--strict", bundle).status == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_demo_recording_that_is_not_finished_leaves_nothing(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rollout_tui", "demo", "--headless", "--pace", "1000"]
    demo = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path)})
    becomes(lambda: demo.poll() is not None or list(tmp_path.glob("*/*/trace.jsonl")))
    demo.send_signal(number)
    assert demo.wait(PATIENCE_S) == 128 + number
    assert not list(tmp_path.iterdir())


def test_a_demo_recording_for_which_there_is_no_room_is_said_to_be_none(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rollout_tui", "demo", "--headless", str(tmp_path)]
    limited = ["sh", "-c", 'ulimit -f 16; exec "$@"', "sh", *command]
    done = subprocess.run(limited, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"the demo could not be written to {tmp_path}: OSError" in done.stderr
