"""The official reducer where it is at hand, and how two of its states differ."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import SHARED

RELEASES = {"schema1": "0.164.0", "schema2": "0.169.0"}


def official_state(schema: str, bundle: Path, out: Path) -> str | None:
    """Let the official reducer write `out`; what it complains of, None if nothing. Skips without it."""
    release = RELEASES[schema]
    home = Path(os.environ.get("CODEX_ORACLE_HOME", Path.home() / ".cache" / "codex-oracle"))
    oracle = SHARED / "tools" / "codex-oracle"
    if not (home / release).is_dir() or not oracle.exists() or shutil.which("unshare") is None:
        pytest.skip(f"the official reducer {release} is not installed here")
    done = subprocess.run([oracle, release, bundle, out], capture_output=True, text=True)
    return done.stderr if done.returncode else None


def shape_differences(one: Any, other: Any, path: str = "$") -> Iterator[str]:
    """Where two JSON values differ in more than the words of strings: sizes in UTF-8 count, names do not."""
    if type(one) is not type(other):
        yield f"{path}: {type(one).__name__} became {type(other).__name__}"
    elif isinstance(one, dict):
        if len(one) != len(other):
            yield f"{path}: {len(one)} fields became {len(other)}"
        for (name, inner), again in zip(one.items(), other.values(), strict=False):
            yield from shape_differences(inner, again, f"{path}.{name}")
    elif isinstance(one, list):
        if len(one) != len(other):
            yield f"{path}: {len(one)} entries became {len(other)}"
        for at, (inner, again) in enumerate(zip(one, other, strict=False)):
            yield from shape_differences(inner, again, f"{path}[{at}]")
    elif isinstance(one, str):
        if len(one.encode()) != len(other.encode()):
            yield f"{path}: {len(one.encode())} bytes became {len(other.encode())}"
    elif one != other:
        yield f"{path}: {one!r} became {other!r}"
