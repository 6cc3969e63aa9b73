"""Texts of megabytes: nothing is made printable or laid out but what is on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from on_screen import on_screen

from rollout_tui.debugger import text_facts
from rollout_tui.printable import printable
from rollout_tui.recorder import record
from rollout_tui.recorder.encoding import Limits
from rollout_tui.tui.drawing import lines, rows
from rollout_tui.tui.texts import text_rows

HUGE = Limits(text_bytes=1 << 30, payload_bytes=1 << 30)
LINES = 100_000
MOST = 300_000
"""Characters made printable for one screen: the inspector shows the first 200,000 of a text."""


def printed(folder: Path, output: str) -> Path:
    """A recording of one command that printed that."""
    with record(folder, limits=HUGE) as recording, recording.root.turn() as turn:
        with turn.tool_call("exec_command") as tool:
            tool.command(["seq"], cwd="/w").exited(0, output)
        turn.tool_call("after").completed("small")
        bundle = recording.bundle
    assert bundle is not None
    return bundle


async def test_a_screen_of_a_long_output_costs_a_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = printed(tmp_path, "".join(f"line {number} of the output\n" for number in range(LINES)))
    looked_at = 0

    def counted(text: str, *, keep_newlines: bool = False) -> str:
        nonlocal looked_at
        looked_at += len(text)
        return printable(text, keep_newlines=keep_newlines)

    for module in (rows, lines, text_rows):
        monkeypatch.setattr(module, "printable", counted)
    async with on_screen(folder, at=1, lens="terminals") as shown:
        await shown.until(lambda: shown.session.head > 6)
        for _ in range(shown.session.head):
            looked_at = 0
            await shown.press("s")
            assert looked_at < MOST
            if "line 99999 of the output" in shown.pane("lens"):
                break
        looked_at = 0
        await shown.press("tab", "enter")
        assert "line 0 of the output" in shown.pane("lens")
        await shown.press(*("pagedown",) * 20)
        assert "line 650 of the output" in shown.pane("lens")
        assert looked_at < MOST


async def test_items_of_megabytes_are_not_measured_at_every_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "a line without end \u00e4\u00f6\u00fc " * 50_000
    with record(tmp_path, limits=HUGE) as recording, recording.root.turn() as turn:
        asked = [{"role": "user", "content": f"{text}{number}"} for number in range(3)]
        with turn.inference({"model": "m", "input": asked}) as call:
            arguments = json.dumps({"cmd": text})
            call.completed(
                [
                    {"type": "message", "role": "assistant", "content": text},
                    {"type": "function_call", "name": "f", "arguments": arguments, "call_id": "c"},
                ]
            )
        with turn.tool_call("exec_command") as tool:
            tool.command(["cat"], cwd="/w").exited(0, text)
        folder = recording.bundle
    assert folder is not None
    looked_at = 0

    def counted(text: str) -> int:
        nonlocal looked_at
        looked_at += len(text)
        return len(text.encode())

    monkeypatch.setattr(text_facts, "_encoded_size", text_facts._remembered(counted))
    async with on_screen(folder) as shown:
        looked_at = 0
        await shown.press("1", "g", *("s",) * shown.session.head)
        assert "user a line without end" in shown.pane("lens")
        assert looked_at == 0, "the reading thread has done that"
        await shown.press("2", *("S",) * shown.session.head, "6", *("s",) * shown.session.head)
        assert looked_at <= len(text), "what is in no context: the output"


async def test_the_end_of_a_text_that_takes_long_is_reached_by_going_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_rows, "SLICE", 400_000)
    monkeypatch.setattr(text_rows, "BLOCK", 256)
    folder = printed(tmp_path, "\u202e word \U0001f600\n" * 400 + "the last line")
    async with on_screen(folder, lens="terminals") as shown:
        await shown.press("tab", "enter")
        assert "more, laid out as you come here" not in shown.pane("lens")
        for _ in range(40):
            await shown.press("pagedown")
            if "the last line" in shown.pane("lens"):
                return
        raise AssertionError(shown.text())
