"""Lens 4: the threads as a tree, where each one is, and what they gave each other."""

from __future__ import annotations

from functools import partial

from rollout_tui.debugger.context.headings import message_text
from rollout_tui.debugger.spans.span_words import one_line
from rollout_tui.debugger.stories.agent_edges import KINDS, Edge, name
from rollout_tui.debugger.stories.agents import Agent
from rollout_tui.debugger.stories.agents import agents as recorded_agents
from rollout_tui.graph.objects import InteractionEdge, PendingEdge, Thread
from rollout_tui.tui.drawing.lens import LensLines, Maker, MakerLines, View
from rollout_tui.tui.drawing.lines import FLEXIBLE, NOTHING, Cell, Line, Piece, clipped, line, paragraph, row
from rollout_tui.tui.drawing.targets import ToObject
from rollout_tui.tui.keys import with_keys
from rollout_tui.words import count

WIDE = 100
"""Cells; in less room what a thread does and what an edge says stand in rows of their own."""
POSITION_ROWS = 2
"""Rows of what a thread does there."""


def agents(view: View, width: int) -> LensLines:
    """The tree, the thread shown in focus, then every edge."""
    found = recorded_agents(view.trace, view.snapshot, view.now_ms, shown=view.thread_id)
    total = len(found.threads) + found.left_out
    rows: list[Maker] = []
    focus = None
    for agent in found.threads:
        if agent.thread_id == view.thread_id:
            focus = len(rows)
        rows += _agent_rows(view, agent, width)
    if found.left_out:
        words = f" {count(found.left_out, 'more thread')} started later: the timeline has them"
        rows.append(lambda: clipped(line(Piece(words, "dim")), width))
    if found.edges:
        heading = f"edges  {count(len(found.edges), 'edge')}"
        rows += [lambda: NOTHING, lambda: line(Piece(heading, "heading"))]
        chosen = view.selection.id if isinstance(view.selection, ToObject) else None
        for edge in found.edges:
            if edge.edge_id == chosen:
                focus = len(rows)
            rows.append(partial(_edge_line, view, edge, width))
            if width < WIDE and edge.text.strip():
                rows.append(partial(_edge_text, view, edge, width))
    elif found.threads:
        rows += [lambda: NOTHING, lambda: line(Piece(" nothing given to an agent so far", "dim"))]
    return MakerLines(
        f"agents at #{view.snapshot.seq}",
        rows,
        f"{count(total, 'thread')}, {found.running} running" if total else "",
        with_keys("No thread has started yet. Press {agent_next} for the next agent event."),
        focus,
    )


# -- the tree --------------------------------------------------------------------------


def _agent_rows(view: View, agent: Agent, width: int) -> list[Maker]:
    rows: list[Maker] = [partial(_agent_line, view, agent, width)]
    if width < WIDE and agent.position and agent.position != _state(agent):
        rows += [partial(_position_line, one, agent) for one in _position(agent, width)]
    if agent.spawn is not None:
        rows.append(partial(_given_line, view, agent, "<-", agent.spawn, width))
    rows += [partial(_given_line, view, agent, "->", result, width) for result in agent.results]
    return rows


def _position(agent: Agent, width: int) -> list[Line]:
    indent = 2 + len(_branch(agent)) + 2
    return paragraph(agent.position, width, POSITION_ROWS, _position_style(agent), indent)


def _position_line(shown: Line, agent: Agent) -> Line:
    return shown._replace(target=ToObject(Thread, agent.thread_id))


def _position_style(agent: Agent) -> str:
    if "failed" in agent.position:
        return "error"
    if agent.ended_seq is not None:
        return "dim"
    return "running" if agent.turn_status == "running" else ""


def _branch(agent: Agent) -> str:
    return "   " * max(0, agent.depth - 1) + "+- " if agent.depth else ""


def _agent_line(view: View, agent: Agent, width: int) -> Line:
    shown = agent.thread_id == view.thread_id
    state = _state(agent)
    cells = [
        Cell("*" if shown else " ", "heading"),
        Cell(_branch(agent) + (agent.agent_path or agent.thread_id), "agent strong" if shown else "agent"),
        Cell(agent.nickname or "", "dim", drop=3),
        Cell(state, "dim" if agent.ended_seq is not None else "turn"),
        Cell(f"inference {agent.inferences}" if agent.inferences else "", "inference", drop=2),
        Cell(_when(agent), "dim", drop=1),
    ]
    if width >= WIDE:
        cells.append(Cell(agent.position, _position_style(agent), FLEXIBLE))
    return row(width, *(one for one in cells if one.text), target=ToObject(Thread, agent.thread_id))


def _state(agent: Agent) -> str:
    return "ended" if agent.ended_seq is not None else f"turn {agent.turn}" if agent.turn else "starting"


def _when(agent: Agent) -> str:
    if agent.ended_seq is None:
        return f"since #{agent.started_seq}"
    return f"#{agent.started_seq}-#{agent.ended_seq}"


def _under(
    agent: Agent, mark: str, text: str, style: str, target: ToObject | None, width: int, seen: str = ""
) -> Line:
    indent = 2 + len(_branch(agent)) + 1
    return row(
        width,
        Cell("", "", indent),
        *((Cell(mark, "dim"),) if mark else ()),
        Cell(text, style, FLEXIBLE),
        *((Cell(seen, "warning" if seen.startswith(NOT_SEEN) else "dim"),) if seen else ()),
        target=target or ToObject(Thread, agent.thread_id),
    )


def _given_line(view: View, agent: Agent, arrow: str, edge: Edge, width: int) -> Line:
    text = f' "{_message(edge)}"' if edge.text.strip() else ""
    kind = KINDS.get(edge.kind, edge.kind)
    to = f" to {edge.target_path}" if arrow == "->" else ""
    return _under(agent, arrow, f"{kind} #{edge.seq}{to}{text}", "", _target(view, edge), width, _seen(edge))


# -- edges -----------------------------------------------------------------------------

NOT_SEEN = "not yet seen"


def _seen(edge: Edge) -> str:
    """Whether the receiving model has got it."""
    if edge.seen_seq is not None:
        return f"seen #{edge.seen_seq}"
    if edge.kind == "close_agent":
        return ""
    return NOT_SEEN if edge.delivered_seq is None else f"{NOT_SEEN}, there since #{edge.delivered_seq}"


def _edge_line(view: View, edge: Edge, width: int) -> Line:
    seen = _seen(edge)
    return row(
        width,
        Cell(f" #{edge.seq}", "dim", 6),
        Cell(KINDS.get(edge.kind, edge.kind), "agent", 8),
        Cell(f"{name(edge.source_path)} -> {name(edge.target_path)}"),
        Cell(_message(edge) if width >= WIDE else "", "dim", FLEXIBLE, drop=1),
        Cell(seen, "warning" if seen.startswith(NOT_SEEN) else "dim"),
        target=_target(view, edge),
    )


def _edge_text(view: View, edge: Edge, width: int) -> Line:
    """What was given, where the row of the edge has no room for it."""
    return row(width, Cell("", "", 6), Cell(_message(edge), "dim", FLEXIBLE), target=_target(view, edge))


def _message(edge: Edge) -> str:
    return one_line(message_text(edge.text))


def _target(view: View, edge: Edge) -> ToObject:
    kind = InteractionEdge if edge.edge_id in view.snapshot.resolved_edges else PendingEdge
    return ToObject(kind, edge.edge_id)
