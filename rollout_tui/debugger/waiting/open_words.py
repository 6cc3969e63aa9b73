"""Open things in words: a label for a list, and what they are called in a sentence."""

from __future__ import annotations

from typing import NamedTuple, cast

from rollout_tui.debugger.names import command_line, tool_name
from rollout_tui.debugger.spans.span_tree import OPERATION, TURN
from rollout_tui.debugger.spans.span_words import call_label, call_text, one_line, short_call, title
from rollout_tui.debugger.waiting.open_work import OpenWork
from rollout_tui.graph.objects import CodeCell, InferenceCall, TerminalOperation, Thread, ToolCall
from rollout_tui.graph.values import CodeCellRequester

_SHORT = 60
_WAITS = 1_000


class Said(NamedTuple):
    """What an open thing is called: in a list, in a sentence, and in one that must be short."""

    label: str
    words: str
    brief: str


def of_span(work: OpenWork, number: int) -> Said:
    """What an open span is called."""
    spans, made = work.spans, work.object(number)
    if isinstance(made, ToolCall):
        return _alike(call_label(spans.history, made), _call(work, made))
    if isinstance(made, CodeCell):
        name = title(spans, number)
        states = _cell_state(work, number, made)
        words, brief = f"{name} ({', '.join(states)})", f"{name} ({states[-1]})"
        return Said(f"{name} {made.runtime_status}", words, brief)
    if isinstance(made, InferenceCall):
        name = f"{title(spans, number)} {made.model}"
        return _alike(name, name)
    if isinstance(made, TerminalOperation):
        command = one_line(command_line(made))
        alone = not work.is_running(work.parent(number))
        return _alike(command, f"command {command[:_SHORT]}" if alone else "")
    name = title(spans, number)
    return _alike(name, "" if spans.kinds[number] in (TURN, OPERATION) else name)


def _alike(label: str, words: str) -> Said:
    return Said(label, words, words)


def _call(work: OpenWork, tool: ToolCall) -> str:
    if isinstance(tool.requester, CodeCellRequester):
        return short_call(tool)
    name = tool_name(tool.kind)
    words = f"{name}({short_call(tool)})"
    text = call_text(work.spans.history, tool) if name != "exec" and work.wait(tool) is None else ""
    return f"{words} {text[:_SHORT]}" if text else words


def _cell_state(work: OpenWork, number: int, cell: CodeCell) -> list[str]:
    """E.g. yielded, 2 outputs, running echo; or completed just now."""
    if cell.execution.status != "running":
        now = cell.execution.ended_seq == work.spans.history.events.seqs[work.event]
        return [f"{cell.runtime_status} just now" if now else cell.runtime_status]
    words: list[str] = [cell.runtime_status]
    outputs = outputs_given(work, cell)
    if outputs:
        words.append(f"{outputs} output{'s' if outputs > 1 else ''}")
    nested = [work.object(one) for one in work.open_children(number)]
    calls = [one for one in nested if isinstance(one, ToolCall)]
    if calls:
        more = f" and {len(calls) - 1} more" if len(calls) > 1 else ""
        words.append(f"running {_what(work, calls[0])}{more}")
    return words


def _what(work: OpenWork, tool: ToolCall) -> str:
    """The program a call runs, else the tool."""
    if tool.kind.type == "exec_command":
        words = call_text(work.spans.history, tool).split()
        if words:
            return words[0]
    return tool_name(tool.kind)


def outputs_given(work: OpenWork, cell: CodeCell) -> int:
    """How often a cell has given the model something: its first answer, notifications, finished waits."""
    first = max(len(cell.output_item_ids), 1 if cell.initial_response_seq is not None else 0)
    history, asked = work.spans.history, cell.wait_tool_call_ids
    # Of waits without end the older ones were answered before the later ones began.
    waits = max(0, len(asked) - _WAITS)
    for tool_id in asked[waits:]:
        handle = history.handle(ToolCall, tool_id)
        if handle is not None:
            waits += cast(ToolCall, history.as_of(handle, work.event)).execution.status == "completed"
    return first + waits


def of_agent(work: OpenWork, number: int, thread: Thread) -> Said:
    """What a child agent is called: its path, and its turn or why it has none."""
    name = thread.agent_path or thread.thread_id
    turns = work.open_in(number, TURN)
    if thread.execution.ended_seq is not None:
        return _alike(f"{name} ended", f"{name} (ended)")
    if not turns:
        state = "starting" if work.at_work(number) else "idle"
        return _alike(f"{name} {state}", f"{name} ({state})")
    return _alike(f"{name} {title(work.spans, turns[-1])}", name)
