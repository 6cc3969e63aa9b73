from __future__ import annotations

from rollout_tui.tui.panes.header import Header, header

BADGE = "+214 events, 2 failures"
FACTS = Header("01a2..f39c", 2, "ENDED", "ok", "/root", "turn 1/1", "inference 4", "#49/64", "+3.09 s", BADGE)


def test_everything_fits_a_wide_terminal() -> None:
    words = " ".join(header(FACTS, 120).text.split())
    assert words == f"rollout 01a2..f39c schema 2 ENDED /root turn 1/1 inference 4 #49/64 +3.09 s {BADGE}"


def test_a_narrow_terminal_keeps_status_place_and_badge() -> None:
    line = header(FACTS, 60)
    assert line.width <= 60
    for kept in ("ENDED", "/root", "#49/64", BADGE):
        assert kept in line.text
