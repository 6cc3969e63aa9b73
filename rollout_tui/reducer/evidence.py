"""Payload bodies as the rules read them, and what is said of evidence that does not fit."""

from __future__ import annotations

from collections import Counter
from typing import Any, Protocol, TypeVar

from msgspec import json
from msgspec.structs import replace

from rollout_tui.graph.history import History
from rollout_tui.graph.values import PayloadReference
from rollout_tui.reducer import limits
from rollout_tui.reducer.diagnostics import Diagnostic, ReductionRefused
from rollout_tui.trace.memory import MemoryBudget, used_up
from rollout_tui.trace.nesting import DEEPEST, GrowingTexts, is_deep
from rollout_tui.trace.payloads import PayloadProblem
from rollout_tui.trace.spine import is_text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
REMEMBERED_FILES = 512
REMEMBERED_BYTES = 65_536
# A line of a hostile recording costs its writer two bytes, and a diagnostic several hundred.
MOST_LISTED = 2_000
LONGEST_MESSAGE = 500
_LISTS, _OBJECTS, _BOTH, _INDENT = b"]" * 100, b"}" * 100, b"]}" * 50, b" " * 200
"""How text that is nested deeper than `DEEPEST` ends, or is indented."""


class Payloads(Protocol):
    """Where payload bodies come from; raises `PayloadProblem`."""

    def read(self, path: str) -> bytes:
        """The whole file."""
        ...

    def open(self, path: str) -> int:
        """A read-only file descriptor, which the caller closes."""
        ...


class Decoder(Protocol[T_co]):
    """What makes a value of a payload's bytes; raises ValueError."""

    def decode(self, data: bytes, /) -> T_co:
        """The value."""
        ...


