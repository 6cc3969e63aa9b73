"""The names of the lenses, their number keys, and what each shows; known before any of them is needed."""

from __future__ import annotations

from typing import NamedTuple


class LensName(NamedTuple):
    """A lens: its key, its name (`--lens NAME`), what it shows in a few words, and in one line."""

    key: str
    name: str
    description: str
    explanation: str


LENS_NAMES = (
    LensName(
        "1",
        "context",
        "what the model sees; again: as sent, new",
        "what the model sees: items in order, accepted, pending, dropped",
    ),
    LensName(
        "2",
        "diff",
        "changes since the previous request, or the mark",
        "what changed against the previous request, or against the mark",
    ),
    LensName(
        "3",
        "cells",
        "code cells and the waits on them",
        "code cells: every state change, waits and what they returned, nested tools",
    ),
    LensName(
        "4",
        "agents",
        "threads, edges, where each one is",
        "the thread tree, what agents sent each other, where each one is",
    ),
    LensName(
        "5",
        "tokens",
        "what fills the context; usage and cache",
        "what fills the context, recorded usage per request, cache breaks",
    ),
    LensName(
        "6",
        "terminals",
        "commands and their output",
        "terminal sessions and what was typed and printed",
    ),
    LensName("7", "findings", "errors, warnings and notes", "what failed and what is odd"),
    LensName("8", "raw", "the event and its payload as recorded", "the event line and its payloads as JSON"),
)
LENSES_BY_NAME = {one.name: one for one in LENS_NAMES}
