"""Terminals of a thread. Expected values were read from the traces."""

from __future__ import annotations

from shared_recordings import shared_recording

from rollout_tui.debugger.stories.terminals import Session, operation_count, terminals


def sessions(name: str, event: int | None = None) -> list[Session]:
    trace = shared_recording(name)
    at = trace.history.head if event is None else event
    return terminals(trace.snapshot(at), trace.bundle.identity.root_thread_id)


def test_a_session_with_its_inputs() -> None:
    cat, unknown, failing, loop = sessions("terminals")
    assert [(one.tool_call_id, one.kind, one.event, one.command) for one in cat.operations] == [
        ("c1", "exec_command", 14, "cat"),
        ("s1", "write_stdin", 20, r"stdin 'hello\n'"),
        ("s2", "write_stdin", 27, r"stdin '\x04'"),
    ]
    assert (cat.running, cat.exit_code) == (False, 0)
    assert cat.operations[0].output == "hello\r\nhello\r\n"
    assert (cat.operations[0].output_bytes, cat.operations[0].duration_ms) == (14, 958)
    assert [one.tool_call_id for one in unknown.operations] == ["s3"]
    assert (failing.operations[0].command, failing.exit_code) == ("exit 7", 7)
    assert [one.tool_call_id for one in loop.operations] == ["c3", "s4"]
    # A poll records what the model was given: its heading is not output.
    assert (loop.operations[1].output, loop.operations[1].output_bytes) == ("3\n", 2)


def test_as_of_an_event() -> None:
    (cat,) = sessions("terminals", 20)
    assert cat.running and cat.exit_code is None
    assert [one.tool_call_id for one in cat.operations] == ["c1", "s1"]
    assert cat.operations[0].duration_ms is None and cat.operations[0].output == ""
    assert sessions("terminals", 13) == []


def test_only_the_latest_are_shown() -> None:
    trace = shared_recording("terminals")
    thread = trace.bundle.identity.root_thread_id
    assert operation_count(trace.history, thread, 67) == 7
    shown = terminals(trace.snapshot(67), thread, most=2)
    assert [[one.tool_call_id for one in session.operations] for session in shown] == [["c3", "s4"]]


def test_a_command_of_a_cell_knows_its_cell() -> None:
    found = sessions("two-cells-interleaved")
    assert [one.operations[0].code_cell_id for one in found] == ["code_cell:call_A", "code_cell:call_B"]
    assert [one.operations[0].cwd for one in found] == ["/home/dev/project"] * 2
