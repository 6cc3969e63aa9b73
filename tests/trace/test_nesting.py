"""How deep JSON text is nested, whatever its strings hold, and of texts that begin as the one before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rollout_tui.trace import nesting
from rollout_tui.trace.nesting import DEEPEST, GrowingTexts, is_deep

TEXTS = some.text(some.sampled_from('ab"\\[]{}é\n'), max_size=12)
VALUES = some.recursive(
    TEXTS | some.none(),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=20,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def inside(value: Any, levels: int) -> Any:
    for level in range(levels):
        value = [value] if level % 2 else {"\\": value}
    return value


GROWING = some.lists(
    some.tuples(some.integers(0, 12), VALUES, some.integers(DEEPEST - 5, DEEPEST)), max_size=8
)


@given(VALUES, some.integers(DEEPEST - 8, DEEPEST), some.booleans())
def test_one_text(value: Any, levels: int, ascii_only: bool) -> None:
    deep = inside(value, levels)
    assert is_deep(json.dumps(deep, ensure_ascii=ascii_only).encode()) == (depth(deep) > DEEPEST)


@pytest.mark.parametrize("piece", [7, 64])
@given(changes=GROWING)
def test_texts_that_grow_and_are_rewritten(piece: int, changes: list[tuple[int, Any, int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nesting, "_PIECE", piece)
        texts = GrowingTexts()
        items: list[Any] = []
        for kept, value, levels in changes:
            items = [*items[:kept], value, inside(value, levels)]
            assert texts.is_deep(json.dumps(items).encode()) == (depth(items) > DEEPEST)
