"""Immutable values inside graph objects, field names and order as in format section 5.

Times are wall-clock milliseconds since 1970, `seq` values are those of the trace.
Every struct encodes to exactly the JSON object the reference reducer writes.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, UnsetType

from rollout_tui.graph.ids import Ids
from rollout_tui.immutable import Form, Value
from rollout_tui.trace.event_values import (
    AgentSummary,
    CodeCellRuntimeStatus,
    ExecutionStatus,
    GenericSummary,
    ModelRequester,
    PayloadReference,
    RolloutStatus,
    Summary,
    TerminalSummary,
    ToolKind,
    WaitAgentSummary,
)

__all__ = [
    "AgentSummary",
    "CodeCellRuntimeStatus",
    "ExecutionStatus",
    "GenericSummary",
    "ModelRequester",
    "PayloadReference",
    "RolloutStatus",
    "Summary",
    "TerminalSummary",
    "ToolKind",
    "WaitAgentSummary",
]


class Window(Value):
    """When something ran: start, end (None while open) and status."""

    started_at_unix_ms: int
    started_seq: int
    ended_at_unix_ms: int | None = None
    ended_seq: int | None = None
    status: ExecutionStatus = "running"

    def opened(self) -> Window:
        """The window as it was while it was open."""
        return Window(self.started_at_unix_ms, self.started_seq)

    def ended(self, time: int, seq: int, status: ExecutionStatus) -> Window:
        """The window with this end."""
        return Window(self.started_at_unix_ms, self.started_seq, time, seq, status)


# -- threads ---------------------------------------------------------------


class RootOrigin(Form):
    """A thread that no other thread of this trace spawned."""


class SpawnedOrigin(Form):
    """A thread that another thread spawned."""

    parent_thread_id: str
    spawn_edge_id: str
    task_name: str
    agent_role: str


# -- conversation items ----------------------------------------------------


class TextPart(Form):
    """Readable text."""

    text: str


class SummaryPart(Form):
    """A reasoning summary."""

    text: str


class EncodedPart(Form):
    """Content only the provider can read."""

    label: str
    value: str


class JsonPart(Form):
    """The beginning of a JSON value (at most 240 bytes) and where the whole lies."""

    summary: str
    raw_payload_id: str


class CodePart(Form):
    """Source text of a code cell."""

    language: str
    source: str


class PayloadRefPart(Form):
    """Content that is only named: an image, an unknown part."""

    label: str
    raw_payload_id: str
    content_sha256: str | UnsetType = UNSET


Part: TypeAlias = TextPart | SummaryPart | EncodedPart | JsonPart | CodePart | PayloadRefPart


class Body(Value):
    """The parts of a conversation item."""

    parts: tuple[Part, ...]


class AgentMessage(Value):
    """Author and recipient (agent paths) of an agent-to-agent message."""

    author: str
    recipient: str


class InferenceProducer(Form):
    """The item came from a model response."""

    inference_call_id: str


class ToolProducer(Form):
    """The item is the output of a tool call."""

    tool_call_id: str


class CodeCellProducer(Form):
    """The item is the output of a code cell."""

    code_cell_id: str


class CompactionProducer(Form):
    """The item was written by a compaction."""

    compaction_id: str


Producer: TypeAlias = InferenceProducer | ToolProducer | CodeCellProducer | CompactionProducer


class Usage(Value):
    """Recorded tokens of one inference call."""

    input_tokens: int
    cached_input_tokens: int
    cache_write_input_tokens: int
    output_tokens: int
    reasoning_output_tokens: int


# -- tool calls ------------------------------------------------------------


class CodeCellRequester(Form):
    """A code cell asked for the call."""

    code_cell_id: str


Requester: TypeAlias = ModelRequester | CodeCellRequester


# -- terminals -------------------------------------------------------------


class TerminalRequest(Form, kw_only=True):
    """How long a terminal operation may wait for output, and how much of it to give."""

    yield_time_ms: int | None = None
    max_output_tokens: int | None = None


class ExecCommandRequest(TerminalRequest):
    """A command that was started."""

    command: tuple[str, ...]
    display_command: str
    cwd: str


class WriteStdinRequest(TerminalRequest):
    """Input (or a poll, when empty) to a running command."""

    stdin: str


class TerminalObservation(Value):
    """Conversation items through which the model saw an operation."""

    call_item_ids: Ids
    output_item_ids: Ids
    source: str = "direct_tool_call"


class TerminalResult(Value):
    """What a terminal operation gave."""

    exit_code: int | None
    stdout: str
    stderr: str
    formatted_output: str | None = None
    original_token_count: int | None = None
    chunk_id: str | None = None


# -- anchors of interaction edges -------------------------------------------


class ItemAnchor(Form, tag="conversation_item"):
    """An edge end at a conversation item."""

    item_id: str


class ToolAnchor(Form, tag="tool_call"):
    """An edge end at a tool call."""

    tool_call_id: str


class ThreadAnchor(Form):
    """An edge end at a thread."""

    thread_id: str


Anchor: TypeAlias = ItemAnchor | ToolAnchor | ThreadAnchor
