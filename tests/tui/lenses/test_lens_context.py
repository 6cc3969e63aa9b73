import json

from lens_views import corpus, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS
from scripted import Script, agent_message, assistant, user

from rollout_tui.graph.objects import CodeCell, ConversationItem
from rollout_tui.tui.drawing.targets import Fold, ToObject, ToPayload
from rollout_tui.tui.lenses.context import context

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


def test_items_stand_in_their_order_with_what_is_pending_below() -> None:
    content = context(view_at(TWO_CELLS, 49), 60)
    text = rows(content)
    assert content.title == "context /root  13 items"
    assert content.subtitle == "1 pending  1,050 tokens"
    assert [row.split()[0] for row in text[:13]] == (
        [
            "dev",
            "user",
            "user",
            "asst",
            "asst",
            "tool",
            "tool",
            "asst",
            "tool",
            "asst",
            "tool",
            "asst",
            "asst",
        ]
    )
    assert text[13].strip() == ""
    assert text[14] == "pending, not yet seen by the model:"
    assert text[15].startswith(" + tool cell 2 result")
    assert content.focus == 15


def test_a_pending_row_leads_to_the_cell_and_an_item_to_itself() -> None:
    content = context(view_at(TWO_CELLS, 49), 60)
    assert target_of(content, "cell 2 result") == ToObject(CodeCell, "code_cell:call_B")
    assert target_of(content, "wait cell 2 300 ms") == ToObject(ConversationItem, "conversation_item:10")


def test_rows_show_size_first_seen_and_who_made_them_where_there_is_room() -> None:
    wide = next(row for row in shown("context", DEMO, 30, 118) if "sed -n 1,40p tidemark/days.py" in row)
    assert wide.split()[-6:] == ["1", "#10", "39", "B", "~10", "t"]
    assert "inference 1" in wide
    narrow = next(row for row in shown("context", DEMO, 30, 38) if "exec_command" in row)
    assert narrow.endswith("39 B")
    assert "inference" not in narrow


def test_what_was_sent_is_told_with_what_stands_beside_the_items() -> None:
    content = context(view_at(TWO_CELLS, 49, way="wire"), 60)
    text = rows(content)
    assert content.title == "context /root  on the wire"
    assert text[0].startswith(" request 4 (#36)")
    assert "6 definitions" in text[1]
    assert text[3].startswith("input  11 elements")
    assert len(text) == 4 + 11
    assert target_of(content, "6 definitions") == ToPayload("raw_payload:22")
    assert target_of(content, "wait cell 2 300 ms") == ToObject(ConversationItem, "conversation_item:10")
    nothing = context(view_at(TWO_CELLS, 9, way="wire"), 60)
    assert not len(nothing) and "Press )" in nothing.empty


def test_messages_between_agents_of_older_releases_are_told_as_those_of_newer_ones(script: Script) -> None:
    """They are JSON in an assistant's text; other JSON, and what the model wrote itself, stays as it is."""
    sent = {"author": "/root/a", "recipient": "/root", "other_recipients": [], "trigger_turn": True}
    whole = json.dumps(sent | {"content": "done"})
    others = [
        json.dumps({"author": "/root/a", "recipient": "/root", "content": "done"}),
        json.dumps(sent | {"author": "a", "content": "done"}),
        json.dumps(sent | {"content": 1}),
        whole + "x",
    ]
    encrypted = json.dumps(sent | {"content": "", "encrypted_content": "gAAA"})
    script.begin()
    script.ask("i1", assistant(whole), assistant(encrypted), *map(assistant, others), user(whole))
    answered = script.answer("i1", assistant(whole + " "))
    told = shown("context", script.folder, answered, 200)
    assert [row.split("   ")[1].strip() for row in told[:2]] == [
        "asst from /root/a  done",
        "asst from /root/a  encrypted",
    ]
    assert len(told) == 8 and all('{"author"' in row for row in told[2:])
    chosen = ToObject(ConversationItem, "conversation_item:1")
    fields = [" ".join(row.split()) for row in shown("inspector", script.folder, answered, selection=chosen)]
    assert "from /root/a to /root" in fields


def test_results_of_agents_of_older_releases_are_told_by_what_was_answered(script: Script) -> None:
    """Else by how the agent ended; what has not exactly their form stays as it is."""
    told = {
        '{"agent_path":"/root/a","status":{"completed":"all\\ngreen"}}': "all green",
        '{"agent_path":"/root/a","status":{"completed":null}}': "completed",
        '{"agent_path":"/root/a","status":{"errored":"no key"}}': "errored no key",
        '{"agent_path":"/root/a","status":"shutdown"}': "shutdown",
        '{"agent_path":"/root/a","status":{}}': None,
        '{"agent_path":"/root/a","status":1}': None,
        '{"agent_path":"/root/a","status":"shutdown","more":1}': None,
    }
    texts = [f"<subagent_notification>\n{body}\n</subagent_notification>" for body in told]
    script.begin()
    asked = script.ask("i1", *(agent_message("/root/a", "/root", text) for text in texts))
    rows = [" ".join(row[7:].split()) for row in shown("context", script.folder, asked, 200)]
    for row, text, words in zip(rows, texts, told.values(), strict=True):
        said = words or " ".join(text.split())
        assert row.startswith(f"from /root/a {said} agent edge"), row


