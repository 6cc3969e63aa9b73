"""Bundles that are being written: the beginning of a large one, and the lines that come next."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.bench import Bench


def link_or_copy(source: Path, target: Path) -> None:
    """A second name for a file, or a copy where there can be none."""
    try:
        os.link(source, target)
    except OSError:
        target.write_bytes(source.read_bytes())


def begun(bench: Bench, name: str, source: Path, events: int) -> Path:
    """A bundle `name` with the first `events` lines of `source`; negative: without that many last ones."""
    folder = bench.scratch / name
    (folder / "payloads").mkdir(parents=True)
    for path in (source / "payloads").iterdir():
        link_or_copy(path, folder / "payloads" / path.name)
    link_or_copy(source / "manifest.json", folder / "manifest.json")
    with (source / "trace.jsonl").open("rb") as spine, (folder / "trace.jsonl").open("wb") as target:
        if events < 0:
            _copy_but_last(source / "trace.jsonl", target.fileno(), -events)
        else:
            for _, line in zip(range(events), spine, strict=False):
                target.write(line)
    return folder


def _copy_but_last(source: Path, target: int, lines: int) -> None:
    with source.open("rb") as spine:
        size = spine.seek(0, os.SEEK_END)
        spine.seek(max(0, size - (1 << 20)))
        tail = sum(len(line) for line in spine.read().splitlines(keepends=True)[-lines:])
        os.sendfile(target, spine.fileno(), 0, size - tail)


def next_lines(source: Path, events: int) -> Iterator[bytes]:
    """The lines after the first `events` ones."""
    with (source / "trace.jsonl").open("rb") as spine:
        for number, line in enumerate(spine):
            if number >= events:
                yield line
