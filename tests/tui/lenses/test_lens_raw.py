import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from counted_steps import steps
from lens_views import corpus, opened, rows, shown, target_of, view_at
from recordings_at_hand import DEMO, RECORDINGS

from rollout_tui.graph.objects import CodeCell, ConversationItem, Thread, ToolCall
from rollout_tui.trace.memory import resident
from rollout_tui.tui.drawing.lens import LineList
from rollout_tui.tui.drawing.targets import Fold, ToObject, ToPayload
from rollout_tui.tui.lenses.raw import raw
from rollout_tui.tui.texts.json_rows import JsonRows
from rollout_tui.tui.texts.json_tree import parsed

TWO_CELLS = RECORDINGS / "two-cells-interleaved"


def test_the_event_line_and_its_payload_as_json() -> None:
    content = raw(view_at(TWO_CELLS, 49), 78)
    text = [" ".join(row.split()) for row in rows(content)]
    assert content.title == "raw  #49 code_cell_ended"
    assert content.subtitle == "1 payload"
    assert text[0].startswith("v event #49")
    assert "seq: 49" in text
    assert 'type: "code_cell_ended"' in text
    at = next(number for number, row in enumerate(text) if row.startswith("v payload 33"))
    assert 'cell_id: "2"' in text[at:]


def test_ids_in_an_event_lead_to_their_objects() -> None:
    content = raw(view_at(TWO_CELLS, 49), 78)
    thread = target_of(content, "thread_id:")
    assert isinstance(thread, ToObject)
    assert thread.kind is Thread
    assert target_of(content, "raw_payload_id:") == ToPayload("raw_payload:33")


def test_headings_fold() -> None:
    fold = target_of(raw(view_at(TWO_CELLS, 49), 78), "payload 33")
    assert fold == Fold("raw:raw_payload:33")
    folded = shown("raw", TWO_CELLS, 49, folds=frozenset({"raw:raw_payload:33", "raw:event"}))
    assert folded[0].startswith("> event #49")
    assert any(row.startswith("> payload 33") for row in folded)
    assert not any("cell_id" in row for row in folded)


def test_an_opened_item_is_shown_whole() -> None:
    chosen = ToObject(ConversationItem, "conversation_item:8")
    text = shown("raw", DEMO, 30, 98, selection=chosen, held=True)
    assert text[0].startswith("v text 498 B, 17 lines")
    assert "    for day, group in by_day(readings):" in text
    assert any(row.startswith("> item as recorded") for row in text)
    assert any(row.startswith("> reduced state") for row in text)


def test_an_opened_cell_shows_its_source_highlighted() -> None:
    chosen = ToObject(CodeCell, "code_cell:call_A")
    content = raw(view_at(corpus("two-cells-interleaved"), 45, selection=chosen, held=True), 98)
    source = content.line(1)
    assert source.text.startswith("for (let i=0;")
    assert ("for", "keyword") in [(piece.text, piece.style) for piece in source.pieces]


def test_a_selection_that_is_not_held_leaves_the_event_in_view() -> None:
    chosen = ToObject(ToolCall, "call_wB2")
    assert raw(view_at(TWO_CELLS, 49, selection=chosen), 78).title == "raw  #49 code_cell_ended"


def test_a_payload_file_that_is_gone_says_so(tmp_path: Path) -> None:
    folder = shutil.copytree(TWO_CELLS, tmp_path / "bundle")
    opened(folder)
    (folder / "payloads" / "33.json").unlink()
    text = shown("raw", folder, 49)
    assert any(row.startswith("v payload 33 payload_missing") for row in text)
    assert any("the file is not there" in row for row in text)


def test_a_payload_that_is_no_json_is_shown_as_text(tmp_path: Path) -> None:
    folder = shutil.copytree(TWO_CELLS, tmp_path / "bundle")
    (folder / "payloads" / "33.json").write_text("{not json\n\x1b[31mred")
    text = shown("raw", folder, 49)
    assert any("not JSON" in row for row in text)
    assert "{not json" in text
    assert "\u241b[31mred" in text


def test_an_unreadable_line_shows_its_text_and_the_reason(tmp_path: Path) -> None:
    folder = shutil.copytree(TWO_CELLS, tmp_path / "bundle")
    lines = (folder / "trace.jsonl").read_text().splitlines()
    lines[30] = '{"seq": 31, "payload": '
    (folder / "trace.jsonl").write_text("\n".join(lines) + "\n")
    trace, _ = opened(folder)
    view = view_at(folder, 30)
    text = rows(raw(replace(view, event=31, snapshot=trace.snapshot(31)), 78))
    assert any('{"seq": 31, "payload":' in row for row in text)


def test_a_held_object_that_is_not_known_yet_is_named_above_the_event() -> None:
    text = shown("raw", TWO_CELLS, 12, selection=ToObject(CodeCell, "code_cell:call_B"), held=True)
    assert text[0] == " cell 2 is not known yet here. Esc lets go of it."
    assert text[1].startswith("v event #12")


# -- JSON rows -----------------------------------------------------------------------------


def lines_of(document: object, folds: frozenset[str] = frozenset(), width: int = 60) -> list[str]:
    content = JsonRows(parsed(json.dumps(document).encode()), "x", folds, width)
    return rows(content)


def test_a_small_document_is_open() -> None:
    assert lines_of({"a": {"b": [1, True, None, "s"]}}) == [
        "v a: {1}",
        "  v b: [4]",
        "      0 1",
        "      1 true",
        "      2 null",
        '      3 "s"',
    ]


