"""A file that begins anew, a payload that comes late: another history, and all that is known of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from on_screen import on_screen
from scripted import Script, user

from rollout_tui.debugger.findings.findings import Findings
from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.waiting.silences import Silences
from rollout_tui.recording import Trace
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.tui.following import reading as reading_module
from rollout_tui.tui.following.reading import Reading
from rollout_tui.tui.screens import debugger
from rollout_tui.tui.screens.painting import Painter


def is_held(reading: Reading) -> bool:
    """Whether somebody holds what is known together: another thread would have to wait."""

    def tried() -> bool:
        got = reading.steady.acquire(blocking=False)
        if got:
            reading.steady.release()
        return got

    with ThreadPoolExecutor(1) as other:
        return not other.submit(tried).result()


def all_of_one(reading: Reading) -> bool:
    """Whether everything is of the history that the trace has."""
    history = reading.trace.history
    found = (reading.known.history, reading.known.spans.history, reading.known.outline.spans.history)
    return all(one is history for one in found) and reading.known.silences is index_of(history, Silences)


@pytest.fixture
def replaced(script: Script, monkeypatch: pytest.MonkeyPatch) -> tuple[Script, Reading, list[bool]]:
    """A recording, its reading, and whether that was held while something was replaced."""
    script.begin()
    script.ask("i", user("x"))
    reading, held = Reading(Trace(open_bundle(script.folder))), []

    def found(trace: Trace) -> Findings:
        held.append(is_held(reading))
        return Findings(trace)

    monkeypatch.setattr(reading_module, "Findings", found)
    return script, reading, held


def test_a_file_that_begins_anew(replaced: tuple[Script, Reading, list[bool]]) -> None:
    script, reading, held = replaced
    reading.advance()
    before = reading.known.history
    script.spine.write_bytes(script.spine.read_bytes().splitlines(keepends=True)[0])
    assert reading.advance().change == "truncated"
    assert held == [True] and not is_held(reading)
    assert reading.known.history is not before and all_of_one(reading) and reading.known.spans.head == 1


def test_a_payload_that_comes_late(replaced: tuple[Script, Reading, list[bool]]) -> None:
    script, reading, held = replaced
    (path,) = (script.folder / "payloads").iterdir()
    body = path.read_bytes()
    path.unlink()
    reading.advance()
    before, head = reading.known.history, reading.known.spans.head
    assert reading.resolve() == []
    path.write_bytes(body)
    assert reading.resolve() == [f"payloads/{path.name}"]
    assert held == [True] and not is_held(reading)
    assert reading.known.history is not before and all_of_one(reading) and reading.known.spans.head == head


async def test_a_frame_and_a_key_are_of_one_history(two_cells: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: dict[str, list[bool]] = {"paint": [], "key": []}
    paint, function_of = Painter.paint, debugger.function_of
    async with on_screen(two_cells) as shown:
        reading = shown.session.reading

        def painted(painter: Painter) -> None:
            held["paint"].append(is_held(reading))
            paint(painter)

        def looked_up(action_id: str) -> object:
            held["key"].append(is_held(reading))
            return function_of(action_id)

        monkeypatch.setattr(Painter, "paint", painted)
        monkeypatch.setattr(debugger, "function_of", looked_up)
        await shown.press("S")
        await shown.until(lambda: held["paint"])
    assert held["key"] == [True] and all(held["paint"])
