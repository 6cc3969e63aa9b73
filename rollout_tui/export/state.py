"""The reduced state as the reference reducer writes it (format section 5).

Pretty JSON with two-space indent, maps sorted by key bytes, no newline at the end.
Maps are rendered a chunk of objects at a time, so that memory stays small.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice
from operator import attrgetter, itemgetter
from typing import Any, TypeAlias

import msgspec

from rollout_tui.export.output import Sink
from rollout_tui.graph.history import History
from rollout_tui.graph.ids import Backing, IdView
from rollout_tui.graph.objects import ID_FIELDS, STATE_COLLECTIONS, Object, TerminalSession, Thread
from rollout_tui.graph.snapshot import Objects, Snapshot, listed_items
from rollout_tui.trace.json_text import json_text

CHUNK = 512
LARGE = 1 << 20
_ID = itemgetter(0)


def _plain(value: Any) -> Any:
    if isinstance(value, IdView):
        return value.items[: value.length]
    raise TypeError(type(value))


ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def write_state(snapshot: Snapshot, out: Sink) -> None:
    """Write the state of a snapshot, byte for byte what the reference reducer would write."""
    head = msgspec.json.format(ENCODER.encode(_head(snapshot)), indent=2)
    out.write(head[: -len(b"\n}")])
    for name, rows in _maps(snapshot):
        pieces = CallTexts() if name == "inference_calls" else _pretty
        _write_map(out, name, map(pieces, _chunks(rows)))
    _write_map(out, "raw_payloads", _payload_texts(snapshot))
    out.write(b"\n}")


Text: TypeAlias = bytes | memoryview


def _write_map(out: Sink, name: str, texts: Iterable[Iterable[Text]]) -> None:
    """Write a map whose entries come as pieces of text, each row of pieces without the comma behind it."""
    out.write(b',\n  "%s": {' % name.encode())
    between = b"\n"
    for pieces in texts:
        out.write(between)
        for piece in pieces:
            out.write(piece)
        between = b",\n"
    out.write(b"}" if between == b"\n" else b"\n  }")


def _pretty(chunk: list[tuple[str, Any]], encoder: msgspec.json.Encoder = ENCODER) -> tuple[memoryview]:
    encoded = json_text({"": dict(chunk)}, encoder)
    if len(encoded) > LARGE:
        # `format` does not look whether there is memory for its result: without it the process is gone.
        bytes(2 * len(encoded))
    text = msgspec.json.format(encoded, indent=2)
    return (memoryview(text)[len(b'{\n  "": {\n') : -len(b"\n  }\n}")],)


class CallTexts:
    """Texts of inference calls, whose lists of ids repeat each other: what they share is rendered once.

    These lists are nine tenths of the state of a long conversation. A long one is encoded as `0`, which
    stands behind a name in `_ids` nowhere else, and its text put there afterwards.
    """

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder(enc_hook=self._put_off)
        self._put_off_lists: list[IdView] = []
        # By the list behind views, which is kept so that its identity stays its own.
        self._rendered: dict[int, tuple[Backing, bytes, array[int]]] = {}

    def __call__(self, chunk: list[tuple[str, Any]]) -> Iterator[Text]:
        """The pieces of the entries of a chunk."""
        (text,) = _pretty(chunk, self._encoder)
        first, *others = bytes(text).split(_PUT_OFF)
        yield first
        for ids, after in zip(self._put_off_lists, others, strict=True):
            yield b'_ids": [\n'
            yield self._text(ids)
            yield b"\n      ]"
            yield after
        self._put_off_lists.clear()

    def _put_off(self, value: Any) -> Any:
        if not isinstance(value, IdView):
            raise TypeError(type(value))
        if not value.length:
            return []
        self._put_off_lists.append(value)
        return _ZERO

    def _text(self, ids: IdView) -> memoryview:
        found = self._rendered.get(id(ids.items))
        if found is None or len(found[2]) < ids.length:
            lines = [b"        " + json_text(one) for one in ids.items]
            ends = array("Q", accumulate(len(line) + len(_BETWEEN) for line in lines))
            found = self._rendered[id(ids.items)] = (ids.items, _BETWEEN.join(lines), ends)
        return memoryview(found[1])[: found[2][ids.length - 1] - len(_BETWEEN)]


_ZERO = msgspec.Raw(b"0")
_PUT_OFF = b'_ids": 0'
_BETWEEN = b",\n"


def _payload_texts(snapshot: Snapshot) -> Iterator[Iterable[Text]]:
    """The entries of `raw_payloads`, of which there can be more than of all else together."""
    usual = snapshot.history.payloads.usual(snapshot.event)
    if usual is None:
        references = ((one, snapshot.payload(one)) for one in sorted(snapshot.payload_ids()))
        yield from map(_pretty, _chunks(references))
        return
    around = [_AroundNumbers(kind, usual.paths) for kind in usual.kinds]
    while rows := list(islice(usual.rows, CHUNK)):
        yield (",\n".join([number.join(around[kind][path]) for number, kind, path in rows]).encode(),)


class _AroundNumbers(dict[int, tuple[str, ...]]):
    """What stands around the number of a payload in its text, by the code of its path."""

    def __init__(self, kind: str, paths: Sequence[str]) -> None:
        self._kind = kind
        self._paths = paths

    def __missing__(self, code: int) -> tuple[str, ...]:
        known = _PAYLOAD_KIND % self._kind
        if code:
            path = json_text(self._paths[code]).decode()
            pieces: tuple[str, ...] = (f"{known}{path}\n    }}",)
        else:
            pieces = (f'{known}"payloads/', '.json"\n    }')
        pieces = self[code] = (*_PAYLOAD_ID, *pieces)
        return pieces


_PAYLOAD_ID = '    "raw_payload:', '": {\n      "raw_payload_id": "raw_payload:'
_PAYLOAD_KIND = """\
",
      "kind": {
        "type": "%s"
      },
      "path": """


def state_line(snapshot: Snapshot) -> bytearray:
    """`{"seq": N, "state": {...}}` as one line of compact JSON, LF included."""
    state: dict[str, Any] = _head(snapshot)
    for name, rows in _maps(snapshot):
        state[name] = dict(rows)
    state["raw_payloads"] = {one: snapshot.payload(one) for one in sorted(snapshot.payload_ids())}
    line = json_text({"seq": snapshot.seq, "state": state}, ENCODER)
    line += b"\n"
    return line


def _head(snapshot: Snapshot) -> dict[str, Any]:
    """The root fields before the maps."""
    rollout, schema = snapshot.rollout, snapshot.history.schema_version
    complete = {} if schema == 1 else {"recording_complete": rollout.recording_complete}
    return {
        "schema_version": schema,
        "trace_id": rollout.trace_id,
        "rollout_id": rollout.rollout_id,
        "started_at_unix_ms": rollout.started_at_unix_ms,
        "ended_at_unix_ms": rollout.ended_at_unix_ms,
        "status": rollout.status,
        **complete,
        "root_thread_id": rollout.root_thread_id,
    }


def _maps(snapshot: Snapshot) -> Iterator[tuple[str, Iterable[tuple[str, Any]]]]:
    for name, kind in STATE_COLLECTIONS.items():
        if name == "interaction_edges":
            edges = snapshot.interaction_edges
            yield name, ((key, edges[key]) for key in sorted(edges))
        else:
            yield name, _objects(snapshot, kind)


def _objects(snapshot: Snapshot, kind: type[Object]) -> Iterable[tuple[str, Object]]:
    history, event = snapshot.history, snapshot.event
    handles = history.collections[kind].order[: len(Objects(history, kind, event))]
    objects = list(map(history.objects.__getitem__, handles))
    names: list[str] = list(map(attrgetter(ID_FIELDS[kind]), objects))
    # Where no history is kept there is nothing but the latest to copy.
    if history.head_only and kind is not Thread:
        rows: Iterable[tuple[str, Any]] = sorted(dict(zip(names, objects, strict=True)).items(), key=_ID)
    else:
        rows = _as_of(history, dict(zip(names, handles, strict=True)), event)
    if kind is not TerminalSession:
        return rows
    # A terminal session without operations is not there (9.6.1).
    return (row for row in rows if row[1].operation_ids)


def _as_of(history: History, handles: dict[str, int], event: int) -> Iterator[tuple[str, Object]]:
    for key in sorted(handles):
        found = history.as_of(handles[key], event)
        if isinstance(found, Thread):
            found.conversation_item_ids = tuple(listed_items(history, found.thread_id, event))
        yield key, found


def _chunks(rows: Iterable[tuple[str, Any]]) -> Iterator[list[tuple[str, Any]]]:
    """Rows to be made text of together; where ids are long, one at a time."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        if sum(map(len, map(_ID, chunk))) <= LARGE:
            yield chunk
        else:
            yield from ([row] for row in chunk)
