"""`reduce`: the reduced state, byte for byte, of whole recordings and as of events."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from own_terminal import OwnTerminal
from recordings_at_hand import RECORDINGS, corpus_folders, needs_corpus, recording, recordings
from running import program, run

ACCEPTED = [one for one in recordings() if (one / "state.json").exists()]
REFUSED = [one for one in recordings() if (one / "reduce-error.txt").exists()]


def digest(state: object) -> str:
    """The hash of prefixes.tsv."""
    text = json.dumps(state, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def prefixes(bundle: Path) -> list[tuple[int, str]]:
    """Seq and hash (or error) of the official state after each event."""
    rows = (line.split("\t", 1) for line in (bundle / "prefixes.tsv").read_text().splitlines())
    return [(int(seq), text) for seq, text in rows]


@pytest.mark.parametrize("bundle", ACCEPTED, ids=lambda bundle: bundle.name)
def test_it_prints_the_bytes_of_the_official_reducer(bundle: Path) -> None:
    done = run("reduce", "--strict", bundle)
    assert (done.status, done.err) == (0, "")
    assert done.out == (bundle / "state.json").read_bytes()


@pytest.mark.parametrize("bundle", REFUSED, ids=lambda bundle: bundle.name)
def test_strict_refuses_what_the_official_reducer_refuses(bundle: Path) -> None:
    done = run("reduce", "--strict", bundle)
    lenient = run("reduce", bundle)
    if json.loads((bundle / "meta.json").read_bytes()).get("strict") != "either":
        assert done.status == 1 and done.out == b""
        assert done.err.startswith("rollout-tui: refused: line ") and len(done.err.splitlines()) == 1
    assert lenient.status == 0 and lenient.json["threads"]
    assert lenient.err.splitlines() and all(line.startswith("line ") for line in lenient.err.splitlines())


@pytest.mark.parametrize("bundle", recordings(), ids=lambda bundle: bundle.name)
def test_each_event_is_what_the_official_reducer_says_of_a_recording_that_stops_there(bundle: Path) -> None:
    lines = run("reduce", "--each-event", bundle).out.splitlines()
    rows = prefixes(bundle)
    assert len(lines) == len(rows)
    for line, (seq, want) in zip(lines, rows, strict=True):
        told = json.loads(line)
        assert list(told) == ["seq", "state"] and told["seq"] == seq
        assert want.startswith("error") or digest(told["state"]) == want


def test_several_events_come_in_the_order_asked_for() -> None:
    bundle = RECORDINGS / "two-cells-interleaved"
    wanted = [45, 16, 64, 1, 45]
    lines = run("reduce", bundle, *(word for seq in wanted for word in ("--at", str(seq)))).out.splitlines()
    hashes = dict(prefixes(bundle))
    assert [json.loads(line)["seq"] for line in lines] == wanted
    assert [digest(json.loads(line)["state"]) for line in lines] == [hashes[seq] for seq in wanted]


def test_one_event_is_printed_like_the_whole() -> None:
    bundle = RECORDINGS / "two-cells-interleaved"
    done = run("reduce", bundle, "--at", "45")
    assert digest(done.json) == dict(prefixes(bundle))[45]
    assert done.out.startswith(b'{\n  "schema_version": 2,') and not done.out.endswith(b"\n")
    assert run("reduce", f"{bundle}#45?lens=cells").out == done.out


def test_strict_at_an_event_before_the_refusal_is_fine() -> None:
    bundle = RECORDINGS / "wait-bad-json-arguments"
    rows = prefixes(bundle)
    first_refused = next(seq for seq, text in rows if text.startswith("error"))
    before = run("reduce", "--strict", bundle, "--at", str(first_refused - 1))
    assert before.status == 0 and digest(before.json) == dict(rows)[first_refused - 1]
    assert run("reduce", "--strict", bundle, "--at", str(first_refused)).status == 1
    each = run("reduce", "--strict", bundle, "--each-event")
    assert each.status == 1 and len(each.out.splitlines()) == first_refused - 1


def test_output_to_a_file_is_private_and_the_same_bytes(tmp_path: Path) -> None:
    out = tmp_path / "state.json"
    done = run("reduce", recording("one-message"), "-o", out)
    assert (done.status, done.out, done.err) == (0, b"", "")
    assert out.read_bytes() == (RECORDINGS / "one-message" / "state.json").read_bytes()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = run("reduce", recording("one-message"), "-o", out)
    assert again.status == 1 and "--force" in again.err
    assert run("reduce", recording("one-message"), "-o", out, "--force").status == 0


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [
        sys.executable,
        "-m",
        "rollout_tui",
        "reduce",
        "--each-event",
        recording("two-cells-interleaved"),
    ]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_gets_controls_escaped(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    spine = bundle / "trace.jsonl"
    spine.write_bytes(
        spine.read_bytes().replace(b'"provider_name":"', b'"provider_name":"\\u202e\xe2\x80\xae\xc2\x9b31m')
    )
    assert "\u202e" in run("reduce", bundle).text
    with OwnTerminal("reduce", bundle, environment={}) as terminal:
        assert terminal.ended() == 0
    shown = terminal.output
    assert json.loads(shown) == run("reduce", bundle).json
    assert "\u202e".encode() not in shown and b"\\u202e\\u202e\\u009b31m" in shown


@needs_corpus
def test_the_corpus_is_reproduced_to_the_byte() -> None:
    for bundle in corpus_folders()[::4]:
        if (bundle / "state.json").exists():
            assert run("reduce", "--strict", bundle).out == (bundle / "state.json").read_bytes(), bundle.name


def test_as_a_program() -> None:
    done = program("reduce", recording("one-message"))
    assert (done.status, done.err) == (0, "")
    assert done.out == (RECORDINGS / "one-message" / "state.json").read_bytes()
