"""What the tests of files share: bundles made on the spot, and being somebody without rights."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

NOBODY = 65534

MakeBundle = Callable[..., Path]
Unprivileged = Callable[[], AbstractContextManager[None]]


def event_line(seq: int, payload: dict[str, object], *, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    """One line of a trace, LF included."""
    event = {
        "schema_version": 2,
        "seq": seq,
        "wall_time_unix_ms": at_ms + seq,
        "rollout_id": rollout,
        "thread_id": None,
        "codex_turn_id": None,
        "payload": payload,
    }
    return json.dumps(event) + "\n"


def rollout_started(*, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    payload: dict[str, object] = {
        "type": "rollout_started",
        "trace_id": f"trace-{rollout}",
        "root_thread_id": rollout,
    }
    return event_line(1, payload, rollout=rollout, at_ms=at_ms)


def manifest(*, rollout: str = "rollout-a", at_ms: int = 1000) -> str:
    return json.dumps(
        {
            "schema_version": 2,
            "trace_id": f"trace-{rollout}",
            "rollout_id": rollout,
            "root_thread_id": rollout,
            "started_at_unix_ms": at_ms,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
    )


@pytest.fixture
def make_bundle(tmp_path: Path) -> MakeBundle:
    """Makes a bundle folder: make_bundle(name, spine=..., manifest_text=..., payloads={...})."""

    def make(
        name: str = "bundle",
        *,
        spine: str | bytes | None = None,
        manifest_text: str | None = None,
        payloads: dict[str, bytes] | None = None,
        root: Path = tmp_path,
    ) -> Path:
        folder = root / name
        (folder / "payloads").mkdir(parents=True)
        if manifest_text is None:
            manifest_text = manifest()
        if manifest_text:
            (folder / "manifest.json").write_text(manifest_text)
        if spine is None:
            spine = rollout_started()
        (folder / "trace.jsonl").write_bytes(spine.encode() if isinstance(spine, str) else spine)
        for path, body in (payloads or {}).items():
            (folder / path).write_bytes(body)
        return folder

    return make


@pytest.fixture
def unprivileged(tmp_path: Path) -> Unprivileged:
    """A context in which files of mode 0 cannot be read, whoever runs the tests."""

    @contextmanager
    def being_nobody() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        for folder in (tmp_path, *tmp_path.parents):
            if folder.stat().st_uid == 0 and folder != Path("/") and "pytest" in str(folder):
                folder.chmod(0o755)
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return being_nobody