def test_only_what_the_latest_request_did_not_carry() -> None:
    """Request 4 at #36 carries items 1 to 11; #37 answers with two calls, #49 ends cell 2."""
    content = context(view_at(TWO_CELLS, 49, way="new"), 60)
    assert content.title == "context /root  new since request 4 (#36)"
    assert [row.split()[:4] for row in rows(content)] == [
        ["asst", "wait", "cell", "2"],
        ["asst", "wait", "cell", "1"],
        ["+", "tool", "cell", "2"],
    ]
    nothing = context(view_at(TWO_CELLS, 36, way="new"), 60)
    assert not len(nothing) and nothing.empty.startswith("Nothing is new: request 4 (#36) carried all")


def test_new_after_a_compaction_is_the_replacement_and_what_it_dropped() -> None:
    """#18 installs a compaction: items 6 to 9 are accepted, 1 to 5 left after request 1 (#10)."""
    content = context(view_at(RECORDINGS / "remote-compaction-auto", 18, way="new"), 60)
    items = [content.line(number).target for number in range(len(content))]
    assert [one.id.rpartition(":")[2] for one in items if isinstance(one, ToObject)] == [
        *("6", "7", "8", "9"),
        *("1", "2", "3", "4", "5"),
    ]


def test_what_the_event_brought_is_marked() -> None:
    text = shown("context", DEMO, 86)
    marked = [row for row in text if row.startswith(" +")]
    assert len(marked) == 2
    assert "One test fails" in marked[0]
    assert "wait_agent" in marked[1]


def test_an_accepted_message_waits_for_the_next_request() -> None:
    text = shown("context", DEMO, 98)
    at = text.index("accepted, in no request yet:")
    assert "from /root/regression_test" in text[at + 1]
    assert "agent edge" in text[at + 1]


def test_hindsight_tells_when_a_pending_result_is_carried() -> None:
    pending = shown("context", DEMO, 98, hindsight=True)[-1]
    assert "carried at #100" in pending
    assert not any("carried at" in row for row in shown("context", DEMO, 98))


def test_after_a_compaction_the_replacement_is_accepted_and_the_old_is_folded() -> None:
    folder = corpus("compact-remote-mid-turn")
    content = context(view_at(folder, 21), 78)
    text = rows(content)
    assert content.title == "context /root  0 items"
    assert content.subtitle == "5 accepted  7 dropped"
    assert text[0].startswith(" compaction 1 at #21 replaced the context")
    assert any("compaction summary" in row and row.startswith(" +") for row in text)
    assert text[-1].startswith("> dropped: 7 items no longer in context")
    assert target_of(content, "> dropped") == Fold("context:dropped")
    opened = shown("context", folder, 21, folds=frozenset({"context:dropped"}))
    assert sum("left at #21 by compaction" in row for row in opened) == 4
    # They line up, and in little room what they are goes before why they left.
    for width, told, kept in (
        (78, "left at #21 by compaction", "kept at #21 as item "),
        (48, "left #21", "as item "),
    ):
        listed = shown("context", folder, 21, width, folds=frozenset({"context:dropped"}))
        dropped = [row for row in listed if told in row or kept in row]
        assert len(dropped) == 7 and len({row.find(told) + row.find(kept) for row in dropped}) == 1
        # Of these three the replacement has an equal item each.
        assert [row.split(kept)[1].split()[0] for row in dropped if kept in row] == ["9", "10", "11"]


def test_what_a_compaction_kept_is_said_of_what_it_dropped(script: Script) -> None:
    """An equal one in its replacement, each for one; in a later compaction it is another one's turn."""
    script.begin()
    script.ask("i1", *map(user, ("a", "b", "b", "c")))
    first = script.compact("c1", [*map(user, ("a", "b", "b", "c"))], [user("b"), assistant("c"), user("new")])
    script.ask("i2", user("b"), assistant("c"), user("new"))
    second = script.compact("c2", [user("b"), assistant("c"), user("new")], [user("new")])
    told = shown("context", script.folder, second, 78, folds=frozenset({"context:dropped"}))
    words = [" ".join(row[3:].split()[:-2]) for row in told[told.index("") + 2 :]]
    by = f"left at #{first} by compaction"
    assert words[:4] == [f"user a {by}", f"user b kept at #{first} as item 6", f"user b {by}", f"user c {by}"]
    assert words[4:] == [
        f"user b left at #{second} by compaction",
        f"asst c left at #{second} by compaction",
        f"user new kept at #{second} as item 10",
    ]


def test_what_a_compaction_kept_in_a_long_recording_is_said_whole(script: Script) -> None:
    script.seq = 99_999_990
    script.begin()
    script.ask("i1", user("a"))
    at = script.compact("c1", [user("a")], [user("a")])
    told = shown("context", script.folder, at, 78, folds=frozenset({"context:dropped"}))
    assert f" kept at #{at} as item 3 " in told[-1]


def test_in_the_next_request_the_replacement_is_the_context() -> None:
    content = context(view_at(corpus("compact-remote-mid-turn"), 22), 78)
    assert content.title == "context /root  5 items"
    assert any("compaction summary" in row for row in rows(content)[:5])


def test_the_output_of_a_big_command_is_one_row() -> None:
    text = shown("context", corpus("big-tool-output"), 24)
    assert sum("40.2 kB" in row for row in text) == 2


def test_a_thread_without_items_says_what_to_press() -> None:
    content = context(view_at(DEMO, 5), 60)
    assert len(content) == 0
    assert "Press )" in content.empty
