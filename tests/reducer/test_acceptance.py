"""Accepted history and receipts of schema 2 (format section 7.5)."""

from __future__ import annotations

from scripted import Body, Json, Script, agent_message, assistant, time_of, user


def accept(script: Script, item: str, receipt: Json | None = None, thread: str | None = "t1") -> int:
    given = {} if receipt is None else {"agent_message_payload": Body("protocol_event", receipt)}
    return script.event("history_item_accepted", thread=thread, item_id=item, **given)


def listed(script: Script) -> list[int]:
    ids = script.state()["threads"]["t1"]["conversation_item_ids"]
    return [int(one.rpartition(":")[2]) for one in ids]


def test_the_first_acceptance_counts_whenever_the_item_comes(script: Script) -> None:
    script.begin()
    before = accept(script, "m1")
    script.ask("i1", user("a", id="m1"), user("b", id="m2"))
    after = accept(script, "m2")
    accept(script, "m2")
    items = script.state()["conversation_items"]
    found = [
        (item["responses_item_id"], item["accepted_seq"], item["accepted_at_unix_ms"])
        for item in items.values()
    ]
    assert found == [("m1", before, time_of(before)), ("m2", after, time_of(after))]


def test_an_acceptance_without_its_item_leaves_no_trace(script: Script) -> None:
    script.begin()
    script.ask("i1", user("a"))
    without = script.state()
    accept(script, "m9")
    assert script.state() == without


def test_a_late_acceptance_lists_the_item_where_it_was_created(script: Script) -> None:
    script.begin()
    script.ask("i1", user("a"))
    script.answer("i1", assistant("x", id="m1"), assistant("y", id="m2"))
    assert listed(script) == [1]
    accept(script, "m2")
    assert listed(script) == [1, 3]
    accept(script, "m1")
    assert listed(script) == [1, 2, 3]


def test_acceptance_is_a_thread_s_own(script: Script) -> None:
    script.begin()
    script.thread("t2", "/root/kid")
    script.turn("u2", "t2")
    script.ask("i1", user("a", id="m1"))
    script.ask("i2", user("a", id="m1"), thread="t2", turn="u2")
    accept(script, "m1", thread="t2")
    items = script.state()["conversation_items"]
    assert "accepted_seq" not in items["conversation_item:1"]
    assert "accepted_seq" in items["conversation_item:2"]


def test_a_receipt_is_an_item_at_once(script: Script) -> None:
    script.begin()
    seq = accept(script, "m1", agent_message("/root/kid", "/root", "done", id="m1"))
    item = script.state()["conversation_items"]["conversation_item:1"]
    assert (item["responses_item_id"], item["accepted_seq"], item["produced_by"]) == ("m1", seq, [])
    assert (item["codex_turn_id"], listed(script)) == ("u1", [1])


def test_a_receipt_becomes_what_the_model_is_shown(script: Script) -> None:
    """Matched by id alone; the body is the model's, author and recipient stay."""
    script.begin()
    accept(script, "m1", agent_message("/root/kid", "/root", "draft", id="m1"))
    script.ask("i1", user("a"), agent_message("/other", "/elsewhere", "sent", id="m1"))
    state = script.state()
    assert state["inference_calls"]["i1"]["request_item_ids"] == [
        "conversation_item:2",
        "conversation_item:1",
    ]
    item = state["conversation_items"]["conversation_item:1"]
    assert item["body"]["parts"] == [{"type": "text", "text": "sent"}]
    assert item["agent_message"] == {"author": "/root/kid", "recipient": "/root"}


def test_a_receipt_is_matched_once(script: Script) -> None:
    script.begin()
    accept(script, "m1", agent_message("/root/kid", "/root", "draft", id="m1"))
    script.ask("i1", agent_message("/root/kid", "/root", "sent", id="m1"))
    script.ask("i2", agent_message("/root/kid", "/root", "other", id="m1"))
    assert script.state()["inference_calls"]["i2"]["request_item_ids"] == ["conversation_item:2"]


def test_what_is_unlike_its_receipt_is_another_item_the_next_time(script: Script) -> None:
    """The id counts once, then what it says does, of which author and recipient are a part."""
    script.begin()
    accept(script, "m1", agent_message("/root/kid", "/root", "x", id="m1"))
    sent = (user("a"), agent_message("/root/other", "/root", "x", id="m1"), user("b"))
    for name in ("i1", "i2", "i3"):
        script.ask(name, *sent)
    calls = script.state()["inference_calls"]
    found = [[int(one.rpartition(":")[2]) for one in calls[name]["request_item_ids"]] for name in calls]
    assert found == [[2, 1, 3], [2, 4, 3], [2, 4, 3]]


def test_an_equal_item_is_met_before_a_receipt(script: Script) -> None:
    """Wherever it stands; it adopts the id, and the receipt waits on."""
    script.begin()
    script.ask("i1", agent_message("/root/kid", "/root", "a"), user("b"))
    accept(script, "m1", agent_message("/root/kid", "/root", "x", id="m1"))
    script.compact("k1", [agent_message("/root/kid", "/root", "a", id="m1")], [])
    script.ask("i2", agent_message("/root/kid", "/root", "x", id="m1"))
    state = script.state()
    assert state["compactions"]["k1"]["input_item_ids"] == ["conversation_item:1"]
    assert state["conversation_items"]["conversation_item:1"]["responses_item_id"] == "m1"
    assert state["inference_calls"]["i2"]["request_item_ids"] == ["conversation_item:3"]


def test_an_item_without_id_is_not_a_receipt_s(script: Script) -> None:
    script.begin()
    accept(script, "m1", agent_message("/root/kid", "/root", "x", id="m1"))
    script.ask("i1", agent_message("/root/kid", "/root", "x"))
    assert script.state()["inference_calls"]["i1"]["request_item_ids"] == ["conversation_item:2"]


def test_a_receipt_for_a_known_item_only_accepts_it(script: Script) -> None:
    script.begin()
    script.ask("i1", agent_message("/root/kid", "/root", "x", id="m1"))
    seq = accept(script, "m1", agent_message("/root/kid", "/root", "other", id="m1"))
    items = script.state()["conversation_items"]
    assert list(items) == ["conversation_item:1"]
    assert items["conversation_item:1"]["accepted_seq"] == seq
    assert items["conversation_item:1"]["body"]["parts"] == [{"type": "text", "text": "x"}]
