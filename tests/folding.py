"""The reducer without the trace around it: lines given to it as they are, and what it has counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rollout_tui.graph.objects import Rollout
from rollout_tui.reducer.fold import Reducer
from rollout_tui.trace.bundle import open_bundle
from rollout_tui.trace.payloads import PayloadStore
from rollout_tui.trace.spine import decode_block


def reduced(
    folder: Path, blocks: Iterable[bytes], between: Callable[[Reducer], object] = lambda reducer: None
) -> Reducer:
    """Lines given to a fresh reducer for the bundle in `folder`, a block at a time."""
    identity = open_bundle(folder).identity
    rollout = Rollout(
        identity.trace_id, identity.rollout_id, identity.started_at_unix_ms, identity.root_thread_id
    )
    reducer = Reducer(identity.schema_version, rollout, PayloadStore(folder))
    offset = 0
    for block in blocks:
        decoded = decode_block(block)
        reducer.apply(decoded.lines, [offset + at for at in decoded.offsets])
        offset += len(block)
        between(reducer)
    return reducer
