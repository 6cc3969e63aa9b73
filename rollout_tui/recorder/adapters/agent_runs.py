"""Runs of agents as an SDK reports them, span by span, turned into recorder contexts. Needs no SDK."""

from __future__ import annotations

import os
from typing import Any

from rollout_tui.recorder import AgentThread, Inference, ToolCall, Turn, record
from rollout_tui.recorder.adapters.chat import chat_items, chat_response
from rollout_tui.recorder.inference import OFF_INFERENCE
from rollout_tui.recorder.items import Item, items_in_form

_INVENTED = "__fake_id__"
_HANDOFF = "transfer_to_"


class Workflow:
    """One trace of the SDK: its bundle, and which run each open span belongs to."""

    def __init__(
        self, root: str | os.PathLike[str] | None, name: str, trace_id: str, options: dict[str, Any]
    ) -> None:
        source = {"openai_agents": {"workflow": name, "trace_id": trace_id}}
        self.recording = record(root, **{"session_source": source, **options})
        self._runs: dict[str, AgentRun] = {}
        self._own: set[str] = set()

    def begin_run(self, span_id: str, parent_id: str | None, name: str, kind: str) -> None:
        """Start a run, unless the span belongs to one: an agent's inside its task, or one after a handoff."""
        inside = self._runs.get(parent_id or "")
        if kind == "agent" and inside is not None and not inside.tool_of(parent_id):
            self._runs[span_id] = inside
            return
        tool = None if inside is None else inside.tool_of(parent_id)
        self._runs[span_id] = AgentRun(self._thread(inside, name if tool is None else tool.name))
        self._own.add(span_id)

    def enter(self, span_id: str, parent_id: str | None) -> AgentRun:
        """Return the run a new span belongs to; a span outside all runs gets one for itself."""
        run = self._runs.get(parent_id or "")
        if run is None:
            run = AgentRun(self._thread(None, "agent"))
            self._own.add(span_id)
        self._runs[span_id] = run
        return run

    def leave(self, span_id: str) -> None:
        """Note that a span is over, and end the run that it started."""
        run = self._runs.pop(span_id, None)
        if run is not None and span_id in self._own:
            self._own.discard(span_id)
            run.end()

    def run_of(self, span_id: str) -> AgentRun | None:
        """Return the run of a span that is open."""
        return self._runs.get(span_id)

    def close(self) -> None:
        """End what is still open, and the bundle."""
        for run in dict.fromkeys(self._runs.values()):
            run.end()
        self.recording.close()

    def _thread(self, inside: AgentRun | None, name: str) -> AgentThread:
        """Return the thread for a new run: the root's if it is free, else a child of whoever runs."""
        root = self.recording.root
        busy = [run for run in self._runs.values() if run.turn.thread is root and not run.turn.ended]
        if inside is None and not busy:
            return root
        parent = root if inside is None or inside.turn.thread is None else inside.turn.thread
        return parent.child(name)


