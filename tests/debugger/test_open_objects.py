"""Which intervals are open at an event, against the plain way of finding out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rollout_tui.debugger.spans.open_objects import WIDTH, Intervals

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("begin", "begin", "end", "end", "reopen")), st.integers(0, 2), st.integers(0, 10**6)
    ),
    max_size=200,
)


@given(STEPS)
def test_intervals_open_at_every_event(steps: list[tuple[str, int, int]]) -> None:
    intervals, plain, event = Intervals(), [], 0
    for what, later, pick in steps:
        event += later
        if what == "begin" or not plain:
            assert intervals.begin(event) == len(plain)
            plain.append([event, None])
        elif what == "end":
            intervals.end(pick % len(plain), event)
            plain[pick % len(plain)][1] = event
        else:
            intervals.reopen(pick % len(plain))
            plain[pick % len(plain)][1] = None
    for at in range(event + 2):
        expected = [
            number for number, (begin, end) in enumerate(plain) if begin <= at and (end is None or end > at)
        ]
        assert list(intervals.open_at(at)) == expected
        assert list(intervals.open_at(at, latest_first=True)) == expected[::-1]
        assert [number for number in range(len(plain)) if intervals.is_open(number, at)] == expected


def test_many_short_intervals_do_not_hide_a_long_one() -> None:
    intervals = Intervals()
    forever = intervals.begin(1)
    for event in range(2, WIDTH**3):
        intervals.end(intervals.begin(event), event + 1)
    assert list(intervals.open_at(WIDTH**2)) == [forever, WIDTH**2 - 1]
    assert intervals.end_of(forever) is None
    assert intervals.end_of(1) == 3
    assert intervals.over_before(1, 4) and not intervals.over_before(1, 3)
