"""Marks planted wherever a recording can hold text, of which a redacted export keeps none.

For each schema every event type with every field of its own, and payloads of every kind with every field that
a recording of the project has. A mark stands as a word, a path, a host, a user, an address, a number.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, suppress
from itertools import cycle
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints
from zlib import crc32

import msgspec
import pytest
from recordings_at_hand import ROOT, recording

from rollout_tui.cli import main
from rollout_tui.recording import open_trace
from rollout_tui.trace.event_values import PayloadKindName, PayloadReference, ToolKind, ToolKindName
from rollout_tui.trace.events import PAYLOAD_TYPES

MARK = "Zwiebelfisch"
NUMBER = 8675309_271828
FORMS = (
    MARK,
    f"/home/{MARK}/project/secret.txt",
    f"C:\\Users\\{MARK}\\x",
    f"build.{MARK}.example.org",
    f"{MARK}@example.org",
    f"https://{MARK}.example.org:8443/{MARK}?q=1#{MARK}",
    f"uid=1000({MARK})",
    f"\u001b]0;{MARK}\u0007\u202e{MARK}\u200b",
    f"one {MARK}\nother {MARK}\r\n\t{MARK}",
    json.dumps(
        {"cwd": f"/home/{MARK}", "id": MARK, "session_id": f"{NUMBER}", MARK: [{"name": MARK}, NUMBER]}
    ),
    f'{{"cell_id": "1", "note": "cut {MARK}',
    json.dumps([json.dumps({"text": MARK, MARK: MARK})]),
    f"payloads/../{MARK}.json",
    f"/root/{MARK}",
    f"exec {MARK}",
)
LONG = 400
"""From so many characters on a text stays a long one, so many times as long: accounts cut it."""
_FORMS = cycle(FORMS)
# What makes a document be what it is: without it no rule of the format would apply to the rest.
_STRUCTURE = frozenset(("type", "kind", "status", "role", "event_type"))
_ID = re.compile("(^|_)ids?$")
# Rules of the format ask that ids of threads be such.
_UUID = re.compile("[0-9a-f-]{36}")


class Payload(NamedTuple):
    """A payload of a recording: its kind, its value and the fields it has, each with the types around it."""

    kind: str
    value: Any
    fields: frozenset[str]


def form(field: str = "") -> str:
    """The next form of a mark; for an id one that is unlike an id, since those are kept."""
    return f"/{MARK}/{next(_FORMS)}" if _ID.search(field) else next(_FORMS)


def plant(value: Any, field: str = "", *, more: bool = True) -> Any:
    """A JSON value with a mark in every text; with `more` also in added fields, their names, and entries."""
    if isinstance(value, dict):
        planted = {name: plant(inner, name, more=more) for name, inner in value.items()}
        added = {form(): form(), f"number {MARK}": NUMBER, "cwd": form(), "id": form("id")}
        # Made up by somebody, so it is no id whatever it looks like.
        added |= {f"note {MARK}": {"id": MARK}, "value": {"call_id": MARK}}
        return planted | added if more else planted
    if isinstance(value, list):
        planted_list = [plant(inner, field, more=more) for inner in value]
        return [*planted_list, form(field), NUMBER] if more else planted_list
    if not isinstance(value, str) or field in _STRUCTURE:
        return value
    if _ID.search(field):
        return value if _UUID.fullmatch(value) else f"{value}@{MARK}"
    if value.startswith("/root"):
        return value if value == "/root" else f"{value}_{MARK.lower()}"
    if value[:1] in ("{", "["):
        with suppress(ValueError):
            return json.dumps(plant(json.loads(value), more=more))
    # The same text gets the same mark: a recording holds together by what is repeated.
    mark = FORMS[crc32(value.encode(errors="surrogatepass")) % len(FORMS)]
    return mark if len(value) < LONG else "\n".join([mark] * LONG)


def payloads(schema: int) -> Iterator[Payload]:
    """Payloads of the project's recordings in which each kind has each of its fields, the smallest first."""
    found = [
        Payload(kind, value, frozenset(_fields(value, "")))
        for path, kind in sorted(_payload_files(schema), key=lambda one: one[0].stat().st_size)
        for value in [json.loads(path.read_bytes())]
    ]
    had: dict[str, set[str]] = {}
    for one in found:
        if not one.fields <= had.setdefault(one.kind, set()):
            had[one.kind] |= one.fields
            yield one


