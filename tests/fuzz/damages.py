"""Random damage to a recording: bytes, lines, fields and files.

A recording is a dict from path below the bundle folder to bytes. Each kind of damage changes the dict in
place and says in a few words what it did; `damage` picks some at random.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Files = dict[str, bytes | None]
Damage = Callable[[random.Random, Files], str]

SPINE = "trace.jsonl"
MANIFEST = "manifest.json"

HOSTILE: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    1e308,
    2**31,
    2**63 - 1,
    2**63,
    -(2**63),
    10**25,
    10**400,
    "",
    " ",
    "\x00",
    "\ud800",
    "\u202e\x1b]52;c;AAAA\x07",
    "x" * 5000,
    "../../etc/passwd",
    "/dev/zero",
    "payloads/../manifest.json",
    "conversation_item:1",
    "raw_payload:1",
    "raw_payload:99999999999999999999",
    "raw_payload:-1",
    "terminal_operation:1",
    "running",
    "completed",
    "other",
    "mcp",
    [],
    {},
    [[]],
    [None],
    ["a", "a"],
    {"type": "message"},
    {"type": "other", "name": "x"},
    {"type": None},
    float("nan"),
    float("inf"),
)
RAW_VALUES = (
    b"NaN",
    b"-Infinity",
    b"1e999999",
    b"-0",
    b"01",
    b"1.",
    b"9" * 400,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"[" * 200 + b"]" * 200,
    b'"\\ud800"',
    b'"\\ud83d\\ude00"',
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
    b'"a\nb"',
    b'"unterminated',
    b"tru",
    b"",
    b"{}",
    b"[]",
    b'{"type":1}',
    b'{"a":1,"a":2}',
)
GARBAGE = (
    b"",
    b"\n",
    b"\r\n",
    b"   \n",
    b"\x00\x00\x00\n",
    b"not json\n",
    b"{}\n",
    b"[]\n",
    b"null\n",
    b"\xef\xbb\xbf{}\n",
    b"\xff\xfe{\x00}\x00\n",
    b"\x1b[31m\n",
    b"{" * 2000 + b"\n",
    b'{"schema_version":2,"seq":1,"wall_time_unix_ms":0,"rollout_id":"x","payload":{"type":"new_type"}}\n',
)


def read_files(folder: Path) -> Files:
    """The bytes of every file of a bundle that a reader can look at."""
    found: Files = {name: (folder / name).read_bytes() for name in (MANIFEST, SPINE)}
    for path in sorted((folder / "payloads").iterdir()):
        found[f"payloads/{path.name}"] = path.read_bytes()
    return found


def damage(rng: random.Random, files: Files) -> str:
    """Do one to four kinds of damage; says which."""
    return "; ".join(rng.choice(DAMAGES)(rng, files) for _ in range(rng.choice((1, 1, 1, 2, 3, 4))))


# -- bytes -------------------------------------------------------------------


def _any_file(rng: random.Random, files: Files) -> str:
    """The spine every other time, else any file that is there."""
    there = [path for path, data in files.items() if data]
    if not there or (rng.random() < 0.5 and files.get(SPINE)):
        return SPINE
    return rng.choice(there)


def _span(rng: random.Random, data: bytes) -> tuple[int, int]:
    at = rng.randrange(len(data) + 1)
    return at, min(len(data), at + rng.choice((1, 1, 2, 8, 64, 512)))


def _bytes(change: Callable[[random.Random, bytes, int, int], bytes], what: str) -> Damage:
    def damaged(rng: random.Random, files: Files) -> str:
        path = _any_file(rng, files)
        data = files.get(path) or b""
        start, stop = _span(rng, data)
        files[path] = data[:start] + change(rng, data, start, stop) + data[stop:]
        return f"{what} bytes {start} to {stop} of {path}"

    return damaged


def _flipped(rng: random.Random, data: bytes, start: int, stop: int) -> bytes:
    return bytes(byte ^ (1 << rng.randrange(8)) for byte in data[start:stop])


def _truncate(rng: random.Random, files: Files) -> str:
    path = _any_file(rng, files)
    data = files.get(path) or b""
    at = rng.randrange(len(data) + 1)
    files[path] = data[:at]
    return f"cut {path} at {at}"


# -- lines -------------------------------------------------------------------


def split_lines(data: bytes | None) -> list[bytes]:
    """Lines with their LF; the last one may lack it."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data or b"")


