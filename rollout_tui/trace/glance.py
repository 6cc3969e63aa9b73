"""What can be said of a bundle after a glance: bounded reads of the head and the tail of its spine."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from rollout_tui.trace.event_payloads import (
    CodeCellEnded,
    CodexTurnEnded,
    CodexTurnStarted,
    CompactionRequestFailed,
    InferenceFailed,
    InferenceStarted,
    ProtocolEventObserved,
    RecordingCompleted,
    RolloutEnded,
    ThreadStarted,
    ToolCallEnded,
)
from rollout_tui.trace.events import UNREADABLE, Event
from rollout_tui.trace.identity import SPINE_NAME, Identity, identity_in_head, read_manifest
from rollout_tui.trace.payloads import PayloadProblem, PayloadStore
from rollout_tui.trace.regular_files import plain_reason, read_regular
from rollout_tui.trace.spine import BadLine, Line, decode_block

GLANCED = 256 << 10
_LONGEST_MESSAGE = 400

_ENDED_WITH_STATUS = (ToolCallEnded, CodeCellEnded, CodexTurnEnded)
_FAILURES = (InferenceFailed, CompactionRequestFailed)

_USER = re.compile(rb'"role"\s*:\s*"user"')
_TEXT = re.compile(rb'"text"\s*:\s*(?=")')
_STRING_END = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
# What the harness puts into a user message ahead of the person's words.
_NOT_THE_PERSON = ("<", "# AGENTS.md")


class _Session(msgspec.Struct, gc=False):
    """The links between recordings that a session_configured payload holds."""

    session_id: str | None = None
    parent_thread_id: str | None = None
    forked_from_id: str | None = None


class _Metadata(msgspec.Struct, gc=False):
    """The part of a thread's metadata that tells reviewers and guardians from people's sessions."""

    session_source: str | dict[str, object] | None = None


_Struct = TypeVar("_Struct", bound=msgspec.Struct)


@dataclass(frozen=True)
class Glance:
    """A bundle at a glance. Text comes from the trace and is not safe to show as it is.

    `size_bytes` and `modified_at_unix_ms` are those of the spine. `events` is the last seq seen. Where
    `whole` is False only head and tail were looked at, and `turns` and `failures` are lower bounds. `ended`
    means that an end mark is in the trace, `unreadable` says why there is nothing more to say. `task` is the
    first user message. `role` is empty for a person's session, else what the agent was started for, e.g.
    `review`.
    """

    folder: Path
    identity: Identity | None
    size_bytes: int = 0
    modified_at_unix_ms: int = 0
    whole: bool = True
    ended: bool = False
    events: int = 0
    bad_lines: int = 0
    turns: int = 0
    failures: int = 0
    model: str = ""
    task: str = ""
    role: str = ""
    session_id: str = ""
    parent_thread_id: str = ""
    forked_from_id: str = ""
    unreadable: str = ""


def glance(folder: Path) -> Glance:
    """Look at a bundle without reading it whole. Raises nothing."""
    identity, problem = read_manifest(folder, wait=False)
    spine = folder / SPINE_NAME
    try:
        status = spine.stat()
        head = read_regular(spine, GLANCED)
        tail_from = max(len(head), status.st_size - GLANCED)
        tail = read_regular(spine, GLANCED, offset=tail_from) if status.st_size > len(head) else b""
    except OSError as error:
        return Glance(folder, identity, unreadable=f"{SPINE_NAME}: {plain_reason(error)}")
    identity = identity or identity_in_head(head)
    seen = Glance(
        folder,
        identity,
        size_bytes=status.st_size,
        modified_at_unix_ms=status.st_mtime_ns // 1_000_000,
        whole=tail_from == len(head),
        unreadable="" if identity else f"{problem} and {SPINE_NAME} has no rollout_started",
    )
    return _filled(seen, _lines(head, tail, joined=seen.whole))


def _lines(head: bytes, tail: bytes, *, joined: bool) -> list[Line]:
    """The whole lines of both stretches, those at the cuts left out."""
    if joined:
        data = head + tail
        return decode_block(data[: data.rfind(b"\n") + 1]).lines
    return [
        *decode_block(head[: head.rfind(b"\n") + 1]).lines,
        *decode_block(tail[tail.find(b"\n") + 1 : tail.rfind(b"\n") + 1]).lines,
    ]


def _filled(seen: Glance, lines: list[Line]) -> Glance:
    events = [line for line in lines if isinstance(line, Event)]
    payloads = [event.payload for event in events]
    inferences = [payload for payload in payloads if isinstance(payload, InferenceStarted)]
    with closing(PayloadStore(seen.folder, largest=GLANCED)) as store:
        session, role = _session(store, events)
        task = _task(store, inferences[0]) if inferences else ""
    failures = sum(
        isinstance(payload, _FAILURES)
        or (isinstance(payload, _ENDED_WITH_STATUS) and payload.status == "failed")
        for payload in payloads
    )
    return replace(
        seen,
        ended=any(isinstance(payload, RecordingCompleted | RolloutEnded) for payload in payloads),
        events=events[-1].seq if events else 0,
        bad_lines=sum(isinstance(line, BadLine) and line.code == UNREADABLE for line in lines),
        turns=sum(isinstance(payload, CodexTurnStarted) for payload in payloads),
        failures=failures,
        model=inferences[-1].model if inferences else "",
        task=task,
        role=role,
        session_id=session.session_id or "",
        parent_thread_id=session.parent_thread_id or "",
        forked_from_id=session.forked_from_id or "",
    )


def _session(store: PayloadStore, events: list[Event]) -> tuple[_Session, str]:
    """The recording's links to others, and what its agent was started for."""
    session, role = _Session(), ""
    for event in events:
        payload = event.payload
        if isinstance(payload, ThreadStarted) and payload.metadata_payload:
            if payload.agent_path == "/root" and not role:
                metadata = _read(store, payload.metadata_payload.path, _Metadata)
                role = _subagent(metadata.session_source) if metadata else ""
        elif isinstance(payload, ProtocolEventObserved) and payload.event_type == "session_configured":
            return _read(store, payload.event_payload.path, _Session) or session, role
        elif isinstance(payload, CodexTurnStarted):
            break
    return session, role


