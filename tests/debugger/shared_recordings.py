"""Recordings of the shared corpus, opened once per test run; tests skip where the corpus is absent."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rollout_tui.recording import Trace, open_trace

SHARED = Path(os.environ.get("ROLLOUT_TUI_SHARED", Path(__file__).parents[2].parent / "shared"))
CORPUS = SHARED / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the shared corpus is not at {CORPUS}")


def corpus_folders() -> list[Path]:
    """Every bundle of the corpus; empty where it is absent."""
    return sorted(CORPUS.glob("schema*/*"))


def corpus_params() -> list[Any]:
    """Every bundle of the corpus as parameters of a test; one that is skipped where the corpus is absent."""
    absent = pytest.mark.skip(reason=f"the shared corpus is not at {CORPUS}")
    return [
        pytest.param(folder, id=f"{folder.parent.name}-{folder.name}") for folder in corpus_folders()
    ] or [pytest.param(None, marks=absent, id="corpus")]


def case_folders() -> list[Path]:
    """Every hand-made bundle."""
    return sorted((SHARED / "cases").glob("s*"))


@cache
def recording(name: str) -> Trace:
    """The corpus recording with that folder name, all of it reduced; skips the test where it is absent."""
    found = next((folder for folder in corpus_folders() if folder.name == name), None)
    if found is None:
        pytest.skip(f"the shared corpus is not at {CORPUS}")
    return open_trace(found)
