"""`python -m rollout_tui` is `rollout-tui`."""

from rollout_tui.cli import program

program()
