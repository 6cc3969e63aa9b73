"""Bundles written on the spot from a few Python literals.

`Script` writes one event a call; a `Body` given as a field becomes a payload file and the reference to it.
Events have seq 1, 2, ... and the time 1000 + 10 * seq, like the hand-made cases of the shared material.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollout_tui.export.state import state_line, write_state
from rollout_tui.recording import Trace, open_trace

Json = dict[str, Any]


ROOT_THREAD = "t1"
TURN = "u1"
PREVIEW = 160
"""Characters that a summary shows of the arguments of a call."""


@dataclass(frozen=True)
class Body:
    """A payload: its kind and its JSON value (bytes are written as they are, None writes no file)."""

    kind: str
    value: Any
    path: str | None = None


def time_of(seq: int) -> int:
    """When the event with that seq happens."""
    return 1000 + 10 * seq


class Script:
    """A bundle in the making; events go to thread `t1` and turn `u1` unless told otherwise."""

    def __init__(self, folder: Path, schema: int = 2) -> None:
        self.folder = folder
        self.schema = schema
        self.seq = 0
        self.payloads = 0
        self.ordinal = 0
        (folder / "payloads").mkdir(parents=True)
        self.manifest()
        self.spine = folder / "trace.jsonl"
        self.spine.touch()

    def manifest(self, **fields: Any) -> None:
        """Write the manifest, with other fields than usual."""
        usual = {
            "schema_version": self.schema,
            "trace_id": "trace",
            "rollout_id": "rollout",
            "root_thread_id": ROOT_THREAD,
            "started_at_unix_ms": 1000,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
        (self.folder / "manifest.json").write_text(json.dumps(usual | fields))

    # -- writing -------------------------------------------------------------

    def line(self, line: bytes) -> int:
        """Append a line as it is, LF added; returns its ordinal."""
        with self.spine.open("ab") as spine:
            spine.write(line + b"\n")
        self.ordinal += 1
        return self.ordinal

    def payload(self, body: Body) -> Json:
        """Write a payload file; returns the reference to it."""
        self.payloads += 1
        path = body.path or f"payloads/{self.payloads}.json"
        if body.value is not None and body.path is None:
            data = body.value if isinstance(body.value, bytes) else json.dumps(body.value, indent=2).encode()
            (self.folder / path).write_bytes(data)
        return {
            "raw_payload_id": f"raw_payload:{self.payloads}",
            "kind": {"type": body.kind},
            "path": path,
        }

    def event(
        self,
        type: str,
        *,
        thread: str | None = ROOT_THREAD,
        turn: str | None = TURN,
        envelope: Json | None = None,
        **fields: Any,
    ) -> int:
        """Append an event; returns its seq. `envelope` overrides fields of the envelope."""
        self.seq += 1
        payload = {
            name: self.payload(value) if isinstance(value, Body) else value for name, value in fields.items()
        }
        event = {
            "schema_version": self.schema,
            "seq": self.seq,
            "wall_time_unix_ms": time_of(self.seq),
            "rollout_id": "rollout",
            "thread_id": thread,
            "codex_turn_id": turn,
            "payload": {"type": type, **payload},
        }
        self.line(json.dumps(event | (envelope or {})).encode())
        return self.seq

    def rollout(self) -> int:
        """The recording begins."""
        return self.event(
            "rollout_started", thread=None, turn=None, trace_id="trace", root_thread_id=ROOT_THREAD
        )

    def thread(self, thread: str = ROOT_THREAD, path: str = "/root", metadata: Any = None) -> int:
        """A thread starts."""
        given = {} if metadata is None else {"metadata_payload": Body("session_metadata", metadata)}
        return self.event(
            "thread_started", thread=None, turn=None, thread_id=thread, agent_path=path, **given
        )

    def turn(self, turn: str = TURN, thread: str = ROOT_THREAD) -> int:
        """A turn starts."""
        return self.event(
            "codex_turn_started", thread=thread, turn=turn, codex_turn_id=turn, thread_id=thread
        )

    def end_turn(self, turn: str = TURN, status: str = "completed", thread: str | None = ROOT_THREAD) -> int:
        """A turn ends."""
        return self.event("codex_turn_ended", thread=thread, turn=turn, codex_turn_id=turn, status=status)

    def begin(self) -> None:
        """The root thread and a turn of it."""
        self.thread()
        self.turn()

    def ask(
        self,
        call: str,
        *items: Any,
        thread: str = ROOT_THREAD,
        turn: str = TURN,
        previous: str | None = None,
        body: Any = None,
    ) -> int:
        """A model request with these items, or with a body of another form: its value, or all of a `Body`."""
        value = {"model": "m", "input": list(items)} if body is None else body
        if previous is not None:
            value = value | {"previous_response_id": previous}
        return self.event(
            "inference_started",
            thread=thread,
            turn=turn,
            inference_call_id=call,
            thread_id=thread,
            codex_turn_id=turn,
            model="m",
            provider_name="p",
            request_payload=value if isinstance(value, Body) else Body("inference_request", value),
        )

    def answer(
        self,
        call: str,
        *items: Any,
        thread: str = ROOT_THREAD,
        turn: str = TURN,
        usage: Any = None,
        response_id: str | None = None,
        body: Any = None,
    ) -> int:
        """A model response with these items."""
        value = {"output_items": list(items), "token_usage": usage} if body is None else body
        return self.event(
            "inference_completed",
            thread=thread,
            turn=turn,
            inference_call_id=call,
            response_id=response_id,
            response_payload=Body("inference_response", value),
        )

    def tool(
        self,
        tool: str,
        kind: str | Json = "exec_command",
        *,
        thread: str | None = ROOT_THREAD,
        turn: str | None = TURN,
        call_id: str | None = None,
        cell: str | None = None,
        invocation: Any = None,
        summary: Json | None = None,
        **fields: Any,
    ) -> int:
        """A tool call starts; `cell` is the runtime id of the code cell that asks for it."""
        requester = {"type": "model"} if cell is None else {"type": "code_cell", "runtime_cell_id": cell}
        if invocation is not None:
            fields["invocation_payload"] = Body("tool_invocation", invocation)
        return self.event(
            "tool_call_started",
            thread=thread,
            turn=turn,
            tool_call_id=tool,
            requester=requester,
            kind={"type": kind} if isinstance(kind, str) else kind,
            summary=summary or {"type": "generic", "label": "l"},
            model_visible_call_id=call_id,
            **fields,
        )

    def calls(
        self,
        tool: str,
        kind: str | Json,
        arguments: str = "{}",
        *,
        cell: str | None = None,
        thread: str = ROOT_THREAD,
        turn: str = TURN,
        summary: Json | None = None,
    ) -> int:
        """A tool call starts, with all that is recorded of one: its invocation and a summary of it."""
        kind = {"type": kind} if isinstance(kind, str) else kind
        name = kind.get("name") or kind["type"]
        preview = arguments if len(arguments) <= PREVIEW else arguments[:PREVIEW] + "..."
        shown = {"type": "generic", "label": name, "input_preview": preview, "output_preview": None}
        return self.tool(
            tool,
            kind,
            thread=thread,
            turn=turn,
            call_id=tool if cell is None else None,
            cell=cell,
            invocation=function(name, arguments),
            summary=summary or shown,
            code_mode_runtime_tool_id=None if cell is None else "tool-1",
        )

    def returns(self, tool: str, text: str = "done") -> int:
        """A tool call ends and gives the model this text."""
        item = {"type": "function_call_output", "call_id": tool, "output": text}
        return self.end_tool(tool, result={"type": "direct_response", "response_item": item})

    def work(self, tool: str, body: Any, kind: str | Json | None = "exec_command") -> int:
        """The work of a tool call begins."""
        given = {} if kind is None else {"kind": {"type": kind} if isinstance(kind, str) else kind}
        return self.event(
            "tool_call_runtime_started",
            tool_call_id=tool,
            runtime_payload=Body("tool_runtime_event", body),
            **given,
        )

    def worked(self, tool: str, body: Any, status: str = "completed") -> int:
        """The work of a tool call is over."""
        return self.event(
            "tool_call_runtime_ended",
            tool_call_id=tool,
            status=status,
            runtime_payload=Body("tool_runtime_event", body),
        )

    def end_tool(self, tool: str, status: str = "completed", result: Any = None) -> int:
        """A tool call ends."""
        given = {} if result is None else {"result_payload": Body("tool_result", result)}
        return self.event("tool_call_ended", tool_call_id=tool, status=status, **given)

    def cell(
        self,
        runtime: str,
        call_id: str,
        *,
        thread: str | None = ROOT_THREAD,
        turn: str | None = TURN,
        source: str = "js()",
    ) -> int:
        """A code cell starts."""
        return self.event(
            "code_cell_started",
            thread=thread,
            turn=turn,
            runtime_cell_id=runtime,
            model_visible_call_id=call_id,
            source_js=source,
        )

    def cell_event(self, what: str, runtime: str, status: str, response: Any = None) -> int:
        """`code_cell_initial_response` or `code_cell_ended`."""
        given = {} if response is None else {"response_payload": Body("tool_result", response)}
        return self.event(f"code_cell_{what}", runtime_cell_id=runtime, status=status, **given)

    def cell_answers(self, runtime: str, status: str = "yielded", text: str = "out") -> int:
        """A code cell gives its initial response."""
        return self.cell_event("initial_response", runtime, status, cell_response(runtime, status, text))

    def cell_ends(self, runtime: str, status: str = "completed", text: str = "end") -> int:
        """A code cell ends."""
        return self.cell_event("ended", runtime, status, cell_response(runtime, status, text))

    def compact(
        self,
        compaction: str,
        before: list[Any],
        after: list[Any],
        *,
        thread: str | None = ROOT_THREAD,
        turn: str | None = TURN,
        body: Any = None,
    ) -> int:
        """A compaction is installed."""
        value = {"input_history": before, "replacement_history": after} if body is None else body
        return self.event(
            "compaction_installed",
            thread=thread,
            turn=turn,
            compaction_id=compaction,
            checkpoint_payload=Body("compaction_checkpoint", value),
        )

    # -- reading -------------------------------------------------------------

    def trace(self, *, strict: bool = False) -> Trace:
        """The bundle as it is so far, reduced."""
        return open_trace(self.folder, strict=strict)

    def state(self, seq: int | None = None) -> Json:
        """The reduced state at the end, or as of a seq."""
        trace = self.trace()
        found: Json = state_of(trace, None if seq is None else trace.ordinal(seq))
        return found

    def codes(self) -> list[str]:
        """Codes of all diagnostics in event order."""
        return [diagnostic.code for diagnostic in self.trace().diagnostics]


def state_of(trace: Trace, event: int | None = None) -> Json:
    """The reduced state as of an event line, as JSON."""
    line = state_line(trace.snapshot(trace.history.head if event is None else event))
    state: Json = json.loads(line)["state"]
    return state


def state_bytes(trace: Trace) -> bytes:
    """The reduced state at the head, as it is written to a file."""
    out = io.BytesIO()
    write_state(trace.snapshot(trace.history.head), out)
    return out.getvalue()


# -- model items ------------------------------------------------------------------


def message(role: str, text: str, **more: Any) -> Json:
    """A message of one text."""
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}], **more}


def user(text: str, **more: Any) -> Json:
    """What a user says."""
    return message("user", text, **more)


def assistant(text: str, **more: Any) -> Json:
    """What the model says."""
    return message("assistant", text, **more)


def reasoning(encrypted: str | None = None, *, text: str | None = None, summary: str | None = None) -> Json:
    """What the model thinks."""
    return {
        "type": "reasoning",
        "content": None if text is None else [{"type": "reasoning_text", "text": text}],
        "summary": [] if summary is None else [{"type": "summary_text", "text": summary}],
        "encrypted_content": encrypted,
    }


def call(call_id: str, name: str = "exec_command", arguments: Any = "{}", **more: Any) -> Json:
    """A function call."""
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments, **more}


def output(call_id: str, text: Any = "out", **more: Any) -> Json:
    """A function's output."""
    return {"type": "function_call_output", "call_id": call_id, "output": text, **more}


