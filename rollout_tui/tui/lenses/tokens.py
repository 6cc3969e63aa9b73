"""Lens 5: what fills the context, what each request cost, and where the cached prefix broke."""

from __future__ import annotations

from collections.abc import Iterator

from rollout_tui.debugger.indexes import index_of
from rollout_tui.debugger.names import Names
from rollout_tui.debugger.tokens import (
    MOST_REQUESTS,
    ContextTokens,
    RequestCost,
    Share,
    estimate,
    growth,
    request_cost,
)
from rollout_tui.debugger.tokens import tokens as recorded_tokens
from rollout_tui.graph.objects import ConversationItem, InferenceCall
from rollout_tui.graph.values import Usage
from rollout_tui.tui.drawing.lens import JoinedLines, LensLines, LineList, MadeLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, row, wrapped
from rollout_tui.tui.drawing.targets import ToEvent, ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.tui.lenses.growth_plot import growth_lines
from rollout_tui.tui.objects.item_words import item_words
from rollout_tui.tui.objects.labels import STATUS_STYLES
from rollout_tui.tui.objects.subject import find
from rollout_tui.words import count, percent, share, size

BAR = "#"
REST = "."


NEARLY_FULL = 0.8


def tokens(view: View, width: int) -> LensLines:
    """Usage and window, shares by kind, the largest items, requests newest first."""
    names = index_of(view.snapshot.history, Names)
    if view.thread_id is None:
        empty = with_keys("No thread has started yet. Press {request_next} for the next model request.")
        return LineList("tokens", (), empty=empty)
    thread_id, history = view.thread_id, view.snapshot.history
    found = recorded_tokens(view.trace, view.event, thread_id, most=1)
    title = f"tokens {names.thread(thread_id)}"
    if not found.requests:
        sent_none = (
            "This thread has sent no request up to here. Press {request_next} for the next model request."
        )
        return LineList(title, (), empty=with_keys(sent_none))
    sent = found.request_count
    listed = min(sent, MOST_REQUESTS)

    def request_line(number: int) -> Line:
        return _request_line(
            view, request_cost(history, thread_id, sent - 1 - number, view.event), names, width
        )

    earlier = f"and {sent - listed:,} earlier ones" if sent > listed else ""
    told = f"at #{view.snapshot.seq}  {count(sent, 'request')}"
    return JoinedLines(
        LineList(title, _usage_lines(view, found, names, width), told),
        LineList("", growth_lines(growth(history, thread_id, view.event, width), width)),
        LineList("", _share_lines(found, width)),
        LineList("", _largest_lines(view, found, width)),
        LineList("", (NOTHING, line(Piece("requests, newest first", "heading")), _request_heading(width))),
        MadeLines("", listed, request_line),
        LineList("", wrapped(earlier, width, "dim", 1) if earlier else ()),
    )  # fmt: skip


def _bar(part: float, width: int) -> str:
    filled = min(width, max(1 if part > 0 else 0, round(min(part, 1.0) * width)))
    return BAR * filled + REST * (width - filled)


# -- usage and shares --------------------------------------------------------------------


def _usage_lines(view: View, found: ContextTokens, names: Names, width: int) -> Iterator[Line]:
    usage = found.usage
    if usage is None:
        yield from wrapped(_why_no_usage(view, found, names), width, "dim", 1)
    else:
        yield from _usage_rows(usage, width)
    about = Piece(f"  in items, ~{estimate(found.size_bytes):,} tokens", "dim")
    yield clipped(line(Piece(" context  ", "dim"), Piece(size(found.size_bytes), "strong"), about), width)
    if found.window is None:
        yield line(Piece(" window   ", "dim"), "not recorded")
        return
    used = usage.input_tokens + usage.output_tokens if usage else 0
    full = share(used, found.window)
    room = max(8, min(40, width - 40))
    yield clipped(
        line(
            Piece(" window   ", "dim"),
            f"{found.window:,} tokens  ",
            Piece(_bar(full, room), "warning" if full > NEARLY_FULL else "accent"),
            f"  {percent(used, found.window)} used",
        ),
        width,
    )


def _why_no_usage(view: View, found: ContextTokens, names: Names) -> str:
    last = found.requests[-1].inference_call_id
    call = find(view.snapshot, InferenceCall, last)
    if call is None or call.execution.status == "running":
        return "usage not recorded yet: the first answer is still to come"
    return f"no usage recorded: {names.inference(last)} {call.execution.status}"


