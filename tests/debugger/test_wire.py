"""What requests really sent, against their bodies."""

from __future__ import annotations

import json
from pathlib import Path

from scripted import ROOT_THREAD, assistant, user
from small_recordings import begun, own_recording

from rollout_tui.debugger.context.wire import Sent, on_the_wire

HI, THERE = user("hi"), user("there")


def test_a_whole_request_sends_every_item() -> None:
    """Request 4 of the recording, at #36: 11 elements, 6 tool definitions in its body, no instructions."""
    trace = own_recording("two-cells-interleaved")
    found = on_the_wire(trace, 49, trace.bundle.identity.root_thread_id)
    assert found is not None
    assert [one.item_id for one in found.sent] == [f"conversation_item:{number}" for number in range(1, 12)]
    assert (found.event, found.goes_on_from, found.not_sent) == (36, None, 0)
    body = json.loads(trace.read_payload(found.raw_payload_id))
    assert (found.tools, found.instructions_bytes) == (len(body["tools"]), 0)
    assert found.tools_bytes == len(
        json.dumps(body["tools"], ensure_ascii=False, separators=(",", ":")).encode()
    )


def test_before_the_first_request_there_is_nothing() -> None:
    trace = own_recording("two-cells-interleaved")
    assert on_the_wire(trace, 9, trace.bundle.identity.root_thread_id) is None
    assert on_the_wire(trace, 49, "elsewhere") is None


def test_a_request_that_goes_on_sends_only_what_is_new(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", HI)
    script.answer("i1", assistant("hello"), response_id="resp-i1")
    body = {
        "model": "m",
        "instructions": "be brief",
        "tools": [{"name": "t"}],
        "previous_response_id": "resp-i1",
        "input": [{"type": "additional_tools", "tools": []}, THERE],
    }
    script.ask("i2", body=body)
    found = on_the_wire(script.trace(), 6, ROOT_THREAD)
    assert found is not None
    assert (found.goes_on_from, found.not_sent) == ("resp-i1", 2)
    assert found.sent == (
        Sent(None, len('{"type":"additional_tools","tools":[]}')),
        Sent("conversation_item:3", len(json.dumps(THERE, separators=(",", ":")))),
    )
    assert (found.instructions_bytes, found.tools, found.tools_bytes) == (10, 1, len('[{"name":"t"}]'))


def test_a_body_that_cannot_be_read_is_nothing(tmp_path: Path) -> None:
    script = begun(tmp_path / "bundle")
    script.ask("i1", HI)
    trace = script.trace()
    (tmp_path / "bundle" / "payloads" / "1.json").write_text('{"input": [')
    assert on_the_wire(trace, 4, ROOT_THREAD) is None
