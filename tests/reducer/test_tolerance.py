"""Evidence that does not fit: what is said, what is shown, and that the rest is there (format section 12)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from scripted import Script, assistant, state_of, user

from rollout_tui.recording import Trace
from rollout_tui.reducer import limits
from rollout_tui.reducer.diagnostics import CODES, ReductionRefused
from rollout_tui.reducer.reduction import UNKNOWN
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.memory import MemoryBudget

from .odd_evidence import CASES, OTHER, Way

SOURCES = [
    *(Path(limits.__file__).parent.glob("*.py")),
    Path(limits.__file__).parents[1] / "reduced_spine.py",
]

NEVER_REFUSED = ("seq_gap", "foreign_rollout")


def _each(schemas_of: Callable[[str], Iterable[int]]) -> pytest.MarkDecorator:
    """Each case, in a bundle of each schema that `schemas_of` its code."""
    return pytest.mark.parametrize(
        ("either", "code", "way"),
        [
            pytest.param(schema, code, way, id=f"{code}-{at}-schema{schema}")
            for code, ways in CASES.items()
            for at, way in enumerate(ways)
            for schema in schemas_of(code)
        ],
        indirect=["either"],
    )


@_each(lambda code: (1, 2) if code in NEVER_REFUSED else CODES[code].refused_in)
def test_it_is_said_and_the_rest_is_there(either: Script, code: str, way: Way) -> None:
    write, shown = way
    either.begin()
    seq = write(either) or either.seq
    either.turn("after")
    either.ask("i-after", user("after"), turn="after")
    either.answer("i-after", assistant("answer"), turn="after")
    either.tool("x-after", OTHER, turn="after")
    trace = either.trace()
    said = [one for one in trace.diagnostics if one.code == code]
    assert said, [one.code for one in trace.diagnostics]
    assert seq in [one.seq for one in said]
    assert all(trace.history.events.seqs[one.event] == one.seq for one in said)
    state = state_of(trace)
    assert shown(state)
    assert state["codex_turns"]["after"]["thread_id"] == state["tool_calls"]["x-after"]["thread_id"] == "t1"
    call = state["inference_calls"]["i-after"]
    assert len(call["request_item_ids"]) == len(call["response_item_ids"]) == 1
    assert call["execution"]["status"] == "completed"
    refused = either.schema in CODES[code].refused_in
    assert all(one.refused == refused for one in said)
    if refused:
        with pytest.raises(ReductionRefused):
            either.trace(strict=True)


@_each(lambda code: CODES[code].refused_in)
def test_strict_reduction_gives_that_reason(either: Script, code: str, way: Way) -> None:
    write, _ = way
    either.begin()
    write(either)
    first, *later = (one for one in either.trace().diagnostics if one.refused)
    assert code in [first.code, *(one.code for one in later)]
    with pytest.raises(ReductionRefused) as refused:
        either.trace(strict=True)
    assert refused.value.diagnostic == first
    assert f"line {first.event}, seq {first.seq}: " in str(refused.value)


def test_a_torn_last_line(either: Script) -> None:
    either.begin()
    with either.spine.open("ab") as spine:
        spine.write(b'{"schema_version":')
    trace = either.trace()
    assert [one.code for one in trace.diagnostics] == ["recording_cut"]
    assert len(trace) == 2
    with pytest.raises(ReductionRefused):
        either.trace(strict=True)


def test_a_manifest_that_contradicts_its_events(script1: Script) -> None:
    script1.schema = 2
    script1.begin()
    script1.event("thread_resumed", thread_id="t9")
    trace = script1.trace()
    assert [one.code for one in trace.diagnostics] == ["manifest_schema", "resumed_unknown_thread"]
    assert state_of(trace)["schema_version"] == 2


def test_a_manifest_of_a_schema_nobody_knows(script1: Script) -> None:
    script1.manifest(schema_version=7)
    script1.begin()
    trace = script1.trace()
    assert [(one.code, one.refused) for one in trace.diagnostics] == [("manifest_schema", False)]
    assert trace.history.schema_version == 1


def test_too_little_memory(script: Script) -> None:
    script.begin()
    trace = Trace(open_bundle(script.folder), memory=-(1 << 40)).load()
    while trace.advance(16 << 20).more:
        pass
    assert [one.code for one in trace.diagnostics] == ["memory_used_up"]


def test_memory_that_comes_free_later_is_not_for_reading_on(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    script.begin()
    trace = Trace(open_bundle(script.folder))
    room = iter((False, True, True))
    monkeypatch.setattr(MemoryBudget, "room_for", lambda budget, size: next(room))
    for _ in range(3):
        assert not trace.advance().more
    assert trace.head == 0 and [one.code for one in trace.diagnostics] == ["memory_used_up"]


# -- the table ---------------------------------------------------------------------------------------------


def codes_in_use() -> set[str]:
    """Every code that the sources give to a diagnostic."""
    used = {"unreadable_line", "unknown_event_type", "payload_missing", "payload_outside_bundle"}
    used |= {code for code, _ in UNKNOWN.values()}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("refuse", "note", "once", "say", "ItemProblem", "PayloadProblem"):
                first = node.args[0]
                used |= {first.value} if isinstance(first, ast.Constant) else set()
            elif name == "_check_order":
                used |= {"seq_gap", "seq_repeated", "seq_out_of_order"}
    return used


def test_the_table_names_every_code_and_no_other() -> None:
    assert set(CODES) == codes_in_use()


def test_every_code_is_tried() -> None:
    elsewhere = {"recording_cut", "manifest_schema", "memory_used_up"}
    assert set(CASES) | elsewhere == set(CODES)