def _lines(files: Files) -> list[bytes]:
    return split_lines(files.get(SPINE))


def _line_damage(change: Callable[[random.Random, list[bytes], int], str]) -> Damage:
    def damaged(rng: random.Random, files: Files) -> str:
        lines = _lines(files)
        if not lines:
            return "no line to damage"
        at = rng.randrange(len(lines))
        said = change(rng, lines, at)
        files[SPINE] = b"".join(lines)
        return f"{said} (line {at + 1})"

    return damaged


def _delete_line(rng: random.Random, lines: list[bytes], at: int) -> str:
    count = rng.choice((1, 1, 1, 2, 10))
    del lines[at : at + count]
    return f"deleted {count} lines"


def _repeat_line(rng: random.Random, lines: list[bytes], at: int) -> str:
    to = rng.randrange(len(lines) + 1)
    lines.insert(to, lines[at])
    return f"repeated at {to + 1}"


def _swap_lines(rng: random.Random, lines: list[bytes], at: int) -> str:
    to = rng.randrange(len(lines))
    lines[at], lines[to] = lines[to], lines[at]
    return f"swapped with line {to + 1}"


def _move_line(rng: random.Random, lines: list[bytes], at: int) -> str:
    line = lines.pop(at)
    to = rng.randrange(len(lines) + 1)
    lines.insert(to, line)
    return f"moved to {to + 1}"


def _join_lines(rng: random.Random, lines: list[bytes], at: int) -> str:
    lines[at] = lines[at].rstrip(b"\n")
    return "joined with the next"


def _garbage_line(rng: random.Random, lines: list[bytes], at: int) -> str:
    garbage = rng.choice(GARBAGE)
    lines.insert(at, garbage)
    return f"put {garbage[:12]!r} before"


def _carriage_returns(rng: random.Random, lines: list[bytes], at: int) -> str:
    lines[at:] = [line.replace(b"\n", b"\r\n") for line in lines[at:]]
    return "CRLF from here"


def _shuffle(rng: random.Random, lines: list[bytes], at: int) -> str:
    tail = lines[at : at + 12]
    rng.shuffle(tail)
    lines[at : at + 12] = tail
    return "shuffled the next 12"


# -- fields ------------------------------------------------------------------


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every (container, key) below a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            found.append((value, key))
            _places(inner, found)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            found.append((value, at))
            _places(inner, found)
    return found


MARK = "\ue000value\ue000"


def _field(rng: random.Random, files: Files) -> str:
    """One field anywhere in a line, a payload or the manifest: replaced, renamed, removed or repeated."""
    path = _any_file(rng, files)
    data = files.get(path) or b""
    lines = split_lines(data) if path == SPINE else [data]
    if not lines:
        return "no field to damage"
    at = rng.randrange(len(lines))
    try:
        value = json.loads(lines[at])
    except (ValueError, RecursionError):
        return "no field to damage"
    places = _places(value, [])
    if not places:
        return "no field to damage"
    container, key = rng.choice(places)
    raw, said = _change(rng, container, key, places)
    lines[at] = json.dumps(value, ensure_ascii=rng.random() < 0.5).encode(errors="surrogatepass")
    lines[at] = lines[at].replace(json.dumps(MARK, ensure_ascii=False).encode(), raw)
    lines[at] = lines[at].replace(json.dumps(MARK).encode(), raw)
    if path == SPINE:
        lines[at] += b"\n"
    files[path] = b"".join(lines)
    return f"{said} {key!r} of {path}, line {at + 1}"


