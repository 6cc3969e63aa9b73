"""One agent of the demo: it asks its scripted model and runs scripted tools, recording as a harness would."""

from __future__ import annotations

from typing import Any

import msgspec

from rollout_tui.demo import story
from rollout_tui.demo.pace import Pace
from rollout_tui.recorder import (
    AgentThread,
    CodeCell,
    Command,
    Conversation,
    Inference,
    ToolCall,
    Turn,
    current_turn,
)
from rollout_tui.recorder.items import Item

_TOOLS = [
    {
        "type": "function",
        "name": "exec_command",
        "description": "Run a shell command in the workspace.",
        "parameters": {"type": "object", "properties": {"cmd": {"type": "string"}}, "required": ["cmd"]},
    },
    {"type": "custom", "name": "apply_patch", "description": "Change files by a patch."},
    {"type": "custom", "name": "exec", "description": "Run JavaScript in a code cell; it may call tools."},
    {
        "type": "function",
        "name": "wait",
        "description": "Wait for a code cell.",
        "parameters": {
            "type": "object",
            "properties": {"cell_id": {"type": "string"}},
            "required": ["cell_id"],
        },
    },
    {
        "type": "function",
        "name": "spawn_agent",
        "description": "Give a task to another agent.",
        "parameters": {
            "type": "object",
            "properties": {"task_name": {"type": "string"}, "message": {"type": "string"}},
            "required": ["task_name", "message"],
        },
    },
    {
        "type": "function",
        "name": "wait_agent",
        "description": "Wait until an agent reports.",
        "parameters": {"type": "object", "properties": {"timeout_ms": {"type": "integer"}}},
    },
]
_BYTES_PER_TOKEN = 4


class Actor:
    """A thread, its conversation and the turn it is in."""

    def __init__(self, thread: AgentThread, pace: Pace, instructions: str) -> None:
        self.thread = thread
        self.pace = pace
        self.conversation = Conversation(thread, pace.new_id)
        self._instructions = instructions
        self._responses = self._asked = 0
        self._processes = 4100 + 10 * thread.depth
        self.turn: Turn = current_turn()
        self.background: Command | None = None

    def begin(self, turn: Turn) -> None:
        """Enter a turn; the first one begins with the instructions."""
        self.turn = turn
        if not self.conversation.items:
            self.conversation.message("developer", self._instructions)
            self.conversation.message("user", story.ENVIRONMENT)

    def ask(self, seconds: float, *output: Item) -> None:
        """Call the model, which answers with these items after some seconds."""
        call = self.asking()
        self.pace.wait(seconds)
        self.answers(call, *output)
        self.pace.wait(0.1)

    def asking(self) -> Inference:
        """Start a model call whose answer comes later."""
        request = self.conversation.request(
            story.MODEL,
            tools=_TOOLS,
            tool_choice="auto",
            parallel_tool_calls=True,
            reasoning={"summary": "auto"},
            store=False,
            include=["reasoning.encrypted_content"],
            prompt_cache_key=self.thread.thread_id,
        )
        return self.turn.inference(request, provider_name=story.PROVIDER)

    def answers(self, call: Inference, *output: Item) -> None:
        """Let a model call end with these items."""
        self._responses += 1
        size = len(msgspec.json.encode(self.conversation.items)) // _BYTES_PER_TOKEN
        usage = {
            "input_tokens": size,
            "cached_input_tokens": self._asked,
            "output_tokens": len(msgspec.json.encode(output)) // _BYTES_PER_TOKEN,
            "reasoning_output_tokens": 16 if output[0]["type"] == "reasoning" else 0,
        }
        self._asked = size
        name = f"{self.thread.depth}_{self._responses}"
        call.completed(output, response_id=f"resp_{name}", upstream_request_id=f"req_{name}", usage=usage)
        self.conversation.add(*output)

    def lose(self, seconds: float, error: str, *arrived: Item) -> None:
        """Call the model and lose the stream after some seconds, when these items had arrived."""
        call = self.asking()
        self.pace.wait(seconds)
        call.failed(error, output_items=arrived)
        self.conversation.add(*arrived)

    def command(self, item: Item, seconds: float, exit_code: int, output: str) -> None:
        """Run the command that a call asks for and give its output to the model."""
        with self.turn.tool_call_for(item) as call:
            self.run(call, item_arguments(item)["cmd"], seconds, exit_code, output)
            told = f"Exit code {exit_code} after {seconds:.1f} s\nOutput:\n{output}"
            call.completed(told)
        self.conversation.output(item["call_id"], told)
        self.pace.wait(0.1)

    def run(self, call: ToolCall, command: str, seconds: float, exit_code: int, output: str) -> None:
        """Run a command for a tool call."""
        self._processes += 1
        words = ["/bin/bash", "-lc", command]
        with call.command(words, cwd=story.FOLDER, process_id=self._processes) as process:
            self.pace.wait(seconds)
            process.exited(exit_code, output)

    def patch(self, item: Item, path: str, change: dict[str, str], told: str) -> None:
        """Apply the patch that a call carries."""
        changes = {f"{story.FOLDER}/{path}": change}
        with self.turn.tool_call_for(item) as call:
            with call.runtime({"auto_approved": True, "changes": changes}) as work:
                self.pace.wait(0.3)
                work.completed(stdout=told, stderr="", success=True)
            call.completed(told)
        self.conversation.output(item["call_id"], told, custom=True)
        self.pace.wait(0.1)

    def wait_call(self, item: Item, cell: CodeCell) -> ToolCall:
        """Start the wait that a call asks for."""
        return self.turn.wait(cell, call_id=item["call_id"], arguments=item["arguments"])

    def reasoning(self, text: str) -> Item:
        """Return a reasoning item with this summary."""
        identity = self.pace.new_id()
        return {
            "type": "reasoning",
            "id": f"rs_{identity}",
            "summary": [{"type": "summary_text", "text": text}],
            "content": None,
            "encrypted_content": f"demo-{identity}",
        }

    def says(self, text: str, phase: str = "commentary") -> Item:
        """Return a message of the model; the last one of a turn has the phase `final_answer`."""
        return {
            "type": "message",
            "id": f"msg_{self.pace.new_id()}",
            "role": "assistant",
            "content": [{"type": "output_text", "text": text}],
            "phase": phase,
        }

    def calls(self, call_id: str, name: str, **arguments: object) -> Item:
        """Return a function call of the model."""
        return {
            "type": "function_call",
            "id": f"fc_{self.pace.new_id()}",
            "name": name,
            "arguments": msgspec.json.encode(arguments).decode(),
            "call_id": call_id,
        }

    def calls_custom(self, call_id: str, name: str, text: str) -> Item:
        """Return a call of the model to a tool that takes text."""
        identity = f"ctc_{self.pace.new_id()}"
        return {"type": "custom_tool_call", "id": identity, "call_id": call_id, "name": name, "input": text}


def item_arguments(item: Item) -> dict[str, Any]:
    """Return the arguments of a function call item."""
    arguments: dict[str, Any] = msgspec.json.decode(item["arguments"])
    return arguments
