"""Terminal sessions and operations (format sections 9.5 to 9.7)."""

from __future__ import annotations

from typing import Any

import pytest
from scripted import Json, Script, call, function, output, time_of

BEGIN = {"command": ["bash", "-lc", "ls"], "cwd": "/w", "process_id": "77"}
END = {"exit_code": 0, "aggregated_output": "a\n"}


def begin_of(schema: int, kind: str = "exec_command") -> str | None:
    """The kind that a runtime start carries."""
    return kind if schema == 2 else None


def run(script: Script, tool: str, body: Json = BEGIN, *, kind: str = "exec_command") -> int:
    """A terminal call and the beginning of its work."""
    script.tool(tool, kind)
    return script.work(tool, body, begin_of(script.schema, kind))


def stdin(script: Script, tool: str, arguments: Any, **more: Any) -> None:
    script.tool(tool, "write_stdin", invocation=function("write_stdin", arguments) | more)


def operations(script: Script) -> list[Json]:
    return list(script.state()["terminal_operations"].values())


def sessions(script: Script) -> dict[str, list[str]]:
    """Operations by session."""
    return {name: one["operation_ids"] for name, one in script.state()["terminal_sessions"].items()}


def test_a_command_is_an_operation_in_a_session_of_its_own(either: Script) -> None:
    either.begin()
    seq = run(either, "x1")
    state = either.state()
    window = {
        "started_at_unix_ms": time_of(seq),
        "started_seq": seq,
        "ended_at_unix_ms": None,
        "ended_seq": None,
        "status": "running",
    }
    assert state["terminal_operations"] == {
        "terminal_operation:1": {
            "operation_id": "terminal_operation:1",
            "terminal_id": "terminal_session:terminal_operation:1",
            "tool_call_id": "x1",
            "kind": "exec_command",
            "execution": window,
            "request": {
                "type": "exec_command",
                "command": ["bash", "-lc", "ls"],
                "display_command": "bash -lc ls",
                "cwd": "/w",
                "yield_time_ms": None,
                "max_output_tokens": None,
            },
            "result": None,
            "model_observations": [],
            "raw_payload_ids": ["raw_payload:1"],
        }
    }
    assert state["terminal_sessions"] == {
        "terminal_session:terminal_operation:1": {
            "terminal_id": "terminal_session:terminal_operation:1",
            "thread_id": "t1",
            "created_by_operation_id": "terminal_operation:1",
            "operation_ids": ["terminal_operation:1"],
            "execution": window,
        }
    }
    tool = state["tool_calls"]["x1"]
    assert tool["terminal_operation_id"] == "terminal_operation:1"
    assert tool["summary"] == {"type": "terminal", "operation_id": "terminal_operation:1"}


def test_an_end_gives_the_result(either: Script) -> None:
    either.begin()
    run(either, "x1")
    seq = either.worked("x1", END, "failed")
    (operation,) = operations(either)
    assert operation["result"] == {
        "exit_code": 0,
        "stdout": "a\n",
        "stderr": "",
        "formatted_output": None,
        "original_token_count": None,
        "chunk_id": None,
    }
    assert (operation["execution"]["status"], operation["execution"]["ended_seq"]) == ("failed", seq)
    assert operation["raw_payload_ids"] == ["raw_payload:1", "raw_payload:2"]


def test_only_the_exit_code_is_needed(either: Script) -> None:
    either.begin()
    run(either, "x1")
    either.worked("x1", {"exit_code": -1})
    (operation,) = operations(either)
    assert (operation["result"]["exit_code"], operation["result"]["stdout"]) == (-1, "")


def test_stdin_joins_the_session_its_id_stands_for(either: Script) -> None:
    either.begin()
    run(either, "x1")
    stdin(either, "x2", {"session_id": 77, "chars": "y\n", "yield_time_ms": 5, "max_output_tokens": None})
    assert sessions(either) == {
        "terminal_session:terminal_operation:1": ["terminal_operation:1", "terminal_operation:2"]
    }
    assert operations(either)[1]["request"] == {
        "type": "write_stdin",
        "stdin": "y\n",
        "yield_time_ms": 5,
        "max_output_tokens": None,
    }


def test_a_session_id_nobody_knows_makes_a_session(either: Script) -> None:
    either.begin()
    stdin(either, "x1", {"session_id": "5"})
    stdin(either, "x2", {"session_id": 5})
    assert sessions(either) == {
        "terminal_session:terminal_operation:1": ["terminal_operation:1", "terminal_operation:2"]
    }


def test_a_process_id_belongs_to_the_latest_command(either: Script) -> None:
    either.begin()
    run(either, "x1")
    run(either, "x2")
    stdin(either, "x3", {"session_id": 77})
    assert sessions(either) == {
        "terminal_session:terminal_operation:1": ["terminal_operation:1"],
        "terminal_session:terminal_operation:2": ["terminal_operation:2", "terminal_operation:3"],
    }


