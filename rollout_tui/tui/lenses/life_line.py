"""The life line: the way of a text from where it was made to the model, and when the model lost it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rollout_tui.debugger.changes.change_words import in_words
from rollout_tui.debugger.moving.related import Subject, events_of
from rollout_tui.debugger.stories.hops import Hop
from rollout_tui.debugger.stories.lifeline import LifeLine, Moment
from rollout_tui.debugger.stories.lifeline import life_line as recorded_life_line
from rollout_tui.graph import objects
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, line, restyled, row, wrapped
from rollout_tui.tui.drawing.targets import ToEvent, ToObject
from rollout_tui.tui.keys import key_of, with_keys
from rollout_tui.tui.objects.labels import label
from rollout_tui.tui.objects.subject import subject
from rollout_tui.words import since_start

_CARRIERS: tuple[type[Object], ...] = (
    objects.InferenceCall,
    objects.ToolCall,
    objects.Compaction,
    objects.ConversationItem,
    objects.TerminalOperation,
    objects.CodeCell,
    objects.InteractionEdge,
    objects.PendingEdge,
)


def life_line(view: View, width: int) -> LensLines:
    """The life of what is chosen, else of what the event is about."""
    target = subject(view)
    if not isinstance(target, ToObject):
        hint = (
            "Choose an item, a call or a cell first: press {lens_context} or {lens_cells}, go to its row "
            "with {row_down} and {row_up}, then {life_line}."
        )
        return LineList("life line", (), empty=with_keys(hint))
    history = view.snapshot.history
    found = recorded_life_line(view.trace, target.id, view.event)
    words = label(history, target).text
    title = f"life line of {found.title if found else words}"
    parts: list[LensLines] = [LineList(title, (), words if found else "")]
    if found is not None:
        parts.append(LineList("", _way(view, found, width)))
        parts.append(LineList("", _life(view, found, width)))
        parts.append(LineList("", (NOTHING,)))
    parts.append(_changed_by(view, target, width))
    return JoinedLines(*parts)


# -- its way to the model --------------------------------------------------------------


def _way(view: View, found: LifeLine, width: int) -> Iterator[Line]:
    if not found.hops:
        yield from wrapped("Nothing of it is recorded yet: it is still being made.", width, "dim", 1)
        return
    pieces: list[Piece] = []
    for number, hop in enumerate(found.hops):
        pieces.append(Piece(" -> " if number else " ", "dim"))
        pieces.append(Piece(f"{hop.place} {hop.size_bytes:,} B", _hop_style(hop)))
        if hop.cut or hop.shorter:
            pieces.append(Piece(" (cut)" if hop.cut else " (shorter)", "warning"))
    whole = line(*pieces)
    if whole.width <= width and len(found.hops) > 1:
        yield whole
        yield NOTHING
    yield line(Piece("its way to the model", "heading"))
    for hop in found.hops:
        yield _hop_line(view.snapshot.history, hop, width)
    if found.hops[-1].place != "model":
        yield from wrapped("not in the conversation yet: the model has not seen it", width, "warning", 2)


def _hop_style(hop: Hop) -> str:
    return "ok" if hop.place == "model" else "strong"


def _hop_line(history: History, hop: Hop, width: int) -> Line:
    told = f'cut: "{hop.cut}"' if hop.cut else "shorter than before" if hop.shorter else ""
    return row(
        width,
        Cell(f" #{history.events.seqs[hop.event]}", "dim", 7),
        Cell(hop.place, _hop_style(hop), 11),
        Cell(f"{hop.size_bytes:,} B", "", 13, "right"),
        Cell(told, "warning", FLEXIBLE, drop=1),
        target=_target(history, hop.id) or ToEvent(hop.event),
    )


# -- what happened to it -----------------------------------------------------------------


def _life(view: View, found: LifeLine, width: int) -> Iterator[Line]:
    history = view.snapshot.history
    yield NOTHING
    yield line(Piece("what happened to it", "heading"))
    for moment in found.moments:
        yield _moment_line(history, moment, width)
    if found.item_id is None:
        return
    if found.first_carried is None:
        yield from wrapped(
            "no request up to here has carried it: the model has not seen it", width, "warning", 2
        )
    elif found.dropped is None:
        yield from wrapped("it is in the model's context", width, "ok", 2)


def _moment_line(history: History, moment: Moment, width: int) -> Line:
    target = _target(history, moment.id)
    by = label(history, target).text if isinstance(target, ToObject) else ""
    style = "removed" if moment.what == "dropped" else ""
    return row(
        width,
        Cell(f" #{history.events.seqs[moment.event]}", "dim", 7),
        Cell(moment.what, style, 21),
        Cell(f"by {by}" if by else "", "dim", FLEXIBLE),
        target=ToEvent(moment.event),
    )


def _target(history: History, object_id: str | None) -> ToObject | None:
    if object_id is None:
        return None
    for kind in _CARRIERS:
        if history.handle(kind, object_id) is not None:
            return ToObject(kind, object_id)
    return None


# -- every event that changed it ------------------------------------------------------------


def _changed_by(view: View, target: ToObject, width: int) -> LensLines:
    history = view.snapshot.history
    events = events_of(view.spans, Subject(target.kind, target.id), only_changes=True)
    shown: Sequence[int] = events if view.hindsight else [one for one in events if one <= view.event]
    head: list[Line] = [line(Piece("changed by", "heading"))]
    if not shown:
        head += wrapped("no event up to here", width, "dim", 1)
    start = history.events.times[1] if history.head else 0

    def make(number: int) -> Line:
        event = shown[number]
        what = "; ".join(in_words(history, event)) or history.events.type(event)
        made = row(
            width,
            Cell(f" #{history.events.seqs[event]}", "dim", 7),
            Cell(since_start(history.events.times[event] - start), "dim", 9, "right", drop=1),
            Cell(what, "", FLEXIBLE),
            target=ToEvent(event),
        )
        return restyled(made, "future") if event > view.event else made

    more = len(events) - len(shown)
    hidden = f"{more} more after #{view.snapshot.seq}: {key_of('hindsight')} shows them"
    tail = LineList("", wrapped(hidden, width, "dim", 1) if more else ())
    return JoinedLines(LineList("", head), MadeLines("", len(shown), make), tail)
