"""The JSON that commands print: its shape, and what it says of the project's and the shared recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from recordings_at_hand import corpus_folders, needs_corpus, recording, recordings
from running import run
from schema_check import violations

from rollout_tui.export.schemas import SCHEMAS, schema
from rollout_tui.recording import open_trace

EVERY = [*recordings(), *corpus_folders()]
STATUSES = ["in_context", "accepted", "pending", "dropped"]


def places(bundle: Path) -> list[str]:
    """A few seqs of a bundle: the first, some between, the last."""
    trace = open_trace(bundle)
    head = trace.history.head
    return sorted({str(trace.history.events.seqs[max(1, head * part // 4)]) for part in range(5)})


def told(name: str, *arguments: str | Path) -> Any:
    """What a command prints with --json, held to its schema."""
    done = run(name, *arguments, "--json")
    assert done.status in (0, 1), done.err
    assert not list(violations(schema(name), done.json))
    return done.json


def test_there_is_a_schema_for_every_json_output() -> None:
    assert set(SCHEMAS) == {"context", "life_line", "blocked", "findings", "diff", "summary", "check"}
    for name in SCHEMAS:
        assert run("help", "schema", name).json == schema(name)


@pytest.mark.parametrize("bundle", EVERY, ids=lambda bundle: bundle.name)
def test_every_shape_is_as_promised(bundle: Path) -> None:
    seqs = places(bundle)
    for seq in seqs:
        check_context(told("context", bundle, "--at", seq), int(seq))
        check_blocked(told("blocked", bundle, "--at", seq))
    compared = told("diff", bundle, seqs[0], seqs[-1])
    assert (compared["a"], compared["b"]) == (int(seqs[0]), int(seqs[-1]))
    findings = told("findings", bundle)
    assert [one["seq"] for one in findings] == sorted(one["seq"] for one in findings)
    counted = told("summary", bundle)["findings"]
    assert sum(counted.values()) == len(findings)
    told("check", bundle)


def check_context(document: Any, seq: int) -> None:
    """What the contract says of `context --json` beside its shape."""
    assert document["seq"] == seq
    order = [STATUSES.index(item["status"]) for item in document["items"]]
    assert order == sorted(order)
    for status in STATUSES[1:]:
        seen = [item["first_seen_seq"] for item in document["items"] if item["status"] == status]
        assert seen == sorted(seen) or status == "pending"
    for item in document["items"]:
        assert (item["item_id"] is None) == (item["status"] == "pending")
        assert item["first_seen_seq"] <= seq


def check_blocked(document: Any) -> None:
    """What the contract says of `blocked --json` beside its shape."""
    for thread in document:
        for entries in (thread["blocked_on"], thread["background"]):
            for at, one in enumerate(entries):
                assert one["parent"] is None or 0 <= one["parent"] < at
        assert all(one["kind"] == "turn" for one in thread["blocked_on"] if one["parent"] is None)


def test_context_and_blocked_on_a_recording_read_by_hand() -> None:
    bundle = recording("two-cells-interleaved")
    items = told("context", bundle, "--at", "30")["items"]
    inside = [item for item in items if item["status"] == "in_context"]
    assert len(inside) == 9 and inside[-1]["call_id"] == "call_wA1" and inside[-1]["role"] == "tool"
    (root,) = told("blocked", bundle, "--at", "45")
    kinds = [(one["kind"], one["since_seq"]) for one in root["blocked_on"]]
    assert kinds == [("turn", 6), ("wait", 39), ("code_cell", 20), ("tool_call", 45)]
    assert [one["id"] for one in root["blocked_on"]][1:3] == ["call_wB2", "code_cell:call_B"]
    assert [one["id"] for one in root["background"]] == ["code_cell:call_A"]


def test_the_life_line_of_an_output_by_item_call_command_and_number() -> None:
    """Of call_seq: 60,894 bytes at the terminal (#21), 40,216 as tool value (#22) and in request #24."""
    bundle = recording("big-tool-output")
    done = run("context", bundle, "--item", "call_seq", "--json")
    assert not list(violations(schema("life_line"), done.json))
    assert [(one["place"], one["seq"], one["size_bytes"], one["shorter"]) for one in done.json["hops"]] == [
        ("terminal", 21, 60_894, False),
        ("tool value", 22, 40_216, True),
        ("model", 24, 40_216, False),
    ]
    assert (done.json["item_id"], done.json["first_carried_seq"]) == ("conversation_item:7", 24)
    assert (done.json["dropped_seq"], done.json["dropped_by"]) == (None, None)
    for same in ("7", "conversation_item:7", done.json["hops"][0]["id"]):
        assert run("context", bundle, "--item", same, "--json").json["hops"] == done.json["hops"], same
    text = run("context", bundle, "--item", "7").text.splitlines()
    assert text[0] == "output of exec_command   conversation_item:7"
    assert text[1].split() == ["#21", "terminal", "60,894", "B"]
    assert text[-1] == "it is in the model's context"
    assert run("context", bundle, "--item", "7", "--at", "22").status == 2
    unknown = run("context", bundle, "--item", "nope", "--at", "22")
    assert (unknown.status, unknown.out, len(unknown.err.splitlines())) == (2, b"", 1)
    assert "--item 'nope' names nothing at seq 22; items are 1 to 6" in unknown.err


def test_exit_statuses_say_what_was_found() -> None:
    assert run("findings", recording("one-message")).status == 0
    assert run("findings", recording("ma-child-http400")).status == 1
    assert run("findings", recording("ma-child-http400"), "--severity", "note").status == 1
    assert run("check", recording("ma-child-http400")).status == 0


def test_severity_hides_findings_but_not_the_status() -> None:
    everything, errors = (
        told("findings", recording("ma-child-http400"), "--severity", severity)
        for severity in ("note", "error")
    )
    assert errors == [one for one in everything if one["severity"] == "error"] != everything


def test_a_recording_with_a_hole_is_not_sound(tmp_path: Path) -> None:
    import shutil

    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    lines = (bundle / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (bundle / "trace.jsonl").write_bytes(b"".join(lines[:5] + lines[6:]))
    (bundle / "payloads" / "2.json").unlink()
    done = run("check", bundle, "--json")
    assert done.status == 1 and not done.json["sound"]
    assert {one["code"] for one in done.json["problems"]} >= {"seq_gap", "payload_missing"}
    assert run("check", bundle).text.startswith("not sound\n")


def test_a_thread_is_named_by_id_prefix_or_path() -> None:
    bundle = recording("ma-child-http400")
    threads = json.loads((Path(bundle) / "state.json").read_bytes())["threads"]
    child = next(one for one in threads.values() if one["agent_path"] != "/root")
    by_path = told("context", bundle, "--thread", child["agent_path"])
    assert by_path["thread_id"] == child["thread_id"]
    assert told("context", bundle, "--thread", child["thread_id"]) == by_path
    assert told("context", bundle, "--thread", child["thread_id"][:13]) == by_path
    assert told("context", bundle)["thread_id"] != child["thread_id"]


def test_a_permalink_names_the_event() -> None:
    bundle = recording("two-cells-interleaved")
    assert told("context", f"{bundle}#30?lens=context") == told("context", bundle, "--at", "30")
    assert told("blocked", f"{bundle}#45") == told("blocked", bundle, "--at", "45")


def test_the_newest_of_a_folder_is_taken_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    for name in ("one-message", "two-cells-interleaved"):
        shutil.copytree(recording(name), tmp_path / name)
    done = run("summary", tmp_path, "--json")
    assert (
        done.err == f"rollout-tui: {tmp_path} is a folder of bundles; the newest is two-cells-interleaved\n"
    )
    monkeypatch.setenv("CODEX_ROLLOUT_TRACE_ROOT", str(tmp_path))
    assert run("summary", "--json").json == done.json


def test_a_folder_named_like_a_command_is_written_with_a_dot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    shutil.copytree(recording("one-message"), tmp_path / "reduce")
    monkeypatch.chdir(tmp_path)
    assert run("summary", "./reduce").status == 0


@needs_corpus
def test_text_is_readable_in_80_columns() -> None:
    from rollout_tui.printable import cells

    for bundle in corpus_folders()[::5]:
        for command in (("context",), ("blocked",), ("findings",), ("summary",), ("check",), ("diff",)):
            seqs = (places(bundle)[0], places(bundle)[-1]) if command == ("diff",) else ()
            for line in run(*command, bundle, *seqs).text.splitlines():
                assert line.isprintable() and cells(line) <= 80, (bundle.name, command, line)
