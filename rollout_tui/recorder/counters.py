"""What a recording did and what it had to give up. A recorder counts; it does not raise."""

from __future__ import annotations

import logging
import threading

from rollout_tui.recorder.values import described

logger = logging.getLogger("rollout_tui.recorder")


class RecorderCounters:
    """Counts of one recording, all starting at 0.

    `events`, `payloads` and `payload_bytes` were written; `events_lost` and `payloads_lost` were not.
    `payloads_substituted` had a value that JSON cannot hold, replaced by a description of it;
    `payloads_cut` had text over the size limit; `payloads_omitted` were over it as a whole or their
    redaction failed, and were written as a marker. `calls_ignored` are calls that make no sense in the
    format (an end without a start, a repeated id). `errors` are failures inside the recorder;
    `last_error` describes the latest of them or of the losses.
    """

    __slots__ = (
        "_lock",
        "_warned",
        "calls_ignored",
        "errors",
        "events",
        "events_lost",
        "last_error",
        "payload_bytes",
        "payloads",
        "payloads_cut",
        "payloads_lost",
        "payloads_omitted",
        "payloads_substituted",
    )

    def __init__(self) -> None:
        self.events = 0
        self.events_lost = 0
        self.payloads = 0
        self.payload_bytes = 0
        self.payloads_lost = 0
        self.payloads_substituted = 0
        self.payloads_cut = 0
        self.payloads_omitted = 0
        self.calls_ignored = 0
        self.errors = 0
        self.last_error: str | None = None
        self._warned = False
        self._lock = threading.RLock()

    def count(self, name: str, amount: int = 1, error: BaseException | str | None = None) -> None:
        """Add to one counter; with an `error`, keep its description and warn if it is the first one."""
        try:
            with self._lock:
                setattr(self, name, getattr(self, name) + amount)
                if error is None:
                    return
                self.last_error = described(error)
                first, self._warned = not self._warned, True
            if first:
                logger.warning(
                    "the rollout trace is incomplete: %s (counted, not raised; further losses are silent)",
                    self.last_error,
                )
        except Exception:
            return

    def after_fork(self) -> None:
        """Replace the lock, which another thread of the parent may have held, and keep quiet."""
        self._lock = threading.RLock()
        self._warned = True

    def as_dict(self) -> dict[str, int | str | None]:
        """Return every counter by name."""
        return {name: getattr(self, name) for name in self.__slots__ if not name.startswith("_")}
