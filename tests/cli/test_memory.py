"""`--memory` bounds the whole process, whatever a recording is made of; what is left out is said."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from scripted import Body, Script, cell_call, function, user

# The most memory that a process held counts what started it held: something small has to. It bounds the
# processor time as well: what takes minutes would take hours.
MEASURED = """
import os, resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
ALLOWED_MB = 80
MANY = 80_000
SAID = f"more than the {ALLOWED_MB} MiB of memory"


class Ended(NamedTuple):
    """How a process ended, what it said and the most memory it ever held."""

    status: int
    out: bytes
    errors: str
    peak_mb: float


def run(folder: Path, command: str, *options: str) -> Ended:
    """`rollout-tui COMMAND` over a bundle, with the memory allowed."""
    program = Path(sys.executable).with_name("rollout-tui")
    out, errors = folder.with_suffix(".out"), folder.with_suffix(".err")
    with out.open("wb") as to, errors.open("wb") as complaints:
        words = [program, command, folder, "--memory", f"{ALLOWED_MB}MB", *options]
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, *words], stdout=to, stderr=complaints, check=False
        )
    *said, peak = errors.read_text().splitlines(keepends=True)
    assert done.returncode in (0, 1), (command, done.returncode, said)
    return Ended(done.returncode, out.read_bytes(), "".join(said), int(peak) / 1024)


def many(script: Script, *made: Callable[[int], dict[str, Any]]) -> None:
    """Write events without end, `made` of a number."""

    def lines() -> Iterator[bytes]:
        envelope = {"schema_version": 2, "rollout_id": "rollout", "thread_id": "t1", "codex_turn_id": "u1"}
        seq = script.seq
        for number in range(MANY):
            for one in made:
                seq += 1
                event = {
                    **envelope,
                    "seq": seq,
                    "wall_time_unix_ms": 1700000000000 + seq,
                    "payload": one(number),
                }
                yield json.dumps(event).encode() + b"\n"

    with script.spine.open("ab") as spine:
        spine.writelines(lines())


def threads(script: Script) -> None:
    """Threads that start."""
    path = "/root/agent-" * 10
    many(script, lambda at: {"type": "thread_started", "thread_id": f"t-{at}", "agent_path": f"{path}{at}"})


def turns(script: Script) -> None:
    """Turns that start."""
    started = {"type": "codex_turn_started", "thread_id": "t1"}
    many(script, lambda at: {**started, "codex_turn_id": f"u-{at:0300d}"})


def waits(script: Script) -> None:
    """Waits on a cell that nobody knows: a finding each, and what is beyond them."""
    invocation = script.payload(Body("tool_invocation", function("wait", {"cell_id": "77"})))

    def started(at: int) -> dict[str, Any]:
        return {
            "type": "tool_call_started",
            "tool_call_id": f"c-{at}",
            "requester": {"type": "model"},
            "kind": {"type": "other", "name": "wait"},
            "summary": {"type": "generic", "label": "x"},
            "invocation_payload": invocation,
        }

    many(
        script, started, lambda at: {"type": "tool_call_ended", "tool_call_id": f"c-{at}", "status": "failed"}
    )


def items(script: Script) -> None:
    """Requests of tens of thousands of items, all new."""
    for request in range(5):
        given = [user(f"{request} {at}") for at in range(60_000)]
        script.ask(f"i{request}", *given)


def names(script: Script) -> None:
    """Names of two megabytes."""
    for number in range(40):
        script.thread(f"{number:02d}" * (1 << 20))


def sources(script: Script) -> None:
    """Code of a megabyte in each of many cells, which items bring into the graph."""
    for number in range(80):
        source = "x" * (1 << 20)
        script.ask(f"i{number}", cell_call(f"c{number}", source))
        script.cell(str(number), f"c{number}", source=source)


SHAPES = (threads, turns, waits, items, names, sources)
COMMANDS = (
    ("reduce",),
    ("summary",),
    ("summary", "--json"),
    ("findings", "--json"),
    ("blocked", "--json"),
    ("context", "--json"),
    ("check", "--json"),
)


@pytest.mark.skipif(sys.platform != "linux", reason="no other system bounds the memory of a process")
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_no_command_takes_more_than_it_may(script: Script, shape: Callable[[Script], None]) -> None:
    """Each prints what it can, or says that it cannot; where it says nothing, JSON is whole."""
    script.begin()
    shape(script)
    said = 0
    for command in COMMANDS:
        ended = run(script.folder, *command)
        assert ended.peak_mb <= ALLOWED_MB, (command, ended.peak_mb)
        assert ended.status in (0, 1) and "Traceback" not in ended.errors
        told = SAID in ended.errors or SAID.encode() in ended.out
        said += told
        if ended.status == 1 and ended.errors.startswith("rollout-tui:"):
            assert SAID in ended.errors
        elif "--json" in command or command[0] == "reduce":
            json.loads(ended.out)
    assert said >= 2


# With each Python that is declared, text made as `bytes` would end the process at these sizes; they are well
# above those at which reading ends so early that the text fits.
@pytest.mark.parametrize("allowed_mb", [80, 95, 108])
def test_what_does_not_fit_when_it_is_written_ends_no_process(script: Script, allowed_mb: int) -> None:
    """It was read, and its text takes more than is left."""
    script.begin()
    sources(script)
    ended = run(script.folder, "reduce", "--memory", f"{allowed_mb}MB")
    assert ended.status == 1 and "MiB of memory" in ended.errors


def test_beyond_the_memory_allowed_reading_stops_and_says_so(script: Script) -> None:
    script.begin()
    turns(script)
    ended = run(script.folder, "findings", "--json")
    found = json.loads(ended.out)
    told = [one for one in found if one["code"] == "memory_used_up"]
    assert told and all(SAID in one["message"] for one in told)
    assert not {"stopped_open", "recording_cut"} & {one["code"] for one in found}
