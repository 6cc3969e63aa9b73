"""The picker as lines: a row a bundle, the newest first, in straight columns; header and footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rollout_tui.printable import cells, printable
from rollout_tui.trace.roots import BundleRow
from rollout_tui.tui.drawing.lens import MadeLines
from rollout_tui.tui.drawing.lines import FLEXIBLE, Cell, Line, Piece, clipped, line, row
from rollout_tui.tui.keys import BY_ID, key_label, key_of, with_keys
from rollout_tui.tui.panes.blocked_line import SILENT_MS
from rollout_tui.words import ago, count, short_id, size, whole_seconds

STYLES_OF_BUNDLES = {
    "running": "running",
    "ended": "ok",
    "stopped": "warning",
    "damaged": "error",
    "packed": "dim",
    "gone": "error",
}
LEAST_WORDS = 20
"""Cells that the words are left with before columns are left out."""


class _Column(NamedTuple):
    """Text and style of a bundle; at most `most` cells; the highest `drop` is left out first, 0 never."""

    text: Callable[[BundleRow, int], str]
    style: Callable[[BundleRow], str]
    most: int
    align: str = "left"
    drop: int = 0


_COLUMNS = (
    _Column(lambda one, now: one.status, lambda one: STYLES_OF_BUNDLES.get(one.status, ""), 8),
    _Column(lambda one, now: _began(one, now), lambda one: "dim", 10, "right", 5),
    _Column(lambda one, now: quiet_words(one, now), lambda one: "warning", 14, drop=2),
    _Column(lambda one, now: one.model, lambda one: "inference", 16, drop=1),
    _Column(lambda one, now: _counted(one, one.turns, "turn"), lambda one: "", 10, "right", 3),
    _Column(
        lambda one, now: f"{one.failures}{_more(one)} failed" if one.failures else "",
        lambda one: "error",
        12,
        "right",
    ),
    _Column(lambda one, now: size(one.size_bytes) if one.is_known else "", lambda one: "dim", 8, "right", 4),
)


NONE_YET = "No recording here yet. It appears as soon as an agent writes one; {quit} quits."
NONE_LOOKED_AT = "No recording was looked at yet; {quit} quits."


def bundle_rows(
    rows: Sequence[BundleRow],
    width: int,
    now_ms: int,
    wanted: str = "",
    *,
    looked: bool = True,
    empty: str = NONE_YET,
) -> MadeLines:
    """Lines for a pane `width` cells wide.

    `wanted` is what the rows were narrowed down to, `looked` whether there was time to look for any, `empty`
    what there is to say where there are none.
    """
    running = sum(one.status == "running" for one in rows)
    columns = _fitting(rows, width, now_ms)

    def make(number: int) -> Line:
        return _bundle_line(rows[number], columns, width, now_ms)

    title = f"recordings  {count(len(rows), 'bundle')}" + (f" with {wanted!r}" if wanted else "")
    if not looked:
        title, empty = "recordings", "Looking for recordings ... {quit} quits."
    if looked and wanted:
        empty = f"No recording matches {wanted!r}. {key_of('cancel')} shows all."
    else:
        empty = with_keys(empty)
    return MadeLines(title, len(rows), make, f"{running} running" if running else "", empty)


def _fitting(rows: Sequence[BundleRow], width: int, now_ms: int) -> list[tuple[_Column, int]]:
    """The columns there is room for and how wide they are, the same for every row."""
    columns = [
        (one, min(one.most, max((cells(printable(one.text(row, now_ms))) for row in rows), default=0)))
        for one in _COLUMNS
    ]
    while sum(wide + 1 for _, wide in columns) > width - LEAST_WORDS:
        drop = max(one.drop for one, _ in columns)
        if not drop:
            break
        columns = [(one, wide) for one, wide in columns if one.drop != drop]
    return [(one, wide) for one, wide in columns if wide]


def _bundle_line(bundle: BundleRow, columns: Sequence[tuple[_Column, int]], width: int, now_ms: int) -> Line:
    """The columns, then what the user first asked for, or why it cannot be opened."""
    related = ", ".join(f"{one.words} {short_id(one.folder.name)}" for one in bundle.related)
    words = bundle.unreadable or bundle.task or bundle.name
    return row(
        width,
        *(Cell(one.text(bundle, now_ms), one.style(bundle), wide, one.align) for one, wide in columns),
        Cell(words, "error" if bundle.unreadable else "strong", FLEXIBLE, least=LEAST_WORDS),
        Cell(related, "agent", min(34, max(0, width // 4)) if related else 0, drop=1),
    )


def _began(bundle: BundleRow, now_ms: int) -> str:
    return ago(bundle.started_at_unix_ms, now_ms) if bundle.started_at_unix_ms else ""


def quiet_words(bundle: BundleRow, now_ms: int) -> str:
    """How long one that runs has been silent: `quiet 41 s`; empty for a few seconds."""
    quiet = now_ms - bundle.modified_at_unix_ms
    return f"quiet {whole_seconds(quiet)}" if bundle.status == "running" and quiet >= SILENT_MS else ""


def bundle_detail(bundle: BundleRow, called: str, width: int) -> Line:
    """The selected bundle: what it is `called`, what its agent was started for, how it belongs to others."""
    related = "; ".join(f"{one.words} {one.folder.name}" for one in bundle.related)
    words = [Piece(" "), Piece(called, "strong")]
    words += [Piece(f"  {text}", "agent") for text in (bundle.role, related) if text]
    return clipped(line(*words), width)


def _more(bundle: BundleRow) -> str:
    """Counts are at least that where the recording was not looked through to its end."""
    return "" if bundle.whole else "+"


def _counted(bundle: BundleRow, number: int, what: str) -> str:
    if not bundle.is_known:
        return ""
    return f"{number}{_more(bundle)} {what}s" if number != 1 or _more(bundle) else f"1 {what}"


def matching(rows: Sequence[BundleRow], wanted: str) -> list[BundleRow]:
    """The bundles in which every word of `wanted` occurs: status, folder, model, task, role."""
    words = wanted.lower().split()
    return [one for one in rows if all(word in _searched(one) for word in words)]


def _searched(one: BundleRow) -> str:
    texts = (one.status, one.name, one.model, one.task, one.role, one.unreadable)
    return " ".join(texts).lower()


# -- above and below the rows ----------------------------------------------------------

BUTTONS = {"open": "open", "search": "narrow down", "cancel": "all", "help": "help", "quit": "quit"}
"""What the footer offers: ids of actions, and the word for each."""


def picker_header(where: str, problem: str, *, waiting: bool) -> Line:
    """What is listed, or why that cannot be."""
    told = f"the next recording opens by itself; {where}" if waiting else where
    shown = Piece(problem, "error") if problem else Piece(told, "dim")
    return line(Piece(" rollout-tui  ", "strong"), shown, background="bar")


def picker_footer() -> Line:
    """The keys of what one can do, each with its word; actions without a key are left out."""
    pieces: list[Piece] = []
    for action_id, word in BUTTONS.items():
        for key in BY_ID[action_id].keys[:1]:
            pieces += (Piece(f" {key_label(key)}", "heading"), Piece(f" {word} "))
    return line(*pieces, background="bar")


def clicked_button(footer: Line, piece: int) -> str | None:
    """The id of the action whose key or word is piece number `piece` of the footer."""
    words = {word: action_id for action_id, word in BUTTONS.items()}
    pair = footer.pieces[piece - piece % 2 :][:2]
    return words[pair[1].text.strip()] if len(pair) > 1 else None
