"""Reading a request only where it differs from the one before gives what reading all of it gives.

The plain path is had by forgetting the earlier requests before each line.
"""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

from folding import reduced
from hypothesis import given
from hypothesis import strategies as st
from scripted import Script, agent_message, assistant, call, cell_call, cell_output, output, reasoning, user

from rollout_tui.reducer.fold import Reducer

from .recordings import contents, examples, recordings

IMAGE = {"type": "input_image", "image_url": "data:x"}
ITEMS: tuple[Any, ...] = (
    user("a"),
    user("b"),
    user("b", id="m1"),
    user('é😀\\"\n'),
    assistant("x"),
    assistant("x", id="m2"),
    reasoning("E"),
    reasoning("E", text="t"),
    reasoning("F", summary="s"),
    call("c1"),
    call("c1", arguments='{"other": 1}'),
    output("c1"),
    output("c1", [IMAGE]),
    cell_call("c2"),
    cell_output("c2"),
    agent_message("/root", "/root", "hi", id="m3"),
    {"type": "additional_tools", "tools": ["t"] * 20},
    {"type": "message", "role": "user", "content": [IMAGE]},
    {"type": "message", "role": "user", "content": "text"},
    {"type": "message", "role": "user", "content": []},
    {"type": "other"},
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": '\n  "input": [ {"a"'}]},
    {"input": [1, 2]},
    7,
    "text",
)

items = st.lists(st.sampled_from(ITEMS), max_size=6)


class Edits:
    """What a harness does with its history between two requests, drawn as it goes."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.history: list[Any] = []

    def edit(self) -> None:
        history = self.history
        at = self.data.draw(st.integers(0, len(history)), "at")
        step = self.data.draw(st.sampled_from("aaaaardmic"), "edit")
        if step == "a":
            history.extend(self.data.draw(items, "more"))
        elif step == "r" and at < len(history):
            history[at] = self.data.draw(st.sampled_from(ITEMS), "becomes")
        elif step == "d":
            del history[at : at + 1 + at % 3]
        elif step == "m" and at < len(history):
            history.append(history.pop(at))
        elif step == "i":
            history.insert(at, self.data.draw(st.sampled_from(ITEMS), "inserted"))
        elif step == "c":
            del history[:at]

    def text(self, previous: str | None) -> bytes:
        """The request as a recorder writes it, or in some other layout."""
        body: dict[str, Any] = {"model": "m", "input": copy.deepcopy(self.history), "stream": True}
        layout = self.data.draw(st.sampled_from("rrrrrrrconpdtq"), "layout")
        if previous is not None and layout != "q":
            body["previous_response_id"] = previous
        if layout == "c":
            return json.dumps(body).encode()
        if layout == "o":
            body = {"input": body.pop("input"), **body}
        elif layout == "n":
            body["nested"] = {"input": [1, 2]}
        elif layout == "p":
            body = {"previous_response_id": None, **body}
        elif layout == "q":
            body = {"previous_response_id": previous or "r1", **body}
        text = json.dumps(body, indent=2, ensure_ascii=layout == "n").encode()
        if layout == "d":
            text = text.removesuffix(b"\n}") + b',\n  "input": [\n    {"type": "other"}\n  ]\n}'
        if layout == "t":
            text = text[: self.data.draw(st.integers(0, len(text)), "cut")]
        return text


def write(script: Script, data: st.DataObject) -> None:
    """A few threads that ask, are answered and are compacted."""
    script.begin()
    script.thread("t2", "/root/kid")
    script.turn("u2", "t2")
    edits = {"t1": Edits(data), "t2": Edits(data)}
    for number in range(data.draw(st.integers(2, 8), "requests")):
        thread = data.draw(st.sampled_from(("t1", "t1", "t1", "t2")), "thread")
        turn = "u" + thread[1:]
        edits[thread].edit()
        previous = data.draw(st.sampled_from((None, None, None, "r0", "r1", "none")), "previous")
        script.ask(f"i{number}", thread=thread, turn=turn, body=edits[thread].text(previous))
        what = data.draw(st.sampled_from("aaank"), "then")
        if what == "a":
            given_back = data.draw(items, "answer")
            script.answer(f"i{number}", *given_back, thread=thread, turn=turn, response_id=f"r{number}")
            edits[thread].history.extend(given_back)
        elif what == "k":
            after = data.draw(items, "replacement")
            script.compact(f"k{number}", edits[thread].history[:3], after, thread=thread, turn=turn)
            edits[thread].history = list(after)


def plainly(reducer: Reducer) -> None:
    reducer.reduction.requests.rolling.clear()


def agree(folder: Path, lines: list[bytes]) -> None:
    fast, plain = reduced(folder, lines), reduced(folder, lines, plainly)
    assert contents(fast.history) == contents(plain.history)
    assert fast.reduction.diagnostics == plain.reduction.diagnostics
    assert fast.reduction.items.content == plain.reduction.items.content


@examples(120)
@given(st.sampled_from((1, 2)), st.data())
def test_edited_histories(schema: int, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        script = Script(Path(scratch) / "bundle", schema)
        write(script, data)
        agree(script.folder, script.spine.read_bytes().splitlines(keepends=True))


@examples(25)
@given(st.sampled_from(recordings()), st.data())
def test_recorded_requests_with_bytes_changed(recording: Any, data: st.DataObject) -> None:
    """Each request of a recording as it is or with a byte or a run of bytes changed, anywhere in it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "bundle"
        (folder / "payloads").mkdir(parents=True)
        (folder / "manifest.json").write_bytes((recording.folder / "manifest.json").read_bytes())
        (folder / "trace.jsonl").write_bytes(b"".join(recording.lines))
        for path in sorted((recording.folder / "payloads").iterdir()):
            body = path.read_bytes()
            change = data.draw(st.sampled_from("   kdr"), "change") if b'"input"' in body else " "
            at = data.draw(st.integers(0, len(body)), "at") if change != " " else 0
            if change == "k":
                body = body[:at] + data.draw(st.binary(max_size=3), "bytes") + body[at + 1 :]
            elif change == "d":
                body = body[:at] + body[at + 5 :]
            elif change == "r":
                body = body[:at] + body[max(0, at - 40) : at] + body[at:]
            (folder / "payloads" / path.name).write_bytes(body)
        agree(folder, list(recording.lines))


def test_recorded_requests() -> None:
    for recording in recordings():
        agree(recording.folder, list(recording.lines))