def _change(rng: random.Random, container: Any, key: Any, places: list[tuple[Any, Any]]) -> tuple[bytes, str]:
    """Change container[key]; returns what stands for the mark, and words."""
    choice = rng.randrange(6)
    if choice == 0:
        del container[key]
        return b"", "removed"
    if choice == 1:
        container[key] = MARK
        return rng.choice(RAW_VALUES), "raw value for"
    if choice == 2:
        other, name = rng.choice(places)
        container[key] = json.loads(json.dumps(other[name]))
        return b"", f"value of {name!r} for"
    if choice == 3 and isinstance(container, dict):
        container[f"{key}_" if rng.random() < 0.5 else str(key).upper()] = container.pop(key)
        return b"", "renamed"
    if choice == 4 and isinstance(container[key], str):
        text = container[key]
        container[key] = rng.choice((text + text, text[:-1], text.upper(), text + "\x00", text[::-1]))
        return b"", "changed text of"
    container[key] = rng.choice(HOSTILE)
    return b"", "hostile value for"


def _crossed_ids(rng: random.Random, files: Files) -> str:
    """An id stands where another one stood, throughout or once."""
    lines = _lines(files)
    ids: dict[str, None] = {}
    for line in lines:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        for container, key in _places(event, []):
            if isinstance(container, dict) and str(key).endswith("_id") and isinstance(container[key], str):
                ids[container[key]] = None
    if len(ids) < 2:
        return "no ids to cross"
    one, other = (json.dumps(name).encode() for name in rng.sample(list(ids), 2))
    spine = files[SPINE] or b""
    files[SPINE] = spine.replace(one, other, rng.choice((1, 2, -1)))
    return f"{one.decode()[:40]} became {other.decode()[:40]}"


# -- files -------------------------------------------------------------------


def _payload(rng: random.Random, files: Files) -> str | None:
    there = [path for path, data in files.items() if path.startswith("payloads/") and data is not None]
    return rng.choice(there) if there else None


def _file_damage(change: Callable[[random.Random, Files, str], str]) -> Damage:
    def damaged(rng: random.Random, files: Files) -> str:
        path = _payload(rng, files)
        return "no payload to damage" if path is None else f"{path} {change(rng, files, path)}"

    return damaged


def _remove_file(rng: random.Random, files: Files, path: str) -> str:
    files[path] = None
    return "removed"


def _swap_files(rng: random.Random, files: Files, path: str) -> str:
    other = _payload(rng, files) or path
    files[path], files[other] = files[other], files[path]
    return f"swapped with {other}"


def _fill_file(rng: random.Random, files: Files, path: str) -> str:
    filling = rng.choice((b"", b"null", b"{}", b"[]", b"\x00" * 100, b"[" * 100_000, b'"' + b"x" * 100_000))
    files[path] = filling
    return f"became {filling[:10]!r}"


def _manifest(rng: random.Random, files: Files) -> str:
    if rng.random() < 0.3:
        files[MANIFEST] = rng.choice((None, b"", b"{}", b"\x00" * 20))
        return "no manifest to speak of"
    data = files.get(MANIFEST) or b""
    version = rng.choice((0, 1, 2, 3, -1, 10**30))
    for old in (b'"schema_version":2', b'"schema_version":1', b'"schema_version": 2', b'"schema_version": 1'):
        data = data.replace(old, b'"schema_version":%d' % version)
    files[MANIFEST] = data
    return f"the manifest says schema {version}"


DAMAGES: tuple[Damage, ...] = (
    _bytes(_flipped, "flipped bits of"),
    _bytes(lambda rng, data, start, stop: b"", "removed"),
    _bytes(lambda rng, data, start, stop: rng.randbytes(stop - start), "random"),
    _bytes(lambda rng, data, start, stop: b"\x00" * (stop - start), "zeroed"),
    _bytes(lambda rng, data, start, stop: 2 * data[start:stop], "doubled"),
    _truncate,
    *map(
        _line_damage,
        (
            _delete_line,
            _repeat_line,
            _swap_lines,
            _move_line,
            _join_lines,
            _garbage_line,
            _carriage_returns,
            _shuffle,
        ),
    ),
    _field,
    _field,
    _field,
    _field,
    _field,
    _crossed_ids,
    _crossed_ids,
    _file_damage(_remove_file),
    _file_damage(_swap_files),
    _file_damage(_fill_file),
    _manifest,
)
