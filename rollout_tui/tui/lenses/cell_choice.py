"""Which of many code cells are shown with all they did: those one is likely to look for."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

from rollout_tui.debugger.kinds import CELL_OVER
from rollout_tui.debugger.waiting.open_work import MOST_OPEN
from rollout_tui.graph.history import object_id
from rollout_tui.graph.objects import CodeCell
from rollout_tui.tui.drawing.lens import View
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.objects.subject import about

LATEST = 4
"""The last so many cells are shown."""
LATEST_ALIVE = 6
"""And the last so many that are alive."""


class CellChoice(NamedTuple):
    """Ids: `alive` cells, the one the event `concerned` (None: no cell), and those to show in full."""

    alive: list[str]
    concerned: str | None
    shown: frozenset[str]


def choose(view: View, ids: list[str]) -> CellChoice:
    """What to show of the cells of a thread, given in the order they started."""
    then = view.snapshot.code_cells
    alive = []
    for one in ids:
        cell = then[one]
        if cell.execution.status == "running" and cell.runtime_status not in CELL_OVER:
            alive.append(one)
    concerned = _concerned(view)
    shown = {*alive[-LATEST_ALIVE:], *ids[-LATEST:], *_waited_on(view)}
    return CellChoice(alive, concerned, frozenset(shown | {concerned} if concerned else shown))


def _waited_on(view: View) -> list[str]:
    """Cells that open waits name."""
    spans, objects = view.spans, view.snapshot.history.objects
    handles = (spans.waited_cells.get(number) for number in islice(spans.open_at(view.event), MOST_OPEN))
    return [object_id(objects[handle]) for handle in handles if handle is not None]


def _concerned(view: View) -> str | None:
    """The cell that the event is about, or that the call is about which the event is about."""
    target = about(view)
    if not isinstance(target, ToObject):
        return None
    if target.kind is CodeCell:
        return target.id
    spans = view.spans
    for number in (spans.span_of(view.event), *spans.ancestors(spans.span_of(view.event))):
        handle = spans.waited_cells.get(number, spans.handles[number])
        made = view.snapshot.history.objects[handle]
        if isinstance(made, CodeCell):
            return made.code_cell_id
    return None
