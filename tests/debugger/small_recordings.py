"""The project's own recordings, and small ones written by hand, event by event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rollout_tui.recording import Trace, open_trace

OWN = Path(__file__).parents[2] / "fixtures" / "recordings"
ROOT, TURN = "thread-root", "turn-1"


def own_folders() -> list[Path]:
    """Every recording of the project's own."""
    return sorted(folder for folder in OWN.iterdir() if folder.is_dir())


@cache
def own_recording(name: str) -> Trace:
    """One of the project's own recordings, all of it reduced."""
    return open_trace(OWN / name)


class Script:
    """Writes a bundle: events are at 1000 + 10 * seq ms unless a time is given, payloads numbered from 1."""

    def __init__(self, folder: Path, schema: int = 2) -> None:
        self.folder = folder
        self.schema = schema
        self.lines: list[str] = []
        self.payloads = 0
        (folder / "payloads").mkdir(parents=True)
        manifest = {
            "schema_version": schema,
            "trace_id": "trace-1",
            "rollout_id": "rollout-1",
            "root_thread_id": ROOT,
            "started_at_unix_ms": 1000,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))

    def payload(self, kind: str, body: Any) -> dict[str, Any]:
        """Write a payload file and return the reference to it."""
        self.payloads += 1
        path = f"payloads/{self.payloads}.json"
        (self.folder / path).write_text(json.dumps(body, indent=2))
        return {"raw_payload_id": f"raw_payload:{self.payloads}", "kind": {"type": kind}, "path": path}

    def event(
        self,
        event_type: str,
        fields: Mapping[str, Any] | None = None,
        *,
        thread: str | None = ROOT,
        turn: str | None = TURN,
        time: int | None = None,
    ) -> int:
        """Add an event; returns its seq."""
        seq = len(self.lines) + 1
        self.lines.append(
            json.dumps(
                {
                    "schema_version": self.schema,
                    "seq": seq,
                    "wall_time_unix_ms": 1000 + 10 * seq if time is None else time,
                    "rollout_id": "rollout-1",
                    "thread_id": thread,
                    "codex_turn_id": turn,
                    "payload": {"type": event_type, **(fields or {})},
                }
            )
        )
        return seq

    def begin(self) -> None:
        """Rollout, root thread and its first turn: seq 1, 2, 3."""
        self.event("rollout_started", {"trace_id": "trace-1", "root_thread_id": ROOT}, thread=None, turn=None)
        self.thread(ROOT, "/root")
        self.turn(TURN)

    def thread(self, thread_id: str, path: str, parent: str | None = None) -> int:
        """A thread starts; `parent` is the one that spawned it."""
        reference = None
        if parent is not None:
            spawn = {"parent_thread_id": parent, "depth": 1, "agent_path": path, "agent_role": "worker"}
            body = {"agent_path": path, "session_source": {"subagent": {"thread_spawn": spawn}}}
            reference = self.payload("session_metadata", body)
        fields = {"thread_id": thread_id, "agent_path": path, "metadata_payload": reference}
        return self.event("thread_started", fields, thread=None, turn=None)

    def turn(self, turn_id: str, thread_id: str = ROOT) -> int:
        """A turn starts."""
        fields = {"codex_turn_id": turn_id, "thread_id": thread_id}
        return self.event("codex_turn_started", fields, thread=thread_id, turn=turn_id)

    def turn_ended(self, turn_id: str = TURN, thread_id: str = ROOT, status: str = "completed") -> int:
        """A turn is over."""
        fields = {"codex_turn_id": turn_id, "status": status}
        return self.event("codex_turn_ended", fields, thread=thread_id, turn=turn_id)

    def request(self, call: str, items: Iterable[Any], thread_id: str = ROOT, turn_id: str = TURN) -> int:
        """A model request carries these items."""
        fields = {
            "inference_call_id": call,
            "thread_id": thread_id,
            "codex_turn_id": turn_id,
            "model": "m",
            "provider_name": "p",
            "request_payload": self.payload("inference_request", {"model": "m", "input": list(items)}),
        }
        return self.event("inference_started", fields, thread=thread_id, turn=turn_id)

    def response(self, call: str, items: Iterable[Any], thread_id: str = ROOT, turn_id: str = TURN) -> int:
        """The model answers with these items."""
        body = {"response_id": f"resp-{call}", "token_usage": None, "output_items": list(items)}
        fields = {
            "inference_call_id": call,
            "response_id": f"resp-{call}",
            "response_payload": self.payload("inference_response", body),
        }
        return self.event("inference_completed", fields, thread=thread_id, turn=turn_id)

    def tool(
        self,
        call: str,
        kind: Mapping[str, Any],
        arguments: str = "{}",
        *,
        cell: str | None = None,
        thread_id: str = ROOT,
        turn_id: str = TURN,
        **more: Any,
    ) -> int:
        """A call starts, of the model or of the cell with that runtime id."""
        requester = {"type": "model"} if cell is None else {"type": "code_cell", "runtime_cell_id": cell}
        name = kind.get("name") or kind["type"]
        body = {
            "tool_name": name,
            "tool_namespace": None,
            "payload": {"type": "function", "arguments": arguments},
        }
        preview = arguments if len(arguments) <= 160 else arguments[:160] + "..."
        fields = {
            "tool_call_id": call,
            "requester": requester,
            "kind": kind,
            "summary": {"type": "generic", "label": name, "input_preview": preview, "output_preview": None},
            "model_visible_call_id": call if cell is None else None,
            "code_mode_runtime_tool_id": None if cell is None else "tool-1",
            "invocation_payload": self.payload("tool_invocation", body),
            **more,
        }
        return self.event("tool_call_started", fields, thread=thread_id, turn=turn_id)

    def tool_ended(
        self, call: str, text: str = "done", *, kind: str = "function_call_output", thread_id: str = ROOT
    ) -> int:
        """A call returns this text."""
        body = {"type": "direct_response", "response_item": {"type": kind, "call_id": call, "output": text}}
        fields = {
            "tool_call_id": call,
            "status": "completed",
            "result_payload": self.payload("tool_result", body),
        }
        return self.event("tool_call_ended", fields, thread=thread_id)

    def cell(self, runtime_id: str, call: str, source: str = "text(1)") -> int:
        """A code cell starts."""
        fields = {"runtime_cell_id": runtime_id, "model_visible_call_id": call, "source_js": source}
        return self.event("code_cell_started", fields)

    def cell_answered(self, runtime_id: str, status: str = "yielded", text: str = "out") -> int:
        """A cell's initial response."""
        return self._cell_response("code_cell_initial_response", runtime_id, status, text)

    def cell_ended(self, runtime_id: str, status: str = "completed", text: str = "end") -> int:
        """A cell's end."""
        return self._cell_response("code_cell_ended", runtime_id, status, text)

    def _cell_response(self, event_type: str, runtime_id: str, status: str, text: str) -> int:
        content = [{"type": "input_text", "text": text}]
        variant = {"yielded": "Yielded", "terminated": "Terminated"}.get(status, "Result")
        body = {"response": {variant: {"cell_id": runtime_id, "content_items": content}}}
        reference = self.payload("tool_result", body)
        fields = {"runtime_cell_id": runtime_id, "status": status, "response_payload": reference}
        return self.event(event_type, fields)

    def compacted(self, compaction_id: str, before: Iterable[Any], after: Iterable[Any]) -> int:
        """A compaction replaces the history."""
        body = {"input_history": list(before), "replacement_history": list(after)}
        reference = self.payload("compaction_checkpoint", body)
        fields = {"compaction_id": compaction_id, "checkpoint_payload": reference}
        return self.event("compaction_installed", fields)

    def trace(self) -> Trace:
        """The recording so far."""
        (self.folder / "trace.jsonl").write_text("".join(f"{line}\n" for line in self.lines))
        return open_trace(self.folder)


def message(role: str, text: str) -> dict[str, Any]:
    """A message item."""
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def call(call_id: str, name: str = "exec_command", arguments: str = "{}") -> dict[str, Any]:
    """A function call item."""
    return {"type": "function_call", "name": name, "arguments": arguments, "call_id": call_id}


def output(call_id: str, text: str) -> dict[str, Any]:
    """The output item of a function call."""
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def script_call(call_id: str, source: str = "text(1)") -> dict[str, Any]:
    """An `exec` call item."""
    return {"type": "custom_tool_call", "name": "exec", "input": source, "call_id": call_id}


def script_output(call_id: str, text: str) -> dict[str, Any]:
    """The output item of an `exec` call."""
    return {"type": "custom_tool_call_output", "call_id": call_id, "output": text}


EXEC = {"type": "other", "name": "exec"}
WAIT = {"type": "other", "name": "wait"}
COMMAND = {"type": "exec_command"}
