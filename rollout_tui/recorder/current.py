"""The thread, turn and tool call whose `with` block surrounds the caller."""

from __future__ import annotations

from rollout_tui.recorder.agent_thread import OFF_THREAD, AgentThread
from rollout_tui.recorder.tool_call import OFF_TOOL_CALL, ToolCall
from rollout_tui.recorder.turn import OFF_TURN, Turn


def current_thread() -> AgentThread:
    """Return the thread whose `with` block surrounds the caller (`await` too), or one that is off."""
    return AgentThread._current.get(OFF_THREAD)


def current_turn() -> Turn:
    """Return the turn whose `with` block surrounds the caller (`await` too), or one that is off."""
    return Turn._current.get(OFF_TURN)


def current_tool_call() -> ToolCall:
    """Return the tool call whose `with` block surrounds the caller (`await` too), or one that is off."""
    return ToolCall._current.get(OFF_TOOL_CALL)
