"""The table of finding codes: severity and explanation. Help, README and filters are made of it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class FindingCode(NamedTuple):
    """A kind of finding. `of_recording` says that it concerns the recording, not what was recorded."""

    code: str
    severity: Severity
    explanation: str
    of_recording: bool = False


_TABLE: tuple[FindingCode, ...] = (
    FindingCode("inference_failed", "error", "a model request failed"),
    FindingCode("tool_call_failed", "error", "a tool call returned an error to its requester"),
    FindingCode("patch_failed", "error", "a patch was not applied"),
    FindingCode("mcp_error", "error", "an MCP tool answered with an error or not at all"),
    FindingCode("code_cell_failed", "error", "a code cell ended with an error"),
    FindingCode("turn_failed", "error", "a turn ended as failed"),
    FindingCode("thread_failed", "error", "an agent thread ended as failed or aborted"),
    FindingCode("rollout_failed", "error", "the rollout ended as failed or aborted"),
    FindingCode("compaction_failed", "error", "a remote compaction request failed"),
    FindingCode("agent_failed", "error", "a child agent's turn failed"),
    FindingCode("protocol_error", "error", "the client was told of an error"),
    FindingCode("unreadable_line", "error", "a line of the recording is no event", True),
    FindingCode("payload_missing", "error", "a payload file that an event names is not there", True),
    FindingCode("payload_unreadable", "error", "a payload file cannot be read or is not JSON", True),
    FindingCode("payload_outside_bundle", "error", "an event names a payload outside the bundle", True),
    FindingCode("seq_gap", "error", "events are missing: seq jumps", True),
    FindingCode("seq_repeated", "error", "a seq comes again or goes backwards", True),
    FindingCode("foreign_rollout", "error", "an event belongs to another rollout", True),
    FindingCode(
        "memory_used_up",
        "error",
        "not all is read or listed: that would take more than --memory allows",
        True,
    ),
    FindingCode("command_failed", "warning", "a command ended with an exit code other than 0, or was killed"),
    FindingCode("inference_cancelled", "warning", "a model request was given up"),
    FindingCode("tool_call_cancelled", "warning", "a tool call was cancelled"),
    FindingCode("code_cell_terminated", "warning", "a code cell was stopped before its end"),
    FindingCode("turn_cancelled", "warning", "a turn was cancelled, mostly by the user"),
    FindingCode("turn_aborted", "warning", "the client was told that a turn is aborted, with the reason"),
    FindingCode("never_seen_by_model", "warning", "a result that no model request carried"),
    FindingCode(
        "context_shrank_unrecorded",
        "warning",
        "a request left items out and no compaction is recorded: a local compaction, a rollback or a rewrite",
    ),
    FindingCode("wait_on_unknown_cell", "warning", "a wait names a cell that does not exist in its thread"),
    FindingCode("wait_on_ended_cell", "warning", "a wait names a cell that had already ended"),
    FindingCode("stopped_open", "warning", "open when the writer was killed"),
    FindingCode(
        "contradiction", "warning", "evidence that does not fit; a reference reducer refuses the recording"
    ),
    FindingCode("unknown_event_type", "warning", "an event type that neither schema knows", True),
    FindingCode("recording_cut", "warning", "the recording stops without its end", True),
    FindingCode(
        "open_at_end", "note", "open in a recording that did end: interrupted calls, cells nobody waited for"
    ),
    FindingCode(
        "work_done_unobserved", "note", "a cell's nested work has ended and nobody waited for the result"
    ),
    FindingCode("output_truncated", "note", "the model saw less of an output than there was"),
    FindingCode(
        "inference_retried", "note", "a model request was sent again after a failure in the same turn"
    ),
    FindingCode("protocol_warning", "note", "the client was told of a warning"),
    FindingCode("payload_too_large", "note", "a payload is larger than what is read", True),
)

CODES: dict[str, FindingCode] = {one.code: one for one in _TABLE}


def severity(code: str) -> Severity:
    """The severity of a code. Raises KeyError for a code that is not in the table."""
    return CODES[code].severity


def at_least(shown: Severity) -> frozenset[Severity]:
    """The severities that `--severity shown` lets through: itself and the graver ones."""
    return frozenset(SEVERITIES[: SEVERITIES.index(shown) + 1])
