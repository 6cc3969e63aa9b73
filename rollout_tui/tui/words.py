"""Numbers as people read them; they live in `rollout_tui.words`, since commands print them too."""

from rollout_tui.words import clock, count, duration, short_id, since_start, size, whole_seconds

__all__ = ["clock", "count", "duration", "short_id", "since_start", "size", "whole_seconds"]
