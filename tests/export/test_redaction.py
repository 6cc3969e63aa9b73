"""What redaction leaves out, what it keeps, and that a redacted recording still reduces."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from official_states import official_state, shape_differences
from recordings_at_hand import CORPUS, corpus_folders, needs_corpus, recording, recordings

from rollout_tui.export.bundle import write_bundle
from rollout_tui.export.redaction import Redactor
from rollout_tui.export.redaction_words import IDS
from rollout_tui.export.state import state_line
from rollout_tui.recording import open_trace
from rollout_tui.trace.bundle import open_bundle

MARK = "Zwiebelfisch"


def redacted(bundle: Path, folder: Path) -> Path:
    """A redacted copy of a bundle."""
    folder.mkdir()
    write_bundle(open_bundle(bundle), folder, redactor=Redactor(b"key"))
    return folder


def document(value: Any) -> Any:
    """A JSON value after redaction."""
    return json.loads(Redactor(b"key").document(json.dumps(value, ensure_ascii=False).encode()))


class Marks:
    """Puts a mark wherever text can stand; ids stay, since redaction keeps them."""

    def __init__(self) -> None:
        self.count = 0

    def mark(self) -> str:
        """The next mark, one that a search for MARK finds."""
        self.count += 1
        return f"{MARK}{self.count}"

    def plant(self, value: Any, field: str = "") -> Any:
        """The value with every text marked, and marked fields added to every object."""
        if isinstance(value, dict):
            planted = {name: self.plant(inner, name) for name, inner in value.items()}
            return planted if "raw_payload_id" in value else planted | self._more()
        if isinstance(value, list):
            return [*(self.plant(inner, field) for inner in value), self.mark()]
        if not isinstance(value, str) or field in IDS:
            return value
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            return json.dumps(self.plant(inner))
        return self.mark()

    def _more(self) -> dict[str, Any]:
        return {
            self.mark(): self.mark(),
            "cwd": f"/home/{self.mark()}/x",
            "id": f"{self.mark()}@example.org",
            "status": self.mark(),
            "name": self.mark(),
            "arguments": json.dumps(
                {self.mark(): [self.mark()], "call_id": self.mark(), "path": self.mark()}
            ),
        }


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """A bundle with marks in every text, every name of a field, and in damaged files."""
    bundle = tmp_path / "marked"
    shutil.copytree(recording("two-cells-interleaved"), bundle)
    marks = Marks()
    for payload in (bundle / "payloads").iterdir():
        payload.write_text(json.dumps(marks.plant(json.loads(payload.read_bytes())), ensure_ascii=False))
    lines = []
    for line in (bundle / "trace.jsonl").read_text().splitlines():
        event = json.loads(line)
        kept = {name: event["payload"][name] for name in event["payload"] if name.endswith("payload")}
        event["payload"] = marks.plant(event["payload"]) | kept | {"type": event["payload"]["type"]}
        lines.append(json.dumps(event, ensure_ascii=False))
    lines[20] = lines[20][:-7] + marks.mark()
    lines.append('{"seq": ' + marks.mark())
    (bundle / "trace.jsonl").write_text("\n".join(lines))
    (bundle / "payloads" / "7.json").write_text("\ufeff" + json.dumps({"text": marks.mark()}))
    (bundle / "payloads" / "8.json").write_bytes(b'{"text": "\xff\xfe ' + marks.mark().encode() + b'"}')
    (bundle / "payloads" / "9.json").write_text(f"no JSON at all, {marks.mark()}")
    (bundle / "payloads" / "10.json").write_text(
        '{"a": "' + "".join(f"\\u{ord(one):04x}" for one in MARK) + '"}'
    )
    manifest = json.loads((bundle / "manifest.json").read_bytes()) | {
        "host": marks.mark(),
        "user": marks.mark(),
    }
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    assert marks.count > 1000
    return bundle


def test_no_mark_is_left_in_any_file(marked: Path, tmp_path: Path) -> None:
    copy = redacted(marked, tmp_path / "copy")
    files = [path for path in copy.rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        content = path.read_bytes().lower()
        assert MARK.lower().encode() not in content, path
        assert "".join(f"\\u{ord(one):04x}" for one in MARK).lower().encode() not in content, path
        assert MARK.lower() not in str(path.relative_to(copy)).lower()


def test_a_payload_with_a_telling_name_gets_another(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (bundle / "payloads" / "1.json").rename(bundle / "payloads" / f"{MARK}.json")
    spine = bundle / "trace.jsonl"
    spine.write_text(spine.read_text().replace("payloads/1.json", f"payloads/{MARK}.json"))
    copy = redacted(bundle, tmp_path / "copy")
    assert MARK not in (copy / "trace.jsonl").read_text()
    assert not [path for path in copy.rglob("*") if MARK in path.name]
    assert not open_trace(copy).diagnostics
    assert len(list((copy / "payloads").iterdir())) == len(list((bundle / "payloads").iterdir()))


@pytest.mark.parametrize("path", [f"../{MARK}.json", f"/etc/{MARK}", f"payloads/../../{MARK}"])
def test_a_path_out_of_the_bundle_is_neither_followed_nor_repeated(tmp_path: Path, path: str) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(recording("one-message"), bundle)
    (tmp_path / f"{MARK}.json").write_text('"outside"')
    spine = bundle / "trace.jsonl"
    spine.write_text(spine.read_text().replace("payloads/1.json", path))
    folder = tmp_path / "copy"
    folder.mkdir()
    done = write_bundle(open_bundle(bundle), folder, redactor=Redactor())
    assert len(done.left_out) == 1 and MARK not in done.left_out[0]
    assert MARK not in (folder / "trace.jsonl").read_text()
    assert "outside" not in "".join(one.read_text() for one in (folder / "payloads").iterdir())


def test_nobody_can_try_out_what_was_there() -> None:
    """Unless told, the key is another one each time."""
    assert Redactor().document(b'{"text": "a secret"}') != Redactor().document(b'{"text": "a secret"}')


def test_format_words_and_ids_stay() -> None:
    request = {
        "type": "function_call", "id": "fc_1", "call_id": "call_A", "name": "wait", "namespace": None,
        "arguments": '{"cell_id":"1","yield_time_ms":300,"note":"call Ann"}',
    }  # fmt: skip
    kept = document(request)
    assert {name: kept[name] for name in ("type", "id", "call_id", "name")} == {
        "type": "function_call", "id": "fc_1", "call_id": "call_A", "name": "wait",
    }  # fmt: skip
    arguments = json.loads(kept["arguments"])
    assert arguments["cell_id"] == "1" and arguments["yield_time_ms"] == 300
    assert "Ann" not in kept["arguments"] and "note" not in arguments


def test_an_id_stays_where_it_is_repeated_and_what_only_stands_there_does_not() -> None:
    thread = "0199a213-81c0-7800-8aa1-bbab2a035a53"
    kept = document({"thread_id": thread, "prompt_cache_key": thread, "target": "Ann at home"})
    assert kept["thread_id"] == kept["prompt_cache_key"] == thread
    assert kept["target"] != "Ann at home"


def test_agent_paths_stay_paths_and_agree_with_names() -> None:
    kept = document(
        {"agent_path": "/root/alpha/beta", "task_name": "beta", "author": "/root", "nickname": "Ada"}
    )
    assert kept["author"] == "/root"
    assert kept["agent_path"].startswith("/root/") and "alpha" not in kept["agent_path"]
    assert kept["agent_path"].rpartition("/")[2] == kept["task_name"] != "beta"
    assert kept["nickname"] != "Ada"


def test_words_with_a_meaning_of_their_own_stay() -> None:
    assert document({"arguments": " null "}) == {"arguments": " null "}
    assert document({"arguments": "nul"}) != {"arguments": "nul"}
    assert document({"agent_path": "/morpheus"}) == {"agent_path": "/morpheus"}
    assert document({"agent_path": "/orpheus"}) != {"agent_path": "/orpheus"}


def test_numbers_of_the_format_stay_and_others_do_not() -> None:
    kept = document(
        {"token_usage": {"input_tokens": 12345}, "arguments": {"pin": 98765, "timeout_ms": 98765}}
    )
    assert kept["token_usage"] == {"input_tokens": 12345}
    values = list(kept["arguments"].values())
    assert values[0] != 98765 and len(str(values[0])) == 5 and values[1] == 98765


@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', "[1E5, -0, 2.50]", ' {"x" : [ ] }\r\n', "[" * 3000 + "]" * 3000]
)
def test_layout_and_odd_numbers_stay(text: str) -> None:
    kept = Redactor(b"key").document(text.encode()).decode()
    assert len(kept) == len(text)
    assert "".join(one for one in kept if not one.isalnum()) == "".join(
        one for one in text if not one.isalnum()
    )


def test_cut_arguments_keep_the_fields_they_have() -> None:
    kept = document({"input_preview": '{"cell_id": "1", "note": "call Ann at ho'})["input_preview"]
    assert kept.startswith('{"cell_id": "1", "') and "Ann" not in kept


def states(bundle: Path) -> Iterator[Any]:
    """The states of a bundle: at the end and halfway."""
    trace = open_trace(bundle)
    for event in (trace.history.head // 2, trace.history.head):
        yield json.loads(state_line(trace.snapshot(event)))


@pytest.mark.parametrize("bundle", recordings(), ids=lambda bundle: bundle.name)
def test_a_redacted_recording_reduces_to_the_same_shape(bundle: Path, tmp_path: Path) -> None:
    copy = redacted(bundle, tmp_path / "copy")
    for one, other in zip(states(bundle), states(copy), strict=True):
        assert not list(shape_differences(one, other))
    diagnostics = [(one.event, one.code) for one in open_trace(bundle).diagnostics]
    assert [(one.event, one.code) for one in open_trace(copy).diagnostics] == diagnostics


@needs_corpus
@pytest.mark.parametrize("bundle", corpus_folders()[::3], ids=lambda bundle: bundle.name)
def test_the_corpus_reduces_to_the_same_shape(bundle: Path, tmp_path: Path) -> None:
    copy = redacted(bundle, tmp_path / "copy")
    for one, other in zip(states(bundle), states(copy), strict=True):
        assert not list(shape_differences(one, other))
    for path in (copy / "payloads").iterdir():
        assert path.stat().st_size == (bundle / "payloads" / path.name).stat().st_size


@needs_corpus
@pytest.mark.parametrize(
    "name",
    ["schema2/ma-messages", "schema2/unicode-and-long-text", "schema1/v0.160.1-ma", "schema1/v0.164.0-mixed"],
)
def test_the_official_reducer_accepts_a_redacted_bundle(name: str, tmp_path: Path) -> None:
    copy = redacted(CORPUS / name, tmp_path / "copy")
    out = tmp_path / "state.json"
    assert official_state(name.partition("/")[0], copy, out) is None
    want = json.loads((CORPUS / name / "state.json").read_bytes())
    assert not list(shape_differences(want, json.loads(out.read_bytes())))
    assert b"home/dev" not in out.read_bytes()
