"""Evidence that does not fit, by what it is about: each module notes its ways in `case.CASES`."""

from . import agents, calls, cells, conversations, lines, payloads, terminals, threads
from .case import CASES, OTHER, Way

__all__ = [
    "CASES",
    "OTHER",
    "Way",
    "agents",
    "calls",
    "cells",
    "conversations",
    "lines",
    "payloads",
    "terminals",
    "threads",
]
