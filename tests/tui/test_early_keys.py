"""What is typed while the program starts."""

from __future__ import annotations

import os
import threading

import pytest

from rollout_tui.tui.starting import early_keys
from rollout_tui.tui.starting.early_keys import EarlyKeys

PATIENCE_S = 20


def test_of_typing_without_end_the_beginning_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_keys, "_MOST", 10_000)
    keyboard, typing = os.pipe()
    shown = [""]
    keys = EarlyKeys(keyboard, lambda typed: shown.append(typed))
    try:
        os.write(typing, b"x" * 40_000)
        keys.start()
        for one in threading.enumerate():
            if one.name == "early-keys":
                one.join(PATIENCE_S)
        typed = keys.stop()
        assert 10_000 <= len(typed) < 20_000 and shown[-1] == typed
        assert len(os.read(keyboard, 40_000)) == 40_000 - len(typed)
    finally:
        os.close(keyboard)
        os.close(typing)
