"""Record runs of the OpenAI Agents SDK (package `openai-agents`) as rollout traces.

    traces = RolloutTraces("traces")
    add_trace_processor(traces)
    await Runner.run(agent, "hello", hooks=traces.hooks)

Each SDK trace becomes a bundle. A `Runner.run` is a turn: of the root thread, or, when an agent runs as a
tool or beside another run, of a child thread. Handoffs stay in their thread, as the conversation does.

The tracing processor alone learns a model call's input when the call is over, and records the call whole at
its end. With the hooks a request is recorded when it is sent, so that a viewer can see the agent wait for it.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from agents import Agent, RunHooks
from agents.tracing import TracingProcessor, get_current_span
from agents.tracing.spans import Span
from agents.tracing.traces import Trace

from rollout_tui.recorder.adapters.agent_runs import AgentRun, Workflow
from rollout_tui.recorder.counters import logger

Parameters = ParamSpec("Parameters")

_RUNS = ("task", "agent")
_CALLS = ("response", "generation")


def _quiet(
    method: Callable[Concatenate[RolloutTraces, Parameters], None],
) -> Callable[Concatenate[RolloutTraces, Parameters], None]:
    """Make a callback of the SDK harmless: what fails in it is logged once and dropped."""

    @functools.wraps(method)
    def quiet(self: RolloutTraces, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> None:
        try:
            method(self, *arguments, **named)
        except Exception:
            if not self.failed:
                logger.warning("a callback of the Agents SDK could not be recorded", exc_info=True)
            self.failed += 1

    return quiet


class RolloutTraces(TracingProcessor):
    """A tracing processor that writes a bundle per SDK trace; `hooks` belong to it.

    `root` and `options` are those of `record`. `failed` counts callbacks that could not be recorded.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, **options: Any) -> None:
        self._root = root
        self._options = options
        self._workflows: dict[str, Workflow] = {}
        self._lock = threading.Lock()
        self.hooks: RunHooks[Any] = RolloutHooks(self)
        self.failed = 0

    @_quiet
    def on_trace_start(self, trace: Trace) -> None:
        """Start a bundle."""
        workflow = Workflow(self._root, trace.name, trace.trace_id, self._options)
        with self._lock:
            self._workflows[trace.trace_id] = workflow

    @_quiet
    def on_trace_end(self, trace: Trace) -> None:
        """End its bundle."""
        with self._lock:
            workflow = self._workflows.pop(trace.trace_id, None)
        if workflow is not None:
            workflow.close()

    @_quiet
    def on_span_start(self, span: Span[Any]) -> None:
        """Record what begins: a run, a model call, a tool call."""
        workflow = self._workflows.get(span.trace_id)
        if workflow is None:
            return
        data = span.span_data
        if data.type in _RUNS:
            workflow.begin_run(span.span_id, span.parent_id, data.name, data.type)
            return
        run = workflow.enter(span.span_id, span.parent_id)
        if data.type in _CALLS:
            run.model_call_begins(span.span_id)
        elif data.type == "function":
            run.tool_begins(span.span_id, data.name)

    @_quiet
    def on_span_end(self, span: Span[Any]) -> None:
        """Record what ended."""
        workflow = self._workflows.get(span.trace_id)
        run = None if workflow is None else workflow.run_of(span.span_id)
        if workflow is None or run is None:
            return
        data, error = span.span_data, _error_of(span)
        try:
            if data.type in _CALLS:
                run.model_call_ends(span.span_id, data, error)
            elif data.type == "function":
                run.tool_ends(span.span_id, data, error)
            elif data.type == "handoff":
                run.handed_over(data.to_agent)
            elif data.type == "guardrail":
                workflow.recording.protocol_event("guardrail", data.export())
            elif error is not None:
                run.failed = True
        finally:
            workflow.leave(span.span_id)

    def shutdown(self) -> None:
        """End the bundles of traces that are still open."""
        with self._lock:
            left, self._workflows = list(self._workflows.values()), {}
        for workflow in left:
            workflow.close()

    def force_flush(self) -> None:
        """Nothing to do: every event is in its file when the call that records it returns."""

    def run_at(self, span: Span[Any] | None) -> AgentRun | None:
        """Return the run that a span belongs to."""
        workflow = None if span is None else self._workflows.get(span.trace_id)
        return None if workflow is None or span is None else workflow.run_of(span.span_id)

    @_quiet
    def request_sent(self, span: Span[Any] | None, agent: Agent[Any], system: str | None, items: Any) -> None:
        """Record a request before it is sent."""
        run = self.run_at(span)
        if run is not None:
            run.request_sent(agent.model, system, items)

    @_quiet
    def response_received(self, span: Span[Any] | None, response: Any) -> None:
        """Record a response."""
        run = self.run_at(span)
        if run is not None:
            run.response_received(response)


class RolloutHooks(RunHooks[Any]):
    """Run hooks that tell a processor of requests and responses as they happen."""

    def __init__(self, traces: RolloutTraces) -> None:
        self._traces = traces

    async def on_llm_start(
        self, context: Any, agent: Agent[Any], system_prompt: str | None, input_items: list[Any]
    ) -> None:
        """Record a request."""
        self._traces.request_sent(get_current_span(), agent, system_prompt, input_items)

    async def on_llm_end(self, context: Any, agent: Agent[Any], response: Any) -> None:
        """Record a response."""
        self._traces.response_received(get_current_span(), response)


def _error_of(span: Span[Any]) -> str | None:
    error = span.error
    if error is None:
        return None
    details = (error.get("data") or {}).get("error")
    return f"{error.get('message')}: {details}" if details else str(error.get("message"))
