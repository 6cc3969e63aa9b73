"""A recording in numbers, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rollout_tui.debugger.context.headings import message_text
from rollout_tui.debugger.names import item_name
from rollout_tui.debugger.stories.agent_edges import KINDS, name
from rollout_tui.export.table import GAP, table, wrapped
from rollout_tui.printable import line_end
from rollout_tui.words import count, duration

_KINDS = ("total", "model", "tools", "waits", "compaction", "idle")
_BREAKS, _EDGES = 5, 20
"""So many are listed; --json has all."""
_LEAST_OF_A_PATH, _MOST_OF_A_PATH = 8, 24
_RIGHT = tuple(range(1, len(_KINDS) + 1))


def summary_text(told: Mapping[str, Any], width: int) -> Iterator[str]:
    """What `summary --json` says, for people."""
    identity, events = told["identity"], told["events"]
    yield from table([("rollout", identity["rollout_id"]), ("trace", identity["trace_id"])], width)
    yield f"schema {identity['schema_version']}, {told['status']}, recording {told['recording']}"
    yield (
        f"{count(events['count'], 'event')} over {duration(events['duration_ms'])}"
        + (f", #{events['first_seq']} to #{events['last_seq']}" if events["count"] else "")
    )
    yield ""
    rows = [
        (
            name.replace("_", " "),
            str(by["total"]),
            ", ".join(f"{how} {by[how]}" for how in by if how != "total"),
        )
        for name, by in told["counts"].items()
        if by["total"]
    ]
    yield from table(rows, width, right=(1,))
    yield ""
    yield from wrapped(_tokens(told["tokens"]), width)
    yield from _tokens_by_thread(told, width)
    yield from _prefix_breaks(told["requests"], width)
    if told["turns"]:
        yield ""
        yield from table([*_times(told, width)], width, flexible=0, right=_RIGHT)
    if told["slowest"]:
        yield ""
        yield "longest tool calls:"
        yield from table([_call(one) for one in told["slowest"]], width, flexible=3, right=(0, 1))
    if told["edges"]:
        yield ""
        yield "agents gave each other:"
        yield from table([_edge(one) for one in told["edges"][:_EDGES]], width, flexible=4, right=(0,))
        if len(told["edges"]) > _EDGES:
            yield f"and {len(told['edges']) - _EDGES:,} more"
    found = told["findings"]
    yield ""
    yield "   ".join(count(found[severity], severity) for severity in found)


def _tokens(tokens: Mapping[str, Any]) -> str:
    if not tokens["calls"]:
        return "tokens: no call has recorded usage"
    return (
        f"tokens of {count(tokens['calls'], 'call')}: {tokens['input_tokens']:,} in "
        f"({tokens['cached_input_tokens']:,} cached), {tokens['output_tokens']:,} out "
        f"({tokens['reasoning_output_tokens']:,} reasoning)"
    )


def _tokens_by_thread(told: Mapping[str, Any], width: int) -> Iterator[str]:
    """Where several threads used tokens: each of them."""
    by_thread = told["tokens"]["by_thread"]
    if len(by_thread) > 1:
        paths = {turn["thread_id"]: turn["agent_path"] for turn in told["turns"]}
        yield from table(
            [
                (
                    "",
                    paths.get(thread_id) or thread_id,
                    count(used["calls"], "call"),
                    f"{used['input_tokens']:,} in ({used['cached_input_tokens']:,} cached)",
                    f"{used['output_tokens']:,} out",
                )
                for thread_id, used in by_thread.items()
            ],
            width,
            flexible=1,
            right=(2, 3, 4),
            keep_end=True,
        )


def _call(one: Mapping[str, Any]) -> tuple[str, ...]:
    status = "" if one["status"] == "completed" else one["status"]
    where = line_end(one["agent_path"] or one["thread_id"], _MOST_OF_A_PATH)
    return (f"#{one['started_seq']}", duration(one["duration_ms"]), where, one["label"], status)


def _prefix_breaks(requests: Sequence[Mapping[str, Any]], width: int) -> Iterator[str]:
    """Requests that did not begin as the one before: what the provider had cached of that was of no use."""
    broken = [one for one in requests if one["first_changed"] is not None]
    for one in broken[:_BREAKS]:
        cached = one["cached_input_tokens"]
        told = "" if cached is None else f", {cached:,} of {one['input_tokens']:,} tokens cached"
        yield from wrapped(
            f"#{one['seq']} repeats {one['stable_items']} of the {one['items_before']} items before: "
            f"{item_name(one['first_changed'])} is gone or changed{told}",
            width,
        )
    if len(broken) > _BREAKS:
        yield f"and {len(broken) - _BREAKS:,} more requests that begin otherwise"


def _edge(one: Mapping[str, Any]) -> tuple[str, ...]:
    seen = "not seen" if one["seen_seq"] is None else f"seen #{one['seen_seq']}"
    return (
        f"#{one['seq']}",
        KINDS[one["kind"]],
        f"{name(one['source_path'])} -> {name(one['target_path'])}",
        "" if one["kind"] == "close_agent" else seen,
        " ".join(message_text(one["text"]).split()),
    )


def _times(told: Mapping[str, Any], width: int) -> Iterator[tuple[str, ...]]:
    """Rows of where the time of each turn went; of a long path its end is told, where paths differ."""
    spent = [*(turn["durations_ms"] for turn in told["turns"]), told["durations_ms"]]
    figures = [tuple(duration(one[kind]) for kind in _KINDS) for one in spent]
    room = width - sum(max(map(len, column)) + len(GAP) for column in zip(_KINDS, *figures, strict=True))
    yield ("time spent", *_KINDS)
    for turn, row in zip(told["turns"], figures, strict=False):
        which = f" turn {turn['number']} {turn['status']}"
        whose = line_end(turn["agent_path"] or turn["thread_id"], max(_LEAST_OF_A_PATH, room - len(which)))
        yield (whose + which, *row)
    if len(told["turns"]) > 1:
        yield ("all turns", *figures[-1])
