"""What a terminal would show: enough of one to read what a program has painted."""

from __future__ import annotations

import codecs
import re
import unicodedata

SEQUENCE = re.compile(
    r"\x1b\[(?P<mark>[?<>=!]?)(?P<numbers>[0-9;:]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\"
    r"|\x1b[ -/]*[0-Z\\^-~]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)"
)


class Screen:
    """Rows of characters. Colours, scrolling regions and modes are ignored."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.height = rows
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._unread = ""
        self._cells = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._last = " "

    @property
    def rows(self) -> list[str]:
        """The rows as text, cells behind a wide character left out."""
        return ["".join(row) for row in self._cells]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.rows)

    def feed(self, data: bytes) -> None:
        """Take in output; a sequence that is cut waits for its rest."""
        text = self._unread + self._decoder.decode(data)
        at = 0
        for found in SEQUENCE.finditer(text):
            if found.start() != at:
                break
            at = found.end()
            if found["text"] is not None:
                self._write(found["text"])
            elif found["control"] is not None:
                self._control(found["control"])
            elif found["final"] is not None and not found["mark"]:
                self._command(found["final"], found["numbers"])
        rest = text[at:]
        # A sequence that never ends is not waited for.
        self._unread = rest if len(rest) < 4096 else ""

    def _write(self, text: str) -> None:
        self._last = text[-1]
        row = self._cells[self._row]
        if text.isascii() and self._column + len(text) <= self.columns:
            row[self._column : self._column + len(text)] = text
            self._column += len(text)
            return
        for character in text:
            if unicodedata.combining(character):
                continue
            width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self._column + width > self.columns:
                self._column = max(0, self.columns - width)
            row[self._column] = character
            if width == 2:
                row[self._column + 1] = ""
            self._column += width

    def _control(self, control: str) -> None:
        if control == "\r":
            self._column = 0
        elif control == "\n":
            self._row = min(self._row + 1, self.height - 1)
        elif control == "\b":
            self._column = max(0, self._column - 1)
        elif control == "\t":
            self._column = min(self.columns - 1, self._column // 8 * 8 + 8)

    def _command(self, final: str, numbers: str) -> None:
        values = [int(one) if one.isdigit() else 0 for one in numbers.split(";")]
        first = values[0]
        count = max(1, first)
        if final in "Hf":
            self._move(first - 1, (values[1] if len(values) > 1 else 1) - 1)
        elif final in "ABCD":
            down = {"A": -count, "B": count}.get(final, 0)
            right = {"C": count, "D": -count}.get(final, 0)
            self._move(self._row + down, self._column + right)
        elif final == "G":
            self._move(self._row, first - 1)
        elif final == "d":
            self._move(first - 1, self._column)
        elif final == "J":
            self._clear_rows(first)
        elif final == "K":
            start, end = {0: (self._column, self.columns), 1: (0, self._column + 1)}.get(
                first, (0, self.columns)
            )
            self._blank(self._row, start, end)
        elif final == "X":
            self._blank(self._row, self._column, self._column + count)
        elif final == "b":
            self._write(self._last * min(count, self.columns))

    def _move(self, row: int, column: int) -> None:
        self._row = max(0, min(row, self.height - 1))
        self._column = max(0, min(column, self.columns - 1))

    def _clear_rows(self, which: int) -> None:
        if which == 0:
            self._blank(self._row, self._column, self.columns)
        first, last = {0: (self._row + 1, self.height), 1: (0, self._row)}.get(which, (0, self.height))
        for row in range(first, last):
            self._blank(row, 0, self.columns)

    def _blank(self, row: int, start: int, end: int) -> None:
        end = min(end, self.columns)
        self._cells[row][start:end] = " " * (end - start)
