"""Columns of events, payload references and numbered ids."""

from __future__ import annotations

import random

import pytest

from rollout_tui.graph.event_log import EventLog
from rollout_tui.graph.numbered import RECENT, SCANS, FirstSeen, NumberedIndex
from rollout_tui.graph.payloads import PayloadTable
from rollout_tui.trace.event_values import PayloadKind, PayloadReference


def log(*seqs: int) -> EventLog:
    events = EventLog()
    for number, seq in enumerate(seqs, 1):
        events.extend([seq], [number], [0], ["t"], [None], [number])
    return events


def test_a_seq_stands_for_its_last_line() -> None:
    assert [log(1, 2, 3).ordinal_of(seq) for seq in (0, 1, 3, 4)] == [None, 1, 3, None]
    assert [log(1, 2, 2, 5).ordinal_of(seq) for seq in (1, 2, 3, 5)] == [1, 3, None, 4]
    assert [log(7, 8).ordinal_of(seq) for seq in (1, 7, 8)] == [None, 1, 2]
    assert log(1, 3, 2).ordinal_of(2) == 3


def test_numbers_of_more_than_64_bits_are_cut() -> None:
    events = log(10**30, -(10**30))
    assert list(events.seqs) == [0, 2**63 - 1, -(2**63) + 1]
    assert events.ordinal_of(2**63 - 1) == 1
    assert (events.thread_id(1), events.codex_turn_id(1), events.type(0)) == ("t", None, "")


def reference(payload_id: str, path: str, kind: str = "tool_result") -> PayloadReference:
    return PayloadReference(payload_id, PayloadKind(kind), path)  # type: ignore[arg-type]


USUAL = reference("raw_payload:3", "payloads/3.json")
ODD = (
    "raw_payload:03",
    "raw_payload:-1",
    "raw_payload:99999999999999999999999",
    "raw_payload:1x",
    "",
    "x" * 1000,
    "raw_payload:\u0663",
    "raw_payload:7_0",
    "raw_payload: 7",
)


@pytest.mark.parametrize("payload_id", [*ODD, "raw_payload:0", "raw_payload:70000", "raw_payload:5"])
def test_a_reference_is_found_whatever_its_id(payload_id: str) -> None:
    table = PayloadTable()
    table.add(1, USUAL)
    table.add(2, reference(payload_id, "payloads/x.json"))
    assert table.get(payload_id, 1) is None
    assert table.get(payload_id, 2) == reference(payload_id, "payloads/x.json")
    assert table.get("raw_payload:3", 2) == USUAL
    assert sorted(table.ids(2)) == sorted(["raw_payload:3", payload_id])
    assert (len(table), table.born(payload_id)) == (2, 2)


def test_a_later_reference_replaces_the_earlier_one_from_then_on() -> None:
    table = PayloadTable()
    for event, path in ((1, "payloads/3.json"), (4, "payloads/4.json"), (6, "payloads/3.json")):
        table.add(event, reference("raw_payload:3", path))
    paths = [table.get("raw_payload:3", event) for event in range(8)]
    assert [one and one.path for one in paths] == [
        None,
        *["payloads/3.json"] * 3,
        *["payloads/4.json"] * 2,
        *["payloads/3.json"] * 2,
    ]


def test_an_empty_path_is_not_the_usual_one() -> None:
    table = PayloadTable()
    table.add(1, reference("raw_payload:3", ""))
    found = table.get("raw_payload:3", 1)
    assert found is not None and found.path == ""


def test_usual_references_are_rows_in_byte_order() -> None:
    table = PayloadTable()
    for event, number in enumerate((2, 10, 1), 1):
        path = "elsewhere" if number == 10 else f"payloads/{number}.json"
        table.add(event, reference(f"raw_payload:{number}", path))
    usual = table.usual(3)
    assert usual is not None
    assert [(number, usual.kinds[kind], usual.paths[path]) for number, kind, path in usual.rows] == [
        ("1", "tool_result", ""),
        ("10", "tool_result", "elsewhere"),
        ("2", "tool_result", ""),
    ]


def test_references_against_a_plain_table() -> None:
    rng = random.Random(3)
    ids = [*(f"raw_payload:{n}" for n in range(30)), *ODD]
    table, plain = PayloadTable(), {}
    states = [{}]
    for event in range(1, 200):
        payload_id = rng.choice(ids)
        found = reference(payload_id, rng.choice((f"payloads/{payload_id[12:]}.json", "a", "b")))
        table.add(event, found)
        plain[payload_id] = found
        states.append(dict(plain))
    for event, state in enumerate(states):
        assert {one: table.get(one, event) for one in table.ids(event)} == state
        assert table.usual(event) is None or not set(state) & set(ODD)
        if state:
            first = min(state)
            assert table.born(first) == next(at for at, one in enumerate(states) if first in one)


def test_numbered_ids() -> None:
    index = NumberedIndex("item:")
    index["item:2"] = 0
    assert (index.get("item:2"), index["item:2"]) == (0, 0)
    for wrong in (
        "item:1",
        "item:3",
        "item:",
        "item:x",
        "item:02x",
        "other:2",
        "item:-2",
        "item:" + "9" * 50,
        None,
    ):
        assert index.get(wrong) is None
    with pytest.raises(KeyError):
        index["item:9"]


@pytest.mark.parametrize("count", [5000, RECENT, 20 * RECENT])
def test_the_first_event_of_a_text_whatever_comes_later(count: int) -> None:
    seen = FirstSeen()
    for event in range(1, count + 1):
        seen.add(f"text {event}", event)
    for event in range(1, count, 97):
        seen.add(f"text {event}", count + event)
    for event in (1, 98, count // 2, count):
        assert seen.get(f"text {event}") == event
    assert not any(seen.get(f"none {asked}") for asked in range(2 * SCANS))
    assert seen.get(f"text {count}") == count
    assert count <= len(seen) <= count + count // 97 + 1


@pytest.mark.parametrize("step", [1, 700, 3 * RECENT])
def test_the_first_event_of_a_text_asked_for_in_between(step: int) -> None:
    seen = FirstSeen()
    for event in range(1, 9 * RECENT):
        seen.add(f"text {event % (5 * RECENT)}", event)
        if event % step == 0:
            asked = max(1, event - 2 * RECENT)
            assert seen.get(f"text {asked % (5 * RECENT)}") == (asked % (5 * RECENT) or 5 * RECENT)
            assert seen.get(f"text {5 * RECENT}") is None
