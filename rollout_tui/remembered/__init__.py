"""What is remembered about a trace between two visits: place, lens, marks, notes, counts; nothing it says."""

from rollout_tui.remembered.store import Note, Remembered, Store

__all__ = ["Note", "Remembered", "Store"]
