"""Recordings that are read at the same time by several threads do not get into each other's way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from scripted import Script, user

from rollout_tui.recording import open_trace


def test_another_reading_in_the_middle_of_a_comparison_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing, repeating = Script(tmp_path / "changing"), Script(tmp_path / "repeating")
    for script, second in ((changing, "b"), (repeating, "a")):
        script.begin()
        script.ask("i1", user("a"), user("the same"))
        script.ask("i2", user(second), user("the same"))
    read = os.preadv
    others = iter([repeating.folder])

    def read_while_another_reads(descriptor: int, buffers: Any, offset: int) -> int:
        count = read(descriptor, buffers, offset)
        for folder in others:
            open_trace(folder)
        return count

    monkeypatch.setattr(os, "preadv", read_while_another_reads)
    trace = open_trace(changing.folder)
    first, second = trace.at(trace.head).inference_calls.values()
    assert next(others, None) is None
    assert first.request_item_ids[0] != second.request_item_ids[0]
    assert first.request_item_ids[1] == second.request_item_ids[1]
