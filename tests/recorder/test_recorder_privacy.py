"""Redaction, size limits, and recording that is off."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from recorded import Reduce, events_of, payload_of

from rollout_tui.recorder import Limits, Recording, agent_message, record, walk_text
from rollout_tui.recorder.context import Context, InTurn

SECRET = "sk-secret-0123456789"


def tell_all(recording: Recording, secret: str) -> None:
    """Put a secret wherever a harness can put text."""
    root = recording.root
    recording.protocol_event("event", {"deep": [{"secret": secret}]})
    with root.turn() as turn:
        call = {
            "type": "function_call",
            "id": "fc_1",
            "call_id": "c1",
            "name": "f",
            "arguments": json.dumps({"k": secret}),
        }
        with turn.inference({"model": "m", "input": [{"role": "user", "content": secret}]}) as inference:
            inference.completed([call])
        with turn.inference(
            {"model": "m", "input": [{"role": "user", "content": secret}, call]}
        ) as inference:
            inference.failed(f"bad key {secret}")
        with turn.inference({"model": "m", "input": []}) as inference:
            inference.cancelled(f"bad key {secret}")
        with turn.tool_call_for(call) as tool:
            tool.completed(secret)
        with (
            turn.tool_call("exec_command", {"cmd": secret}) as tool,
            tool.command([secret], cwd=secret) as process,
        ):
            process.exited(1, secret)
        with turn.tool_call(secret, secret, namespace=secret) as tool:
            tool.failed(secret)
        cell = turn.code_cell(f"f('{secret}')", call_id="e1")
        cell.tool_call("f", secret).completed({"secret": secret})
        cell.failed(secret, secret)
        with turn.tool_call("spawn_agent", {"message": secret}) as tool:
            child = root.child("helper", asked_by=tool, nickname=secret, cwd=secret, model=secret)
        with turn.compaction() as compaction:
            with compaction.request({"input": [secret]}) as request:
                request.completed([{"type": "message", "role": "user", "content": secret}])
            with compaction.request({"input": [secret]}) as request:
                request.failed(secret)
            compaction.install([secret], [secret])
        child_turn = child.turn()
        child_turn.end()
        child_turn.report(secret)
        root.receive(agent_message(child.agent_path, root.agent_path, secret, item_id="amsg_1"))


def test_a_redacted_secret_is_in_no_byte(tmp_path: Path, both_reduce: Reduce) -> None:
    with record(tmp_path, redact=walk_text(lambda text: text.replace(SECRET, "[key]"))) as recording:
        tell_all(recording, SECRET)
    assert recording.bundle is not None
    files = [path for path in recording.bundle.rglob("*") if path.is_file()]
    assert len(files) > 25
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    spine = (recording.bundle / "trace.jsonl").read_text()
    assert spine.count("[key]") > 5
    state = both_reduce(recording.bundle)
    edges = {edge["kind"] for edge in state["interaction_edges"].values()}
    assert edges == {"spawn_agent", "agent_result"}
    assert recording.counters.errors == recording.counters.events_lost == 0


@pytest.mark.parametrize(
    "result",
    [None, 7, "text", [], {}, {"input": 3, "output_items": "x", "type": 1, "payload": None, "command": "x"}],
    ids=str,
)
def test_a_redaction_that_breaks_every_body(tmp_path: Path, both_reduce: Reduce, result: Any) -> None:
    with record(tmp_path, redact=lambda kind, body: result) as recording:
        tell_all(recording, SECRET)
    assert recording.bundle is not None
    assert all(SECRET.encode() not in path.read_bytes() for path in recording.bundle.rglob("*.json*"))
    assert both_reduce(recording.bundle)["recording_complete"]


def test_a_redaction_that_fails_lets_nothing_through(tmp_path: Path, both_reduce: Reduce) -> None:
    def fail(kind: str, body: Any) -> Any:
        raise RuntimeError("no rule for this")

    with record(tmp_path, redact=fail) as recording:
        tell_all(recording, SECRET)
    assert recording.bundle is not None
    assert all(SECRET.encode() not in path.read_bytes() for path in recording.bundle.rglob("*.json*"))
    assert len(both_reduce(recording.bundle)["inference_calls"]) == 3
    assert recording.counters.payloads_omitted > 0
    assert recording.counters.last_error is not None


def test_long_texts_are_cut_the_same_way_each_time(tmp_path: Path, both_reduce: Reduce) -> None:
    long = "ä" * 900
    with record(tmp_path, limits=Limits(text_bytes=1001)) as recording, recording.root.turn() as turn:
        items = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": long}]}]
        wants = {
            "type": "function_call",
            "call_id": "c1",
            "name": "f",
            "arguments": json.dumps({"text": long, "n": 1}),
        }
        for _ in range(2):
            with turn.inference({"model": "m", "input": items}) as call:
                call.completed([wants])
        with turn.tool_call_for(wants) as tool:
            tool.completed("short")
        turn.code_cell(long, call_id="e1").failed(long)
    assert recording.bundle is not None
    state = both_reduce(recording.bundle)
    calls = list(state["inference_calls"].values())
    assert calls[0]["request_item_ids"] == calls[1]["request_item_ids"]
    bodies = [json.loads(path.read_bytes()) for path in sorted((recording.bundle / "payloads").iterdir())]
    request = next(body for body in bodies if "input" in body)
    assert request["input"][0]["content"][0]["text"] == "ä" * 500 + "[recorder: 800 more bytes not kept]"
    invocation = next(body for body in bodies if body.get("tool_name") == "f")
    arguments = json.loads(invocation["payload"]["arguments"])
    assert (len(arguments["text"]), arguments["n"]) == (535, 1)
    cell = next(
        e["payload"] for e in events_of(recording.bundle) if e["payload"]["type"] == "code_cell_started"
    )
    assert cell["source_js"].endswith("more bytes not kept]")
    assert recording.counters.payloads_cut > 4


def test_a_payload_over_the_limit_is_a_marker(tmp_path: Path, both_reduce: Reduce) -> None:
    with record(tmp_path, limits=Limits(payload_bytes=2000)) as recording, recording.root.turn() as turn:
        items = ["word"] * 200
        with turn.inference({"model": "m", "input": items}) as call:
            call.completed(items)
        with turn.tool_call("exec_command", {"cmd": "x" * 3000}, call_id="c1") as tool:
            with tool.command(["x" * 3000], cwd="/") as process:
                process.exited(0)
            tool.completed("x" * 3000)
        recording.protocol_event("warning", items)
    assert recording.bundle is not None
    started = next(
        e["payload"] for e in events_of(recording.bundle) if e["payload"]["type"] == "inference_started"
    )
    body = payload_of(recording.bundle, started["request_payload"])
    assert body["input"] == []
    assert "over the limit" in body["recorder_omitted"]
    assert recording.counters.payloads_omitted == 3
    state = both_reduce(recording.bundle)
    assert state["tool_calls"]["c1"]["raw_invocation_payload_id"] is None


def test_recording_is_off_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never() -> object:
        raise AssertionError("rendered although recording is off")

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CODEX_ROLLOUT_TRACE_ROOT", raising=False)
    for recording in (record(), record(tmp_path, enabled=False)):
        with recording, recording.root.turn() as turn:
            with turn.inference(never) as call:
                call.completed(never)
            with turn.tool_call("f", never) as tool, tool.command([], cwd="/") as process:
                process.exited(0)
            with turn.code_cell(never, call_id="e1") as cell:  # type: ignore[arg-type]
                turn.wait(cell)
            child = recording.root.child("x")
            tool.interacted(child)
            turn.report("x")
        tell_all(recording, SECRET)
        assert not recording.recording
        assert not turn.recording
        assert recording.bundle is None
        assert set(recording.counters.as_dict().values()) == {0, None}
    assert list(tmp_path.iterdir()) == []


def test_the_environment_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX_ROLLOUT_TRACE_ROOT", str(tmp_path / "made"))
    with record() as recording:
        pass
    assert recording.bundle is not None
    assert recording.bundle.parent == tmp_path / "made"
    monkeypatch.setenv("CODEX_ROLLOUT_TRACE_ROOT", "")
    assert not record().recording


def test_the_recorder_needs_msgspec_only() -> None:
    script = """
