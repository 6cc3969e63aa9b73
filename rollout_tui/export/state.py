"""The reduced state as the reference reducer writes it (format section 5).

Pretty JSON with two-space indent, maps sorted by key bytes, no newline at the end.
Maps are rendered a chunk of objects at a time, so that memory stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec

from rollout_tui.graph.ids import IdView
from rollout_tui.graph.objects import ID_FIELDS, STATE_COLLECTIONS, Object, TerminalSession, Thread
from rollout_tui.graph.snapshot import Objects, Snapshot, listed_items

CHUNK = 512


def _plain(value: Any) -> Any:
    if isinstance(value, IdView):
        return value.items[: value.length]
    raise TypeError(type(value))


ENCODER = msgspec.json.Encoder(enc_hook=_plain)


def write_state(snapshot: Snapshot, out: BinaryIO) -> None:
    """Write the state of a snapshot, byte for byte what the reference reducer would write."""
    head = msgspec.json.format(ENCODER.encode(_head(snapshot)), indent=2)
    out.write(head[: -len(b"\n}")])
    for name, rows in _maps(snapshot):
        _write_map(out, name, map(_pretty, _chunks(rows)))
    _write_map(out, "raw_payloads", _payload_texts(snapshot))
    out.write(b"\n}")


def _write_map(out: BinaryIO, name: str, texts: Iterable[bytes | memoryview]) -> None:
    """Write a map whose entries come as text, each piece without the comma behind it."""
    out.write(b',\n  "%s": {' % name.encode())
    between = b"\n"
    for text in texts:
        out.write(between)
        out.write(text)
        between = b",\n"
    out.write(b"}" if between == b"\n" else b"\n  }")


def _pretty(chunk: list[tuple[str, Any]]) -> memoryview:
    text = msgspec.json.format(ENCODER.encode({"": dict(chunk)}), indent=2)
    return memoryview(text)[len(b'{\n  "": {\n') : -len(b"\n  }\n}")]


def _payload_texts(snapshot: Snapshot) -> Iterator[bytes | memoryview]:
    """The entries of `raw_payloads`, of which there can be more than of all else together."""
    rows = snapshot.history.payloads.usual_rows(snapshot.event)
    if rows is None:
        references = ((one, snapshot.payload(one)) for one in sorted(snapshot.payload_ids()))
        yield from map(_pretty, _chunks(references))
        return
    paths: dict[str, str] = {}
    texts: list[str] = []
    for number, kind, path in rows:
        if path is None:
            quoted = f'"payloads/{number}.json"'
        elif path in paths:
            quoted = paths[path]
        else:
            quoted = paths[path] = ENCODER.encode(path).decode()
        texts.append(_PAYLOAD % (number, number, kind, quoted))
        if len(texts) == CHUNK:
            yield ",\n".join(texts).encode()
            texts.clear()
    if texts:
        yield ",\n".join(texts).encode()


_PAYLOAD = """\
    "raw_payload:%s": {
      "raw_payload_id": "raw_payload:%s",
      "kind": {
        "type": "%s"
      },
      "path": %s
    }"""


def state_line(snapshot: Snapshot) -> bytes:
    """`{"seq": N, "state": {...}}` as one line of compact JSON, LF included."""
    state: dict[str, Any] = _head(snapshot)
    for name, rows in _maps(snapshot):
        state[name] = dict(rows)
    state["raw_payloads"] = {one: snapshot.payload(one) for one in sorted(snapshot.payload_ids())}
    return ENCODER.encode({"seq": snapshot.seq, "state": state}) + b"\n"


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


def _objects(snapshot: Snapshot, kind: type[Object]) -> Iterator[tuple[str, Object]]:
    history, event = snapshot.history, snapshot.event
    count = len(Objects(history, kind, event))
    handles = history.collections[kind].order[:count]
    name = ID_FIELDS[kind]
    rows = sorted((getattr(history.objects[handle], name), handle) for handle in handles)
    for key, handle in rows:
        found = history.as_of(handle, event)
        if isinstance(found, TerminalSession) and not found.operation_ids:
            continue
        if isinstance(found, Thread):
            found.conversation_item_ids = tuple(listed_items(history, found.thread_id, event))
        yield key, found


def _chunks(rows: Iterable[tuple[str, Any]]) -> Iterator[list[tuple[str, Any]]]:
    chunk: list[tuple[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
