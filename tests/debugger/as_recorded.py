"""What a recording says, read from its lines and payload files, and from the reference reducer's answer.

Nothing here uses the program: expectations made of it are independent of what they are held against.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]

INFERENCE_ENDS = ("inference_completed", "inference_failed", "inference_cancelled")


class Recorded:
    """A bundle as it lies on disk; `state` is the reference reducer's answer, None where it refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        lines = (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()
        self.events: list[Event] = [json.loads(one) for one in lines if one.strip()]
        state = folder / "state.json"
        self.state: dict[str, Any] | None = json.loads(state.read_bytes()) if state.exists() else None

    def body(self, reference: dict[str, Any]) -> Any:
        """The payload file that a reference names."""
        return json.loads((self.folder / reference["path"]).read_bytes())

    def of_type(self, *types: str) -> Iterator[Event]:
        """Events of these types, in order."""
        return (event for event in self.events if event["payload"]["type"] in types)


# -- the context -----------------------------------------------------------------------


def contexts(recorded: Recorded) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """(seq, item ids in context by thread) after each event; needs the reference reducer's answer.

    The last request's items, then those of responses that came later; nothing from the installation of a
    compaction to the next request.
    """
    assert recorded.state is not None
    calls = recorded.state["inference_calls"]
    inside: dict[str, list[str]] = {}
    replaced: set[str] = set()
    for event in recorded.events:
        payload = event["payload"]
        if payload["type"] == "inference_started":
            call = calls[payload["inference_call_id"]]
            inside[call["thread_id"]] = list(call["request_item_ids"])
            replaced.discard(call["thread_id"])
        elif payload["type"] in INFERENCE_ENDS:
            call = calls[payload["inference_call_id"]]
            if call["thread_id"] not in replaced:
                inside[call["thread_id"]] = inside[call["thread_id"]] + call["response_item_ids"]
        elif payload["type"] == "compaction_installed":
            inside[event["thread_id"]] = []
            replaced.add(event["thread_id"])
        yield event["seq"], inside


def carried_call_ids(recorded: Recorded) -> Iterator[tuple[int, str, list[str | None]]]:
    """(seq, thread, call ids of the items in context) after each request and response, by their bodies.

    Needs no reducer. Requests that carry only what is new end the reading of their thread.
    """
    inside: dict[str, list[str | None]] = {}
    threads: dict[str, str] = {}
    for event in recorded.events:
        payload = event["payload"]
        thread_id = threads.get(payload.get("inference_call_id", ""), "")
        if payload["type"] == "inference_started":
            body = recorded.body(payload["request_payload"])
            thread_id = threads[payload["inference_call_id"]] = payload["thread_id"]
            if isinstance(body.get("previous_response_id"), str):
                inside.pop(thread_id, None)
                continue
            inside[thread_id] = _call_ids(body["input"])
        elif payload["type"] in INFERENCE_ENDS:
            reference = payload.get("response_payload") or payload.get("partial_response_payload")
            if reference is None or thread_id not in inside:
                continue
            inside[thread_id] = inside[thread_id] + _call_ids(recorded.body(reference)["output_items"])
        elif payload["type"] == "compaction_installed":
            inside.pop(event["thread_id"], None)
            continue
        else:
            continue
        yield event["seq"], thread_id, inside[thread_id]


def _call_ids(items: list[Any]) -> list[str | None]:
    return [
        one.get("call_id") if isinstance(one.get("call_id"), str) else None
        for one in items
        if one.get("type") != "additional_tools"
    ]


# -- what is on its way ------------------------------------------------------------------


def waiting_results(recorded: Recorded) -> Iterator[tuple[int, dict[str, set[str]]]]:
    """(seq, call ids by thread) after each event: calls of the model with a result that no body has yet.

    A cell gives what its call returns with its first answer, once its call is recorded.
    """
    asked: set[tuple[str, Any]] = set()
    early: list[tuple[str, str, Any]] = []
    waiting: dict[str, set[str]] = {}
    calls: dict[str, tuple[str, str]] = {}
    cells: dict[tuple[str, str], str] = {}
    seen: dict[str, set[str]] = {}

    def read(items: list[Any], thread_id: str) -> None:
        asked.update((thread_id, one.get("call_id")) for one in items)
        for one in [one for one in early if one[:2] in asked]:
            early.remove(one)
            gave(*one)

    def carried(items: list[Any], thread_id: str) -> None:
        read(items, thread_id)
        found = {one["call_id"] for one in items if one["type"].endswith("_output") and one.get("call_id")}
        seen.setdefault(thread_id, set()).update(found)
        waiting.setdefault(thread_id, set()).difference_update(found)

    def gave(thread_id: str, call_id: str, reference: Any) -> None:
        if reference and call_id not in seen.get(thread_id, ()):
            waiting.setdefault(thread_id, set()).add(call_id)

    for event in recorded.events:
        payload, thread_id = event["payload"], event.get("thread_id") or ""
        kind = payload["type"]
        if kind == "tool_call_started" and payload["requester"]["type"] == "model":
            visible = payload.get("model_visible_call_id") or payload["tool_call_id"]
            calls.setdefault(payload["tool_call_id"], (thread_id, visible))
        elif kind == "tool_call_ended" and payload["tool_call_id"] in calls:
            gave(*calls[payload["tool_call_id"]], payload.get("result_payload"))
        elif kind == "code_cell_started":
            cells[thread_id, payload["runtime_cell_id"]] = payload["model_visible_call_id"]
        elif kind == "code_cell_initial_response":
            cell = cells[thread_id, payload["runtime_cell_id"]]
            early.append((thread_id, cell, payload.get("response_payload")))
            read([], thread_id)
        elif kind in INFERENCE_ENDS:
            body = payload.get("response_payload") or payload.get("partial_response_payload")
            read(recorded.body(body)["output_items"] if body else [], thread_id)
        elif kind == "inference_started":
            carried(recorded.body(payload["request_payload"])["input"], payload["thread_id"])
        elif kind == "compaction_installed":
            carried(recorded.body(payload["checkpoint_payload"])["input_history"], thread_id)
        yield event["seq"], waiting
