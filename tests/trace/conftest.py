"""What the tests of files share: bundles made on the spot, and being somebody without rights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from making_bundles import MakeBundle, Unprivileged, manifest, rollout_started

NOBODY = 65534


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
