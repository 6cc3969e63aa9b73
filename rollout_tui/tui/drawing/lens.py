"""What a lens is: a function from what is looked at to lines.

A lens knows nothing of widgets or keys. It is called again whenever something in its `View` changes, so
it must be cheap: look up what is visible, never walk over all events or objects of a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from rollout_tui.tui.drawing.lines import Line
from rollout_tui.tui.drawing.targets import ToObject, ToPayload

if TYPE_CHECKING:
    from rollout_tui.debugger.context.item_search import FoundItem
    from rollout_tui.debugger.findings.findings import Findings
    from rollout_tui.debugger.spans.spans import Spans
    from rollout_tui.graph.snapshot import Snapshot
    from rollout_tui.recording import Trace

Maker: TypeAlias = Callable[[], Line]
"""Makes a row when it becomes visible."""
Selection: TypeAlias = ToObject | ToPayload
Way: TypeAlias = Literal["logical", "wire", "new"]
WAYS: tuple[Way, ...] = ("logical", "wire", "new")
"""The context whole, as the latest request sent it, or only what that request did not carry."""


class LensLines(Protocol):
    """The content of a pane: asked for its length and for the visible lines only.

    `title` and `subtitle` stand left and right in the pane's frame. `empty` says in words why there is
    nothing and what to press. `focus` is the row to bring into view when the event changes (None: stay).
    """

    title: str = ""
    """What the pane shows: `context /root  13 items`."""
    subtitle: str = ""
    """What else to know, at the right: `2 alive, 1 waited on`."""
    empty: str = ""
    """Shown instead of lines when there are none."""
    focus: int | None = None
    """Row that matters most at this event."""

    def __len__(self) -> int: ...

    def line(self, number: int) -> Line:
        """Row `number`, from 0."""


@dataclass(frozen=True)
class View:
    """Everything a pane may know.

    `event` is the ordinal of the cursor and `snapshot` the state as of it. `thread_id` is the thread
    shown (None before the first one starts). `selection` is what the user chose, None for what the event
    itself is about; `held` says that it stays while the cursor moves. `mark` is the one of the `marks` that
    differences count from.
    `now_ms` is the time ages are counted to: that of the event, live and at the head the clock's.
    `following` is whether the cursor stays on the last event, `growing` whether more events are expected.
    `folds` holds the keys of `Fold` lines that are not as they are by default. `severity` is the least severe
    finding to list. `hindsight` asks for what is known at the end instead of at the cursor. `search` is the
    text that is searched for. `way` is how the context is looked at, one of `WAYS`. `lost_found` are the
    lost items in which that text was found, None when it is not searched there.
    """

    trace: Trace
    spans: Spans
    findings: Findings
    snapshot: Snapshot
    event: int
    thread_id: str | None
    now_ms: int
    selection: Selection | None = None
    held: bool = False
    hindsight: bool = False
    mark: int | None = None
    marks: tuple[int, ...] = ()
    following: bool = False
    growing: bool = False
    severity: str = "note"
    folds: frozenset[str] = field(default=frozenset())
    search: str = ""
    way: Way = "logical"
    lost_found: tuple[FoundItem, ...] | None = None


LensFunction: TypeAlias = Callable[[View, int], LensLines]
"""`lines(view, width)`: `width` is the room in terminal cells; longer lines can be scrolled sideways."""


class Lens(NamedTuple):
    """A lens: number key, name (`--lens NAME`), one line for the help, and its function."""

    key: str
    name: str
    description: str
    lines: LensFunction


class MadeLines(LensLines):
    """`LensLines` made one by one when they become visible: a million rows cost nothing."""

    def __init__(
        self,
        title: str,
        count: int,
        make: Callable[[int], Line],
        subtitle: str = "",
        empty: str = "",
        focus: int | None = None,
    ) -> None:
        self.title, self.subtitle, self.empty, self.focus = title, subtitle, empty, focus
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    def line(self, number: int) -> Line:
        """Row `number`, from 0."""
        return self._make(number)


class LineList(MadeLines):
    """`LensLines` of lines that are all there."""

    def __init__(
        self, title: str, lines: Iterable[Line], subtitle: str = "", empty: str = "", focus: int | None = None
    ) -> None:
        self.lines = list(lines)
        super().__init__(title, len(self.lines), self.lines.__getitem__, subtitle, empty, focus)


class MakerLines(MadeLines):
    """`LensLines` of rows that have a maker each."""

    def __init__(
        self, title: str, rows: Sequence[Maker], subtitle: str = "", empty: str = "", focus: int | None = None
    ) -> None:
        super().__init__(title, len(rows), lambda number: rows[number](), subtitle, empty, focus)


class JoinedLines(LensLines):
    """`LensLines` one under the other, e.g. a heading over a long list."""

    def __init__(self, first: LensLines, *others: LensLines) -> None:
        self._parts = (first, *others)
        self._starts: list[int] = []
        count = 0
        for part in self._parts:
            self._starts.append(count)
            count += len(part)
        self._count = count
        self.title = first.title
        self.subtitle = first.subtitle
        self.empty = first.empty
        self.focus = next(
            (start + part.focus for start, part in zip(self._starts, self._parts, strict=True)
             if part.focus is not None),
            None,
        )  # fmt: skip

    def __len__(self) -> int:
        return self._count

    def line(self, number: int) -> Line:
        """Row `number`, from 0."""
        for start, part in zip(reversed(self._starts), reversed(self._parts), strict=True):
            if number >= start:
                return part.line(number - start)
        raise IndexError(number)
