"""Record what an agent does as a rollout trace: the writing end of the format.

A harness asks for a recording once and holds its contexts while it works:

    with record("traces", model="gpt-5.4") as recording:
        with recording.root.turn() as turn:
            with turn.inference({"model": "gpt-5.4", "input": items}) as call:
                call.completed(response.output, response_id=response.id, usage=response.usage)
            with turn.tool_call_for(item) as tool:
                tool.completed(run(item))

Nothing here raises into the harness, and everything may be called whether or not recording is on. It needs
msgspec and no other package. Contexts may be used from any thread or task. A forked child does not write: its
copies of the contexts count what they drop, and it calls `record` again if it wants a bundle of its own.
"""

from rollout_tui.recorder.agent_thread import AgentThread
from rollout_tui.recorder.code_cell import CodeCell
from rollout_tui.recorder.compaction import Compaction, CompactionRequest
from rollout_tui.recorder.conversation import Conversation
from rollout_tui.recorder.counters import RecorderCounters
from rollout_tui.recorder.current import current_thread, current_tool_call, current_turn
from rollout_tui.recorder.encoding import Limits, Redact, walk_text
from rollout_tui.recorder.inference import Inference
from rollout_tui.recorder.items import agent_message, text_message, tool_output
from rollout_tui.recorder.recording import Recording, record
from rollout_tui.recorder.runtime import Command, Runtime
from rollout_tui.recorder.sources import Clock, CountingIds, IdSource
from rollout_tui.recorder.tool_call import ToolCall
from rollout_tui.recorder.turn import Turn
from rollout_tui.recorder.writer import TraceWriter

__all__ = [
    "AgentThread",
    "Clock",
    "CodeCell",
    "Command",
    "Compaction",
    "CompactionRequest",
    "Conversation",
    "CountingIds",
    "IdSource",
    "Inference",
    "Limits",
    "RecorderCounters",
    "Recording",
    "Redact",
    "Runtime",
    "ToolCall",
    "TraceWriter",
    "Turn",
    "agent_message",
    "current_thread",
    "current_tool_call",
    "current_turn",
    "record",
    "text_message",
    "tool_output",
    "walk_text",
]
