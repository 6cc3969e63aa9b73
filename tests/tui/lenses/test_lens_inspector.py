from lens_views import corpus, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS
from scripted import Script, user

from rollout_tui.graph.objects import CodeCell, CodexTurn, ConversationItem, InferenceCall, ToolCall
from rollout_tui.tui.drawing.targets import ToEvent, ToLens, ToObject, ToPayload
from rollout_tui.tui.lenses.inspector import LONGEST_TEXT, inspector

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


def test_the_event_and_what_it_is_about_without_a_selection() -> None:
    content = inspector(view_at(TWO_CELLS, 49), 38)
    text = [" ".join(row.split()) for row in rows(content)]
    assert text[0] == "#49 code_cell_ended +3.09 s"
    assert text[1] == "cell 2 completed"
    assert "ran 2.74 s #20 - #49" in text
    assert "waits wait cell 2 300 ms" in text
    assert "wait cell 2 8000 ms" in text
    assert target_of(content, "#49 code_cell_ended") == ToLens("raw")


def test_of_a_text_of_megabytes_the_beginning_is_shown_and_the_way_to_the_rest(script: Script) -> None:
    script.begin()
    script.ask("i1", user("word " * 1_000_000))
    chosen = ToObject(ConversationItem, "conversation_item:1")
    content = inspector(view_at(script.folder, 3, selection=chosen, held=True), 58)
    assert len(content) < LONGEST_TEXT / 10
    assert content.line(len(content) - 1).text.startswith("... Enter, then 8 for all of it")


def test_links_lead_to_producer_consumer_payload_and_parent() -> None:
    content = inspector(view_at(TWO_CELLS, 49), 38)
    assert target_of(content, " call ") == ToObject(ToolCall, "call_B")
    assert target_of(content, " result ") == ToPayload("raw_payload:33")
    assert target_of(content, "model saw") == ToObject(ConversationItem, "conversation_item:7")
    turn = target_of(content, " turn ")
    assert isinstance(turn, ToObject)
    assert turn.kind is CodexTurn


def test_what_the_event_changed_field_before_and_after() -> None:
    text = [" ".join(row.split()) for row in shown("inspector", TWO_CELLS, 49, 60)]
    at = text.index("changed by #49:")
    assert text[at + 1 : at + 3] == [
        "execution.status running -> completed",
        "runtime_status yielded -> completed",
    ]
    narrow = shown("inspector", TWO_CELLS, 49, 38)
    at = narrow.index("changed by #49:")
    assert narrow[at + 1 : at + 5] == [
        "   execution.status",
        "     running -> completed",
        "   runtime_status",
        "     yielded -> completed",
    ]


def test_an_item_tells_its_way_and_its_whole_text() -> None:
    chosen = ToObject(ConversationItem, "conversation_item:8")
    content = inspector(view_at(DEMO, 100, selection=chosen, held=True), 58)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.subtitle == "Esc lets go"
    assert "state in context" in text
    assert "carried #25 by inference 2 first" in text
    assert "#100 last" in text
    assert any(row.startswith("made by exec_command sed -n 1,40p") for row in text)
    assert "text 498 B, 17 lines" in text
    assert target_of(content, "by inference 2 first") == ToEvent(25)


def test_a_failed_request_tells_why() -> None:
    text = [" ".join(row.split()) for row in shown("inspector", DEMO, 26, 78)]
    assert text[1] == "inference 2 failed"
    assert text[2] == "x #26 inference_failed"
    assert "stream disconnected before completion" in text[3]


def test_usage_and_share_of_the_cache() -> None:
    chosen = ToObject(InferenceCall, view_at(DEMO, 71).snapshot.inference_calls.nth(-1).inference_call_id)
    text = [" ".join(row.split()) for row in shown("inspector", DEMO, 71, 58, selection=chosen)]
    assert "tokens 1,183 in 42 out" in text
    assert "1,098 cached (93 %)" in text


def test_an_object_that_is_not_known_yet_says_when_it_appears() -> None:
    chosen = ToObject(CodeCell, "code_cell:call_B")
    content = inspector(view_at(TWO_CELLS, 12, selection=chosen), 58)
    assert any("it appears at #20" in row for row in rows(content))
    assert target_of(content, " appears    #") == ToEvent(20)


def test_hindsight_tells_what_the_object_becomes() -> None:
    chosen = ToObject(CodeCell, "code_cell:call_B")
    view = view_at(TWO_CELLS, 45, selection=chosen, hindsight=True)
    text = [" ".join(row.split()) for row in rows(inspector(view, 58))]
    assert "hindsight: what it becomes" in text
    assert "#49 runtime_status -> completed" in text


def test_a_payload_is_shown_as_json() -> None:
    content = inspector(view_at(TWO_CELLS, 49, selection=ToPayload("raw_payload:33")), 58)
    text = [" ".join(row.split()) for row in rows(content)]
    assert "kind tool_result" in text
    assert 'cell_id: "2"' in text
    assert target_of(content, "named by") == ToEvent(49)


def test_a_payload_that_is_not_there_says_so() -> None:
    text = shown("inspector", TWO_CELLS, 10, 58, selection=ToPayload("raw_payload:33"))
    assert any("No event up to here names payload 33" in row for row in text)


def test_an_event_that_changed_nothing_says_so() -> None:
    assert any("#1 changed nothing" in row for row in shown("inspector", TWO_CELLS, 1, 58))


def test_hindsight_says_when_what_is_unresolved_is_resolved() -> None:
    folder = corpus("tools-start-before-completion")
    then = " ".join(" ".join(row.split()) for row in shown("inspector", folder, 17, 40))
    assert "asked by inference 1 (open)" in then and "unresolved" not in then
    told = " ".join(" ".join(row.split()) for row in shown("inspector", folder, 17, 40, hindsight=True))
    assert "unresolved at #17, resolved at #23: the item that asked for it" in told
    assert "unresolved at #17, resolved at #26: the item with what it gave the model" in told


def test_a_finding_names_what_caused_it_and_leads_there() -> None:
    view = view_at(RECORDINGS / "ma-child-http400", 36)
    content = inspector(view, 38)
    text = [row.strip() for row in rows(content)]
    at = text.index("caused by #34 inference_failed")
    assert text[at - 2].startswith("x #36 turn_failed")
    assert text[at + 1].startswith("inference 1:")
    assert content.line(at).target == content.line(at + 1).target == ToEvent(34)
    # What was left open in something left open did not come from that.
    killed = rows(inspector(view_at(RECORDINGS / "ma-sigkill", 55), 38))
    assert any("stopped_open" in row for row in killed)
    assert not any("caused by" in row for row in killed)


def test_the_request_before_is_called_what_it_is_called_elsewhere() -> None:
    text = [
        " ".join(row.split())
        for row in rows(inspector(view_at(RECORDINGS / "two-cells-interleaved", 30), 60))
    ]
    assert "last_request inference 2 -> inference 3" in text
