"""A thread of a recording: one agent and its conversation (format sections 3 and 6)."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

from rollout_tui.recorder.bodies import agent_segment, metadata_shape, session_metadata, spawned_source
from rollout_tui.recorder.context import Context, never_raises, nothing
from rollout_tui.recorder.given import value_of
from rollout_tui.recorder.items import Item, item_in_form, items_in_form, plain
from rollout_tui.recorder.recording_state import RecordingState
from rollout_tui.recorder.turn import OFF_TURN, Turn
from rollout_tui.recorder.values import ExecutionStatus, id_text, rollout_status

if TYPE_CHECKING:
    from rollout_tui.recorder.inference import Inference
    from rollout_tui.recorder.tool_call import ToolCall


class AgentThread(Context):
    """One agent: its turns, what its history accepted, and the agents it started."""

    __slots__ = (
        "_accepted",
        "_children",
        "_delta",
        "_details",
        "_latest_call",
        "_latest_response",
        "_lives",
        "_turn",
        "agent_path",
        "depth",
        "parent",
        "thread_id",
    )

    _current: ClassVar[ContextVar[AgentThread]] = ContextVar("rollout_tui_recorder_thread")

    def __init__(
        self,
        state: RecordingState | None,
        thread_id: str,
        agent_path: str,
        parent: AgentThread | None,
        details: Mapping[str, object],
    ) -> None:
        super().__init__(state)
        self.thread_id = thread_id
        self.agent_path = agent_path
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self._details = dict(details)
        self._accepted: set[str] = set()
        self._children: dict[str, int] = {}
        self._turn: Turn | None = None
        self._lives = 1
        self._latest_call: Inference | None = None
        self._latest_response: str | None = None
        self._delta: list[Item] | None = None

    @never_raises(lambda: OFF_TURN)
    def turn(self, codex_turn_id: str | None = None) -> Turn:
        """Start a turn: one task from its message to the agent's answer."""
        assert self._state is not None
        turn = Turn(self, id_text(codex_turn_id) or self._state.new_id())
        fields = {
            "type": "codex_turn_started",
            "codex_turn_id": turn.codex_turn_id,
            "thread_id": self.thread_id,
        }
        if not self._state.claim("turn", turn.codex_turn_id) or not turn._event(fields):
            return OFF_TURN
        self._turn = turn
        return turn

    @never_raises(lambda: OFF_THREAD)
    def child(
        self,
        /,
        task_name: str,
        *,
        asked_by: ToolCall | None = None,
        thread_id: str | None = None,
        **details: object,
    ) -> AgentThread:
        """Start the thread of an agent that this one owns.

        `asked_by` is the `spawn_agent` call with which the model asked for it, if it did. `details` are
        `nickname`, `agent_role`, `model`, `cwd`, `provider_name`, `approval_policy` and `sandbox_policy`;
        what is missing is inherited.
        """
        segment = agent_segment(task_name)
        number = self._children[segment] = self._children.get(segment, 0) + 1
        path = f"{self.agent_path}/{segment}" + (f"_{number}" if number > 1 else "")
        inherited = {**self._details, "nickname": None, "agent_role": None, "task_name": str(task_name)}
        agent = start_thread(self._state, thread_id, path, self, {**inherited, **details})
        if asked_by is not None:
            asked_by.started_agent(agent)
        return agent

    @never_raises(nothing)
    def accept(self, item_id: str) -> None:
        """Record that the item with this Responses API id is part of the history; once per id."""
        if item_id in self._accepted:
            return
        self._accepted.add(item_id)
        self._event({"type": "history_item_accepted", "item_id": item_id})

    @never_raises(nothing)
    def accept_items(self, items: object) -> None:
        """Record that all these items which have an id are part of the history."""
        for item in items_in_form(items):
            if isinstance(item.get("id"), str) and item.get("type") != "agent_message":
                self.accept(item["id"])

    @never_raises(nothing)
    def receive(self, message: Item) -> None:
        """Record the arrival of another agent's message, an item made by `agent_message`."""
        item = item_in_form(message)
        if item.get("type") != "agent_message" or not isinstance(item.get("id"), str):
            self._ignored("a received message is not an agent_message with an id")
        elif item["id"] not in self._accepted:
            self._accepted.add(item["id"])

            def check(body: Any) -> Any:
                if item_in_form(body).get("type") != "agent_message":
                    raise ValueError("a received message that is no agent_message any more")
                return {**body, "id": item["id"]}

            receipt = self._payload("protocol_event", item, check)
            event = {"type": "history_item_accepted", "item_id": item["id"], "agent_message_payload": receipt}
            self._event(event)

    @never_raises(nothing)
    def end(self, status: ExecutionStatus = "completed") -> None:
        """End the thread. `cancelled` is written as `aborted`, which is what a thread can be."""
        if self._state is not None and self._take_end():
            written = rollout_status(status)
            fields = {"type": "thread_ended", "thread_id": self.thread_id, "status": written}
            self._state.writer.event(fields)
            self._state.open_threads.pop(self.thread_id, None)

    @never_raises(nothing)
    def resume(self) -> None:
        """Go on with a thread that has ended. Its code cells are gone."""
        resumed = {"type": "thread_resumed", "thread_id": self.thread_id}
        if self._state is not None and not self._open and self._state.writer.event(resumed):
            self._open.append(True)
            self._lives += 1
            self._state.open_threads[self.thread_id] = self

    def request_in_form(self, request: object, model: str | None) -> dict[str, Any]:
        """Return a request every reducer accepts, with the body's own keys in their order.

        A `previous_response_id` stays only if it continues what this thread recorded last; otherwise it is
        kept as `unrecorded_previous_response_id`, and `input` counts as all there is.
        """
        given: Any = value_of(request)
        if isinstance(given, str | list | tuple):
            given = {"input": given}
        elif type(given) is not dict:
            given = dict(given) if isinstance(given, Mapping) else plain(given)
        body: dict[str, Any] = {**given, "input": items_in_form(given.get("input"))}
        if model is not None and "model" not in body:
            body = {"model": model, **body}
        previous = body.get("previous_response_id")
        if previous is None or self._continues(previous, body["input"]):
            return body
        renamed = {"previous_response_id": "unrecorded_previous_response_id"}
        return {renamed.get(name, name): value for name, value in body.items()}

    def _continues(self, previous: object, items: list[Item]) -> bool:
        if not isinstance(previous, str) or previous != self._latest_response:
            return False
        return self._delta is None or self._delta == items

    def request_recorded(self, call: Inference, request: dict[str, Any]) -> None:
        """Note which call asked last, so that later requests can be recorded as continuing it."""
        self._latest_call = call
        if isinstance(request.get("previous_response_id"), str):
            self._delta = request["input"]
        else:
            self._latest_response = self._delta = None

    def response_recorded(self, call: Inference, response_id: str | None) -> None:
        """Note that a call's output extends the conversation; None if it failed."""
        unique = self._state is not None and self._state.first_use(f"{self.thread_id} {response_id}")
        if self._latest_call is not call:
            self._latest_response = self._delta = None
        elif response_id is not None:
            self._latest_response, self._delta = response_id if unique else None, None

    def history_replaced(self) -> None:
        """Note that a compaction replaced the conversation: nothing continues what was before."""
        self._latest_response = self._delta = None

    def turn_ended(self, turn: Turn) -> None:
        """Note that a turn is over."""
        if self._turn is turn:
            self._turn = None

    def _event(self, fields: Mapping[str, Any], texts: tuple[str, ...] = ()) -> bool:
        """Write an event of this thread in the turn that is open."""
        turn = self._turn
        turn_id = None if turn is None else turn.codex_turn_id
        return self._state is not None and self._state.writer.event(fields, self.thread_id, turn_id, texts)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        self.end(status)


def start_thread(
    state: RecordingState | None,
    thread_id: str | None,
    agent_path: str,
    parent: AgentThread | None,
    details: Mapping[str, object],
    session_source: object = "exec",
) -> AgentThread:
    """Write a thread's start and return it; a thread that is off if it could not be written."""
    if state is None:
        return OFF_THREAD
    thread = AgentThread(state, id_text(thread_id) or state.new_id(), agent_path, parent, details)
    if not state.claim("thread", thread.thread_id):
        return OFF_THREAD
    if parent is not None:
        session_source = spawned_source(parent.thread_id, thread.depth, agent_path, details)
    texts = {name: None if value is None else str(value) for name, value in details.items()}
    metadata = session_metadata(thread.thread_id, agent_path, session_source=session_source, details=texts)
    fields = {
        "type": "thread_started",
        "thread_id": thread.thread_id,
        "agent_path": agent_path,
        "metadata_payload": state.writer.payload("session_metadata", metadata, metadata_shape),
    }
    if not state.writer.event(fields):
        return OFF_THREAD
    state.open_threads[thread.thread_id] = thread
    return thread


OFF_THREAD: AgentThread = AgentThread(None, "", "", None, {})
