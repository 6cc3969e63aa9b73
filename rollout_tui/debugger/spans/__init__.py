"""Spans: turns, inferences, tools, cells and waits as a tree over the events."""
