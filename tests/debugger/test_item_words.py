"""What an item is called, who made it, and its whole text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from context_rows import rows_at
from scripted import assistant, call, cell_call, cell_output, message, output, user
from small_recordings import begun

from rollout_tui.debugger.context.context import text

TOOK = "Wall time: 0.1 seconds\nOutput:\n"
RAN = "Chunk ID: 1\nWall time: 0.1 seconds\nProcess {}\nOriginal token count: 2\nOutput:\n"
TOLD = {
    "type": "agent_message",
    "author": "/root/alpha",
    "recipient": "/root",
    "content": [
        {"type": "input_text", "text": "Message Type: MESSAGE\nSender: /root/alpha\nPayload:\nall pass"}
    ],
}
LONG = json.dumps({"cmd": "printf '%s' " + "x" * 400})


@pytest.mark.parametrize(
    ("item", "label", "provenance"),
    [
        (user("hello\n  there"), "hello there", "user"),
        (user("<environment_context>\n</environment_context>"), "environment_context", "harness"),
        (user("<user_shell_command>ls</user_shell_command>"), "user_shell_command", "user"),
        (user("<b>bold</b> words"), "<b>bold</b> words", "user"),
        (message("developer", "be brief"), "instructions  be brief", "harness"),
        (message("system", "<rules>x</rules>"), "rules", "harness"),
        (assistant("Done."), "Done.", "model"),
        (user(""), "empty", "user"),
        (call("c", "exec_command", '{"cmd": "ls -la"}'), "exec_command  ls -la", "model"),
        (call("c", "list_agents", "{}"), "list_agents", "model"),
        (
            call("c", "apply_patch", json.dumps({"input": "*** Begin Patch\n*** Delete File: a.txt\n"})),
            "apply_patch  delete a.txt",
            "model",
        ),
        (
            call("c", "send_message", '{"target": "/root/alpha", "message": "go on"}'),
            "send_message  alpha: go on",
            "model",
        ),
        (
            call("c", "spawn_agent", json.dumps({"task_name": "x" * 40, "message": "go on"})),
            f"spawn_agent  {'x' * 21}...: go on",
            "model",
        ),
        (call("c", "plan", '{"steps": [1]}'), 'plan  {"steps":[1]}', "model"),
        (call("c", "plan", "not json"), "plan  not json", "model"),
        (call("c", "wait", '{"cell_id": "2", "terminate": true}'), "wait cell 2 terminate", "model"),
        (cell_call("c", "// @exec: {}\nlet a = 1;\na++"), "exec  let a = 1; a++", "model"),
        (output("c", "some\ntext"), "c  some text", "tool"),
        (cell_output("c", "Script running with cell ID 4\nmore"), "c  cell 4 yielded  more", "tool"),
        (output("c", RAN.format("exited with code 7") + "a\nb"), "c  exit 7  a b", "tool"),
        (output("c", RAN.format("running with session ID 94")), "c  session 94 running", "tool"),
        (
            output("c", f"Exit code: 1\n{TOOK}Warning: truncated output (40)\n\nx"),
            "c  exit 1, truncated  x",
            "tool",
        ),
        (output("c", TOOK), "c", "tool"),
        (output("c", f"see\n{TOOK}"), "c  see Wall time", "tool"),
        (
            call("c", "write_stdin", '{"session_id": 94, "chars": "y\\n"}'),
            r"write_stdin  'y\n' to 94",
            "model",
        ),
        (call("c", "write_stdin", '{"session_id": 94}'), "write_stdin  poll 94", "model"),
        (TOLD, "from /root/alpha  all pass", "agent edge"),
        ({"type": "reasoning", "summary": [], "encrypted_content": "zz"}, "reasoning  encrypted", "model"),
        (
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]},
            "reasoning  hm",
            "model",
        ),
        ({"type": "compaction", "encrypted_content": "zz"}, "compaction summary  encrypted", "model"),
        (
            {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "x"}]},
            "input_image",
            "user",
        ),
        ({"type": "web_search_call", "id": "w", "status": "completed"}, "web_search", "model"),
    ],
)
def test_labels_and_who_made_it(tmp_path: Path, item: dict[str, Any], label: str, provenance: str) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", item)
    (row,) = rows_at(script.trace(), 4)
    assert row.label.startswith(label)
    assert row.provenance == provenance


def test_whole_texts(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", user("skip"), call("c", "exec_command", LONG))
    script.answer("i1", {"type": "reasoning", "summary": [], "encrypted_content": "secret"})
    trace = script.trace()
    rows = rows_at(trace, 5)
    assert [text(trace, row) for row in rows] == ["skip", LONG.replace(": ", ":"), None]
    assert rows[1].size_bytes == len(LONG) - 1
    assert text(trace, "conversation_item:1") == "skip"
    assert text(trace, "conversation_item:77") is None
