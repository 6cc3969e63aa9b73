"""Text in aligned columns, no wider than the room there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rollout_tui.printable import cells, clip, fit, line_end, one_line

GAP = "  "
NARROWEST = 20
_LONGEST_CELL = 400
_CUT = "\u2026"


def room() -> int:
    """How many terminal cells a line may take: the terminal's (or $COLUMNS), 80 for a pipe."""
    import shutil

    return max(NARROWEST, shutil.get_terminal_size((80, 24)).columns)


def table(
    rows: Sequence[Sequence[str]],
    width: int,
    *,
    flexible: int | None = None,
    right: Collection[int] = (),
    keep_end: bool = False,
) -> Iterator[str]:
    """Rows as lines of at most `width` cells, columns aligned.

    Cells are texts of a trace and are made printable here. Column `flexible` (default: the last) gets the
    room that the others leave and is cut there, with `keep_end` at its beginning: paths differ at their end.
    Columns in `right` are set to the right.
    """
    shown = [[one_line(cell, _LONGEST_CELL) for cell in row] for row in rows]
    if not shown:
        return
    count = max(map(len, shown))
    widths = [max((cells(row[at]) for row in shown if at < len(row)), default=0) for at in range(count)]
    at = count - 1 if flexible is None else flexible
    others = sum(widths) - widths[at] + len(GAP) * (count - 1)
    widths[at] = max(NARROWEST, min(widths[at], width - others))
    for row in shown:
        padded = [
            _set(cell, widths[place], place in right, keep_end and place == at)
            for place, cell in enumerate(row)
        ]
        yield clip(GAP.join(padded).rstrip(), width, mark=_CUT)


def _set(cell: str, width: int, right: bool, keep_end: bool) -> str:
    cut = (line_end if keep_end else clip)(cell, width, mark=_CUT)
    return " " * (width - cells(cut)) + cut if right else fit(cut, width)


def wrapped(text: str, width: int, indent: str = "") -> Iterator[str]:
    """One line of text over as many lines as it takes, broken at spaces where there are any."""
    for line in broken(one_line(text, _LONGEST_CELL * 10), width - cells(indent)):
        yield indent + line


def broken(text: str, width: int) -> Iterator[str]:
    """Printable text as lines of at most `width` cells, broken at spaces, or within a longer word."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line and cells(longer) > width:
            yield line
            longer = word
        while cells(longer) > width:
            # Where not even one character fits.
            head = clip(longer, width) or longer[0]
            yield head
            longer = longer[len(head) :]
        line = longer
    yield line
