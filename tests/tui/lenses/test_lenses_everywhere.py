"""Every lens at every fifth event of every recording at hand: no exception, nothing wider than the pane."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lens_views import LENS_FUNCTIONS, opened, rows, view_at
from recordings_at_hand import corpus_folders, own_folders

from rollout_tui.debugger.kinds import KIND_NAMES
from rollout_tui.graph.snapshot import Objects
from rollout_tui.printable import cells
from rollout_tui.tui.drawing.lens import LensLines, View
from rollout_tui.tui.drawing.targets import Fold, ToObject, ToPayload

WIDTHS = (38, 78, 118)
STEP = 5


def folder_id(folder: Path) -> str:
    return f"{folder.parent.name}-{folder.name}"


@pytest.mark.parametrize("folder", [*own_folders(), *corpus_folders()], ids=folder_id)
def test_every_lens_fits_its_pane_at_every_fifth_event(folder: Path) -> None:
    trace, _ = opened(folder)
    seqs = trace.history.events.seqs
    for event in (*range(1, len(trace), STEP), len(trace)):
        view = replace(view_at(folder, seqs[event]), event=event, snapshot=trace.snapshot(event))
        for name in LENS_FUNCTIONS:
            for width in WIDTHS:
                check(LENS_FUNCTIONS[name](view, width), width, f"{name} at {event}, {width} wide")


@pytest.mark.parametrize("folder", own_folders(), ids=folder_id)
def test_every_object_can_be_inspected_opened_and_followed(folder: Path) -> None:
    trace, _ = opened(folder)
    view = view_at(folder, trace.head)
    for kind in KIND_NAMES:
        for object_id in Objects(trace.history, kind, view.event):
            chosen = replace(view, selection=ToObject(kind, object_id), held=True)
            for name in ("inspector", "raw", "life_line"):
                check(LENS_FUNCTIONS[name](chosen, 58), 58, f"{name} of {kind.__name__} {object_id}")


@pytest.mark.parametrize("folder", own_folders(), ids=folder_id)
def test_every_payload_can_be_inspected_and_opened(folder: Path) -> None:
    trace, _ = opened(folder)
    view = view_at(folder, trace.head)
    for payload_id in trace.history.payloads.ids(len(trace)):
        chosen = replace(view, selection=ToPayload(payload_id), held=True)
        for name in ("inspector", "raw"):
            check(LENS_FUNCTIONS[name](chosen, 58), 58, f"{name} of {payload_id}")


@pytest.mark.parametrize("folder", own_folders()[:6], ids=folder_id)
def test_everything_folded_the_other_way_fits_too(folder: Path) -> None:
    trace, _ = opened(folder)
    seqs = trace.history.events.seqs
    for event in range(1, len(trace), 2 * STEP):
        view = replace(view_at(folder, seqs[event]), event=event, snapshot=trace.snapshot(event))
        for name in LENS_FUNCTIONS:
            toggled = replace(view, folds=fold_keys(LENS_FUNCTIONS[name](view, 78)), hindsight=True)
            check(LENS_FUNCTIONS[name](toggled, 78), 78, f"{name} at {event}")


def test_before_the_first_event_every_lens_says_what_to_do() -> None:
    view = before_the_first(own_folders()[0])
    for name, function in LENS_FUNCTIONS.items():
        if name == "findings":
            # It lists what is to come as well.
            continue
        content = function(view, 60)
        assert len(content) == 0, name
        assert content.empty, name


def before_the_first(folder: Path) -> View:
    trace, _ = opened(folder)
    return replace(view_at(folder, 1), event=0, snapshot=trace.snapshot(0), thread_id=None)


def fold_keys(content: LensLines) -> frozenset[str]:
    targets = (content.line(number).target for number in range(len(content)))
    return frozenset(target.key for target in targets if isinstance(target, Fold))


def check(content: LensLines, width: int, what: str) -> None:
    """The title says something, and no row is wider than the pane or holds a line break."""
    assert content.title, what
    assert len(content) or content.empty, what
    for number, row in enumerate(rows(content)):
        assert cells(row) <= width, f"{what}, row {number}: {row!r}"
    if content.focus is not None:
        assert 0 <= content.focus < len(content), what