def cell_call(call_id: str, source: str = "js()", **more: Any) -> Json:
    """A call of the code-mode tool."""
    return {"type": "custom_tool_call", "call_id": call_id, "name": "exec", "input": source, **more}


def cell_output(call_id: str, text: Any = "out", **more: Any) -> Json:
    """What the code-mode tool gave."""
    return {"type": "custom_tool_call_output", "call_id": call_id, "output": text, **more}


def agent_message(author: str, recipient: str, text: str, **more: Any) -> Json:
    """A message of one agent to another."""
    content = [{"type": "input_text", "text": text}]
    return {"type": "agent_message", "author": author, "recipient": recipient, "content": content, **more}


def spawned(parent: str, path: str) -> Json:
    """Metadata of a thread that another one spawned."""
    spawn = {"parent_thread_id": parent, "depth": 1, "agent_path": path, "agent_role": "worker"}
    return {"agent_path": path, "session_source": {"subagent": {"thread_spawn": spawn}}}


def cell_response(runtime: str, status: str, text: str) -> Json:
    """What a code cell gives the model."""
    variant = {"yielded": "Yielded", "terminated": "Terminated"}.get(status, "Result")
    content = [{"type": "input_text", "text": text}]
    return {"response": {variant: {"cell_id": runtime, "content_items": content}}}


def function(name: str, arguments: Any) -> Json:
    """A tool invocation payload."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"tool_name": name, "tool_namespace": None, "payload": {"type": "function", "arguments": text}}
