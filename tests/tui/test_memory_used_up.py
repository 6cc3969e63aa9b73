"""What is on the screen when memory does not last for all of a recording."""

from __future__ import annotations

from itertools import chain, repeat

import pytest
from on_screen import on_screen
from scripted import Script

from rollout_tui.trace.memory import MemoryBudget
from rollout_tui.tui.following.loader import STEP_BYTES

PIECES = 2


async def test_what_was_read_is_shown_and_what_to_do_is_said(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.begin()
    while script.spine.stat().st_size < (PIECES + 1) * STEP_BYTES:
        script.thread(f"a{script.seq}", f"/root/{'a' * 300}{script.seq}")
    room = chain(repeat(True, PIECES), repeat(False))
    monkeypatch.setattr(MemoryBudget, "room_for", lambda budget, size: next(room))
    async with on_screen(script.folder) as shown:
        head = shown.session.head
        assert 2 < head < script.seq
        assert "READ IN PART" in shown.bar("header") and "STOPPED" not in shown.bar("header")
        said = shown.bar("footer")
        assert said.strip() == f"read up to line {head:,}: memory is used up; --memory SIZE allows more"
        await shown.press("7")
        findings = shown.pane("lens")
        assert "memory_used_up" in findings
        assert "recording_cut" not in findings and "stopped_open" not in findings
        await shown.press("g")
        assert shown.session.event == 1
        await shown.press("G")
        assert shown.session.event == head
