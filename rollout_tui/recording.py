"""A recording in hand: its bundle, its history as far as it is reduced, its events on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from rollout_tui.graph.snapshot import Snapshot
from rollout_tui.printable import printable
from rollout_tui.reduced_spine import ReducedSpine
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.packed import Unpacked, as_given
from rollout_tui.trace.payloads import PayloadProblem

TIMER_S = 0.25


class UnknownSeq(LookupError):
    """A seq that no event of the recording carries; the message says which ones there are."""


class Trace(ReducedSpine):
    """One recording: its state at any event, its events and payloads, on demand."""

    def __repr__(self) -> str:
        return (
            f"<Trace {printable(as_given(self.bundle.folder).name)}: schema {self.schema_version}, "
            f"{len(self):,} events, {self.history.rollout.status}, head seq {self.head}>"
        )

    def __len__(self) -> int:
        return self.history.head

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # -- state -----------------------------------------------------------------

    @property
    def schema_version(self) -> int:
        """The schema the recording names."""
        return self.bundle.identity.schema_version

    @property
    def head(self) -> int:
        """The seq of the last event reduced; 0 when there is none."""
        return self.history.events.seqs[self.history.head]

    def at(self, seq: int) -> Snapshot:
        """The state as of the event with that seq (the last one, where it repeats).

        Raises UnknownSeq.
        """
        return self.snapshot(self.ordinal(seq))

    def ordinal(self, seq: int) -> int:
        """The event line (1..n) that carries a seq. Raises UnknownSeq."""
        found = self.history.events.ordinal_of(seq)
        if found is None or found > self.history.head:
            log = self.history.events
            known = f"there are seqs from {log.seqs[1]} to {self.head}" if len(self) else "the trace is empty"
            raise UnknownSeq(f"no event has seq {seq} ({known})")
        return found

    def snapshot(self, event: int) -> Snapshot:
        """The state as of event line `event` (0 is before the first)."""
        return Snapshot(self.history, event)

    def read_payload(self, raw_payload_id: str) -> bytes:
        """The body of a payload named anywhere in the recording so far. Raises PayloadProblem."""
        reference = self.history.payloads.get(raw_payload_id, self.history.head)
        if reference is None:
            raise PayloadProblem("payload_missing", raw_payload_id, "no event names that payload")
        return self.payloads.read(reference.path)

    def follow(self) -> Iterator[int]:
        """Yield the seq of each new head as the file grows; never ends by itself."""
        import threading

        from rollout_tui.trace.doorbell import Doorbell

        rung = threading.Event()
        with Doorbell(self.bundle.folder, rung.set):
            while True:
                rung.clear()
                progress = self.advance()
                if progress.events:
                    yield self.head
                if not progress.more and not rung.wait(TIMER_S):
                    self.resolve()


def open_trace(
    path: str | Path, *, strict: bool = False, head_only: bool = False, memory: int | None = None
) -> Trace:
    """Open a bundle folder, its trace.jsonl or a folder of bundles (the newest), all of it reduced.

    An archive of one of these, or what is in one (`traces.zip/trace-1a2b`), is unpacked into a private
    temporary folder, which is removed when the trace is closed, or nobody has it any more. Raises
    BundleProblem when there is no trace; ReductionRefused when `strict` and the reference reducer would
    refuse the recording. `head_only` keeps no history: faster, and only the state after the last event can
    be asked for. `memory` is what it may take, in bytes (None: 1 GiB).
    """
    with ExitStack() as unpacking:
        unpacked = Unpacked()
        unpacking.callback(unpacked.close)
        bundle = open_bundle(unpacked.find(Path(path)))
        trace = Trace(bundle, strict=strict, head_only=head_only, memory=memory).load()
        trace.with_it = unpacking.pop_all()
    return trace


__all__ = ["Trace", "UnknownSeq", "open_trace"]