def _payload_files(schema: int) -> Iterator[tuple[Path, str]]:
    reference = re.compile(rb'"kind":\{"type":"(\w+)"\},"path":"(payloads/\d+\.json)"')
    for manifest in (ROOT / "fixtures").rglob("manifest.json"):
        if json.loads(manifest.read_bytes())["schema_version"] == schema:
            spine = (manifest.parent / "trace.jsonl").read_bytes()
            for kind, path in dict.fromkeys(reference.findall(spine)):
                if (manifest.parent / path.decode()).is_file():
                    yield manifest.parent / path.decode(), kind.decode()


def _fields(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        place += f"<{value['type']}>" if isinstance(value.get("type"), str) else ""
        for name, inner in value.items():
            yield f"{place}.{name}"
            yield from _fields(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, f"{place}[]")


class Marked:
    """A bundle in the making, with a mark in every field of text that there is."""

    def __init__(self, folder: Path, schema: int) -> None:
        self.folder = folder
        self.schema = schema
        self.lines: list[str] = []
        self.count = 0
        (folder / "payloads").mkdir(parents=True)
        identity = {
            "schema_version": schema,
            "trace_id": form("id"),
            "rollout_id": form("id"),
            "root_thread_id": form("id"),
            "started_at_unix_ms": 1000,
            "raw_event_log": "trace.jsonl",
            "payloads_dir": "payloads",
        }
        (folder / "manifest.json").write_text(json.dumps(identity | {"host": form(), form(): NUMBER}))

    def payload(self, kind: str, data: bytes) -> dict[str, Any]:
        """A payload file, every third by a telling name; returns the reference to it."""
        self.count += 1
        path = f"payloads/{MARK if self.count % 3 == 0 else ''}{self.count}.json"
        (self.folder / path).write_bytes(data)
        return {"raw_payload_id": form("id"), "kind": {"type": kind}, "path": path}

    def event(self, payload: Any) -> None:
        """An event line."""
        envelope = {
            "schema_version": self.schema,
            "seq": len(self.lines) + 1,
            "wall_time_unix_ms": 1000,
            "rollout_id": form("id"),
            "thread_id": form("id"),
            "codex_turn_id": form("id"),
            "payload": payload,
            "host": form(),
        }
        self.lines.append(json.dumps(envelope))

    def filled(self, wanted: Any, pick: int, field: str = "") -> Any:
        """A value of a type of the format, of alternatives number `pick`, for a field."""
        origin = get_origin(wanted)
        if origin is Annotated:
            return self.filled(get_args(wanted)[0], pick, field)
        if origin is Literal:
            return get_args(wanted)[pick % len(get_args(wanted))]
        if origin in (Union, UnionType):
            others = [one for one in get_args(wanted) if one is not NoneType]
            return self.filled(others[pick % len(others)], pick, field)
        if origin is list:
            return [self.filled(get_args(wanted)[0], one) for one in range(3)]
        if wanted is PayloadReference:
            kinds = get_args(PayloadKindName)
            return self.payload(kinds[pick % len(kinds)], json.dumps(plant({"text": ""})).encode())
        if wanted is ToolKind:
            names = get_args(ToolKindName)
            return {"type": names[pick % len(names)], "server": form(), "tool": form(), "name": form()}
        if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            hints = get_type_hints(wanted, include_extras=True)
            tag = wanted.__struct_config__.tag
            fields = {name: self.filled(hints[name], pick, name) for name in wanted.__struct_fields__}
            return ({"type": tag} if tag else {}) | fields | {form(): form()}
        plain = {str: form(field), int: 7, msgspec.Raw: plant({"any": ["thing"]})}
        return plain[wanted]

    def write(self, damaged: Callable[[Marked], None]) -> None:
        """Every event type a few times, every payload, and damage."""
        for kind in PAYLOAD_TYPES:
            for pick in range(12):
                self.event(self.filled(kind, pick))
        for one in payloads(self.schema):
            data = json.dumps(plant(one.value), ensure_ascii=self.count % 2 == 0)
            reference = self.payload(one.kind, data.encode(errors="surrogatepass"))
            self.event({"type": "protocol_event_observed", "event_type": form(), "event_payload": reference})
        damaged(self)
        (self.folder / "trace.jsonl").write_bytes("\n".join(self.lines).encode(errors="surrogatepass"))


def damage(made: Marked) -> None:
    """Lines and files that are no JSON, not whole or in another encoding."""
    escaped = "".join(f"\\u{ord(one):04x}" for one in MARK)
    bodies = (
        f"\ufeff{json.dumps({'text': MARK})}".encode(),
        b'{"text": "\xff\xfe ' + MARK.encode() + b'"}',
        f"no JSON at all, {MARK} on build.{MARK}.example.org".encode(),
        f'{{"text": "{escaped}", "{escaped}": {NUMBER}}}'.encode(),
        f'{{"type": "message", "role": "{MARK}", "status": "{MARK}", "name": "{MARK}"'.encode(),
        json.dumps({"text": MARK}).encode("utf-16"),
        b"\x00\x01" + MARK.encode() + b"\x00",
        str(NUMBER).encode(),
        f'"{MARK}"'.encode(),
        f"[{NUMBER}, {{}}]".encode(),
        ("[" * 5000 + f'"{MARK}"' + "]" * 5000).encode(),
    )
    for body in bodies:
        reference = made.payload("protocol_event", body)
        made.event({"type": "protocol_event_observed", "event_type": form(), "event_payload": reference})
        text = body.decode(errors="replace").replace("\n", " ")
        made.lines += (text, f'{{"seq": 1, "payload": {text}', f'{{"type": "{MARK}", "{MARK}": {text}}}')


@pytest.fixture(scope="module", params=[1, 2], ids=lambda schema: f"schema{schema}")
def marked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Marked(tmp_path_factory.mktemp("marked") / "bundle", request.param)
    made.write(damage)
    return made.folder


RECORDINGS = (
    "two-cells-interleaved",
    "ma-child-http400",
    "mcp-in-code-cell",
    "remote-compaction-auto",
    "v0.125.0-sigkill",
    "v0.153.4-compact",
)
_REFERENCE = frozenset(("raw_payload_id", "path"))


@pytest.fixture(params=RECORDINGS)
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A recording that still holds together, with a mark in every text and every id of it."""
    folder = tmp_path / "bundle"
    shutil.copytree(recording(request.param), folder)
    for file in (folder / "manifest.json", *(folder / "payloads").iterdir()):
        planted = plant(json.loads(file.read_bytes()), more=False)
        if file.name == "manifest.json":
            planted |= {"raw_event_log": "trace.jsonl", "payloads_dir": "payloads"}
        file.write_text(json.dumps(planted))
    lines = (folder / "trace.jsonl").read_bytes().splitlines()
    planted_lines = (json.dumps(_event(json.loads(line))) for line in lines)
    (folder / "trace.jsonl").write_text("".join(f"{line}\n" for line in planted_lines))
    return folder


def _event(value: Any) -> Any:
    """A planted event whose payload references lead where they led."""
    if not isinstance(value, dict):
        return value
    if value.keys() >= _REFERENCE:
        return value | {"raw_payload_id": f"{value['raw_payload_id']}@{MARK}"}
    planted = plant(value, more=False)
    return planted | {name: _event(inner) for name, inner in value.items() if isinstance(inner, dict)}


def exported(bundle: Path, folder: Path, form: str) -> list[Path]:
    """The files and folders of a redacted export."""
    out = folder / "out"
    with redirect_stderr(io.StringIO()):
        assert main(["export", str(bundle), "--format", form, "--redact", "-o", str(out)]) == 0
    return [out, *out.rglob("*")]


def left(data: bytes) -> list[str]:
    """What is left of marks in bytes, however they are written."""
    found = []
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        text = data.decode(encoding, "replace")
        unescaped = _ESCAPE.sub(lambda one: chr(int(one[1], 16)), text) if encoding == "utf-8" else ""
        found += [found for one in (text, unescaped) for found in _MARKS.findall(one)]
    return found


_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_MARKS = re.compile(f"(?i:{MARK})|{NUMBER}")


def test_there_is_something_to_be_found(marked: Path) -> None:
    files = [path for path in marked.rglob("*") if path.is_file()]
    assert len(files) > 300 and all(left(path.read_bytes()) for path in files)


def test_no_file_of_a_redacted_bundle_holds_a_mark(marked: Path, tmp_path: Path) -> None:
    paths = exported(marked, tmp_path, "bundle")
    files = [path for path in paths if path.is_file()]
    assert len(files) > 300
    assert {path: found[:3] for path in files if (found := left(path.read_bytes()))} == {}
    assert [path for path in paths if MARK.lower() in path.name.lower()] == []


@pytest.mark.parametrize("form", ["bundle", "md", "perfetto"])
def test_no_redacted_export_of_a_recording_holds_a_mark(recorded: Path, tmp_path: Path, form: str) -> None:
    trace = open_trace(recorded)
    assert len(trace.at(trace.head).conversation_items) > 3
    assert {one.code for one in trace.diagnostics} <= {"call_id_reused", "item_reused"}, trace.diagnostics
    files = [path for path in exported(recorded, tmp_path, form) if path.is_file()]
    assert {path: found[:3] for path in files if (found := left(path.read_bytes()))} == {}
