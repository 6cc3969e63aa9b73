"""Values are counted where they are, not in the texts of a body: in pieces, wherever those end."""

from __future__ import annotations

import json
import random

import pytest

from rollout_tui.reducer import limits

SIGNS = ',"\\ x\n'


def a_list(chance: random.Random, many: int) -> bytes:
    """A JSON list of so many values, half of them texts of what could mislead a count."""
    texts = ("".join(chance.choices(SIGNS, k=chance.randrange(9))) for _ in range(many))
    return json.dumps([chance.choice((text, 7)) for text in texts]).encode()


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1 << 20])
def test_as_many_values_as_there_are(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_PIECE", piece)
    chance = random.Random(piece)
    for many in range(2, 100):
        body = a_list(chance, many)
        for most, too_many in ((many - 1, True), (many, False)):
            monkeypatch.setattr(limits, "MOST_VALUES", most)
            assert limits.too_many_values(body) == limits.too_many_values(body.decode()) == too_many


@pytest.mark.parametrize("text", [b'"', b'"\\', b'"\\"', b'"a', b'",,,\\"'])
def test_a_string_without_an_end(text: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_VALUES", 3)
    assert not limits.too_many_values(b"7,7," + text + b",,,")
    assert limits.too_many_values(b"7,7,7," + text)
