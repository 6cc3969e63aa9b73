from lens_views import corpus, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS

from rollout_tui.graph.objects import ConversationItem, TerminalOperation, Thread, ToolCall
from rollout_tui.tui.drawing.targets import ToEvent, ToObject
from rollout_tui.tui.lenses.agents import agents
from rollout_tui.tui.lenses.life_line import life_line
from rollout_tui.tui.lenses.terminals import terminals


def words(folder_rows: list[str]) -> list[str]:
    return [" ".join(row.split()) for row in folder_rows]


def test_the_tree_with_positions_and_what_went_between() -> None:
    content = agents(view_at(DEMO, 97), 98)
    text = words(rows(content))
    assert content.title == "agents at #97"
    assert content.subtitle == "2 threads, 1 running"
    assert text[0] == "* /root turn 1 inference 7 since #2"
    assert text[2].startswith("+- /root/regression_test Ada turn 1 inference 3 since #44")
    assert text[4].startswith('<- spawn #45 "Write one test')
    assert text[4].endswith("seen #52")
    assert text[5].startswith('-> result #94 to /root "tests/test_days.py has one test.')
    assert text[5].endswith("not yet seen")
    assert text[7] == "edges 2 edges"
    thread = target_of(content, "+- /root/regression_test")
    assert isinstance(thread, ToObject)
    assert thread.kind is Thread


def test_in_little_room_what_was_given_stands_below_and_nothing_is_said_twice() -> None:
    content = agents(view_at(DEMO, 130), 48)
    text = words(rows(content))
    spawn = next(number for number, row in enumerate(text) if row.startswith("#45 spawn"))
    assert text[spawn] == "#45 spawn root -> regression_test seen #52"
    assert text[spawn + 1].startswith("Write one test in tests/test_days.py")
    assert content.line(spawn).target == content.line(spawn + 1).target is not None
    child = next(number for number, row in enumerate(text) if "+- /root/regression_test" in row)
    assert " ended " in text[child] and text[child + 1].startswith("<- spawn #45")
    # What a thread waits for is told whole.
    waiting = words(shown("agents", DEMO, 80, 48))
    assert " ".join(waiting[1:3]).startswith(
        "blocked 9.61 s on wait(call_wait_2) -> cell 1 (yielded, 2 outputs,"
    )


def test_a_child_that_failed() -> None:
    text = words(shown("agents", RECORDINGS / "ma-child-http400", 40, 118))
    assert any(row.startswith("+- /root/") and "inference 1 failed #34" in row for row in text)


def test_two_children_at_work() -> None:
    content = agents(view_at(corpus("ma-two-parallel"), 61), 118)
    assert content.subtitle == "3 threads, 3 running"
    assert "wait_agent(c3) -> (/root/alpha + /root/beta" in rows(content)[0]
    assert content.focus == 1


def test_commands_by_terminal_with_how_they_ended() -> None:
    content = terminals(view_at(corpus("terminals"), 60), 98)
    text = words(rows(content))
    assert content.title == "terminals /root"
    assert content.subtitle == "4 terminals, 0 running"
    assert text[1] == "#14 $ cat /home/dev/project 14 B 958 ms exit 0"
    assert text[2].startswith(r"#20 stdin 'hello\n'")
    assert any(row.startswith("#44 $ exit 7") and row.endswith("exit 7") for row in text)
    operation = target_of(content, "#14")
    assert isinstance(operation, ToObject)
    assert operation.kind is TerminalOperation


def test_a_command_that_runs_says_that_its_output_comes_later() -> None:
    text = words(shown("terminals", DEMO, 16, 98))
    assert text[1].startswith("#16 $ sed -n 1,40p tidemark/days.py")
    assert text[1].endswith(">>> 0 ms running")
    assert text[2] == "what it prints is recorded when this call returns"


def test_the_end_of_the_output_is_shown() -> None:
    text = words(shown("terminals", DEMO, 25, 98))
    assert "| 3 of 31 days differ" in text
    assert any(row.endswith("more above: Enter on the command shows all") for row in text)
    alone = words(shown("terminals", DEMO, 25, 98, folds=frozenset({"terminals:output"})))
    assert len(alone) == 3


def test_the_life_line_of_an_output() -> None:
    chosen = ToObject(ConversationItem, "conversation_item:8")
    content = life_line(view_at(DEMO, 100, selection=chosen), 98)
    text = words(rows(content))
    assert content.title == "life line of output of exec_command"
    assert text[0] == "terminal 466 B -> tool value 498 B -> model 498 B"
    at = text.index("what happened to it")
    assert text[at + 1].startswith("#18 produced by exec_command sed")
    assert text[at + 2] == "#19 accepted"
    assert text[at + 3] == "#25 first carried by inference 2"
    assert text[at + 4] == "#100 last carried by inference 8"
    assert text[at + 5] == "it is in the model's context"
    assert target_of(content, "first carried") == ToEvent(25)


def test_the_life_line_of_what_a_compaction_dropped() -> None:
    folder = corpus("compact-remote-mid-turn")
    chosen = ToObject(ConversationItem, "conversation_item:5")
    text = words(shown("life_line", folder, 30, 98, selection=chosen))
    assert any(row.startswith("#21 dropped by compaction 1") for row in text)


def test_the_life_line_of_a_cut_output() -> None:
    chosen = ToObject(ToolCall, "call_big")
    text = words(shown("life_line", corpus("big-tool-output"), 24, 118, selection=chosen))
    assert text[0].startswith("terminal ")
    assert "(cut)" in text[0]


def test_what_the_model_has_not_seen() -> None:
    chosen = ToObject(ToolCall, "call_read")
    text = words(shown("life_line", DEMO, 19, 98, selection=chosen))
    assert "not in the conversation yet: the model has not seen it" in text


def test_nothing_chosen_says_what_to_press() -> None:
    content = life_line(view_at(DEMO, 3), 60)
    assert len(content) == 0
    assert "then L" in content.empty