class AgentRun:
    """One run: a turn of a thread, its model call, its tool calls."""

    def __init__(self, thread: AgentThread) -> None:
        self._thread = thread
        self.turn: Turn = thread.turn()
        self.failed = False
        self._call: Inference = OFF_INFERENCE
        self._call_span: str | None = None
        self._request: dict[str, Any] | None = None
        self._wanted: list[Item] = []
        self._tools: dict[str, ToolCall] = {}
        self._answer = ""

    def tool_of(self, span_id: str | None) -> ToolCall | None:
        """Return the tool call that a span stands for."""
        return self._tools.get(span_id or "")

    def request_sent(self, model: object, system: str | None, items: object) -> None:
        """A hook saw the request before it went out."""
        named = model if isinstance(model, str) else getattr(model, "model", None)
        request: dict[str, Any] = {"model": str(named or "default")}
        if system:
            request["instructions"] = system
        self._request = {**request, "input": _own_ids(items_in_form(items))}
        self._ask(self._request)
        self._call_span = None

    def response_received(self, response: Any) -> None:
        """A hook saw the response."""
        output = _own_ids(items_in_form(response.output))
        self._answered(output, response.response_id, getattr(response, "request_id", None), response.usage)
        self._request = None

    def model_call_begins(self, span_id: str) -> None:
        """A span of a model call opens; a second one for the same request is a retry."""
        if self._request is not None:
            if self._call.ended:
                self._ask(self._request)
            self._call_span = span_id

    def model_call_ends(self, span_id: str, data: Any, error: str | None) -> None:
        """A span of a model call closes, with all that is known of the call."""
        if self._call_span == span_id and self._request is not None:
            if error is not None:
                self._call.failed(error)
                self.failed = True
            return
        request, output, response_id = _exchange(data)
        self._ask(request)
        if error is not None:
            self._call.failed(error)
            self.failed = True
        else:
            self._answered(output, response_id, None, data.usage)

    def tool_begins(self, span_id: str, name: str) -> None:
        """A tool starts: the first call of that name which the model asked for and nobody has started."""
        for item in self._wanted:
            if item.get("name") == name:
                self._wanted.remove(item)
                self._tools[span_id] = self.turn.tool_call_for(item)
                return
        self._tools[span_id] = self.turn.tool_call(name)

    def tool_ends(self, span_id: str, data: Any, error: str | None) -> None:
        """A tool is done."""
        tool = self._tools.pop(span_id, None)
        if tool is None:
            return
        server = (data.mcp_data or {}).get("server")
        if server:
            work = tool.mcp(server, data.name, data.input)
            work.completed(result=data.output) if error is None else work.failed(error)
        if error is None:
            tool.completed("" if data.output is None else data.output)
        else:
            tool.failed(error)

    def handed_over(self, to_agent: str | None) -> None:
        """A handoff happened: the call that asked for it is answered by the SDK itself."""
        for item in self._wanted:
            if str(item.get("name", "")).startswith(_HANDOFF):
                self._wanted.remove(item)
                self.turn.tool_call_for(item).completed(f'{{"assistant": "{to_agent}"}}')
                return

    def end(self) -> None:
        """End the turn, and a child's thread with it."""
        if not self._call.ended:
            self._call.cancelled()
        for tool in self._tools.values():
            tool.cancelled()
        self.turn.end("failed" if self.failed else "completed")
        if self._thread.parent is not None:
            if self._answer and not self.failed:
                self.turn.report(self._answer)
            self._thread.end()

    def _ask(self, request: dict[str, Any]) -> None:
        self.failed = False
        self._call = self.turn.inference(request)

    def _answered(self, output: list[Item], response_id: Any, request_id: Any, usage: Any) -> None:
        self._call.completed(output, response_id=response_id, upstream_request_id=request_id, usage=usage)
        self._wanted = [item for item in output if "name" in item and "call_id" in item]
        self._answer = "".join(
            str(part.get("text", ""))
            for item in output
            if item["type"] == "message"
            for part in item["content"]
            if isinstance(part, dict)
        )


def _exchange(data: Any) -> tuple[dict[str, Any], list[Item], str | None]:
    """Return request, output items and response id from the data of a response or generation span."""
    if data.type == "response":
        response = data.response
        request: dict[str, Any] = {"model": getattr(response, "model", None) or "unknown"}
        if getattr(response, "instructions", None):
            request["instructions"] = response.instructions
        previous = getattr(response, "previous_response_id", None)
        if previous:
            request["previous_response_id"] = previous
        request["input"] = _own_ids(items_in_form(data.input))
        output = [] if response is None else _own_ids(items_in_form(response.output))
        return request, output, getattr(response, "id", None)
    request = {"model": data.model or "unknown", "input": chat_items(data.input or [])}
    output = [item for message in data.output or [] for item in chat_response(message)]
    return request, output, None


def _own_ids(items: list[Item]) -> list[Item]:
    """Drop the id that the SDK invents for items of APIs which give none."""
    return [
        {name: value for name, value in item.items() if name != "id"} if item.get("id") == _INVENTED else item
        for item in items
    ]
