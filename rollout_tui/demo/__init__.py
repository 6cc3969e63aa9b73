"""A scripted agent that records a small coding task at a pace one can watch."""

from rollout_tui.demo.session import write_demo

__all__ = ["write_demo"]
