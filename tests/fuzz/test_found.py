"""What the fuzzer found once: the inputs stay, and so do seeds of every target, which must run without it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
import targets

FOUND = sorted((Path(__file__).parent / "found").iterdir())
SEEDS = 40


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    targets.TARGETS[path.name.partition("-")[0]](path.read_bytes())


@pytest.mark.parametrize("target", targets.TARGETS)
def test_every_target_holds_for_its_seeds(target: str) -> None:
    for seed in islice(targets.seeds(target), SEEDS):
        targets.TARGETS[target](seed)
