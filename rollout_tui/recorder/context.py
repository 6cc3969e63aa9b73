"""What all contexts of a recording have: the off switch, and how a `with` ends."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, Self, TypeVar

from rollout_tui.recorder.recording_state import RecordingState
from rollout_tui.recorder.values import ExecutionStatus, status_of
from rollout_tui.recorder.writer import PayloadReference

if TYPE_CHECKING:
    from rollout_tui.recorder.turn import Turn

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Owner = TypeVar("Owner", bound="Context")


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


class Context:
    """A span of a recording. Made and started by its parent; ends by its own methods or with its `with`.

    An exception that leaves the `with` block ends the span as failed, an interruption (cancelled task,
    KeyboardInterrupt) as cancelled; it is never swallowed. Ending twice records the first end only.
    """

    __slots__ = ("_open", "_state", "_token")

    _current: ClassVar[ContextVar[Any] | None] = None
    """Holds the innermost context of this kind whose `with` block is entered, where callers ask for it."""

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
            self._leave(status_of(error), error)
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
    ) -> PayloadReference | None:
        return None if self._state is None else self._state.writer.payload(kind, body, check)


class InTurn(Context):
    """A span inside a turn."""

    __slots__ = ("_turn",)

    def __init__(self, turn: Turn | None) -> None:
        super().__init__(None if turn is None else turn._state)
        self._turn = turn
