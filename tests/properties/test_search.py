"""Searching by scanning whole stretches finds what looking at every line and every body by itself finds."""

from __future__ import annotations

import json
import re
import tempfile
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout_tui.debugger.searching import occurrences
from rollout_tui.debugger.searching import search as searching
from rollout_tui.debugger.searching.search import Hit, search
from rollout_tui.debugger.searching.search_query import Query, SearchProblem, query
from rollout_tui.recording import Trace, open_trace

MOST = occurrences.MOST_OCCURRENCES
SNIPPETS = (
    "ab",
    "aB",
    "a",
    "aa",
    'b"',
    "\\",
    "\n",
    "é",
    "É",
    "漢",
    "\u2028",
    "\U0001f600",
    "x",
    " ",
    "event",
    "12",
)
texts = st.lists(st.sampled_from(SNIPPETS), max_size=12).map("".join)
wanted = st.lists(st.sampled_from(SNIPPETS), min_size=1, max_size=3).map("".join)
patterns = st.sampled_from(
    (
        "a[bB]",
        "a+",
        "a.b",
        "^.{3}",
        "[^x]x",
        "x$",
        r"\bab",
        "(?<=a)b",
        "a|ab|b",
        r"(a)\1",
        r"é",
        "b..a",
        "a\\sx",
        "[^a]b",
    )
)


def plain(trace: Trace, asked: Query) -> set[tuple[int, str, str | None, int]]:
    """Every line and every body by itself."""
    found = set()
    last: dict[str | None, bytes] = {}
    for event in range(1, trace.history.head + 1):
        times = sum(1 for _ in islice(spans(trace.events.raw(event - 1), asked), MOST))
        if times:
            found.add((event, "event", None, times))
    for payload_id in trace.history.payloads.ids(trace.history.head):
        body = trace.read_payload(payload_id)
        event = trace.history.payloads.born(payload_id)
        assert event is not None
        before = b""
        if trace.history.events.type(event) == "inference_started":
            thread_id = trace.history.events.thread_id(event)
            before, last[thread_id] = last.get(thread_id, b""), body
        times = sum(1 for _ in islice((one for one in spans(body, asked) if fresh(body, one, before)), MOST))
        if times:
            found.add((event, "payload", payload_id, times))
    return found


def _as_re(asked: Query) -> re.Pattern[bytes]:
    """The expression as Python's own module understands it."""
    return re.compile(asked.text.encode(), re.IGNORECASE if asked.any_case else 0)


def spans(data: bytes, asked: Query) -> list[tuple[int, int]]:
    if asked.pattern is not None:
        return [match.span() for match in _as_re(asked).finditer(data)]
    folded = data.lower() if asked.any_case else data
    return [match.span() for needle in asked.needles for match in re.finditer(re.escape(needle), folded)]


def fresh(body: bytes, span: tuple[int, int], before: bytes) -> bool:
    first, end = max(0, span[0] - occurrences.EXCERPT), span[1]
    shift = len(before) - len(body)
    return body[first:end] not in (before[first:end], before[max(0, first + shift) : max(0, end + shift)])


def recording(folder: Path, lines: list[str], requests: list[list[str]], repeated: bool) -> Trace:
    """Turns named by texts, and requests whose bodies are lists of texts."""
    (folder / "payloads").mkdir()
    manifest = {
        "schema_version": 2,
        "trace_id": "t",
        "rollout_id": "r",
        "root_thread_id": "t",
        "started_at_unix_ms": 1,
        "raw_event_log": "trace.jsonl",
        "payloads_dir": "payloads",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    events: list[dict[str, object]] = [
        {"type": "codex_turn_started", "codex_turn_id": text} for text in lines
    ]
    for number, body in enumerate(requests, 1):
        path = f"payloads/{'same' if repeated else number}.json"
        (folder / path).write_text(json.dumps({"input": body}, ensure_ascii=number % 2 == 0))
        reference = {
            "raw_payload_id": f"raw_payload:{number}",
            "kind": {"type": "inference_request"},
            "path": path,
        }
        call = {"inference_call_id": f"c{number}", "thread_id": "t", "codex_turn_id": "x", "model": "m"}
        events.append(
            {"type": "inference_started", **call, "provider_name": "p", "request_payload": reference}
        )
    with (folder / "trace.jsonl").open("w") as spine:
        for seq, payload in enumerate(events, 1):
            event = {
                "schema_version": 2,
                "seq": seq,
                "wall_time_unix_ms": seq,
                "rollout_id": "r",
                "thread_id": "t",
            }
            spine.write(
                json.dumps({**event, "payload": payload}, ensure_ascii=seq % 3 == 0) + "\n" * (1 + seq % 2)
            )
    return open_trace(folder)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(texts, max_size=8),
    requests=st.lists(st.lists(texts, max_size=4), max_size=5),
    repeated=st.booleans(),
    asked=st.one_of(wanted, patterns.map(lambda pattern: f"/{pattern}/")),
    near=st.integers(0, 20),
    size=st.sampled_from([1, 300, searching.SLICE]),
)
def test_scanning_finds_what_a_plain_search_finds(
    lines: list[str],
    requests: list[list[str]],
    repeated: bool,
    asked: str,
    near: int,
    size: int,
) -> None:
    compiled = query(asked)
    with tempfile.TemporaryDirectory() as folder, patch.object(searching, "SLICE", size):
        trace = recording(Path(folder), lines, requests, repeated)
        found = [
            one for one in search(trace, compiled, near) if isinstance(one, Hit) and one.where != "object"
        ]
        assert {(one.event, one.where, one.id, one.occurrences) for one in found} == plain(trace, compiled)
        assert len(found) == len({one[:3] for one in found})
        trace.close()


def test_every_line_counts_however_many_there_are(tmp_path: Path) -> None:
    trace = recording(tmp_path, ["turn"] * 5000, [["turn " * 1500], ["turn " * 1500, "one turn more"]], False)
    found = [one for one in search(trace, query("turn"), 1) if isinstance(one, Hit)]
    assert sum(1 for one in found if one.where == "event") == 5002
    assert [one.occurrences for one in found if one.where == "payload"] == [MOST, 1]


def test_a_file_named_many_times_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace = recording(tmp_path, [], [["text"]] * 500, True)
    read = []
    whole = trace.payloads.read
    monkeypatch.setattr(trace.payloads, "read", lambda path: read.append(path) or whole(path))
    list(search(trace, query("nowhere to be found"), 1))
    assert read == ["payloads/same.json"]


def test_a_query_that_is_none_says_so() -> None:
    with pytest.raises(SearchProblem):
        query("/[/")
