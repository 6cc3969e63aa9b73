"""Which recording a bundle is: read from manifest.json, else from the trace itself (format section 1.1)."""

import errno
import os
import time
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from rollout_tui.immutable import Immutable
from rollout_tui.trace.regular_files import plain_reason, read_regular

MANIFEST_NAME = "manifest.json"
SPINE_NAME = "trace.jsonl"

# rollout_started is the first line of every sound recording; this much of a damaged one is searched for it.
HEAD_BYTES = 1 << 20
_LARGEST_MANIFEST = 1 << 20

PAUSES_S = (0.01, 0.02, 0.04, 0.06, 0.07)
"""Seconds between looks for what the recorder writes in the same moment: 200 ms in all."""
# A manifest is written once, just before the first event: one that does not parse is read again while it is
# young.
_YOUNG_S = 5.0

_Int64 = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=(1 << 63) - 1)]


class Identity(Immutable):
    """The names a recording goes by.

    `started_at_unix_ms` is milliseconds since 1970; `source` says who told.
    """

    schema_version: int
    trace_id: str
    rollout_id: str
    root_thread_id: str
    started_at_unix_ms: int
    source: Literal["manifest", "rollout_started"]


class _Manifest(msgspec.Struct, gc=False):
    schema_version: _Int64
    trace_id: str
    rollout_id: str
    root_thread_id: str
    started_at_unix_ms: _Int64


class _RolloutStarted(msgspec.Struct, gc=False, tag_field="type", tag="rollout_started"):
    trace_id: str
    root_thread_id: str


class _FirstEvent(msgspec.Struct, gc=False):
    schema_version: _Int64
    wall_time_unix_ms: _Int64
    rollout_id: str
    payload: _RolloutStarted


class _Tag(msgspec.Struct, gc=False):
    type: str


class _AnyEvent(msgspec.Struct, gc=False):
    payload: _Tag


_MANIFEST = msgspec.json.Decoder(_Manifest)
_FIRST_EVENT = msgspec.json.Decoder(_FirstEvent)
_ANY_EVENT = msgspec.json.Decoder(_AnyEvent)


def read_manifest(folder: Path, *, wait: bool = True) -> tuple[Identity | None, str]:
    """The identity in `folder`'s manifest.json, or None and in plain words why there is none.

    Waits up to 200 ms for a manifest that was begun a moment ago unless `wait` is False. Raises nothing.
    """
    pauses = PAUSES_S if wait else ()
    for pause in (*pauses, None):
        identity, reason, age_s = _read_manifest_once(folder / MANIFEST_NAME)
        if identity is not None or pause is None or age_s > _YOUNG_S:
            break
        time.sleep(pause)
    return identity, reason


def identity_in_head(head: bytes) -> Identity | None:
    """The identity in the first `rollout_started` among the first bytes of a trace, None if there is none."""
    at = -1
    while (at := head.find(b'"rollout_started"', at + 1)) >= 0:
        start = head.rfind(b"\n", 0, at) + 1
        end = head.find(b"\n", at)
        line = head[start : end if end >= 0 else len(head)]
        try:
            event = _FIRST_EVENT.decode(line.removeprefix(b"\xef\xbb\xbf"))
        except (ValueError, RecursionError):
            at = end if end >= 0 else len(head)
            continue
        return Identity(
            event.schema_version,
            event.payload.trace_id,
            event.rollout_id,
            event.payload.root_thread_id,
            event.wall_time_unix_ms,
            "rollout_started",
        )
    return None


def has_events(head: bytes) -> bool:
    """Whether one of the first lines of a file looks like an event: an object with a tagged payload."""
    for line in head.split(b"\n", 20)[:20]:
        try:
            _ANY_EVENT.decode(line)
        except (ValueError, RecursionError):
            continue
        return True
    return False


def _read_manifest_once(path: Path) -> tuple[Identity | None, str, float]:
    """(identity, why not, age of the file in seconds)."""
    age_s = float("inf")
    try:
        age_s = abs(time.time() - os.lstat(path).st_mtime)
        data = read_regular(path, _LARGEST_MANIFEST + 1)
    except OSError as error:
        missing = error.errno == errno.ENOENT
        return None, "manifest.json is missing" if missing else f"manifest.json: {plain_reason(error)}", age_s
    if len(data) > _LARGEST_MANIFEST:
        return None, "manifest.json is too large to be a manifest", float("inf")
    try:
        manifest = _MANIFEST.decode(data)
    except (ValueError, RecursionError):
        return None, "manifest.json is not readable as a manifest", age_s
    return (
        Identity(
            manifest.schema_version,
            manifest.trace_id,
            manifest.rollout_id,
            manifest.root_thread_id,
            manifest.started_at_unix_ms,
            "manifest",
        ),
        "",
        age_s,
    )
