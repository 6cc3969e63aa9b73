"""Items, responses and compactions that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripted import Body, Json, Script, agent_message, assistant, call, user

from rollout_tui.reducer import limits

from .case import case


@case("acceptance_without_thread")
def _(script: Script) -> None:
    script.event("history_item_accepted", thread=None, item_id="m1")


def accepted(state: Json) -> bool:
    (item,) = state["conversation_items"].values()
    return "accepted_seq" in item


@case("bad_receipt", lambda state: state["conversation_items"]["conversation_item:1"]["accepted_seq"])
def _(script: Script) -> int:
    body = Body("protocol_event", agent_message("/root", "/root", "x", id="m2"))
    script.event("history_item_accepted", item_id="m1", agent_message_payload=body)
    seq = script.seq
    script.ask("i1", agent_message("/root", "/root", "x", id="m1"))
    return seq


def opaque(label: str) -> Callable[[Json], object]:
    """The first request shows an item that only names its type."""

    def found(state: Json) -> object:
        (one,) = state["inference_calls"]["i1"]["request_item_ids"]
        (part,) = state["conversation_items"][one]["body"]["parts"]
        return (part["type"], part["label"]) == ("payload_ref", label)

    return found


@case("bad_item", opaque("message"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "message", "role": "nobody", "content": []})


@case("bad_item", opaque("reasoning"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "reasoning", "summary": None})


@case("bad_item", opaque("item"))
def _(script: Script) -> None:
    script.ask("i1", "text")


@case("unsupported_item_type", opaque("other"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "other", "call_id": "c1"})


@case("item_too_large", opaque("message"))
def _(script: Script) -> None:
    script.ask("i1", {"type": "message", "role": "user", "content": [0] * (limits.MOST_PARTS + 1)})


@case("item_too_large", opaque("agent_message"))
def _(script: Script) -> None:
    parts = [{"type": "input_text", "text": "x"}] * (limits.MOST_PARTS + 1)
    script.ask("i1", agent_message("/root/a", "/root", "x") | {"content": parts})


@case("call_id_reused", lambda state: len(state["inference_calls"]["i1"]["request_item_ids"]) == 2)
def _(script: Script) -> None:
    script.ask("i1", call("c1", arguments="one"), call("c1", arguments="two"))


@case("unknown_previous_response", lambda state: len(state["inference_calls"]["i2"]["request_item_ids"]) == 2)
def _(script: Script) -> None:
    script.ask("i1", user("a"))
    script.ask("i2", user("b"), previous="r9")


@case("conversation_mismatch", lambda state: len(state["inference_calls"]["i3"]["request_item_ids"]) == 3)
def _(script: Script) -> None:
    script.ask("i1", user("a"))
    script.answer("i1", assistant("x"), response_id="r1")
    script.ask("i2", user("b"), previous="r1")
    script.ask("i3", user("other"), previous="r1")


def request_compaction(script: Script, what: str, name: str, **more: Any) -> None:
    script.event(f"compaction_request_{what}", compaction_id="k1", compaction_request_id=name, **more)


def start_compaction(script: Script) -> None:
    request_compaction(
        script,
        "started",
        "r1",
        thread_id="t1",
        codex_turn_id="u1",
        model="m",
        provider_name="p",
        request_payload=Body("compaction_request", {}),
    )


@case("duplicate_compaction", lambda state: len(state["compactions"]["k1"]["replacement_item_ids"]) == 1)
def _(script: Script) -> None:
    script.compact("k1", [], [user("s")])
    script.compact("k1", [], [])


@case("duplicate_compaction_request", lambda state: len(state["compaction_requests"]) == 1)
def _(script: Script) -> None:
    start_compaction(script)
    start_compaction(script)


@case("unknown_compaction_request")
def _(script: Script) -> None:
    request_compaction(script, "failed", "r7", error="no")


@case("compaction_mismatch", lambda state: state["compaction_requests"]["r1"]["compaction_id"] == "k1")
def _(script: Script) -> None:
    start_compaction(script)
    script.event("compaction_request_failed", compaction_id="k2", compaction_request_id="r1", error="no")
