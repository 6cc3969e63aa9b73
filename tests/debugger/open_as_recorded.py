"""What is open at an event, and what came of everything, by the lines of a recording alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from as_recorded import INFERENCE_ENDS, Event, Recorded


class OpenWait(NamedTuple):
    """A wait that is open in a running turn, and the cell it names (None: an agent, or no known cell)."""

    thread_id: str
    tool_call_id: str
    code_cell_id: str | None


class OpenThings(NamedTuple):
    """As of one event: threads that have started and not ended, and what is open in their running turns.

    `turns`, `requests`, `calls` (of the model, waits among them), `nested` (calls of cells) and `compactions`
    are pairs of thread and id.
    """

    seq: int
    threads: frozenset[str]
    waits: frozenset[OpenWait]
    turns: frozenset[tuple[str, str]]
    requests: frozenset[tuple[str, str]]
    calls: frozenset[tuple[str, str]]
    nested: frozenset[tuple[str, str]]
    compactions: frozenset[tuple[str, str]]


def open_things(recorded: Recorded) -> Iterator[OpenThings]:
    """What is open after each event, by its lines alone."""
    threads: set[str] = set()
    turns: dict[str, str] = {}
    known: set[str] = set()
    waits: dict[str, tuple[OpenWait, str]] = {}
    requests: dict[str, tuple[str, str]] = {}
    calls: dict[str, tuple[str, str]] = {}
    nested: dict[str, tuple[str, str]] = {}
    compactions: dict[str, tuple[str, str]] = {}
    cells: dict[tuple[str, str], str] = {}
    for event in recorded.events:
        payload, thread_id = event["payload"], event.get("thread_id") or ""
        kind = payload["type"]
        if kind in ("thread_started", "thread_resumed"):
            threads.add(payload["thread_id"])
        elif kind == "thread_ended":
            threads.discard(payload["thread_id"])
        elif kind == "codex_turn_started":
            turns[payload["codex_turn_id"]] = payload["thread_id"]
            known.add(payload["codex_turn_id"])
        elif kind == "codex_turn_ended" and payload["status"] != "running":
            turns.pop(payload["codex_turn_id"], None)
        elif kind == "inference_started":
            requests[payload["inference_call_id"]] = (payload["thread_id"], payload["codex_turn_id"])
            if payload["codex_turn_id"] not in known:  # releases before 0.125 record no turns
                turns[payload["codex_turn_id"]] = payload["thread_id"]
                known.add(payload["codex_turn_id"])
        elif kind in INFERENCE_ENDS:
            requests.pop(payload["inference_call_id"], None)
        elif kind == "code_cell_started":
            cells[thread_id, payload["runtime_cell_id"]] = f"code_cell:{payload['model_visible_call_id']}"
        elif kind == "compaction_request_started":
            compactions[payload["compaction_request_id"]] = (payload["thread_id"], payload["codex_turn_id"])
        elif kind in ("compaction_request_completed", "compaction_request_failed"):
            compactions.pop(payload["compaction_request_id"], None)
        elif kind == "tool_call_started":
            asked = calls if payload["requester"]["type"] == "model" else nested
            if payload["tool_call_id"] not in known:  # an id that is used again: the first call is kept
                asked[payload["tool_call_id"]] = (thread_id, event["codex_turn_id"])
            known.add(payload["tool_call_id"])
            cell = _waited_cell(recorded, payload)
            if cell is not None or payload["kind"]["type"] == "wait_agent":
                wait = OpenWait(thread_id, payload["tool_call_id"], cells.get((thread_id, cell or "")))
                waits[payload["tool_call_id"]] = (wait, event["codex_turn_id"])
        elif kind == "tool_call_ended":
            for one in (waits, calls, nested):
                one.pop(payload["tool_call_id"], None)

        def inside(found: dict[str, tuple[str, str]]) -> frozenset[tuple[str, str]]:
            return frozenset(
                (thread, name)
                for name, (thread, turn) in found.items()
                if turn in turns and thread in threads
            )

        yield OpenThings(
            event["seq"],
            frozenset(threads),
            frozenset(
                wait for wait, turn_id in waits.values() if turn_id in turns and wait.thread_id in threads
            ),
            frozenset((thread, turn) for turn, thread in turns.items() if thread in threads),
            *map(inside, (requests, calls, nested, compactions)),
        )


def _waited_cell(recorded: Recorded, started: Event) -> str | None:
    """The cell that a call of the tool `wait` names; a call that names none is no wait."""
    kind = started["kind"]
    if kind["type"] != "other" or kind["name"] != "wait" or started.get("invocation_payload") is None:
        return None
    try:
        arguments = json.loads(recorded.body(started["invocation_payload"])["payload"]["arguments"])
    except ValueError:
        return None
    cell = arguments.get("cell_id") if isinstance(arguments, dict) else None
    return cell if isinstance(cell, str) else None


# -- what failed ---------------------------------------------------------------------------

UNFINISHED = "unfinished"


def outcomes(recorded: Recorded) -> set[tuple[str, str, str]]:
    """(kind, id, outcome) of everything that failed, was cancelled or never ended, by its lines alone.

    Kinds: thread, turn, inference, tool, cell, compaction_request, agent. A turn that ends takes its open
    requests and cells with it (format section 11). In schema 1 turns never end as failed: an agent failed
    where the last request of its turn did.
    """
    found: set[tuple[str, str, str]] = set()
    running: dict[tuple[str, str], str | None] = {}
    turn_threads: dict[str, str] = {}
    cells: dict[tuple[str, str], str] = {}
    children: set[str] = set()
    last: dict[str, str] = {}

    def ended(kind: str, name: str, outcome: str) -> None:
        if running.pop((kind, name), "unknown") != "unknown" and outcome != "completed":
            found.add((kind, name, outcome))

    for event in recorded.events:
        payload = event["payload"]
        turn_id, thread_id = event.get("codex_turn_id"), event.get("thread_id") or ""
        kind = payload["type"]
        if kind == "thread_started":
            running["thread", payload["thread_id"]] = None
            if payload["agent_path"] != "/root":
                children.add(payload["thread_id"])
        elif kind == "thread_resumed":
            running["thread", payload["thread_id"]] = None
        elif kind == "thread_ended":
            ended("thread", payload["thread_id"], payload["status"])
        elif kind == "codex_turn_started":
            running["turn", payload["codex_turn_id"]] = None
            turn_threads[payload["codex_turn_id"]] = payload["thread_id"]
        elif kind == "codex_turn_ended":
            _turn_ended(payload, running, ended)
            agent = turn_threads.get(payload["codex_turn_id"], "")
            if agent in children and (payload["status"] == "failed" or last.get(agent) == "failed"):
                found.add(("agent", agent, "failed"))
        elif kind == "inference_started":
            running["inference", payload["inference_call_id"]] = turn_id
        elif kind in INFERENCE_ENDS:
            last[thread_id] = kind.removeprefix("inference_")
            ended("inference", payload["inference_call_id"], last[thread_id])
        elif kind == "tool_call_started":
            running["tool", payload["tool_call_id"]] = None
        elif kind == "tool_call_ended":
            ended("tool", payload["tool_call_id"], payload["status"])
        elif kind == "code_cell_started":
            cell = cells[thread_id, payload["runtime_cell_id"]] = (
                f"code_cell:{payload['model_visible_call_id']}"
            )
            running["cell", cell] = turn_id
        elif kind == "code_cell_ended":
            ended("cell", cells[thread_id, payload["runtime_cell_id"]], payload["status"])
        elif kind == "compaction_request_started":
            running["compaction_request", payload["compaction_request_id"]] = None
        elif kind.startswith("compaction_request_"):
            outcome = kind.removeprefix("compaction_request_")
            ended("compaction_request", payload["compaction_request_id"], outcome)
    return found | {(kind, name, UNFINISHED) for kind, name in running}


def _turn_ended(payload: Event, running: dict[tuple[str, str], str | None], ended: Any) -> None:
    status = payload["status"]
    ended("turn", payload["codex_turn_id"], status)
    inside = [key for key, turn in running.items() if turn == payload["codex_turn_id"]]
    for kind, name in inside:
        if kind == "inference":
            ended(kind, name, "cancelled" if status == "completed" else status)
        elif status != "completed":
            ended(kind, name, "failed" if status == "failed" else "terminated")


def failed_commands(recorded: Recorded) -> set[tuple[str, int]]:
    """(tool call id, seq) where a command ended with an exit code other than 0."""
    calls = {event["payload"]["tool_call_id"] for event in recorded.of_type("tool_call_started")}
    return {
        (event["payload"]["tool_call_id"], event["seq"])
        for event in recorded.of_type("tool_call_runtime_ended")
        if event["payload"]["tool_call_id"] in calls
        and recorded.body(event["payload"]["runtime_payload"]).get("exit_code") not in (None, 0)
    }
