"""What callers hand to a recording: a value, or a callable that makes it only where it is recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Given: TypeAlias = object | Callable[[], object]


def value_of(given: Given) -> Any:
    """The value itself. Raises whatever making it raises."""
    return given() if callable(given) else given