def _usage_rows(usage: Usage, width: int) -> Iterator[Line]:
    """In one row where there is room, else one value a row."""
    pieces = list(_usage_pieces(usage))
    whole = line(Piece(" usage    ", "dim"), *pieces)
    if whole.width <= width:
        yield whole
        return
    for number, piece in enumerate(pieces):
        name = "          " if number else " usage    "
        yield clipped(line(Piece(name, "dim"), Piece(piece.text.strip(), piece.style)), width)


def _usage_pieces(usage: Usage) -> Iterator[Piece]:
    yield Piece(f"input {usage.input_tokens:,}", "strong")
    yield Piece(
        f"  cached {usage.cached_input_tokens:,} ({percent(usage.cached_input_tokens, usage.input_tokens)})"
    )
    yield Piece(f"  output {usage.output_tokens:,}")
    if usage.reasoning_output_tokens:
        yield Piece(f" (reasoning {usage.reasoning_output_tokens:,})", "reasoning")


def _share_lines(found: ContextTokens, width: int) -> Iterator[Line]:
    yield NOTHING
    yield line(Piece("by kind", "heading"))
    room = max(6, min(50, width - 46))
    for one in found.categories:
        yield row(
            width,
            Cell(f" {one.name}", "", 15),
            Cell(_bar(one.share, room), "accent", room, drop=2),
            Cell(f"{100 * one.share:.0f} %", "strong", 5, "right"),
            Cell(size(one.size_bytes), "dim", 8, "right"),
            Cell(count(one.items, "item"), "dim", drop=1),
        )


def _largest_lines(view: View, found: ContextTokens, width: int) -> Iterator[Line]:
    yield NOTHING
    yield line(Piece("largest items", "heading"))
    for one in found.largest:
        yield _largest_line(view, one, width)


def _largest_line(view: View, one: Share, width: int) -> Line:
    words = item_words(view, one.name)
    return row(
        width,
        Cell(f" {100 * one.share:.0f} %", "strong", 5, "right"),
        Cell(size(one.size_bytes), "dim", 8, "right"),
        Cell(words.role, words.style, 4),
        Cell(words.text, "", FLEXIBLE),
        Cell(words.name, "dim", drop=1),
        target=ToObject(ConversationItem, one.name),
    )


# -- requests ------------------------------------------------------------------------------


def _request_heading(width: int) -> Line:
    return row(
        width,
        Cell("", "", 6),
        Cell("", "", 12, drop=2),
        Cell("items", "dim", 6, "right", drop=4),
        Cell("input", "dim", 9, "right"),
        Cell("cached", "dim", 14, "right"),
        Cell("output", "dim", 7, "right", drop=3),
        Cell("prefix as in the request before", "dim", FLEXIBLE, drop=1, least=16),
    )


def _request_line(view: View, cost: RequestCost, names: Names, width: int) -> Line:
    usage = cost.usage
    call = find(view.snapshot, InferenceCall, cost.inference_call_id)
    status = call.execution.status if call else "running"
    return row(
        width,
        Cell(f" #{view.snapshot.history.events.seqs[cost.event]}", "dim", 6),
        Cell(names.inference(cost.inference_call_id), "inference", 12, drop=2),
        Cell(f"{cost.items:,}", "", 6, "right", drop=4),
        Cell(
            f"{usage.input_tokens:,}" if usage else status, "" if usage else STATUS_STYLES[status], 9, "right"
        ),
        Cell(_cached(usage), "", 14, "right"),
        Cell(f"{usage.output_tokens:,}" if usage else "", "", 7, "right", drop=3),
        *_prefix_cells(view, cost),
        target=ToEvent(cost.event) if cost.broke is None else ToObject(ConversationItem, cost.broke),
    )


def _cached(usage: Usage | None) -> str:
    if usage is None:
        return ""
    return f"{usage.cached_input_tokens:,}  {percent(usage.cached_input_tokens, usage.input_tokens):>5}"


def _prefix_cells(view: View, cost: RequestCost) -> Iterator[Cell]:
    if cost.broken is None:
        told = f"stable {cost.stable:,} of {cost.before:,}" if cost.before else "the first"
        yield Cell(told, "dim", FLEXIBLE, drop=1, least=16)
        return
    words = item_words(view, cost.broken)
    what = f"{words.role} {words.text}" if cost.broke else f"{words.role} {words.text} is gone"
    yield Cell(
        f"! broke at {cost.stable + 1} of {cost.before}: {what}", "warning", FLEXIBLE, drop=1, least=18
    )
