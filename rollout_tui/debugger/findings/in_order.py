"""Findings in the order of their events, and the next one of some severity without a look at each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from rollout_tui.debugger.findings.finding_codes import SEVERITIES


class Graded(Protocol):
    """What has a severity."""

    @property
    def severity(self) -> str:
        """`error`, `warning` or `note`."""


G = TypeVar("G", bound=Graded)
_GRADES: dict[str, int] = {severity: number for number, severity in enumerate(SEVERITIES)}


class InOrder(list[G]):
    """The list; what is added counts for `next_of`, `last_of` and `all_of` from the next `grade()` on.

    One thread adds and grades, any may ask.
    """

    def __init__(self, found: Sequence[G] = ()) -> None:
        super().__init__(found)
        self._grades = bytearray()
        self.grade()

    def grade(self) -> None:
        """Take in what was added."""
        self._grades.extend(_GRADES[one.severity] for one in self[len(self._grades) :])

    def next_of(self, severities: Sequence[str], start: int) -> int | None:
        """The place of the first one of these severities from place `start` on."""
        places = (self._grades.find(_GRADES[one], start) for one in severities)
        return min((one for one in places if one >= 0), default=None)

    def last_of(self, severities: Sequence[str], stop: int) -> int | None:
        """The place of the last one of these severities before place `stop`."""
        places = (self._grades.rfind(_GRADES[one], 0, stop) for one in severities)
        return max((one for one in places if one >= 0), default=None)

    def all_of(self, severity: str) -> Iterator[G]:
        """Those of one severity."""
        at = self.next_of((severity,), 0)
        while at is not None:
            yield self[at]
            at = self.next_of((severity,), at + 1)
