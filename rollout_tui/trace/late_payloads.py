"""Payload files that were of no use when they were named, looked at again until they are."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from itertools import islice

from rollout_tui.trace.json_text import check_json
from rollout_tui.trace.payloads import PayloadProblem, PayloadStore

MOST_LOOKED_AT = 16
"""So many files are looked at in one go: half of them those named last, the others each in its turn."""
_RECENT_NS = 5 * 10**9

_State = tuple[int, int]


class LatePayloads:
    """Files that are awaited: they were not there, could not be read or were not all written yet."""

    def __init__(self, store: PayloadStore) -> None:
        self._store = store
        # By path whether the file is known to be of no use, and how it was when that was found out.
        self._awaited: dict[str, tuple[bool, _State | None]] = {}
        self._taken: dict[str, _State] = {}
        self._turns: Iterator[str] = iter(())

    def __len__(self) -> int:
        return len(self._awaited)

    def expect(self, path: str, *, absent: bool) -> None:
        """Wait for a file. It may be there all the time and have the wrong content, unless it is `absent`."""
        self._awaited[path] = (absent, None)

    def came(self) -> list[str]:
        """Paths of the files that hold whole JSON by now; they are no longer awaited."""
        latest = list(islice(reversed(self._awaited), MOST_LOOKED_AT // 2))
        turns = list(islice(self._turns, MOST_LOOKED_AT // 2))
        if not turns:
            self._turns = iter(tuple(self._awaited))
            turns = list(islice(self._turns, MOST_LOOKED_AT // 2))
        looked_at = dict.fromkeys((*latest, *turns))
        return [path for path in looked_at if path in self._awaited and self._is_there(path)]

    def not_taken(self, paths: list[str]) -> None:
        """Nothing could be made of files that came: wait for another opportunity."""
        for path in paths:
            self._awaited[path] = (True, None)
            self._taken.pop(path, None)

    def _is_there(self, path: str) -> bool:
        useless, seen = self._awaited[path]
        state = self._state(path)
        if state is None or state == seen:
            return False
        try:
            check_json(self._store.read(path))
        except (PayloadProblem, ValueError, RecursionError):
            self._awaited[path] = (True, state)
            return False
        # What was whole all the time is of the wrong kind, and reading it again changes nothing.
        del self._awaited[path]
        late = useless or time.time_ns() - state[1] < _RECENT_NS
        known = self._taken.get(path) == state
        self._taken[path] = state
        return late and not known

    def _state(self, path: str) -> _State | None:
        """Size and time of the last change; None where the file cannot be opened."""
        try:
            descriptor = self._store.open(path)
        except PayloadProblem:
            self._awaited[path] = (True, None)
            return None
        try:
            status = os.fstat(descriptor)
            return status.st_size, status.st_ctime_ns
        finally:
            os.close(descriptor)