class Evidence:
    """The payloads of a recording, and the diagnostics.

    `schema` is the rule set (1 or 2), `seq` the label of the event in hand; `strict` makes the first refusal
    an error. `said` counts diagnostics by code, those included that are too many to be listed.
    """

    def __init__(
        self, history: History, payloads: Payloads, *, strict: bool, budget: MemoryBudget | None
    ) -> None:
        self.history = history
        self.payloads = payloads
        self.budget = budget or MemoryBudget()
        self.schema = history.schema_version
        self.strict = strict
        self.seq = 0
        self.diagnostics: list[Diagnostic] = []
        self.said: Counter[str] = Counter()
        self._said: set[int] = set()
        self._remembered: dict[tuple[str, Any], Any] = {}

    # -- diagnostics ---------------------------------------------------------

    def refuse(self, code: str, message: str, *ids: str) -> None:
        """Note something the reference reducer refuses; raises ReductionRefused when strict."""
        self._say(Diagnostic(self.history.event, self.seq, code, message, ids, True))

    def note(self, code: str, message: str, *ids: str) -> None:
        """Note something odd that no reference reducer refuses."""
        self._say(Diagnostic(self.history.event, self.seq, code, message, ids, False))

    def once(self, code: str, message: str, *ids: str, about: bytes = b"") -> None:
        """Refuse, but say so only the first time for these ids, or for what it is `about`."""
        key = hash((code, about or ids))
        if key not in self._said:
            self._said.add(key)
            self.refuse(code, message, *ids)

    def _say(self, diagnostic: Diagnostic) -> None:
        if len(diagnostic.message) > LONGEST_MESSAGE:
            diagnostic = replace(diagnostic, message=diagnostic.message[:LONGEST_MESSAGE] + "\u2026")
        if self.strict and diagnostic.refused:
            raise ReductionRefused(diagnostic)
        self.said[diagnostic.code] += 1
        count = self.said[diagnostic.code]
        if count > MOST_LISTED + 1:
            return
        if count > MOST_LISTED:
            more = f"and more: the first {MOST_LISTED:,} of these are listed ({diagnostic.message})"
            diagnostic = replace(diagnostic, message=more)
        self.diagnostics.append(diagnostic)

    # -- payloads ------------------------------------------------------------

    def unreadable(self, reference: PayloadReference, problem: PayloadProblem) -> None:
        """Say that a payload cannot be had."""
        payload_id = reference.raw_payload_id
        self.refuse(problem.code, f"payload {payload_id}: {problem.reason}", payload_id)

    def body(self, reference: PayloadReference | None) -> bytes | None:
        """The bytes of a payload; None when there is none or it cannot be read (said so)."""
        if reference is None:
            return None
        try:
            return self._read(reference)
        except PayloadProblem as problem:
            self.unreadable(reference, problem)
        except ValueError as error:
            payload_id = reference.raw_payload_id
            self.refuse("bad_payload", f"payload {payload_id}: {error}", payload_id)
        return None

    def _read(self, reference: PayloadReference) -> bytes:
        """The bytes of a payload that is fit to be decoded; raises PayloadProblem, ValueError."""
        data = self._bytes(reference)
        self.check_body(data, reference.path)
        return data

    def _bytes(self, reference: PayloadReference) -> bytes:
        data = self.payloads.read(reference.path)
        self.check_room(len(data), reference.path)
        return data

    def check_room(self, size: int, path: str) -> None:
        """Raise PayloadProblem where a payload of `size` bytes may be too much for the memory left."""
        if not self.budget.room_for(size):
            reason = f"{size:,} bytes, and {used_up(self.budget.limit)}"
            raise PayloadProblem("payload_too_large", path, reason)

    def check_body(self, data: bytes | bytearray, path: str) -> None:
        """Raise what speaks against decoding a body.

        PayloadProblem where it would take more memory than a body may; ValueError for what the reference
        parser refuses and ours might not, since it passes over the values that nobody wants.
        """
        self._check_values(data, path)
        if not data.isascii() and not is_text(data):
            raise ValueError("it is not UTF-8")
        if len(data) > 2 * DEEPEST and (self.strict or _looks_deep(data)) and is_deep(data):
            raise ValueError("it is nested too deeply")

    def _check_values(self, data: bytes | bytearray, path: str) -> None:
        """Raise PayloadProblem where a body holds more values than one may."""
        if len(data) > limits.MOST_VALUES and limits.too_many_values(data):
            reason = f"{len(data):,} bytes, with more than {limits.MOST_VALUES:,} values in them"
            raise PayloadProblem("payload_too_large", path, reason)

    def check_whole(self, reference: PayloadReference, texts: GrowingTexts) -> None:
        """Refuse a payload that is not there, or no JSON in every value of it. `texts` are those before."""
        payload_id = reference.raw_payload_id
        try:
            data = self._bytes(reference)
            self._check_values(data, reference.path)
            json.decode(data)
            if texts.is_deep(data):
                raise ValueError("it is nested too deeply")
        except PayloadProblem as problem:
            self.unreadable(reference, problem)
        except (ValueError, RecursionError) as error:
            self.refuse("bad_payload", f"payload {payload_id} is no JSON: {error}", payload_id)

    def decoded(self, reference: PayloadReference, decoder: Decoder[T]) -> T:
        """A payload decoded; small files are remembered, since references can share one.

        Raises PayloadProblem, ValueError (also for nesting that is too deep).
        """
        key = (reference.path, decoder)
        found: T | None = self._remembered.get(key)
        if found is not None:
            return found
        data = self._read(reference)
        try:
            value = decoder.decode(data)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if len(data) <= REMEMBERED_BYTES:
            if len(self._remembered) >= REMEMBERED_FILES:
                self._remembered.clear()
            self._remembered[key] = value
        return value

    def parsed(
        self, reference: PayloadReference | None, decoder: Decoder[T], what: str, *ids: str
    ) -> T | None:
        """A payload decoded, or None with a diagnostic: missing, or not of that shape."""
        if reference is None:
            return None
        try:
            return self.decoded(reference, decoder)
        except PayloadProblem as problem:
            self.unreadable(reference, problem)
        except ValueError as error:
            self.refuse(
                "bad_payload",
                f"{what} in {reference.raw_payload_id}: {error}",
                *ids,
                reference.raw_payload_id,
            )
        return None


def _looks_deep(data: bytes | bytearray) -> bool:
    """Whether text ends or is indented as deep nesting is: to find the depth costs as much as decoding."""
    return _LISTS in data or _OBJECTS in data or _BOTH in data or _INDENT in data
