"""Lists of ids that share what they have in common."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout_tui.graph.ids import Backing, IdView, common_prefix, extended, prefix, with_id, without_id


def names(count: int, mark: str = "a") -> list[str]:
    return [f"{mark}{n}" for n in range(count)]


def test_growing_shares_the_list() -> None:
    first = extended((), names(20))
    second = extended(first, ["x"])
    assert isinstance(first, IdView) and isinstance(second, IdView)
    assert first.items is second.items
    assert (list(first), len(second)) == (names(20), 21)


def test_a_second_branch_copies() -> None:
    first = extended((), names(20))
    one, other = extended(first, ["x"]), extended(first, ["y"])
    assert (one[-1], other[-1], list(first)) == ("x", "y", names(20))


def test_what_is_looked_for_is_looked_for_in_the_view_alone() -> None:
    """Also in long views, which go by an index."""
    for count in (5, 20, 500):
        first = extended((), names(count))
        second = extended(first, ["x"])
        assert "x" not in first and "x" in second and "a3" in first
        assert with_id(second, "x") is second
        assert 7 not in second


def test_equal_ids_are_equal_however_they_are_held() -> None:
    view, same, plain = extended((), names(20)), extended((), names(20)), tuple(names(20))
    assert view == same == plain and hash(view) == hash(same)
    assert prefix(view, 3) == ("a0", "a1", "a2")


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("ewod"), st.integers(0, 30)), max_size=40))
def test_views_are_worth_as_much_as_lists(steps: list[tuple[int, str, int]]) -> None:
    """Any tree of growth, cuts and removals, against plain lists that are copied each time."""
    views: list[tuple[object, list[str]]] = [((), [])]
    for number, (origin, step, size) in enumerate(steps):
        view, plain = views[origin % len(views)]
        if step == "e":
            more = names(size, f"{number}-")
            views.append((extended(view, more), plain + more))  # type: ignore[arg-type]
        elif step == "w":
            one = f"w{size}"
            views.append((with_id(view, one), plain if one in plain else [*plain, one]))  # type: ignore[arg-type]
        elif step == "o":
            one = plain[size % len(plain)] if plain else "none"
            views.append((without_id(view, one), [two for two in plain if two != one]))  # type: ignore[arg-type]
        else:
            views.append((prefix(view, size), plain[:size]))  # type: ignore[arg-type]
        for held, expected in views:
            assert list(held) == expected  # type: ignore[call-overload]
    one, plain_one = views[-1]
    for other, plain_other in views:
        shared = next(
            (at for at, (a, b) in enumerate(zip(plain_one, plain_other, strict=False)) if a != b),
            min(len(plain_one), len(plain_other)),
        )
        assert common_prefix(one, other) == shared  # type: ignore[arg-type]


@pytest.mark.parametrize("start", [None, 0, 3, 12, 40, -1, -5, -40])
@pytest.mark.parametrize("stop", [None, 0, 3, 12, 40, -1, -5, -40])
@pytest.mark.parametrize("step", [None, 1, 2, -1, -3])
def test_slices_of_a_view_are_those_of_its_list(
    start: int | None, stop: int | None, step: int | None
) -> None:
    ids = [f"conversation_item:{n}" for n in range(20)]
    view = IdView(Backing(ids), 12)
    assert list(view[start:stop:step]) == ids[:12][start:stop:step]