def _subagent(session_source: str | dict[str, object] | None) -> str:
    """The role that a session source tells, else empty.

    `review` of `{"subagent": "review"}`, `guardian` of `{"subagent": {"other": "guardian"}}`.
    """
    kind = session_source.get("subagent") if isinstance(session_source, dict) else None
    while isinstance(kind, dict):
        kind = next(iter(kind.values()), None)
    return kind if isinstance(kind, str) else ""


def _read(store: PayloadStore, path: str, shape: type[_Struct]) -> _Struct | None:
    try:
        return msgspec.json.decode(store.read(path), type=shape)
    except (PayloadProblem, ValueError, RecursionError):
        return None


def _task(store: PayloadStore, inference: InferenceStarted) -> str:
    """What the person asked first, from the beginning of the first request."""
    try:
        data = store.read_range(inference.request_payload.path, 0, GLANCED)
    except PayloadProblem:
        return ""
    for user in _USER.finditer(data):
        text = _TEXT.search(data, user.end())
        if text is None:
            return ""
        # A piece of the string is enough; one cut in the middle of it has no end to be parsed to.
        piece = data[text.end() : text.end() + 8 * _LONGEST_MESSAGE].decode(errors="replace")
        message = _json_string(piece).strip()
        if message and not message.startswith(_NOT_THE_PERSON):
            return message[:_LONGEST_MESSAGE]
    return ""


def _json_string(piece: str) -> str:
    """The string literal that `piece` begins with, or as much of it as is there."""
    end = _STRING_END.match(piece)
    literal = end[0] if end else re.sub(r"\\(u[0-9a-fA-F]{0,3})?$", "", piece) + '"'
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return ""