def test_a_process_id_learned_at_the_end_makes_the_session_then(either: Script) -> None:
    either.begin()
    seq = run(either, "x1", {"command": [], "cwd": "/"})
    assert sessions(either) == {}
    either.worked("x1", END | {"process_id": "8"})
    (session,) = either.state()["terminal_sessions"].values()
    assert session["execution"]["started_seq"] == seq


@pytest.mark.parametrize(
    "arguments",
    [
        "no json",
        "[]",
        "{}",
        {"session_id": None},
        {"session_id": True},
        {"session_id": ""},
        {"session_id": [1]},
    ],
)
def test_stdin_without_a_session_is_no_operation(script: Script, arguments: Any) -> None:
    script.begin()
    stdin(script, "x1", arguments)
    assert operations(script) == []
    assert script.state()["tool_calls"]["x1"]["summary"]["type"] == "generic"


def test_a_namespaced_write_stdin_is_another_tool(script: Script) -> None:
    script.begin()
    stdin(script, "x1", {"session_id": 1}, tool_namespace="mcp")
    assert (operations(script), script.codes()) == ([], [])


DISPATCHED: dict[str, tuple[Json, tuple[int | None, str, str, str | None]]] = {
    "text": (
        {"type": "direct_response", "response_item": {"output": "t"}},
        (None, "t", "", "t"),
    ),
    "parts": (
        {"type": "direct_response", "response_item": {"output": [{"text": "a"}, {"x": 1}, {"text": "b"}]}},
        (None, "a\nb", "", "a\nb"),
    ),
    "a value": (
        {"type": "direct_response", "response_item": {"output": {"b": 1.0}}},
        (None, '{"b":1.0}', "", '{"b":1.0}'),
    ),
    "nothing": (
        {"type": "direct_response", "response_item": {"type": "x", "output": []}},
        (None, '{"type":"x","output":[]}', "", '{"type":"x","output":[]}'),
    ),
    "code mode": (
        {"type": "code_mode_response", "value": {"output": "o", "exit_code": 3}},
        (3, "o", "", "o"),
    ),
    "code mode, other": ({"type": "code_mode_response", "value": [1]}, (None, "[1]", "", "[1]")),
    "error": ({"type": "error", "error": "no"}, (None, "", "no", "no")),
}


@pytest.mark.parametrize("name", DISPATCHED)
def test_a_result_stands_in_for_an_end_nobody_recorded(either: Script, name: str) -> None:
    """Format section 9.6, write_stdin without runtime events."""
    body, expected = DISPATCHED[name]
    either.begin()
    stdin(either, "x1", {"session_id": 1})
    either.end_tool("x1", "completed", body)
    (operation,) = operations(either)
    result = operation["result"]
    assert (result["exit_code"], result["stdout"], result["stderr"], result["formatted_output"]) == expected
    assert operation["execution"]["status"] == "completed"


def test_a_command_s_result_is_not_its_end(either: Script) -> None:
    either.begin()
    run(either, "x1")
    either.end_tool("x1", "completed", {"type": "direct_response", "response_item": {"output": "t"}})
    (operation,) = operations(either)
    assert (operation["result"], operation["execution"]["status"]) == (None, "running")


def test_a_resolved_target_moves_the_operation(script: Script) -> None:
    """Format section 9.6.1; the session that is left empty is gone, and a later id makes it again."""
    script.begin()
    run(script, "x1")
    stdin(script, "x2", {"session_id": 5})
    assert len(sessions(script)) == 2
    seq = script.event("stdin_target_resolved", tool_call_id="x2", exec_tool_call_id="x1")
    assert sessions(script) == {
        "terminal_session:terminal_operation:1": ["terminal_operation:1", "terminal_operation:2"]
    }
    assert len(script.state(seq - 1)["terminal_sessions"]) == 2
    stdin(script, "x3", {"session_id": 5})
    assert sessions(script)["terminal_session:terminal_operation:2"] == ["terminal_operation:3"]


def test_what_the_model_saw_of_an_operation(either: Script) -> None:
    either.begin()
    run(either, "x0")
    either.ask("i1", call("c1"))
    either.tool("x1", "exec_command", call_id="c1")
    either.work("x1", BEGIN, begin_of(either.schema))
    either.ask("i2", call("c1"), output("c1"))
    first, second = operations(either)
    assert first["model_observations"] == []
    assert second["model_observations"] == [
        {
            "call_item_ids": ["conversation_item:1"],
            "output_item_ids": ["conversation_item:2"],
            "source": "direct_tool_call",
        }
    ]
