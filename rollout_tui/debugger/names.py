"""What people call the objects of a rollout: turn 2, inference 5, exec, cell 1, /root/alpha."""

from __future__ import annotations

from typing import NamedTuple

from rollout_tui.debugger.context.carried import Carried
from rollout_tui.debugger.indexes import created, index_of
from rollout_tui.debugger.lookup import latest
from rollout_tui.graph import objects
from rollout_tui.graph.history import History
from rollout_tui.graph.objects import Object
from rollout_tui.graph.values import (
    CodeCellRequester,
    ExecCommandRequest,
    InferenceProducer,
    SpawnedOrigin,
    ToolKind,
)

SHELL_FLAGS = ("-c", "-lc", "-ic", "-Command")
DEEPEST = 64


class Link(NamedTuple):
    """One step of the chain that leads to an object: what it is, its id, and what people call it."""

    kind: str
    id: str
    label: str


def tool_name(kind: ToolKind) -> str:
    """E.g. `exec_command`, `wait`, `mcp demo.echo`."""
    if kind.type == "mcp":
        return f"mcp {kind.server}.{kind.tool}"
    return kind.name or kind.type


def cell_label(cell: objects.CodeCell) -> str:
    """E.g. `cell 2`, by the id the model sees; by call id while that is not known."""
    return f"cell {cell.runtime_cell_id or cell.model_visible_call_id}"


def item_name(item_id: str) -> str:
    """`item 7` for `conversation_item:7`; an id of anything else as it is."""
    return item_id.replace("conversation_item:", "item ")


def command_line(operation: objects.TerminalOperation) -> str:
    """The command that runs, without the shell around it, or what was written to one."""
    request = operation.request
    if not isinstance(request, ExecCommandRequest):
        return f"stdin {request.stdin!r}" if request.stdin else "poll"
    command = request.command
    if len(command) >= 3 and command[-2] in SHELL_FLAGS:
        return command[-1]
    return request.display_command


class Names:
    """Numbers of turns and inference calls within their thread, from 1 in the order they started."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._turns_taken = 0
        self._calls_taken = 0
        self._counts: dict[tuple[str, str], int] = {}
        self._numbers: dict[str, int] = {}

    def update(self) -> None:
        """Take in the turns and calls that were added since the last time."""
        for number, _, turn in created(self._history, objects.CodexTurn, self._turns_taken):
            self._number(turn.codex_turn_id, "turn", turn.thread_id)
            self._turns_taken = number + 1
        for number, _, call in created(self._history, objects.InferenceCall, self._calls_taken):
            self._number(call.inference_call_id, "inference", call.thread_id)
            self._calls_taken = number + 1

    def _number(self, object_id: str, kind: str, thread_id: str) -> None:
        count = self._counts[kind, thread_id] = self._counts.get((kind, thread_id), 0) + 1
        self._numbers[object_id] = count

    def number(self, object_id: str) -> int | None:
        """Number of a turn or an inference call within its thread."""
        return self._numbers.get(object_id)

    def turn(self, codex_turn_id: str | None) -> str:
        """E.g. `turn 2`."""
        return f"turn {self._numbers.get(codex_turn_id or '', '?')}"

    def inference(self, inference_call_id: str) -> str:
        """E.g. `inference 5`."""
        return f"inference {self._numbers.get(inference_call_id, '?')}"

    def thread(self, thread_id: str | None) -> str:
        """Agent path, e.g. `/root/alpha`; the id when the thread is not known."""
        thread = latest(self._history, objects.Thread, thread_id)
        return (thread.agent_path if thread else "") or thread_id or "no thread"

    # -- the chain of what holds an object -----------------------------------

    def chain_of_turn(self, thread_id: str | None, codex_turn_id: str | None) -> tuple[Link, ...]:
        """Thread (when another one spawned it) and turn."""
        links: list[Link] = []
        thread = latest(self._history, objects.Thread, thread_id)
        if thread and isinstance(thread.origin, SpawnedOrigin):
            links.append(Link("thread", thread.thread_id, thread.agent_path.rpartition("/")[2]))
        if codex_turn_id in self._numbers:
            links.append(Link("codex_turn", codex_turn_id or "", self.turn(codex_turn_id)))
        return tuple(links)

    def chain_of_tool(self, tool: objects.ToolCall, depth: int = 0) -> tuple[Link, ...]:
        """What asked for a call: turn and inference, and for nested calls the cell and its own chain."""
        if isinstance(tool.requester, CodeCellRequester):
            cell = latest(self._history, objects.CodeCell, tool.requester.code_cell_id)
            if cell and depth < DEEPEST:
                return (
                    *self.chain_of_cell(cell, depth + 1),
                    Link("code_cell", cell.code_cell_id, cell_label(cell)),
                )
            return self.chain_of_turn(tool.thread_id, tool.started_by_codex_turn_id)
        turn = self.chain_of_turn(tool.thread_id, tool.started_by_codex_turn_id)
        call = self.requested_by(tool)
        return (*turn, Link("inference_call", call, self.inference(call))) if call else turn

    def chain_of_cell(self, cell: objects.CodeCell, depth: int = 0) -> tuple[Link, ...]:
        """The call that started a cell and its chain."""
        tool = latest(self._history, objects.ToolCall, cell.model_visible_call_id)
        if tool is not None:
            return (
                *self.chain_of_tool(tool, depth),
                Link("tool_call", tool.tool_call_id, tool_name(tool.kind)),
            )
        return self.chain_of_turn(cell.thread_id, cell.codex_turn_id)

    def chain_of(self, one: Object) -> tuple[Link, ...]:
        """What holds a turn, a request, a call, a cell or a terminal operation; nothing for other objects."""
        if isinstance(one, objects.CodexTurn):
            return self.chain_of_turn(one.thread_id, None)
        if isinstance(one, (objects.InferenceCall, objects.CompactionRequest)):
            return self.chain_of_turn(one.thread_id, one.codex_turn_id)
        if isinstance(one, objects.ToolCall):
            return self.chain_of_tool(one)
        if isinstance(one, objects.CodeCell):
            return self.chain_of_cell(one)
        if isinstance(one, objects.TerminalOperation):
            tool = latest(self._history, objects.ToolCall, one.tool_call_id)
            return self.chain_of_tool(tool) if tool else ()
        return ()

    def thread_of(self, one: Object) -> str | None:
        """The thread an object belongs to, that of its call for a terminal operation; None without one."""
        if isinstance(one, objects.TerminalOperation):
            tool = latest(self._history, objects.ToolCall, one.tool_call_id)
            return tool.thread_id if tool else None
        return getattr(one, "thread_id", None)

    def requested_by(self, tool: objects.ToolCall) -> str | None:
        """The inference call that asked for a call; the latest of its turn while the response is open."""
        for item_id in tool.model_visible_call_item_ids[:1]:
            item = latest(self._history, objects.ConversationItem, item_id)
            for producer in item.produced_by if item else ():
                if isinstance(producer, InferenceProducer):
                    return producer.inference_call_id
        handle = self._history.handle(objects.ToolCall, tool.tool_call_id)
        if handle is None:
            return None
        carried = index_of(self._history, Carried)
        request = carried.request_at(tool.thread_id, self._history.born(handle))
        same_turn = request and request.codex_turn_id == tool.started_by_codex_turn_id
        return request.inference_call_id if request and same_turn else None
