"""A recording whose texts, names and ids hold a character of every class, and what terminals obey."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any

from recordings_at_hand import RECORDINGS
from scripted import Body, Script, agent_message, cell_call, user

# Sequences whose numbers begin with 666: none of ours do.
SEQUENCES = (
    "\x1b[6661J\x1b[6662;1H\x1b]6663;owned\x07\x1b]6664;owned\x1b\\\x1bP6665q\x1b\\\x9b6666m\x9d6667;x\x9c"
    "\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://owned\x1b\\link\x1b]8;;\x1b\\\x0e\x1bc"
)
MARKUP = "[red]markup[/red] [@click=app.quit]x[/]"
RECORDING = RECORDINGS / "ma-child-http400"
# Names that the format gives a meaning; everything else can be any text.
_KEPT = {
    "type", "raw_payload_id", "path", "rollout_id", "trace_id", "status", "role", "raw_event_log",
    "payloads_dir", "id", "call_id",
}  # fmt: skip


def every_class() -> str:
    """The first character of each combination of category, direction, width and joining that there is."""
    seen: dict[tuple[object, ...], str] = {}
    for code in range(sys.maxunicode + 1):
        one = chr(code)
        facts = (
            unicodedata.category(one),
            unicodedata.bidirectional(one),
            unicodedata.east_asian_width(one),
            unicodedata.combining(one) > 0,
        )
        seen.setdefault(facts, one)
    emoji = (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd \U0001f1e9\U0001f1ea 1\ufe0f\u20e3"
    )
    return "".join(seen.values()) + emoji + "e" + "\u0301" * 40


def hostile(folder: Path) -> Path:
    """A bundle in `folder` made of a recording with two agents; its own name is hostile as well."""
    text = SEQUENCES + MARKUP + every_class()
    bundle = folder / "bundle\x1b]0;owned\x07\x1b[6661J\u202e\u200b\x9b6666m\n[red]"
    shutil.copytree(RECORDING, bundle)
    for payload in (bundle / "payloads").iterdir():
        payload.write_text(json.dumps(_hostile(json.loads(payload.read_bytes()), "", text)))
    lines = [json.loads(line) for line in (bundle / "trace.jsonl").read_bytes().splitlines()]
    # Thread and turn ids stay short: they are names of other things in the same file.
    events = [json.dumps(_hostile(line, "", text)) for line in lines]
    middle = len(events) // 2
    unreadable = [f'{{"seq": 3, "payload": {{"type": {json.dumps(text)}}}}}', SEQUENCES.replace("\n", "")]
    spine = "\n".join([*events[:middle], *unreadable, *events[middle:], ""])
    (bundle / "trace.jsonl").write_bytes(spine.encode("utf-8", "surrogatepass"))
    return bundle


# Where in a recording a name or a message stands that is shown, and the number that its sequences have.
PLACES = {
    name: 66600 + number
    for number, name in enumerate(
        (
            "folder", "rollout id", "thread id", "agent path", "turn id", "model", "tool name",
            "tool call id", "command", "text", "error", "payload path", "event type", "cell id",
            "agent message",
        )
    )
}  # fmt: skip


def sign(place: str) -> str:
    """What a terminal would obey, were it sent."""
    number = PLACES[place]
    return f"\x1b[{number}J\x1b]0;{number}\x07\u202e\u200b\x9b{number}m"


def signed(folder: Path) -> Path:
    """A bundle in `folder` with a sign of its own in every place; the folder's name is not even UTF-8."""
    script = Script(folder / f"bundle{sign('folder')}\udcff")
    rollout = f"r{sign('rollout id')}"
    script.manifest(rollout_id=rollout)
    child = f"t2{sign('thread id')}"
    script.thread()
    script.turn()
    script.thread(child, f"/root/{sign('agent path')}")
    turn = f"u2{sign('turn id')}"
    script.turn(turn, child)
    script.ask(
        "i1",
        user(sign("text")),
        agent_message("/root", f"/root/{sign('agent path')}", sign("agent message")),
        thread=child,
        turn=turn,
    )
    script.event("inference_failed", thread=child, turn=turn, inference_call_id="i1", error=sign("error"))
    model = f"m{sign('model')}"
    request = Body("inference_request", {"model": model, "input": [user("x"), cell_call("c1")]})
    script.event(
        "inference_started",
        inference_call_id="i2",
        thread_id="t1",
        codex_turn_id="u1",
        model=model,
        provider_name=model,
        request_payload=request,
    )
    script.cell(f"1{sign('cell id')}", "c1")
    tool = f"c2{sign('tool call id')}"
    script.tool(tool, {"type": "other", "name": sign("tool name")})
    script.tool("c3")
    script.work("c3", {"command": [sign("command")], "cwd": "/"})
    script.end_tool("c3", "failed")
    script.event(sign("event type"))
    missing = Body("protocol_event", None, path=f"payloads/{sign('payload path')}")
    script.event("protocol_event_observed", event_type="error", event_payload=missing)
    spine = script.spine.read_text()
    script.spine.write_text(spine.replace('"rollout_id": "rollout"', f'"rollout_id": {json.dumps(rollout)}'))
    return script.folder


def _hostile(value: Any, field: str, text: str) -> Any:
    if isinstance(value, dict):
        return {name: _hostile(inner, name, text) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hostile(inner, field, text) for inner in value]
    if not isinstance(value, str) or field in _KEPT:
        return value
    # Short enough that what comes behind it in a row is still seen.
    return value + (SEQUENCES if field.endswith("id") or field == "agent_path" else text)
