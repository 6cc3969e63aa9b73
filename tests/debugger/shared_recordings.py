"""Recordings of the shared corpus, opened once per test run; tests skip where the corpus is absent."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from recordings_at_hand import CORPUS, corpus_folders

from rollout_tui.recording import Trace, open_trace


def corpus_params() -> list[Any]:
    """Every bundle of the corpus as parameters of a test; one that is skipped where the corpus is absent."""
    absent = pytest.mark.skip(reason=f"the shared corpus is not at {CORPUS}")
    return [
        pytest.param(folder, id=f"{folder.parent.name}-{folder.name}") for folder in corpus_folders()
    ] or [pytest.param(None, marks=absent, id="corpus")]


@cache
def shared_recording(name: str) -> Trace:
    """The corpus recording with that folder name, all of it reduced; skips the test where it is absent."""
    found = next((folder for folder in corpus_folders() if folder.name == name), None)
    if found is None:
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    return open_trace(found)
