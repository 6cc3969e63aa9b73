"""What an event says, by its type, as structs: all types of both schemas (format section 3)."""

# Annotations are not postponed: see `events`.

from typing import TypeAlias

from msgspec import Raw

from rollout_tui.immutable import Value, full_name
from rollout_tui.trace.event_values import (
    CodeCellRuntimeRequester,
    CodeCellRuntimeStatus,
    ExecutionStatus,
    ModelRequester,
    PayloadReference,
    RolloutStatus,
    Summary,
    ToolKind,
)


class Payload(Value, tag=full_name, tag_field="type"):
    """The part of an event that its type decides."""


class RolloutStarted(Payload):
    """The recording begins."""

    trace_id: str
    root_thread_id: str


class RolloutEnded(Payload):
    """The rollout is over; events of other threads may still follow."""

    status: RolloutStatus


class RecordingCompleted(Payload):
    """Last line of an orderly shutdown (schema 2)."""


class ThreadStarted(Payload):
    """An agent thread exists."""

    thread_id: str
    agent_path: str
    metadata_payload: PayloadReference | None = None


class ThreadEnded(Payload):
    """An agent thread was shut down."""

    thread_id: str
    status: RolloutStatus


class ThreadResumed(Payload):
    """An ended thread was loaded again (schema 2)."""

    thread_id: str


class CodexTurnStarted(Payload):
    """A turn begins."""

    codex_turn_id: str
    thread_id: str


class CodexTurnEnded(Payload):
    """A turn is over."""

    codex_turn_id: str
    status: ExecutionStatus


class HistoryItemAccepted(Payload):
    """An item was written to the thread's history (schema 2)."""

    item_id: str
    agent_message_payload: PayloadReference | None = None


class InferenceStarted(Payload):
    """A model request was sent."""

    inference_call_id: str
    thread_id: str
    codex_turn_id: str
    model: str
    provider_name: str
    request_payload: PayloadReference


class InferenceEnd(Payload, kw_only=True):
    """What every end of a model request says."""

    inference_call_id: str
    upstream_request_id: str | None = None


class InferenceCompleted(InferenceEnd):
    """A model response is complete."""

    response_payload: PayloadReference
    response_id: str | None = None


class InferenceStopped(InferenceEnd, kw_only=True):
    """A model request ended without its response, or after part of it."""

    partial_response_payload: PayloadReference | None = None


class InferenceFailed(InferenceStopped):
    """A model request failed."""

    error: str


class InferenceCancelled(InferenceStopped):
    """A model request was given up."""

    reason: str


class ToolCallStarted(Payload):
    """A tool call was dispatched."""

    tool_call_id: str
    kind: ToolKind
    requester: ModelRequester | CodeCellRuntimeRequester
    summary: Summary
    model_visible_call_id: str | None = None
    code_mode_runtime_tool_id: str | None = None
    invocation_payload: PayloadReference | None = None


class McpToolCallCorrelationAssigned(Payload):
    """The id that an MCP server knows a call by."""

    tool_call_id: str
    mcp_call_id: str


class StdinTargetResolved(Payload):
    """The exec_command call that owns the process a write_stdin call writes to."""

    tool_call_id: str
    exec_tool_call_id: str


class ToolCallRuntimeStarted(Payload):
    """The work of a call begins; `kind` is absent in schema 1 and in releases before 0.166."""

    tool_call_id: str
    runtime_payload: PayloadReference
    kind: ToolKind | None = None


class ToolCallRuntimeEnded(Payload):
    """The work of a call is over."""

    tool_call_id: str
    status: ExecutionStatus
    runtime_payload: PayloadReference


class ToolCallEnded(Payload):
    """The call returned to its requester."""

    tool_call_id: str
    status: ExecutionStatus
    result_payload: PayloadReference | None = None


class CodeCellStarted(Payload):
    """A code cell runs `source_js`."""

    runtime_cell_id: str
    model_visible_call_id: str
    source_js: str


class CodeCellInitialResponse(Payload):
    """What a cell first gave back: a result, or that it yielded."""

    runtime_cell_id: str
    status: CodeCellRuntimeStatus
    response_payload: PayloadReference | None = None


class CodeCellEnded(Payload):
    """A cell's end was fetched."""

    runtime_cell_id: str
    status: CodeCellRuntimeStatus
    response_payload: PayloadReference | None = None


class CompactionRequestStarted(Payload):
    """A remote compaction was asked for."""

    compaction_id: str
    compaction_request_id: str
    thread_id: str
    codex_turn_id: str
    model: str
    provider_name: str
    request_payload: PayloadReference


class CompactionRequestCompleted(Payload):
    """A remote compaction answered."""

    compaction_id: str
    compaction_request_id: str
    response_payload: PayloadReference


class CompactionRequestFailed(Payload):
    """A remote compaction failed."""

    compaction_id: str
    compaction_request_id: str
    error: str


class CompactionInstalled(Payload):
    """A thread's history was replaced."""

    compaction_id: str
    checkpoint_payload: PayloadReference


class AgentResultObserved(Payload):
    """A child's result went to its parent."""

    edge_id: str
    child_thread_id: str
    child_codex_turn_id: str
    parent_thread_id: str
    message: str
    carried_payload: PayloadReference | None = None


class ProtocolEventObserved(Payload):
    """An event of the client protocol, as evidence."""

    event_type: str
    event_payload: PayloadReference


class OtherEvent(Payload, tag="other"):
    """An event type of its own making; no reference reducer handles it."""

    kind: str
    summary: str
    payloads: list[PayloadReference]
    metadata: Raw


AnyPayload: TypeAlias = (
    RolloutStarted
    | RolloutEnded
    | RecordingCompleted
    | ThreadStarted
    | ThreadEnded
    | ThreadResumed
    | CodexTurnStarted
    | CodexTurnEnded
    | HistoryItemAccepted
    | InferenceStarted
    | InferenceCompleted
    | InferenceFailed
    | InferenceCancelled
    | ToolCallStarted
    | McpToolCallCorrelationAssigned
    | StdinTargetResolved
    | ToolCallRuntimeStarted
    | ToolCallRuntimeEnded
    | ToolCallEnded
    | CodeCellStarted
    | CodeCellInitialResponse
    | CodeCellEnded
    | CompactionRequestStarted
    | CompactionRequestCompleted
    | CompactionRequestFailed
    | CompactionInstalled
    | AgentResultObserved
    | ProtocolEventObserved
    | OtherEvent
)
