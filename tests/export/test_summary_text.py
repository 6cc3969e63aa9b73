"""The summary as text: what is told in little room."""

from __future__ import annotations

from recordings_at_hand import DEMO

from rollout_tui import open_trace
from rollout_tui.debugger.summary import summary
from rollout_tui.export.summary import summary_text
from rollout_tui.printable import cells


def test_threads_are_told_by_the_end_of_their_paths() -> None:
    """Deep paths begin alike."""
    with open_trace(DEMO) as trace:
        told = summary(trace)
    deep = "/root/frontend/components/pickers"
    for one in (*told["turns"], *told["slowest"]):
        one["agent_path"] = f"{deep}/{'dates' if one['agent_path'] == '/root' else 'times'}"
    for width in (80, 60):
        lines = list(summary_text(told, width))
        assert all(cells(line) <= width for line in lines)
        rows = [line.split() for line in lines]
        tokens = next(at for at, line in enumerate(lines) if line.startswith("tokens of "))
        used = [row for row in rows[tokens:] if "calls" in row[1:3]]
        assert [(row[0][:1], row[0][-6:], row[1]) for row in used] == [
            ("\u2026", "/dates", "11"),
            ("\u2026", "/times", "3"),
        ]
        first = rows[lines.index("longest tool calls:") + 1]
        assert first[3].startswith("\u2026") and first[3].endswith("/dates") and first[4] == "exec_command"
