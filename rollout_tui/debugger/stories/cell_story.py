"""What there is to tell of a code cell."""

from __future__ import annotations

from dataclasses import dataclass

from rollout_tui.words import duration, short_call_id


@dataclass(frozen=True, slots=True)
class CellChange:
    """A change of state, `after_ms` from the start: started, yielded, yielded again, completed, ..."""

    event: int
    seq: int
    words: str
    after_ms: int


@dataclass(frozen=True, slots=True)
class NestedCall:
    """A call a cell made. `label` is what it was given, `words` how it stands: `ok`, `exit 3`, `running`."""

    tool_call_id: str
    name: str
    label: str
    event: int
    started_seq: int
    ended_seq: int | None
    duration_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class CellWait:
    """A wait on a cell.

    `outcome` is what came of it (`yielded again`, `completed`, `failed`, ...), empty while it is open. `gave`
    is what it gave the model, whole (None while nothing is there), `output` what of that the cell wrote.
    `carried_seq` is the first request that carried it (None: the model has not seen it yet). `is_late` says
    that the cell was over before the wait began. `cell_id` is the id the call names.
    """

    tool_call_id: str
    cell_id: str
    event: int
    started_seq: int
    ended_seq: int | None
    duration_ms: int
    timeout_ms: int | None
    terminate: bool
    outcome: str
    gave: str | None
    output: str | None
    carried_seq: int | None
    is_late: bool

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.ended_seq is None


@dataclass(frozen=True, slots=True)
class CellAnswer:
    """What a cell's own call came back with: how the cell stood then, and what it had written."""

    seq: int
    status: str
    output: str


@dataclass(frozen=True, slots=True)
class CellStory:
    """A code cell as of an event.

    `status` is its runtime status; `is_alive` that it can still do something. `waited_on_by` is the call that
    the main loop waits in for it (its `exec` call, a `wait`, or its own in schema 1), None when nobody waits.
    `quiet_ms` is how long ago its last nested call ended, while none runs. `unobserved` says that its nested
    work is over and nobody waits for it. `outputs` counts what it has given the model. `left_out` counts the
    nested calls before those of `nested`, `waits_left_out` the waits before those of `waits`.
    """

    code_cell_id: str
    name: str
    call_id: str
    thread_id: str
    status: str
    is_alive: bool
    event: int
    started_seq: int
    changes: list[CellChange]
    answer: CellAnswer | None
    nested: list[NestedCall]
    waits: list[CellWait]
    waited_on_by: str | None
    quiet_ms: int
    unobserved: bool
    outputs: int
    source_js: str
    raw_result_payload_id: str | None
    left_out: int = 0
    waits_left_out: int = 0


def now_words(story: CellStory) -> str:
    """What a cell is about now, e.g. `no nested work since #44 (0.73 s), nobody waits on it`."""
    if not story.is_alive:
        return story.status
    running = [call for call in story.nested if call.ended_seq is None]
    if running:
        more = f" and {len(running) - 1} more" if len(running) > 1 else ""
        work = f"running {running[0].label}{more}"
    elif story.nested:
        last = max(call.ended_seq or 0 for call in story.nested)
        work = f"no nested work since #{last} ({duration(story.quiet_ms)})"
    else:
        work = "no nested work yet"
    by = short_call_id(story.waited_on_by) if story.waited_on_by else "nobody"
    return f"{work}, {by} waits on it"
