"""A readable account in Markdown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from recordings_at_hand import recording, recordings
from scripted import Script, reasoning, user

from rollout_tui.export.markdown import LONGEST_TEXT, account
from rollout_tui.export.wanted import Wanted
from rollout_tui.recording import open_trace


def lines(bundle: Path, first: int = 1, last: int | None = None) -> list[str]:
    """The lines of an account."""
    trace = open_trace(bundle)
    return list(account(Wanted(trace, first, trace.history.head if last is None else last)))


def test_it_tells_turn_by_turn_what_happened() -> None:
    told = lines(recording("two-cells-interleaved"))
    headings = [line for line in told if line.startswith("#")]
    assert headings[1] == "## /root, turn 1: completed, #6 to #59, 3.107 s"
    assert headings[2] == "### inference 1: completed, #10 to #11, 0.054 s"
    assert "**wait** `call_wB2`: completed, #39 to #50, 1.838 s" in told
    assert "**cell 2**: completed, #20 to #49, 2.743 s" in told


def test_a_long_text_is_cut_in_the_middle(script: Script) -> None:
    script.begin()
    script.ask("i1", user("begin" + "x" * 100_000 + "end"))
    told = "\n".join(lines(script.folder))
    assert "beginx" in told and "xend" in told and "characters left out" in told
    assert len(told) < 2 * LONGEST_TEXT


def test_what_is_not_there_to_be_read_is_counted_or_named_and_nothing_has_no_fence(script: Script) -> None:
    script.begin()
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    script.ask("i1", {"type": "message", "role": "user", "content": [image]}, user(""))
    script.answer("i1", reasoning("x" * 1234))
    told = lines(script.folder)
    assert "(1,234 characters that only the provider can read)" in told
    assert "(input_image)" in told
    assert sum(line.startswith("```") for line in told) == 4


def test_a_range_tells_only_of_what_ran_in_it() -> None:
    told = "\n".join(lines(recording("two-cells-interleaved"), 40, 45))
    assert "inference 1:" not in told
    assert "**cell 2**: yielded, #20 and still open" in told


def test_failures_stand_where_they_happened() -> None:
    told = lines(recording("ma-child-http400"))
    assert any(line.startswith("> error **inference\\_failed** #34") for line in told)


@pytest.mark.parametrize("bundle", recordings(), ids=lambda bundle: bundle.name)
def test_every_fence_is_closed_and_every_line_printable(bundle: Path) -> None:
    fence = ""
    for line in lines(bundle):
        assert line.isprintable()
        found = re.match("`{3,}", line)
        if found and not fence:
            fence = found[0]
        elif line == fence:
            fence = ""
    assert not fence


def test_text_of_a_trace_cannot_become_markup(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    answer = next(path for path in (bundle / "payloads").iterdir() if "output_items" in path.read_text())
    hostile = "```\\n# heading\\n````\\n<script>\\u001b[31m"
    answer.write_text(re.sub(r'(?<="text": ")[^"]*', lambda _: hostile, answer.read_text()))
    told = lines(bundle)
    at = told.index("# heading")
    assert told[at - 2 : at + 3] == ["`````", "```", "# heading", "````", "<script>\u241b[31m"]
