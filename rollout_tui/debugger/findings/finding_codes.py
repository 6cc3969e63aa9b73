"""The table of finding codes: severity and explanation. Help, README and filters are made of it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")

MARKS: dict[Severity, str] = {"error": "x", "warning": "!", "note": "i"}
"""The sign of a severity, where colour alone would say it."""


class FindingCode(NamedTuple):
    """A kind of finding. `of_recording` says that it concerns the recording, not what was recorded."""

    code: str
    severity: Severity
    explanation: str
    of_recording: bool = False


_ERRORS = {
    "inference_failed": "a model request failed",
    "tool_call_failed": "a tool call returned an error to its requester",
    "patch_failed": "a patch was not applied",
    "mcp_error": "an MCP tool answered with an error or not at all",
    "code_cell_failed": "a code cell ended with an error",
    "turn_failed": "a turn ended as failed",
    "thread_failed": "an agent thread ended as failed or aborted",
    "rollout_failed": "the rollout ended as failed or aborted",
    "compaction_failed": "a remote compaction request failed",
    "agent_failed": "a child agent's turn failed",
    "protocol_error": "the client was told of an error",
}
_ERRORS_OF_RECORDING = {
    "unreadable_line": "a line of the recording is no event",
    "payload_missing": "a payload file that an event names is not there",
    "payload_unreadable": "a payload file cannot be read or is not JSON",
    "payload_outside_bundle": "an event names a payload outside the bundle",
    "seq_gap": "events are missing: seq jumps",
    "seq_repeated": "a seq comes again or goes backwards",
    "foreign_rollout": "an event belongs to another rollout",
    "memory_used_up": "not all is read or listed: that would take more than --memory allows",
}
_WARNINGS = {
    "command_failed": "a command ended with an exit code other than 0, or was killed",
    "inference_cancelled": "a model request was given up",
    "tool_call_cancelled": "a tool call was cancelled",
    "code_cell_terminated": "a code cell was stopped before its end",
    "turn_cancelled": "a turn was cancelled, mostly by the user",
    "turn_aborted": "the client was told that a turn is aborted, with the reason",
    "never_seen_by_model": "a result that no model request carried",
    "context_shrank_unrecorded": (
        "a request left items out and no compaction is recorded: a local compaction, a rollback or a rewrite"
    ),
    "wait_on_unknown_cell": "a wait names a cell that does not exist in its thread",
    "wait_on_ended_cell": "a wait names a cell that had already ended",
    "stopped_open": "open when the writer was killed",
    "contradiction": "evidence that does not fit; a reference reducer refuses the recording",
}
_WARNINGS_OF_RECORDING = {
    "unknown_event_type": "an event type that neither schema knows",
    "recording_cut": "the recording stops without its end",
}
_NOTES = {
    "open_at_end": "open in a recording that did end: interrupted calls, cells nobody waited for",
    "work_done_unobserved": "a cell's nested work has ended and nobody waited for the result",
    "output_truncated": "the model saw less of an output than there was",
    "inference_retried": "a model request was sent again after a failure in the same turn",
    "protocol_warning": "the client was told of a warning",
}
_NOTES_OF_RECORDING = {
    "payload_too_large": "a payload is larger than what is read",
}
_TABLE: tuple[tuple[Severity, bool, dict[str, str]], ...] = (
    ("error", False, _ERRORS),
    ("error", True, _ERRORS_OF_RECORDING),
    ("warning", False, _WARNINGS),
    ("warning", True, _WARNINGS_OF_RECORDING),
    ("note", False, _NOTES),
    ("note", True, _NOTES_OF_RECORDING),
)

CODES: dict[str, FindingCode] = {
    code: FindingCode(code, severity, explanation, of_recording)
    for severity, of_recording, codes in _TABLE
    for code, explanation in codes.items()
}


def at_least(shown: Severity) -> frozenset[Severity]:
    """The severities that `--severity shown` lets through: itself and the graver ones."""
    return frozenset(SEVERITIES[: SEVERITIES.index(shown) + 1])
