"""A recording: one trace bundle while it is written, and how a program gets one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rollout_tui.recorder.agent_thread import OFF_THREAD, AgentThread, start_thread
from rollout_tui.recorder.context import Context, never_raises, nothing
from rollout_tui.recorder.counters import RecorderCounters
from rollout_tui.recorder.encoding import Limits, Redact
from rollout_tui.recorder.recording_state import RecordingState
from rollout_tui.recorder.sources import Clock, IdSource, random_id, wall_clock
from rollout_tui.recorder.values import ExecutionStatus, rollout_status
from rollout_tui.recorder.writer import TraceWriter

ROOT_VARIABLE = "CODEX_ROLLOUT_TRACE_ROOT"


class Recording(Context):
    """A rollout being recorded. Off (all calls free of effect) when there is no folder to write to."""

    __slots__ = ("counters", "root")

    def __init__(self, state: RecordingState | None, counters: RecorderCounters) -> None:
        super().__init__(state)
        self.counters = counters
        self.root: AgentThread = OFF_THREAD
        """The thread of the agent at the top, `/root`; it starts and ends with the recording."""

    @property
    def bundle(self) -> Path | None:
        """The folder being written; None when recording is off."""
        return None if self._state is None else self._state.writer.bundle

    @never_raises(nothing)
    def protocol_event(self, event_type: str, body: object) -> None:
        """Record an event of the harness's own protocol, as evidence; reducers only keep the payload."""
        payload = self._payload("protocol_event", body)
        if payload is not None and self._state is not None:
            fields = {
                "type": "protocol_event_observed",
                "event_type": str(event_type),
                "event_payload": payload,
            }
            self._state.writer.event(fields, texts=("event_type",))

    @never_raises(nothing)
    def close(self, status: ExecutionStatus = "completed") -> None:
        """End the threads that still run, the root last, and the rollout. Nothing is recorded afterwards."""
        if self._state is None or not self._take_end():
            return
        for thread in reversed(list(self._state.open_threads.values())):
            thread._leave(status, None)
        self._state.writer.event({"type": "rollout_ended", "status": rollout_status(status)})
        self._state.writer.close()

    @never_raises(nothing)
    def abandon(self) -> None:
        """Stop writing at once and leave the trace without an end, as a killed process does."""
        if self._state is not None:
            self._state.writer.abandon()

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        self.close(status)


def record(
    root: str | os.PathLike[str] | None = None,
    *,
    enabled: bool = True,
    session_source: object = "exec",
    redact: Redact | None = None,
    limits: Limits | None = None,
    clock: Clock = wall_clock,
    new_id: IdSource = random_id,
    **details: object,
) -> Recording:
    """Start a recording in a folder of its own under `root`.

    Without `root` the environment variable CODEX_ROLLOUT_TRACE_ROOT says where; without that, or with
    `enabled=False`, the recording is off: every call on it and on what it returns does nothing, in well under
    a microsecond. `details` describe the root agent: `model`, `provider_name`, `cwd`, `approval_policy`,
    `sandbox_policy`, `nickname`, `agent_role`.

    Never raises. A recording that cannot be written is off, and its `counters` say why.
    """
    counters = RecorderCounters()
    try:
        place = root if root is not None else os.environ.get(ROOT_VARIABLE)
        if not enabled or not place:
            return Recording(None, counters)
        writer = TraceWriter(
            Path(place),
            trace_id=new_id(),
            root_thread_id=new_id(),
            clock=clock,
            redact=redact,
            limits=limits,
            counters=counters,
        )
        if writer.closed:
            return Recording(None, counters)
        state = RecordingState(writer, new_id, clock)
        return _started(state, details, session_source)
    except Exception as error:
        counters.count("errors", error=error)
        return Recording(None, counters)


def _started(state: RecordingState, details: Mapping[str, object], session_source: object) -> Recording:
    recording = Recording(state, state.writer.counters)
    identity = {"trace_id": state.writer.trace_id, "root_thread_id": state.writer.root_thread_id}
    state.writer.event({"type": "rollout_started", **identity})
    recording.root = start_thread(
        state, state.writer.root_thread_id, "/root", None, details, session_source=session_source
    )
    return recording
