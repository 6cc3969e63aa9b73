"""What is done with a line that was typed, by the sign before it."""

from __future__ import annotations

from rollout_tui.tui.actions.searching import IN_LOST, begin, begin_in_lost, list_only
from rollout_tui.tui.command_line import run_command

ANSWERS = {":": run_command, "/": begin, IN_LOST: begin_in_lost, "&": list_only}
