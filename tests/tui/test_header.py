from rollout_tui.tui.panes.header import Header, header

FACTS = Header(
    "01a2..f39c",
    2,
    "ENDED",
    "ok",
    "/root",
    "turn 1/1",
    "inference 4",
    "#49/64",
    "+3.09 s",
    "+214 events, 2 failures",
)


def test_everything_fits_a_wide_terminal() -> None:
    text = header(FACTS, 120).text
    assert text.split() == [
        "rollout",
        "01a2..f39c",
        "schema",
        "2",
        "ENDED",
        "/root",
        "turn",
        "1/1",
        "inference",
        "4",
        "#49/64",
        "+3.09",
        "s",
        "+214",
        "events,",
        "2",
        "failures",
    ]


def test_a_narrow_terminal_keeps_status_place_and_badge() -> None:
    line = header(FACTS, 60)
    assert line.width <= 60
    for kept in ("ENDED", "/root", "#49/64", "+214 events, 2 failures"):
        assert kept in line.text
