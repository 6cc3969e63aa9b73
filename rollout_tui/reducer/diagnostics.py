"""What the reducer says about evidence that does not fit (format section 12)."""

from __future__ import annotations

from rollout_tui.immutable import Value


class Diagnostic(Value):
    """Something at an event that the rules do not cover.

    `event` is the ordinal of the event line, `seq` its label, `code` a stable name,
    `message` one line of text, `ids` the objects concerned. `refused` says that the
    reference reducer refuses the whole recording for it.
    """

    event: int
    seq: int
    code: str
    message: str
    ids: tuple[str, ...]
    refused: bool


class ReductionRefused(Exception):
    """Strict reduction met something the reference reducer refuses."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(f"line {diagnostic.event}, seq {diagnostic.seq}: {diagnostic.message}")
        self.diagnostic = diagnostic


class Rule(Value):
    """What is made of evidence that does not fit.

    `found` says what was there, `refused_in` in which schemas the reference reducer refuses the whole
    recording for it (strict reduction does the same), `instead` what is done without `strict`.
    """

    found: str
    refused_in: tuple[int, ...]
    instead: str


FIRST, SECOND, BOTH = (1,), (2,), (1, 2)

# Format section 12, and what it does not mention. Our own limits are refused when strict, since the state
# would not be the reference's.
CODES: dict[str, Rule] = {
    # lines and envelopes (format section 2)
    "unreadable_line": Rule("a line that is no event", BOTH, "shown as a line; payloads it names are kept"),
    "unknown_event_type": Rule("an event type nobody knows", BOTH, "shown; payloads it names are kept"),
    "other_event": Rule("an event of type other", BOTH, "payloads it names are kept"),
    "number_too_large": Rule("a seq or a time of more than 64 bits", BOTH, "applied, the number cut"),
    "recording_cut": Rule("the last line is torn", BOTH, "all lines before it count"),
    "seq_gap": Rule("a seq too high", SECOND, "applied; counted on from there"),
    "seq_repeated": Rule(
        "a seq that was there before", SECOND, "applied; an exact repeat skipped in schema 2"
    ),
    "seq_out_of_order": Rule("a seq too low", SECOND, "applied where it stands; counted on from there"),
    "event_schema": Rule("an event of another schema", SECOND, "applied"),
    "foreign_rollout": Rule(
        "an event of another rollout", SECOND, "skipped in schema 2, applied in schema 1"
    ),
    "event_after_end": Rule("an event after recording_completed", SECOND, "applied"),
    "manifest_schema": Rule("manifest and events disagree on the schema", SECOND, "the events are believed"),
    "memory_used_up": Rule("the recording takes more memory than it may", BOTH, "what was read is shown"),
    # payloads
    "payload_missing": Rule("a payload file is not there", BOTH, "the event counts without its body"),
    "payload_unreadable": Rule("a payload file cannot be read", BOTH, "the event counts without its body"),
    "payload_outside_bundle": Rule("a payload path leaves the bundle", BOTH, "never opened; as if missing"),
    "payload_too_large": Rule("a payload is larger than what is read", BOTH, "as if missing, its size told"),
    "bad_payload": Rule("a payload has not the shape of its kind", BOTH, "the event counts without its body"),
    "bad_request": Rule("a request without an input list", BOTH, "a call without request items"),
    # threads and turns (6, 11)
    "duplicate_thread": Rule("a thread starts again", BOTH, "the first start stands"),
    "duplicate_turn": Rule("a turn starts again", BOTH, "the first start stands"),
    "unknown_thread": Rule(
        "a thread that was not started", BOTH, "a thread marked implicit; a result: no edge"
    ),
    "unknown_turn": Rule("a turn that was not started", BOTH, "a turn marked implicit"),
    "no_thread": Rule("an event without thread and known turn", BOTH, "it goes to the root thread"),
    "no_turn": Rule("a code cell without a turn", BOTH, "it gets the turn of its source item"),
    "thread_mismatch": Rule("a turn of another thread", BOTH, "the turn's thread is believed"),
    "resumed_unknown_thread": Rule("an unknown thread is resumed", SECOND, "a thread marked implicit"),
    "resumed_running_thread": Rule("a running thread is resumed", SECOND, "it runs on"),
    # conversation (7)
    "acceptance_without_thread": Rule("an acceptance without thread", SECOND, "ignored"),
    "bad_receipt": Rule("a receipt that is not the item's agent message", SECOND, "acceptance alone counts"),
    "bad_item": Rule("a model item that is malformed", BOTH, "kept as an opaque item"),
    "unsupported_item_type": Rule("a model item of another type", BOTH, "kept as an opaque item"),
    "item_too_large": Rule("a model item of too many parts", BOTH, "kept as an opaque item"),
    "call_id_reused": Rule("a call id with another content", BOTH, "an item of its own"),
    "unknown_previous_response": Rule(
        "a response nobody gave is continued", BOTH, "the context is continued"
    ),
    "conversation_mismatch": Rule("a continued request that does not fit", BOTH, "the item is new"),
    "duplicate_compaction": Rule("a compaction is installed again", BOTH, "the first install stands"),
    "duplicate_compaction_request": Rule("a compaction request starts again", BOTH, "the first start stands"),
    "unknown_compaction_request": Rule("an unknown compaction request ends", BOTH, "skipped"),
    "compaction_mismatch": Rule(
        "a compaction request ends for another compaction", BOTH, "that of its start stands"
    ),
    # calls (8)
    "duplicate_inference": Rule("an inference call starts again", BOTH, "the first start stands"),
    "unknown_inference": Rule("an unknown inference call ends", BOTH, "skipped; its payload is kept"),
    "duplicate_tool_call": Rule("a tool call starts again", BOTH, "the first start stands"),
    "duplicate_model_call": Rule("two tool calls for one call id", BOTH, "items go to the thread's latest"),
    "unknown_tool_call": Rule("an unknown tool call goes on", BOTH, "skipped; its payload is kept"),
    "duplicate_mcp_correlation": Rule("a second MCP id", BOTH, "the first one stands"),
    "missing_kind": Rule("a runtime start without kind (0.165)", SECOND, "the kind is read off the payload"),
    # code cells (9.1 to 9.4)
    "duplicate_code_cell": Rule("a code cell starts again", BOTH, "the first start stands"),
    "runtime_cell_remapped": Rule("a runtime id means another cell", BOTH, "it means the latest"),
    "unknown_code_cell": Rule("a cell that was not started", BOTH, "skipped; a nested call stays, unlinked"),
    "wait_arguments": Rule("a wait that names no cell", BOTH, "a call without a link"),
    # terminals (9.5 to 9.7)
    "bad_terminal_invocation": Rule("a write_stdin that is no function call", BOTH, "no operation"),
    "stdin_arguments": Rule("a write_stdin without a session", FIRST, "no operation"),
    "second_terminal_operation": Rule("a call with two operations", BOTH, "the first one stands"),
    "bad_terminal_result": Rule("a result that lacks fields", BOTH, "what is there is shown"),
    "process_id_changed": Rule("an operation's process id changes", BOTH, "the first one stands"),
    "unknown_stdin_target": Rule("an unknown call writes, or is written to", BOTH, "the operation stays"),
    # agents (10)
    "bad_agent_activity": Rule("an activity that does not fit its call", BOTH, "no edge"),
    "agent_call_without_message": Rule("an agent call without a message", BOTH, "no edge"),
    "conflicting_edge": Rule("an edge with other ends", BOTH, "the first one stands"),
}
