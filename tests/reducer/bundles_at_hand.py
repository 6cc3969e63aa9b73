"""Recorded and hand-made bundles with the official reducer's answers beside them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from recordings_at_hand import RECORDINGS, SHARED


class Answered(NamedTuple):
    """A bundle and what the official reducer says of it.

    `state` is the text of the state, None where it refuses; `prefixes` are (seq, hash of the state or an
    error) after each event; `either` marks recordings that strict reduction may refuse or read.
    """

    folder: Path
    state: bytes | None
    prefixes: list[tuple[int, str]]
    either: bool

    @property
    def refused_lines(self) -> list[int]:
        """The lines, from 1 on, that the official reducer stops at."""
        return [line for line, (_, text) in enumerate(self.prefixes, 1) if text.startswith("error")]


def folders() -> list[Path]:
    """The project's own recordings, then the shared ones where they are at hand."""
    roots = (RECORDINGS, SHARED / "corpus", SHARED / "cases")
    return [path.parent for root in roots for path in sorted(root.rglob("meta.json"))]


def answered(folder: Path) -> Answered:
    """A bundle with its answers."""
    state, rows = folder / "state.json", folder / "prefixes.tsv"
    lines = (line.split("\t", 1) for line in rows.read_text().splitlines()) if rows.exists() else ()
    return Answered(
        folder,
        state.read_bytes() if state.exists() else None,
        [(int(seq), text) for seq, text in lines],
        json.loads((folder / "meta.json").read_bytes()).get("strict") == "either",
    )


def digest(state: object) -> str:
    """The hash of a state as prefixes.tsv has it."""
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
