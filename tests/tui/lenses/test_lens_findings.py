from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from lens_views import rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS
from scripted import Script

from rollout_tui.graph.objects import InferenceCall
from rollout_tui.recorder import record
from rollout_tui.tui.drawing.targets import ToEvent
from rollout_tui.tui.lenses.findings import MOST_WHOLE, findings

CHILD_FAILS = RECORDINGS / "ma-child-http400"


def test_what_one_error_caused_stands_under_it_and_is_counted_once() -> None:
    content = findings(view_at(CHILD_FAILS, 36), 118)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.title.startswith("findings  1 error")
    at = next(number for number, row in enumerate(text) if "inference_failed" in row)
    assert text[at].startswith("x #34 inference_failed inference 1: ")
    assert text[at].endswith(" > turn 1")
    assert [row.split()[2] for row in text[at : at + 4]] == [
        "inference_failed",
        "protocol_error",
        "turn_failed",
        "agent_failed",
    ]


def test_in_little_room_what_a_finding_says_stands_below_it() -> None:
    text = shown("findings", DEMO, 30, 60)
    at = next(number for number, row in enumerate(text) if "inference_failed" in row)
    assert text[at].startswith(" x #26 inference_failed /root")
    assert " ".join(" ".join(text[at + 1 : at + 3]).split()).startswith(
        "inference 2: stream disconnected before completion: the connection was reset"
    )
    narrower = shown("findings", DEMO, 30, 30)
    at = next(number for number, row in enumerate(narrower) if "inference_failed" in row)
    # No more than three rows, however long it is.
    assert narrower[at + 3].rstrip().endswith("\u2026") and "#" in narrower[at + 4]


def test_of_very_many_findings_the_later_ones_say_one_row(tmp_path: Path) -> None:
    script = Script(tmp_path / "bundle")
    script.begin()
    for number in range(MOST_WHOLE + 5):
        script.tool(f"x{number}", {"type": "other", "name": "words " * 8})
        script.end_tool(f"x{number}", "failed")
    script.event("rollout_ended", status="completed")
    content = findings(view_at(script.folder, script.seq, severity="error"), 40)
    text = rows(content)
    heads = [number for number, row in enumerate(text) if "tool_call_failed" in row]
    heights = [after - before for before, after in pairwise([*heads, len(content)])]
    assert heights == [3] * MOST_WHOLE + [2] * 5


def test_where_a_finding_is_stands_once_in_its_head() -> None:
    text = shown("findings", CHILD_FAILS, 36, 60)
    thread = next(row.split()[3] for row in text if "inference_failed" in row)
    assert [row.split(maxsplit=3)[3].rstrip() for row in text if " x #" in row] == [
        *[f"{thread} > turn 1"] * 2,
        thread,
        f"{thread} > turn 1",
    ]


def test_findings_after_the_cursor_are_dimmed() -> None:
    content = findings(view_at(DEMO, 30), 118)
    styles = [{piece.style for piece in content.line(number).pieces} for number in range(len(content))]
    seqs = [int(row.split("#")[1].split()[0]) for row in rows(content)]
    assert [style == {"future"} for style in styles] == [seq > 30 for seq in seqs]
    assert content.focus == 1


def test_enter_goes_to_the_event_and_chooses_what_failed() -> None:
    target = target_of(findings(view_at(DEMO, 1), 118), "inference_failed")
    assert isinstance(target, ToEvent) and target.event == 26
    assert target.about is not None and target.about.kind is InferenceCall
    assert target_of(findings(view_at(CHILD_FAILS, 36), 118), "protocol_warning") == ToEvent(4)


def test_the_filter_hides_notes_and_says_so() -> None:
    content = findings(view_at(DEMO, 30, severity="error"), 118)
    assert len(content) == 1
    assert content.subtitle.startswith("errors only")
    whole = view_at(RECORDINGS / "one-message", 10)
    nothing = findings(replace(whole, severity="error"), 60)
    assert len(nothing) == 0
    assert "Press &" in nothing.empty or "Nothing failed" in nothing.empty


def test_what_was_open_when_the_writer_was_killed_is_found_unless_it_still_writes() -> None:
    killed = RECORDINGS / "sigkill-during-cell"
    assert any("stopped_open" in row for row in shown("findings", killed, 10, 118))
    assert not any("stopped_open" in row for row in shown("findings", killed, 10, 118, growing=True))


def test_findings_of_threads_with_long_paths_are_told_apart(tmp_path: Path) -> None:
    with record(tmp_path, model="toy") as recording:
        for number in range(3):
            child = recording.root.child(f"reader_of_a_very_long_chapter_{number}")
            with child.turn() as turn, turn.tool_call("exec_command", {}) as call:
                call.failed("no")
    assert recording.bundle is not None
    for width in (48, 120):
        text = " ".join(rows(findings(view_at(recording.bundle, 23, severity="error"), width)))
        assert [f"_chapter_{number}" in text for number in range(3)] == [True] * 3
