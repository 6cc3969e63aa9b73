"""Values that events are made of: statuses, payload references, tool kinds, requesters, summaries."""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from rollout_tui.immutable import Form, Value

Unsigned: TypeAlias = Annotated[int, Meta(ge=0)]
RolloutStatus: TypeAlias = Literal["running", "completed", "failed", "aborted"]
ExecutionStatus: TypeAlias = Literal["running", "completed", "failed", "cancelled", "aborted"]
CodeCellRuntimeStatus: TypeAlias = Literal[
    "starting", "running", "yielded", "completed", "failed", "terminated"
]
PayloadKindName: TypeAlias = Literal[
    "inference_request",
    "inference_response",
    "compaction_request",
    "compaction_checkpoint",
    "compaction_response",
    "tool_invocation",
    "tool_result",
    "tool_runtime_event",
    "terminal_runtime_event",
    "protocol_event",
    "session_metadata",
    "agent_result",
]
ToolKindName: TypeAlias = Literal[
    "exec_command",
    "write_stdin",
    "apply_patch",
    "web",
    "image_generation",
    "spawn_agent",
    "assign_agent_task",
    "send_message",
    "wait_agent",
    "close_agent",
    "mcp",
    "other",
]


class ToolKind(Value, omit_defaults=True):
    """What tool was called: `server` and `tool` for `mcp`, `name` for `other`."""

    type: ToolKindName
    server: str | None = None
    tool: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.type == "mcp" and (self.server is None or self.tool is None):
            raise ValueError("tool kind mcp needs server and tool")
        if self.type == "other" and self.name is None:
            raise ValueError("tool kind other needs name")


class PayloadKind(Value):
    """What a payload holds."""

    type: PayloadKindName


class PayloadReference(Value):
    """A reference to `path` (relative to the bundle folder); format section 2.1."""

    raw_payload_id: str
    kind: PayloadKind
    path: str


class ModelRequester(Form):
    """The model asked for the call."""


class CodeCellRuntimeRequester(Form, tag="code_cell"):
    """A code cell, named by its runtime id, asked for the call."""

    runtime_cell_id: str


class TerminalSummary(Form):
    """The call drives a terminal operation."""

    operation_id: str


class AgentSummary(Form):
    """The call addresses an agent."""

    target_agent_path: str
    task_name: str | None
    message_preview: str


class WaitAgentSummary(Form):
    """The call waits for an agent."""

    target_agent_path: str | None = None
    timeout_ms: Unsigned | None = None


class GenericSummary(Form):
    """Label and previews the recorder wrote."""

    label: str
    input_preview: str | None = None
    output_preview: str | None = None


Summary: TypeAlias = TerminalSummary | AgentSummary | WaitAgentSummary | GenericSummary
