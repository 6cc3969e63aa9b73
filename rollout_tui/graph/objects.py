"""The objects of the reduced graph, field names and order as in format section 5.

An object is created once at an event and changed only through `History.set`.
What a `Snapshot` hands out are copies with the fields as of its event.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from rollout_tui.graph.ids import Ids
from rollout_tui.graph.values import (
    AgentMessage,
    Anchor,
    Body,
    CodeCellRuntimeStatus,
    ExecCommandRequest,
    Producer,
    Requester,
    RolloutStatus,
    RootOrigin,
    SpawnedOrigin,
    Summary,
    TerminalObservation,
    TerminalResult,
    ToolKind,
    Usage,
    Window,
    WriteStdinRequest,
)


class Object(Struct, gc=False):
    """An object of the graph."""


class Rollout(Object):
    """Identity and status of the recording itself (root fields of the state).

    `recording_complete` is None in schema 1, which has no end mark.
    """

    trace_id: str
    rollout_id: str
    started_at_unix_ms: int
    root_thread_id: str
    ended_at_unix_ms: int | None = None
    status: RolloutStatus = "running"
    recording_complete: bool | None = False


class Thread(Object):
    """An agent thread; `conversation_item_ids` is filled in by `Snapshot`."""

    thread_id: str
    agent_path: str
    nickname: str | None
    origin: RootOrigin | SpawnedOrigin
    execution: Window
    default_model: str | None
    conversation_item_ids: Ids = ()


class CodexTurn(Object):
    """A turn of a thread."""

    codex_turn_id: str
    thread_id: str
    execution: Window
    input_item_ids: Ids = ()


class ConversationItem(Object):
    """An item of the model-visible conversation; format section 7."""

    item_id: str
    responses_item_id: str | UnsetType
    accepted_at_unix_ms: int | UnsetType
    accepted_seq: int | UnsetType
    thread_id: str
    codex_turn_id: str | None
    first_seen_at_unix_ms: int
    role: str
    channel: str | None
    kind: str
    agent_message: AgentMessage | UnsetType
    body: Body
    call_id: str | None
    produced_by: tuple[Producer, ...] = ()


class InferenceCall(Object, kw_only=True):
    """One model request and its response; what has a default is known later."""

    inference_call_id: str
    thread_id: str
    codex_turn_id: str
    execution: Window
    model: str
    provider_name: str
    response_id: str | None = None
    upstream_request_id: str | None = None
    request_item_ids: Ids
    response_item_ids: Ids = ()
    tool_call_ids_started_by_response: Ids = ()
    usage: Usage | None = None
    raw_request_payload_id: str
    raw_response_payload_id: str | None = None


class CodeCell(Object, kw_only=True):
    """Model-written JavaScript run by the `exec` tool (9); what has a default is known later."""

    code_cell_id: str
    model_visible_call_id: str
    thread_id: str
    codex_turn_id: str
    source_item_id: str
    output_item_ids: Ids
    runtime_cell_id: str | None
    execution: Window
    runtime_status: CodeCellRuntimeStatus = "starting"
    initial_response_at_unix_ms: int | None = None
    initial_response_seq: int | None = None
    initial_response_status: CodeCellRuntimeStatus | None = None
    raw_initial_response_payload_id: str | None = None
    raw_result_payload_id: str | None = None
    yielded_at_unix_ms: int | None = None
    yielded_seq: int | None = None
    source_js: str
    nested_tool_call_ids: Ids
    wait_tool_call_ids: Ids = ()


class ToolCall(Object, kw_only=True):
    """A tool call of the model or of a code cell (8); what has a default is known later."""

    tool_call_id: str
    mcp_call_id: str | None = None
    model_visible_call_id: str | None
    code_mode_runtime_tool_id: str | None
    started_code_cell_id: str | UnsetType = UNSET
    thread_id: str
    started_by_codex_turn_id: str | None
    execution: Window
    requester: Requester
    kind: ToolKind
    model_visible_call_item_ids: Ids
    model_visible_output_item_ids: Ids = ()
    terminal_operation_id: str | None
    summary: Summary
    raw_invocation_payload_id: str | None
    raw_result_payload_id: str | None = None
    raw_runtime_payload_ids: Ids = ()


class TerminalSession(Object):
    """A running command that can be written to; without operations it is not there (9.6.1)."""

    terminal_id: str
    thread_id: str
    created_by_operation_id: str
    operation_ids: Ids
    execution: Window


class TerminalOperation(Object):
    """One exec_command or write_stdin."""

    operation_id: str
    terminal_id: str | None
    tool_call_id: str
    kind: str
    execution: Window
    request: ExecCommandRequest | WriteStdinRequest
    result: TerminalResult | None
    model_observations: tuple[TerminalObservation, ...]
    raw_payload_ids: Ids


class Compaction(Object):
    """An installed replacement of a thread's history."""

    compaction_id: str
    thread_id: str
    codex_turn_id: str
    installed_at_unix_ms: int
    marker_item_id: str
    request_ids: Ids
    input_item_ids: Ids
    replacement_item_ids: Ids


class CompactionRequest(Object):
    """A request to the provider to compact a history."""

    compaction_request_id: str
    compaction_id: str
    thread_id: str
    codex_turn_id: str
    execution: Window
    model: str
    provider_name: str
    raw_request_payload_id: str
    raw_response_payload_id: str | None = None


class InteractionEdge(Object):
    """Something one agent gave another; format section 10."""

    edge_id: str
    kind: str
    source: Anchor
    target: Anchor
    started_at_unix_ms: int
    ended_at_unix_ms: int | None
    carried_item_ids: Ids
    carried_raw_payload_ids: Ids


# -- kept beside the state, for questions about it ----------------------------


class Conversation(Object):
    """What the model calls of a thread carry (format section 7.4), keyed by thread id.

    `snapshot` is the last model-facing state: the latest request's items, then what
    responses appended. `replacement` waits for the next request after a compaction.
    `last_request` is the latest inference call.
    """

    thread_id: str
    snapshot: Ids = ()
    replacement: Ids | None = None
    last_request: str | None = None


class PendingEdge(Object):
    """An edge whose receiving item has not been seen (format section 10.1), keyed by edge id.

    `waiting` turns false when it is resolved.
    """

    edge_id: str
    kind: str
    source: Anchor
    target_thread_id: str
    author: str
    text: str
    spawn_child: str | None
    started_at_unix_ms: int
    ended_at_unix_ms: int | None
    carried_raw_payload_ids: Ids
    waiting: bool = True


ID_FIELDS: dict[type[Object], str] = {
    Thread: "thread_id",
    CodexTurn: "codex_turn_id",
    ConversationItem: "item_id",
    InferenceCall: "inference_call_id",
    CodeCell: "code_cell_id",
    ToolCall: "tool_call_id",
    TerminalSession: "terminal_id",
    TerminalOperation: "operation_id",
    Compaction: "compaction_id",
    CompactionRequest: "compaction_request_id",
    InteractionEdge: "edge_id",
    Conversation: "thread_id",
    PendingEdge: "edge_id",
    Rollout: "rollout_id",
}

STATE_COLLECTIONS: dict[str, type[Object]] = {
    "threads": Thread,
    "codex_turns": CodexTurn,
    "conversation_items": ConversationItem,
    "inference_calls": InferenceCall,
    "code_cells": CodeCell,
    "tool_calls": ToolCall,
    "terminal_sessions": TerminalSession,
    "terminal_operations": TerminalOperation,
    "compactions": Compaction,
    "compaction_requests": CompactionRequest,
    "interaction_edges": InteractionEdge,
}