import sys
before = set(sys.modules)
import rollout_tui.recorder, rollout_tui.recorder.adapters
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(name for name in loaded if name not in sys.stdlib_module_names and not name.startswith("_")))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in (
        "['msgspec', 'rollout_tui']",
        "['msgspec', 'rollout_tui', 'typing_extensions']",
    )


def test_every_public_method_of_a_context_may_be_called_when_off() -> None:
    def contexts(kind: type[Context]) -> list[type[Context]]:
        return [kind, *(found for child in kind.__subclasses__() for found in contexts(child))]

    checked = 0
    off = record(enabled=False)
    turn = off.root.turn()
    cell, compaction = turn.code_cell("x", call_id="e"), turn.compaction()
    tool = turn.tool_call("f")
    instances = [off, off.root, turn, cell, compaction, compaction.request({}), tool]
    instances += [turn.inference({}), tool.command([]), tool.runtime({})]
    assert {type(instance) for instance in instances} == set(contexts(Context)) - {Context, InTurn}
    for instance in instances:
        for name, _ in inspect.getmembers(type(instance), inspect.isfunction):
            if name.startswith("_") or name == "next_tool":
                continue
            method = getattr(instance, name)
            needed = [
                parameter
                for parameter in inspect.signature(method).parameters.values()
                if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
            ]
            positional = [object() for p in needed if p.kind is not p.KEYWORD_ONLY]
            named = {p.name: object() for p in needed if p.kind is p.KEYWORD_ONLY}
            if name not in {"request_recorded", "response_recorded", "request_in_form", "turn_ended"}:
                method(*positional, **named)
                checked += 1
    assert checked > 40
