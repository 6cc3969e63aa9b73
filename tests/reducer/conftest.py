"""Bundles to write events into: of schema 1, or of both schemas one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted import Script


@pytest.fixture
def script1(tmp_path: Path) -> Script:
    """A bundle of schema 1."""
    return Script(tmp_path / "bundle1", 1)


@pytest.fixture(params=[1, 2], ids=["schema1", "schema2"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Script:
    """A bundle of each schema in turn."""
    return Script(tmp_path / "either", request.param)
