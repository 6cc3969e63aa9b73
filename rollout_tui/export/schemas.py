"""JSON schemas (draft 2020-12) of what every `--json` prints; `rollout-tui help schema NAME` shows one.

Ids and seqs are those of the trace. Times are milliseconds since 1970, durations milliseconds.
"""

from __future__ import annotations

from rollout_tui.debugger.findings.finding_codes import CODES, SEVERITIES
from rollout_tui.export.schema_forms import (
    BOOLEAN,
    BOOLEAN_OR_NULL,
    COUNT,
    COUNT_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    STRING,
    STRING_OR_NULL,
    Schema,
    document,
    list_of,
    map_of,
    object_with,
    one_of,
    said,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PRODUCER: Schema = {
    "type": "object",
    "properties": {
        "type": one_of("inference", "tool", "code_cell", "compaction"),
        "inference_call_id": STRING,
        "tool_call_id": STRING,
        "code_cell_id": STRING,
        "compaction_id": STRING,
    },
    "required": ["type"],
    "additionalProperties": False,
}

_CONTEXT_ITEM = object_with(
    {
        "item_id": said(STRING_OR_NULL, "null for a pending item"),
        "role": one_of("system", "developer", "user", "assistant", "tool"),
        "kind": STRING,
        "channel": STRING_OR_NULL,
        "status": one_of("in_context", "accepted", "pending", "dropped"),
        "first_seen_seq": INTEGER,
        "text": said(STRING_OR_NULL, "the whole text; null where only the provider can read it"),
        "call_id": STRING_OR_NULL,
        "produced_by": list_of(_PRODUCER, "as in the reduced state"),
    },
)

_WAITING = object_with(
    {
        "kind": one_of(
            "turn",
            "inference",
            "tool_call",
            "wait",
            "code_cell",
            "terminal_operation",
            "agent",
            "compaction_request",
        ),
        "id": STRING,
        "label": STRING,
        "since_seq": INTEGER,
        "age_ms": said(COUNT, "time of the event asked for minus that of since_seq"),
        "parent": said(INTEGER_OR_NULL, "index of what holds it, in the same list"),
    },
)

_SEVERITY = one_of(*SEVERITIES)
_EXECUTION_STATUS = one_of("running", "completed", "failed", "cancelled", "aborted")

_DURATIONS = object_with(
    {"total": COUNT, "model": COUNT, "tools": COUNT, "waits": COUNT, "compaction": COUNT, "idle": COUNT}
)

_USAGE: dict[str, Schema] = {
    "calls": said(COUNT, "calls with recorded usage"),
    "input_tokens": COUNT,
    "cached_input_tokens": COUNT,
    "cache_write_input_tokens": COUNT,
    "output_tokens": COUNT,
    "reasoning_output_tokens": COUNT,
}

SCHEMAS: dict[str, Schema] = {
    "context": document(
        "what a thread had in its context at an event",
        {
            "seq": INTEGER,
            "thread_id": STRING,
            "items": list_of(
                _CONTEXT_ITEM, "in_context in their order, then accepted, pending, dropped by first_seen_seq"
            ),
        },
    ),
    "life_line": document(
        "context --item: the way of one text to the model",
        {
            "title": STRING,
            "thread_id": STRING,
            "item_id": said(STRING_OR_NULL, "null while nothing of it is in the conversation"),
            "hops": list_of(
                object_with(
                    {
                        "place": one_of("terminal", "tool value", "cell output", "model"),
                        "id": STRING,
                        "seq": INTEGER,
                        "size_bytes": COUNT,
                        "cut": said(STRING_OR_NULL, "the mark left where it was shortened"),
                        "shorter": said(BOOLEAN, "fewer bytes arrived than left the place before"),
                    },
                )
            ),
            "moments": list_of(object_with({"what": STRING, "seq": INTEGER, "by": STRING_OR_NULL})),
            "first_carried_seq": said(INTEGER_OR_NULL, "null: no request has carried it"),
            "last_carried_seq": INTEGER_OR_NULL,
            "dropped_seq": INTEGER_OR_NULL,
            "dropped_by": STRING_OR_NULL,
        },
    ),
    "blocked": list_of(
        object_with(
            {
                "thread_id": STRING,
                "agent_path": STRING,
                "blocked_on": list_of(_WAITING, "what the running turn waits for, parents first"),
                "background": list_of(_WAITING, "open work that nobody waits for"),
            },
        ),
        "every thread that has started and not ended",
    ),
    "findings": list_of(
        object_with(
            {
                "code": one_of(*CODES),
                "severity": _SEVERITY,
                "seq": INTEGER,
                "thread_id": STRING_OR_NULL,
                "object_id": STRING_OR_NULL,
                "message": STRING,
            },
        ),
        "in seq order",
    ),
    "diff": document(
        "the context of a thread at b against that at a",
        {
            "a": INTEGER,
            "b": INTEGER,
            "thread_id": STRING,
            "unchanged": COUNT,
            "added": list_of(STRING, "item ids"),
            "removed": list_of(STRING, "item ids"),
            "changed": list_of(
                object_with({"item_id": STRING, "before": STRING_OR_NULL, "after": STRING_OR_NULL})
            ),
        },
    ),
    "summary": document(
        "a recording in numbers",
        {
            "identity": object_with(
                {
                    "trace_id": STRING,
                    "rollout_id": STRING,
                    "root_thread_id": STRING,
                    "schema_version": INTEGER,
                    "started_at_unix_ms": INTEGER,
                    "ended_at_unix_ms": INTEGER_OR_NULL,
                },
            ),
            "status": one_of("running", "completed", "failed", "aborted"),
            "recording": one_of("live", "ended", "stopped"),
            "recording_complete": said(BOOLEAN_OR_NULL, "null in schema 1, which has no end mark"),
            "events": object_with(
                {
                    "count": COUNT,
                    "first_seq": INTEGER_OR_NULL,
                    "last_seq": INTEGER_OR_NULL,
                    "duration_ms": INTEGER,
                }
            ),
            "counts": map_of(map_of(COUNT), "by collection: total, then by status or kind"),
            "tokens": object_with({**_USAGE, "by_thread": map_of(object_with(_USAGE))}),
            "requests": list_of(
                object_with(
                    {
                        "inference_call_id": STRING,
                        "thread_id": STRING,
                        "seq": INTEGER,
                        "items": COUNT,
                        "items_before": said(COUNT, "items of the thread's request before, 0 for the first"),
                        "stable_items": said(COUNT, "how many of those it repeats at its start"),
                        "first_changed": said(
                            STRING_OR_NULL, "the item of the request before that broke the prefix"
                        ),
                        "input_tokens": COUNT_OR_NULL,
                        "cached_input_tokens": COUNT_OR_NULL,
                        "output_tokens": COUNT_OR_NULL,
                    },
                ),
                "in order; tokens are null where no usage is recorded",
            ),
            "edges": list_of(
                object_with(
                    {
                        "edge_id": STRING,
                        "kind": one_of(
                            "spawn_agent", "assign_agent_task", "send_message", "agent_result", "close_agent"
                        ),
                        "seq": said(INTEGER, "where it first was known"),
                        "source_thread_id": STRING_OR_NULL,
                        "source_path": STRING,
                        "target_thread_id": STRING_OR_NULL,
                        "target_path": STRING,
                        "text": STRING,
                        "delivered_seq": said(INTEGER_OR_NULL, "where an item of the receiver carries it"),
                        "seen_seq": said(INTEGER_OR_NULL, "the receiver's first request with that item"),
                    },
                ),
                "what agents gave each other, in order",
            ),
            "durations_ms": said(
                _DURATIONS, "over all turns; those of several threads add up although they overlap"
            ),
            "turns": list_of(
                object_with(
                    {
                        "codex_turn_id": STRING,
                        "thread_id": STRING,
                        "agent_path": STRING_OR_NULL,
                        "number": COUNT,
                        "status": _EXECUTION_STATUS,
                        "started_seq": INTEGER,
                        "durations_ms": _DURATIONS,
                    },
                )
            ),
            "slowest": list_of(
                object_with(
                    {
                        "tool_call_id": STRING,
                        "thread_id": STRING,
                        "agent_path": STRING_OR_NULL,
                        "label": STRING,
                        "status": _EXECUTION_STATUS,
                        "started_seq": INTEGER,
                        "duration_ms": INTEGER,
                    },
                ),
                "the five tool calls that took longest; one that never ended up to the last event",
            ),
            "findings": object_with({"error": COUNT, "warning": COUNT, "note": COUNT}),
        },
    ),
    "check": document(
        "whether the recording itself is sound",
        {
            "sound": BOOLEAN,
            "problems": list_of(
                object_with(
                    {
                        "code": STRING,
                        "severity": _SEVERITY,
                        "line": INTEGER_OR_NULL,
                        "seq": INTEGER_OR_NULL,
                        "message": STRING,
                    }
                )
            ),
        },
    ),
}
"""The schema of each command's `--json`."""


def schema(name: str) -> Schema:
    """The schema of one command's `--json`, with its dialect. Raises KeyError."""
    return {"$schema": DIALECT, "title": f"rollout-tui {name} --json"} | SCHEMAS[name]
