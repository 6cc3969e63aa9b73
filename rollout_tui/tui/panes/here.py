"""What keys do where one is: the first lines of the help."""

from __future__ import annotations

from typing import NamedTuple


class Here(NamedTuple):
    """An action (and with it its opposite) and what it does in a place; empty: what it does everywhere."""

    action_id: str
    words: str = ""


_ROWS = Here("row_down", "next / previous row; the inspector tells what it is")
_COPY = Here("copy")

PLACES: dict[str, tuple[Here, ...]] = {
    "search": (
        Here("hit_next"),
        Here("search", "another search"),
        Here("cancel", "end the search, back to where it began"),
    ),
    "timeline": (
        Here("row_down", "next / previous row, and the cursor with it"),
        Here("open", "fold or unfold; flat list: the event as recorded"),
        Here("outline"),
        Here("over_next", "next / previous row that is not inside this one"),
        Here("out_end"),
    ),
    "context": (
        _ROWS,
        Here("open", "the item whole / back"),
        Here("life_line", "where the item came from, when the model saw it"),
        Here("change_next", "next / previous event that changed the item"),
        Here("lens_context", "again: the request as sent; again: what is new"),
        Here("copy", "copy the item"),
    ),
    "diff": (
        _ROWS,
        Here("open", "the item whole / back"),
        Here("request_next", "next / previous request, each against the one before"),
        Here("mark", "compare with this event from now on / go there"),
        Here("search", "across a compaction: search only what was lost"),
    ),
    "cells": (
        _ROWS,
        Here("open", "the source whole, or the event of the row / back"),
        Here("cell_next"),
        Here("wait_next"),
        Here("same_next", "next / previous event of the cell"),
    ),
    "agents": (
        _ROWS,
        Here("open", "the event of the row / back"),
        Here("agent_next"),
        Here("thread_next"),
    ),
    "tokens": (
        _ROWS,
        Here("open", "the item or the request / back"),
        Here("request_next"),
    ),
    "terminals": (
        _ROWS,
        Here("open", "fold or unfold an output / back"),
        Here("tool_next"),
        _COPY,
    ),
    "findings": (
        _ROWS,
        Here("open", "go to the event / back"),
        Here("problem_next"),
        Here("filter", "errors only; errors and warnings; all"),
    ),
    "raw": (
        _ROWS,
        Here("open", "fold or unfold, or open the payload / back"),
        Here("page_outside"),
        _COPY,
        Here("sideways_right"),
    ),
    "life_line": (
        _ROWS,
        Here("open", "go to the event / back"),
        Here("change_next"),
    ),
    "inspector": (
        _ROWS,
        Here("open", "follow the link / back"),
        Here("change_next"),
        Here("same_next"),
        Here("life_line"),
        _COPY,
    ),
    "recordings": (
        Here("row_down", "next / previous recording"),
        Here("page_down"),
        Here("first", "newest / oldest"),
        Here("open", "open the recording"),
        Here("search", "narrow down: status, folder, model, first words"),
        Here("cancel", "all of them again"),
        Here("back", "to the recording you came from"),
        Here("help"),
        Here("quit"),
    ),
}
"""By pane, lens, state of the program, or screen."""
