"""Nobody's own settings or remembered places take part in a test, and none are left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

HOMES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME")


@pytest.fixture(autouse=True, scope="session")
def own_homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in HOMES}
    for name in HOMES:
        os.environ[name] = str(tmp_path_factory.mktemp(name.lower()))
    yield
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
