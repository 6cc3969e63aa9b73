"""Bodies to JSON bytes: whatever a harness hands over, within limits, after redaction.

`BodyEncoder.encode` never fails on a body: what JSON cannot hold is replaced by a description.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from rollout_tui.recorder.counters import RecorderCounters
from rollout_tui.recorder.given import value_of
from rollout_tui.recorder.plain_values import MAXIMUM_DEPTH, description, known_form, plain_value

Redact = Callable[[str, Any], Any]
"""`redact(kind, body)` returns the body to write, of plain dicts, lists, texts and numbers.

`kind` is a payload kind ("inference_request", "tool_result", ...), or "event" for a text that stands in an
event line itself: sources, errors, messages, the summary of a tool call, names of tools and models. Only ids
and agent paths are written as they are. Use the same rule for the same text each time: reducers compare items
by their content.
"""

_TOO_DEEP = b"\n" + b"  " * (MAXIMUM_DEPTH + 4)

SKELETONS: Mapping[str, dict[str, Any]] = {
    "inference_request": {"input": []},
    "inference_response": {"token_usage": None, "output_items": []},
    "compaction_checkpoint": {"input_history": [], "replacement_history": []},
    "tool_result": {"type": "error", "error": "the result was not recorded"},
}
"""What a reducer needs of a payload whose body cannot be written (format section 4)."""


_WITHIN = frozenset({"label", "input_preview", "output_preview", "name", "server", "tool"})
"""The free texts inside a tool call's summary and kind."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """Sizes in bytes of UTF-8. A longer text is cut, a bigger payload is replaced, both with a marker."""

    text_bytes: int = 1 << 20
    payload_bytes: int = 64 << 20


def walk_text(change: Callable[[str], str]) -> Redact:
    """Make a redaction hook of a function from text to text; it sees every text value, no keys."""

    def redact(kind: str, body: Any) -> Any:
        return _changed(body, change)

    return redact


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _changed(entry, change) for key, entry in value.items()}
    if isinstance(value, list):
        return [_changed(entry, change) for entry in value]
    return value


class BodyEncoder:
    """Turns payload bodies into pretty-printed JSON and event fields into compact JSON."""

    def __init__(self, counters: RecorderCounters, redact: Redact | None, limits: Limits) -> None:
        self._counters = counters
        self._redact = redact
        self._limits = limits
        self._encoder = msgspec.json.Encoder(enc_hook=self._stand_in)

    def payload(self, kind: str, body: object, check: Callable[[Any], Any] | None = None) -> bytes:
        """Return the bytes of a payload file.

        `body` may be a callable that returns it. `check` sees the body after redaction and returns it,
        changed where a rule of the format asks for that; if it raises, so does this.
        """
        body = value_of(body)
        if self._redact is not None:
            try:
                body = self._redact(kind, self._plain(body))
            except Exception as error:
                return self._omitted(kind, f"redaction failed: {type(error).__name__}", check is None)
        if check is not None:
            try:
                body = check(body)
            except Exception as error:
                return self._omitted(kind, f"out of shape: {error}", False)
        data = self._json(body)
        if len(data) > self._limits.text_bytes:
            shorter = self._shortened(msgspec.json.decode(data))
            data = self._json(shorter if check is None else check(shorter))
        if len(data) > self._limits.payload_bytes:
            why = f"{len(data)} bytes are over the limit of {self._limits.payload_bytes}"
            return self._omitted(kind, why, check is None)
        return self._pretty(data)

    @property
    def redacts(self) -> bool:
        """Whether bodies may come out of shape because a redaction hook changes them."""
        return self._redact is not None

    def fields(self, fields: Mapping[str, Any], texts: tuple[str, ...]) -> bytes:
        """Return the JSON of an event payload; `texts` names the fields that hold free text."""
        if texts:
            fields = dict(fields)
            for name in texts:
                fields[name] = self._event_text(fields[name])
        return self._json(fields)

    def _event_text(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: self._event_text(entry) if name in _WITHIN else entry for name, entry in value.items()
            }
        if value is None:
            return None
        if not isinstance(value, str):
            value = _shown(value)
        if self._redact is not None:
            try:
                value = self._redact("event", value)
            except Exception as error:
                self._counters.count("errors", error=error)
                value = None
            if not isinstance(value, str):
                return "[withheld: redaction failed]"
        return self._shortened(value) if _longer(value, self._limits.text_bytes) else value

    def _json(self, body: object) -> bytes:
        try:
            return self._encoder.encode(body)
        except Exception:
            self._counters.count("payloads_substituted")
            return self._encoder.encode(plain_value(body, 0))

    def _pretty(self, data: bytes) -> bytes:
        try:
            pretty = msgspec.json.format(data, indent=2)
            if _TOO_DEEP not in pretty:
                return pretty
        except RecursionError:
            pass
        self._counters.count("payloads_substituted")
        shallow = plain_value(msgspec.json.decode(data), 0)
        return msgspec.json.format(self._encoder.encode(shallow), indent=2)

    def _plain(self, body: object) -> Any:
        if type(body) is str:
            return body
        return msgspec.json.decode(self._json(body))

    def _omitted(self, kind: str, why: str, free: bool) -> bytes:
        """Return a marker to write instead; a body that reducers read, without a skeleton, has none."""
        if not free and kind not in SKELETONS:
            raise ValueError(why)
        self._counters.count("payloads_omitted", error=f"{kind} payload not written: {why}")
        marker = {**SKELETONS.get(kind, {}), "recorder_omitted": why}
        return msgspec.json.format(self._encoder.encode(marker), indent=2)

    def _shortened(self, value: Any) -> Any:
        cut = _Cut(self._limits.text_bytes)
        shorter = cut.value(value)
        if cut.texts:
            self._counters.count("payloads_cut")
        return shorter

    def _stand_in(self, value: object) -> object:
        """Return something that JSON can hold for a value it cannot."""
        known = known_form(value)
        if known is not None:
            return known
        self._counters.count("payloads_substituted")
        return description(value)


_IDENTIFYING = frozenset({"id", "call_id", "type", "role", "name"})


class _Cut:
    """Cuts texts over `limit` bytes. The same text is always cut the same way, so items stay comparable."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.texts = 0

    def value(self, value: Any, key: str | None = None) -> Any:
        if isinstance(value, str):
            return self._text(value, key) if _longer(value, self._limit) else value
        if isinstance(value, dict):
            return {
                name: entry if name in _IDENTIFYING and isinstance(entry, str) else self.value(entry, name)
                for name, entry in value.items()
            }
        if isinstance(value, list):
            return [self.value(entry) for entry in value]
        return value

    def _text(self, text: str, key: str | None) -> str:
        self.texts += 1
        if key == "arguments":  # stays JSON, so that its fields can still be read
            try:
                inner = self.value(msgspec.json.decode(text))
                return msgspec.json.encode(inner).decode()
            except (ValueError, RecursionError):
                pass
        data = text.encode("utf-8", "replace")
        kept = data[: self._limit].decode("utf-8", "ignore")
        return f"{kept}[recorder: {len(data) - len(kept.encode())} more bytes not kept]"


def _longer(text: str, limit: int) -> bool:
    return len(text) > limit or (len(text) * 4 > limit and len(text.encode("utf-8", "replace")) > limit)


def _shown(value: object) -> str:
    try:
        return str(value)
    except Exception:
        return f"a {type(value).__name__}"
