"""`export` as a command: what it writes where, and what it refuses."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from recordings_at_hand import recording
from running import run


def test_a_redacted_bundle_is_a_bundle(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("export", recording("two-cells-interleaved"), "--format", "bundle", "--redact", "-o", out)
    assert (done.status, done.out) == (0, b"")
    assert done.err == f"64 events and 41 payloads in {out}\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*.json*")} == {0o600}
    assert run("check", out).status == 0
    assert run("reduce", "--strict", out).status == 0


def test_an_existing_output_stays_without_force(tmp_path: Path) -> None:
    for form in ("md", "perfetto", "bundle"):
        arguments = ("export", recording("one-message"), "--format", form, "-o", tmp_path / form)
        assert run(*arguments).status == 0
        again = run(*arguments)
        assert again.status == 1 and "exists" in again.err and "--force" in again.err
        assert run(*arguments, "--force").status == 0


def test_it_prints_to_a_pipe() -> None:
    assert run("export", recording("one-message"), "--format", "md", "-o", "-").text.startswith("# Rollout `")
    perfetto = run("export", recording("one-message"), "--format", "perfetto", "-o", "-")
    assert json.loads(perfetto.out)["traceEvents"]


def test_a_range_is_given_by_seqs(tmp_path: Path) -> None:
    bundle = recording("two-cells-interleaved")
    told = run("export", bundle, "--format", "md", "--from", "39", "--to", "50", "-o", "-").text
    assert "- events #39 to #50" in told
    assert run("export", bundle, "--format", "bundle", "--to", "30", "-o", tmp_path / "out").status == 0
    assert json.loads(run("reduce", tmp_path / "out").out)["status"] == "running"


def test_wrong_usage_is_refused() -> None:
    bundle = recording("one-message")
    for arguments, words in (
        (("--format", "md"), "-o OUT"),
        (("--format", "pdf", "-o", "x"), "'pdf'"),
        (("-o", "x"), "--format"),
        (("--format", "md", "--from", "9", "--to", "3", "-o", "-"), "lies after"),
        (("--format", "md", "--from", "99", "-o", "-"), "no event has seq 99"),
        (("--format", "bundle", "--from", "99", "-o", "/tmp/never"), "99"),
        (("--format", "bundle", "-o", "-"), "a folder"),
        (("--format", "bundle", "--thread", "/root", "-o", "/tmp/never"), "--thread"),
    ):
        done = run("export", bundle, *arguments)
        assert done.status == 2 and words in done.err and len(done.err.splitlines()) == 1, done


def test_redaction_reaches_accounts_and_perfetto() -> None:
    bundle = recording("two-cells-interleaved")
    said = " ".join(path.read_text() for path in (Path(bundle) / "payloads").iterdir())
    words = set(re.findall(r"(?<=text\": \")[A-Za-z]{5,}", said))
    for form, telling in (("md", words), ("perfetto", {"/tke/opuy"})):
        plain = run("export", bundle, "--format", form, "-o", "-").text
        redacted = run("export", bundle, "--format", form, "--redact", "-o", "-").text
        assert any(word in plain for word in telling)
        assert not [word for word in telling if word in redacted]


@pytest.mark.parametrize("form", ["md", "perfetto", "bundle"])
def test_a_full_disk_is_said_and_what_was_there_stays(form: str, tmp_path: Path) -> None:
    """A limit on file sizes stands for a full disk: a write fails half-way."""
    out = tmp_path / "out"
    assert run("export", recording("one-message"), "--format", form, "-o", out).status == 0
    before = {path: path.read_bytes() for path in (out, *out.rglob("*")) if path.is_file()}
    script = (
        "import resource, sys; from rollout_tui.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)); sys.exit(main(sys.argv[1:]))"
    )
    words = ["export", recording("two-cells-interleaved"), "--format", form, "-o", str(out), "--force"]
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("rollout-tui: ") and "file too large" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert {path: path.read_bytes() for path in (out, *out.rglob("*")) if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
