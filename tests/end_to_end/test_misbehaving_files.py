"""What can happen to the files of a running agent, seen in a real terminal.

Each time: the program stays up, says what happened, shows all that can be read, goes on by itself.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tmux_terminal import Terminal, program
from writing_agents import Agent


def test_a_line_in_several_writes(terminal: Terminal, agent: Agent) -> None:
    agent.write(26)
    terminal.type(program(agent.folder))
    terminal.until("#26/26", "following")
    size = len(agent.lines(27)) - len(agent.lines(26))
    for part in (1, size // 2, size - size // 2 - 2):
        agent.write_bytes(part)
        terminal.stays("#26/26")
    agent.write_bytes(1)
    terminal.until("#27/27", "on wait(call_wA1) -> cell 1")


def test_an_unterminated_last_line_counts_when_the_writer_is_gone(terminal: Terminal, agent: Agent) -> None:
    agent.write(26)
    agent.write_bytes(len(agent.lines(27)) - len(agent.lines(26)) - 1)
    terminal.type(program(agent.folder))
    terminal.until("LIVE", "#26/26", "following")
    terminal.stays("#26/26")
    agent.kill()
    terminal.until("STOPPED", "#27/27", "on wait(call_wA1) -> cell 1")


def truncate(agent: Agent) -> int:
    os.truncate(agent.spine, len(agent.lines(12)))
    return 12


def write_anew(agent: Agent) -> int:
    agent.spine.write_bytes(agent.lines(33).replace(b"17953534", b"17953535"))
    return 33


def replace(agent: Agent) -> int:
    (agent.folder / "new").write_bytes(agent.lines(45))
    (agent.folder / "new").replace(agent.spine)
    return 45


def delete_and_make_again(agent: Agent) -> int:
    agent.spine.unlink()
    agent.spine.write_bytes(agent.lines(35))
    return 35


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (truncate, r"trace.jsonl truncated: cut from 11,\d{3} to 4,\d{3} bytes"),
        # Looked at between the two halves of that, it is empty.
        (write_anew, r"trace.jsonl truncated: (it was written anew|cut from 11,\d{3} to 0 bytes)"),
        (replace, "trace.jsonl replaced: another file took its place"),
        (delete_and_make_again, "trace.jsonl (replaced: another file took its|truncated: it was written)"),
    ],
)
def test_a_file_that_begins_anew(
    terminal: Terminal, agent: Agent, happens: Callable[[Agent], int], said: str
) -> None:
    agent.write(27)
    terminal.type(program(agent.folder))
    terminal.until("#27/27", "following")
    count = happens(agent)
    assert re.search(said, terminal.until(f"#{count}/{count}", "trace.jsonl"))
    with agent.spine.open("ab", buffering=0) as spine:
        spine.write(agent.lines(count + 1)[len(agent.lines(count)) :])
        terminal.until(f"#{count + 1}/{count + 1}", "LIVE", "following")


def file_moved(agent: Agent) -> Callable[[], object]:
    away = agent.spine.rename(agent.folder / "away")
    return lambda: away.rename(agent.spine)


def folder_moved(agent: Agent) -> Callable[[], object]:
    away = agent.folder.rename(agent.folder.with_name("away"))
    return lambda: away.rename(agent.folder)


def root_moved(agent: Agent) -> Callable[[], object]:
    root = agent.folder.parent
    away = root.rename(root.with_name("elsewhere"))
    return lambda: away.rename(root)


@pytest.mark.parametrize("move", [file_moved, folder_moved, root_moved])
def test_moved_away_and_back(
    terminal: Terminal, agent: Agent, move: Callable[[Agent], Callable[[], object]]
) -> None:
    agent.write(27)
    terminal.type(program(agent.folder))
    terminal.until("#27/27", "LIVE")
    bring_back = move(agent)
    terminal.until("MISSING", "trace.jsonl missing: it is not there")
    # What was read is all there, and the agent goes on writing into the file it has open.
    terminal.press("8", "S", "s")
    terminal.until("raw  #27", "tool_call_started")
    agent.write(3)
    terminal.stays("#27/27")
    bring_back()
    terminal.until("/30", "trace.jsonl back: it can be read again", "LIVE")
    terminal.press("F")
    terminal.until("#30/30", "following")


def test_the_folder_removed_and_recorded_again(terminal: Terminal, agent: Agent) -> None:
    agent.write(27)
    terminal.type(program(agent.folder))
    terminal.until("#27/27", "LIVE")
    shutil.rmtree(agent.folder)
    terminal.until("MISSING", "trace.jsonl missing: it is not there")
    terminal.press("8")
    terminal.until("raw  #27", "tool_call_started")
    shutil.copytree(agent.source, agent.folder)
    terminal.until("ENDED", "#64/64", "trace.jsonl replaced: another file took its place")


def test_permission_taken_and_given_back(terminal: Terminal, agent: Agent) -> None:
    agent.write(27)
    terminal.type(without_privileges(program(agent.folder)))
    terminal.until("#27/27", "LIVE")
    agent.spine.chmod(0)
    terminal.until("UNREADABLE", "trace.jsonl unreadable: no permission to read it", "#27/27")
    agent.write(3)
    agent.spine.chmod(0o644)
    terminal.until("LIVE", "#30/30", "following")


def without_privileges(command: str) -> str:
    """So that a file of mode 0 cannot be read, whoever runs the tests."""
    if os.geteuid() != 0:
        return command
    if shutil.which("setpriv") is None:
        pytest.skip("root reads every file, and setpriv is not there to take that away")
    return f"setpriv --bounding-set=-dac_override,-dac_read_search {command}"


def test_a_payload_that_is_missing_and_then_half_written(terminal: Terminal, agent: Agent) -> None:
    request = agent.folder / "payloads" / "6.json"
    body = request.read_bytes()
    request.unlink()
    agent.write(12)
    terminal.type(program(agent.folder))
    terminal.until("#12/12", "1 failure")
    terminal.press("7")
    terminal.until("payload_missing", "raw_payload:6")
    request.write_bytes(body[: len(body) // 2])
    terminal.stays("#12/12", "1 failure")
    with request.open("ab") as file:
        file.write(body[len(body) // 2 :])
    terminal.until("payloads/6.json came late", "no failures")
    agent.write(3)
    terminal.until("#15/15", "following")


def test_thousands_of_payload_files(terminal: Terminal, tmp_path: Path, agent: Agent) -> None:
    agent.write(27)
    terminal.type(program(agent.folder))
    terminal.until("#27/27", "following")
    for number in range(1000, 8000):
        (agent.folder / "payloads" / f"{number}.json").write_bytes(b"{}")
    agent.write(3)
    terminal.until("#30/30", "following")
    terminal.press("q")
    terminal.until_prompt()
    terminal.type(program(agent.folder.parent))
    terminal.until("recordings  1 bundle", "running")
