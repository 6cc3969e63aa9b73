"""Where the recordings are that tests read: the project's own, and the shared ones where they are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
DEMO = FIXTURES / "demo"
RECORDINGS = FIXTURES / "recordings"
SHARED = Path(os.environ.get("ROLLOUT_TUI_SHARED", ROOT.parent / "shared"))
CORPUS = SHARED / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason=f"the shared corpus is not at {CORPUS}")


def recording(name: str) -> Path:
    """One of the project's own recordings."""
    return RECORDINGS / name


def recordings() -> list[Path]:
    """All of them."""
    return sorted(folder for folder in RECORDINGS.iterdir() if folder.is_dir())


def own_folders() -> list[Path]:
    """The demo and every recording of the project's own."""
    return [DEMO, *recordings()]


def corpus_folders() -> list[Path]:
    """Every bundle of the shared corpus; empty where it is absent."""
    return sorted(CORPUS.glob("schema*/*"))


def case_folders() -> list[Path]:
    """Every hand-made bundle of the shared cases; empty where they are absent."""
    return sorted((SHARED / "cases").glob("s*"))