def test_a_folded_value_shows_its_beginning() -> None:
    assert lines_of({"a": {"b": 1}, "c": 2}, frozenset({"x.0"})) == ['> a: {1}  {"b": 1}', "  c: 2"]


def test_a_long_string_opens_as_lines() -> None:
    text = "first line\nsecond line " + "word " * 20
    assert lines_of({"text": text, "n": 1}, width=40)[:3] == [
        "v text: text  126 B, 2 lines",
        "  first line",
        "  second line word word word word word",
    ]


def test_json_in_a_string_opens_as_json() -> None:
    text = lines_of({"arguments": '{"cmd": "ls", "n": 2}'})
    assert text == ["v arguments: JSON in a string  29 B", '    cmd: "ls"', "    n: 2"]


def test_empty_containers_and_bare_values_have_a_row() -> None:
    assert lines_of({}) == ["  {}"]
    assert lines_of({"a": [], "b": {}}) == ["  a: []", "  b: {}"]
    assert lines_of(5) == ["5"]


def test_a_deep_document_is_shown_as_text() -> None:
    # Deeper than any Python's stack.
    data = b"[" * 2_000_000 + b"]" * 2_000_000
    assert parsed(data).kind == "text"
    assert len(JsonRows(parsed(data), "x", frozenset(), 60)) > 1000


def test_every_row_can_be_asked_for_with_anything_open_or_closed() -> None:
    document = {"list": [{"a": [1, 2, {"b": "x" * 90}]} for _ in range(30)], "more": {"k": list(range(9))}}
    root = parsed(json.dumps(document).encode())
    content = JsonRows(root, "x", frozenset(), 50)
    seen = set()
    for _ in range(6):
        keys = [content.line(number).target for number in range(len(content))]
        seen |= {target.key for target in keys if isinstance(target, Fold)}
        content = JsonRows(root, "x", frozenset(sorted(seen)[::2]), 50)
        assert len(rows(content)) == len(content)


@pytest.mark.parametrize("size", [20_000_000])
def test_a_payload_of_twenty_megabytes_opens_at_once(tmp_path: Path, size: int) -> None:
    folder = shutil.copytree(TWO_CELLS, tmp_path / "bundle")
    items = [{"type": "input_text", "text": "some words of output\n" * 20} for _ in range(size // 500)]
    (folder / "payloads" / "33.json").write_text(json.dumps({"response": {"items": items}}, indent=1))
    opened(folder)
    view = view_at(folder, 49)

    def first_screen() -> None:
        content = raw(view, 100)
        for number in range(min(60, len(content))):
            content.line(number)

    assert steps(first_screen) < 20_000


def giant(tmp_path: Path) -> Path:
    """A recording with a line and a payload of a gigabyte, most of it holes in the files."""
    folder = tmp_path / "giant"
    shutil.copytree(TWO_CELLS, folder)
    lines = (folder / "trace.jsonl").read_bytes().splitlines(keepends=True)
    with (folder / "trace.jsonl").open("wb") as spine:
        spine.write(b"".join(lines[:48]) + b'{"seq": the line begins')
        spine.seek(1 << 30, 1)
        spine.write(b"\n" + b"".join(lines[48:]))
    with (folder / "payloads" / "33.json").open("wb") as payload:
        payload.write(b'["the payload begins')
        payload.seek(1 << 30, 1)
        payload.write(b'"]')
    return folder


def test_of_what_is_too_large_the_size_and_the_beginning_are_shown(tmp_path: Path) -> None:
    folder = giant(tmp_path)
    trace, _ = opened(folder)
    before = resident()
    line, payload = (
        rows(LineList("", map(content.line, range(40))))
        for content in (
            raw(replace(view_at(folder, 48), event=event, snapshot=trace.snapshot(event)), 78)
            for event in (49, 50)
        )
    )
    assert "1.1 GB" in line[0] and "the line is too long (1,073,741,84" in line[1]
    assert any('"seq": the line begins' in row for row in line)
    at = next(number for number, row in enumerate(payload) if row.startswith("v payload 33"))
    assert "payload_too_large" in payload[at] and "1,073,741,8" in payload[at + 1]
    assert '["the payload begins\u2400' in payload[at + 3]
    assert resident() - before < 100 << 20


@pytest.mark.parametrize(
    "data",
    [
        b'{"input": [' + b"0, " * 10_000_000 + b"0]}",
        b"[" + b'{"a": 1},' * 3_000_000 + b"0]",
        b"[" + b'"' + b"x" * 300_000 + b'",' + b"0," * 3_000_000 + b"0]",
        b"{" + b'"a,\\"": [0],' * 3_000_000 + b'"b": 0}',
    ],
    ids=["numbers", "objects", "numbers behind a text", "members"],
)
def test_of_millions_of_members_the_first_are_listed(data: bytes) -> None:
    before = resident()
    document = parsed(data)
    content = JsonRows(document, "", frozenset(), 78)
    assert 0 < len(content) < 200_000
    last = rows(LineList("", map(content.line, range(max(0, len(content) - 3), len(content)))))
    assert any(" MB more" in row for row in last), last
    assert resident() - before < 100 << 20


def test_many_members_are_all_listed() -> None:
    data = b"[" + b"[1,2,3]," * 600_000 + b"0]"
    content = JsonRows(parsed(data), "", frozenset(), 78)
    assert len(content) >= 600_001
    assert not any(" more" in row for row in rows(LineList("", map(content.line, range(600_000, 600_001)))))
