"""JSON schemas (draft 2020-12) of what every `--json` prints; `rollout-tui help schema NAME` shows one.

Ids and seqs are those of the trace. Times are milliseconds since 1970, durations milliseconds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from rollout_tui.debugger.findings.finding_codes import CODES, SEVERITIES

Schema: TypeAlias = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

STRING: Schema = {"type": "string"}
INTEGER: Schema = {"type": "integer"}
BOOLEAN: Schema = {"type": "boolean"}
BOOLEAN_OR_NULL: Schema = {"type": ["boolean", "null"]}
STRING_OR_NULL: Schema = {"type": ["string", "null"]}
INTEGER_OR_NULL: Schema = {"type": ["integer", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}


def _object(fields: dict[str, Schema]) -> Schema:
    """An object with exactly these fields."""
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _document(description: str, fields: dict[str, Schema]) -> Schema:
    """What a command prints."""
    return _said(_object(fields), description)


def _list(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


def _map(values: Schema, description: str = "") -> Schema:
    made: Schema = {"type": "object", "additionalProperties": values}
    return made | ({"description": description} if description else {})


def _one_of(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


def _said(schema: Schema, description: str) -> Schema:
    return schema | {"description": description}


_PRODUCER: Schema = {
    "type": "object",
    "properties": {
        "type": _one_of("inference", "tool", "code_cell", "compaction"),
        "inference_call_id": STRING,
        "tool_call_id": STRING,
        "code_cell_id": STRING,
        "compaction_id": STRING,
    },
    "required": ["type"],
    "additionalProperties": False,
}

_CONTEXT_ITEM = _object(
    {
        "item_id": _said(STRING_OR_NULL, "null for a pending item"),
        "role": _one_of("system", "developer", "user", "assistant", "tool"),
        "kind": STRING,
        "channel": STRING_OR_NULL,
        "status": _one_of("in_context", "accepted", "pending", "dropped"),
        "first_seen_seq": INTEGER,
        "text": _said(STRING_OR_NULL, "the whole text; null where only the provider can read it"),
        "call_id": STRING_OR_NULL,
        "produced_by": _list(_PRODUCER, "as in the reduced state"),
    },
)

_WAITING = _object(
    {
        "kind": _one_of(
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
        "age_ms": _said(COUNT, "time of the event asked for minus that of since_seq"),
        "parent": _said(INTEGER_OR_NULL, "index of what holds it, in the same list"),
    },
)

_SEVERITY = _one_of(*SEVERITIES)
_EXECUTION_STATUS = _one_of("running", "completed", "failed", "cancelled", "aborted")

_DURATIONS = _object(
    {"total": COUNT, "model": COUNT, "tools": COUNT, "waits": COUNT, "compaction": COUNT, "idle": COUNT}
)

_USAGE: dict[str, Schema] = {
    "calls": _said(COUNT, "calls with recorded usage"),
    "input_tokens": COUNT,
    "cached_input_tokens": COUNT,
    "cache_write_input_tokens": COUNT,
    "output_tokens": COUNT,
    "reasoning_output_tokens": COUNT,
}

SCHEMAS: dict[str, Schema] = {
    "context": _document(
        "what a thread had in its context at an event",
        {
            "seq": INTEGER,
            "thread_id": STRING,
            "items": _list(
                _CONTEXT_ITEM, "in_context in their order, then accepted, pending, dropped by first_seen_seq"
            ),
        },
    ),
    "life_line": _document(
        "context --item: the way of one text to the model",
        {
            "title": STRING,
            "thread_id": STRING,
            "item_id": _said(STRING_OR_NULL, "null while nothing of it is in the conversation"),
            "hops": _list(
                _object(
                    {
                        "place": _one_of("terminal", "tool value", "cell output", "model"),
                        "id": STRING,
                        "seq": INTEGER,
                        "size_bytes": COUNT,
                        "cut": _said(STRING_OR_NULL, "the mark left where it was shortened"),
                        "shorter": _said(BOOLEAN, "fewer bytes arrived than left the place before"),
                    },
                )
            ),
            "moments": _list(_object({"what": STRING, "seq": INTEGER, "by": STRING_OR_NULL})),
            "first_carried_seq": _said(INTEGER_OR_NULL, "null: no request has carried it"),
            "last_carried_seq": INTEGER_OR_NULL,
            "dropped_seq": INTEGER_OR_NULL,
            "dropped_by": STRING_OR_NULL,
        },
    ),
    "blocked": _list(
        _object(
            {
                "thread_id": STRING,
                "agent_path": STRING,
                "blocked_on": _list(_WAITING, "what the running turn waits for, parents first"),
                "background": _list(_WAITING, "open work that nobody waits for"),
            },
        ),
        "every thread that has started and not ended",
    ),
    "findings": _list(
        _object(
            {
                "code": _one_of(*CODES),
                "severity": _SEVERITY,
                "seq": INTEGER,
                "thread_id": STRING_OR_NULL,
                "object_id": STRING_OR_NULL,
                "message": STRING,
            },
        ),
        "in seq order",
    ),
    "diff": _document(
        "the context of a thread at b against that at a",
        {
            "a": INTEGER,
            "b": INTEGER,
            "thread_id": STRING,
            "unchanged": COUNT,
            "added": _list(STRING, "item ids"),
            "removed": _list(STRING, "item ids"),
            "changed": _list(_object({"item_id": STRING, "before": STRING_OR_NULL, "after": STRING_OR_NULL})),
        },
    ),
    "summary": _document(
        "a recording in numbers",
        {
            "identity": _object(
                {
                    "trace_id": STRING,
                    "rollout_id": STRING,
                    "root_thread_id": STRING,
                    "schema_version": INTEGER,
                    "started_at_unix_ms": INTEGER,
                    "ended_at_unix_ms": INTEGER_OR_NULL,
                },
            ),
            "status": _one_of("running", "completed", "failed", "aborted"),
            "recording": _one_of("live", "ended", "stopped"),
            "recording_complete": _said(BOOLEAN_OR_NULL, "null in schema 1, which has no end mark"),
            "events": _object(
                {
                    "count": COUNT,
                    "first_seq": INTEGER_OR_NULL,
                    "last_seq": INTEGER_OR_NULL,
                    "duration_ms": INTEGER,
                }
            ),
            "counts": _map(_map(COUNT), "by collection: total, then by status or kind"),
            "tokens": _object({**_USAGE, "by_thread": _map(_object(_USAGE))}),
            "requests": _list(
                _object(
                    {
                        "inference_call_id": STRING,
                        "thread_id": STRING,
                        "seq": INTEGER,
                        "items": COUNT,
                        "items_before": _said(COUNT, "items of the thread's request before, 0 for the first"),
                        "stable_items": _said(COUNT, "how many of those it repeats at its start"),
                        "first_changed": _said(
                            STRING_OR_NULL, "the item of the request before that broke the prefix"
                        ),
                        "input_tokens": COUNT_OR_NULL,
                        "cached_input_tokens": COUNT_OR_NULL,
                        "output_tokens": COUNT_OR_NULL,
                    },
                ),
                "in order; tokens are null where no usage is recorded",
            ),
            "edges": _list(
                _object(
                    {
                        "edge_id": STRING,
                        "kind": _one_of(
                            "spawn_agent", "assign_agent_task", "send_message", "agent_result", "close_agent"
                        ),
                        "seq": _said(INTEGER, "where it first was known"),
                        "source_thread_id": STRING_OR_NULL,
                        "source_path": STRING,
                        "target_thread_id": STRING_OR_NULL,
                        "target_path": STRING,
                        "text": STRING,
                        "delivered_seq": _said(INTEGER_OR_NULL, "where an item of the receiver carries it"),
                        "seen_seq": _said(INTEGER_OR_NULL, "the receiver's first request with that item"),
                    },
                ),
                "what agents gave each other, in order",
            ),
            "durations_ms": _said(
                _DURATIONS, "over all turns; those of several threads add up although they overlap"
            ),
            "turns": _list(
                _object(
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
            "slowest": _list(
                _object(
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
            "findings": _object({"error": COUNT, "warning": COUNT, "note": COUNT}),
        },
    ),
    "check": _document(
        "whether the recording itself is sound",
        {
            "sound": BOOLEAN,
            "problems": _list(
                _object(
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
