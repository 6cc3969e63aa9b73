"""What all contexts of a recording share: the recording's state, the off switch, and how a `with` ends."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Concatenate, Literal, ParamSpec, Self, TypeVar

from rollout_tui.recorder.identity import Clock, IdSource
from rollout_tui.recorder.writer import PayloadRef, TraceWriter

ExecutionStatus = Literal["completed", "failed", "cancelled", "aborted"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Owner = TypeVar("Owner", bound="Context")

_STATUSES = frozenset({"completed", "failed", "cancelled", "aborted"})
_INTERRUPTIONS = (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError)


def never_raises(
    otherwise: Callable[[], Result],
) -> Callable[
    [Callable[Concatenate[Owner, Parameters], Result]], Callable[Concatenate[Owner, Parameters], Result]
]:
    """Make a method of a context harmless: `otherwise()` when recording is off or anything fails in it."""

    def decorate(
        method: Callable[Concatenate[Owner, Parameters], Result],
    ) -> Callable[Concatenate[Owner, Parameters], Result]:
        @functools.wraps(method)
        def harmless(owner: Owner, /, *arguments: Parameters.args, **named: Parameters.kwargs) -> Result:
            if owner._state is None:
                return otherwise()
            try:
                return method(owner, *arguments, **named)
            except Exception as error:
                owner._state.writer.counters.count("errors", error=error)
                return otherwise()

        return harmless

    return decorate


def nothing() -> None:
    """Stand for the result of a method that only records."""


class RecordingState:
    """What the contexts of one recording share: its writer, its id source, the ids already used."""

    def __init__(self, writer: TraceWriter, new_id: IdSource, clock: Clock) -> None:
        self.writer = writer
        self.new_id = new_id
        self.clock: Clock = lambda: int(clock())
        self._used: set[tuple[str, str]] = set()
        self._numbers: dict[str, int] = {}
        self.open_threads: dict[str, Context] = {}
        self._lock = threading.Lock()

    def claim(self, kind: str, identity: str) -> bool:
        """Take an id for the first time; False, and counted, if it was taken before."""
        with self._lock:
            if (kind, identity) in self._used:
                taken = True
            else:
                self._used.add((kind, identity))
                taken = False
        if taken:
            self.writer.counters.count("calls_ignored", error=f"the {kind} {identity} was recorded before")
        return not taken

    def first_use(self, text: str) -> bool:
        """Whether a text that may well repeat is seen for the first time."""
        with self._lock:
            size = len(self._used)
            self._used.add(("", text))
            return len(self._used) > size

    def next_number(self, series: str) -> int:
        """Return 1, 2, 3, ... for each series."""
        with self._lock:
            self._numbers[series] = number = self._numbers.get(series, 0) + 1
        return number


def identity(value: object) -> str | None:
    """Return an id as text; None stays None."""
    return value if value is None or type(value) is str else str(value)


def allowed_status(status: str) -> ExecutionStatus:
    """Return a status the format knows; what it does not know counts as failed."""
    return status if status in _STATUSES else "failed"  # type: ignore[return-value]


def rollout_status(status: str) -> str:
    """Return the status of a thread or rollout: it can be aborted, where a turn is cancelled."""
    known = allowed_status(status)
    return "aborted" if known == "cancelled" else known


def duration(milliseconds: int) -> dict[str, int]:
    """Return a duration as the format writes it."""
    return {"secs": milliseconds // 1000, "nanos": milliseconds % 1000 * 1_000_000}


class Context:
    """A span of a recording. Made and started by its parent; ends by its own methods or with its `with`.

    An exception that leaves the `with` block ends the span as failed, an interruption (cancelled task,
    KeyboardInterrupt) as cancelled; it is never swallowed. Ending twice records the first end only.
    """

    __slots__ = ("_open", "_state", "_token")

    _current: ContextVar[Any] | None = None

    def __init__(self, state: RecordingState | None) -> None:
        self._state = state
        self._open = [] if state is None else [True]
        self._token: Token[Any] | None = None

    @property
    def recording(self) -> bool:
        """Whether calls on this context are written. Only worth asking before costly preparations."""
        return self._state is not None

    @property
    def ended(self) -> bool:
        """Whether the span is over (or was never recorded)."""
        return not self._open

    def __enter__(self) -> Self:
        if self._state is not None and self._current is not None:
            self._token = self._current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._state is None:
            return
        if self._token is not None and self._current is not None:
            with contextlib.suppress(ValueError):  # left in another task than entered: leave its value alone
                self._current.reset(self._token)
            self._token = None
        if not self._open:
            return
        try:
            self._leave(_status_of(error), error)
        except Exception as failure:
            self._state.writer.counters.count("errors", error=failure)

    def _leave(self, status: ExecutionStatus, error: BaseException | None) -> None:
        """End the span because its `with` block ended."""

    def _take_end(self) -> bool:
        """Claim the right to write the end; one caller gets it, whatever thread it is in."""
        try:
            self._open.pop()
        except IndexError:
            if self._state is not None:
                self._state.writer.counters.count("calls_ignored")
            return False
        return True

    def _ignored(self, why: str) -> None:
        """Count a call that the format has no place for."""
        if self._state is not None:
            self._state.writer.counters.count("calls_ignored", error=why)

    def _lost(self) -> None:
        """Count an event that was dropped because what it names could not be written."""
        if self._state is not None:
            self._state.writer.counters.count("events_lost")

    def _payload(
        self, kind: str, body: object, check: Callable[[Any], Any] | None = None
    ) -> PayloadRef | None:
        return None if self._state is None else self._state.writer.payload(kind, body, check)


def _status_of(error: BaseException | None) -> ExecutionStatus:
    if error is None:
        return "completed"
    return "cancelled" if isinstance(error, _INTERRUPTIONS) else "failed"


def described(error: BaseException | str | None) -> str:
    """Return an error as text, `Type: message` for exceptions."""
    if error is None:
        return "no error was given"
    if isinstance(error, str):
        return error
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__
