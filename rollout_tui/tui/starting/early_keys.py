"""Keys that come while the program is imported: shown at once, kept for whoever reads the keyboard next."""

from __future__ import annotations

import os
import re
import select
import threading
from collections.abc import Callable

_MOST = 1 << 16
_ARROW = re.compile("\x1b(?:\\[|O)([A-D])")
_OTHER = re.compile("\x1b(?:\\[[0-9;]*[~A-Za-z]|O.|$)")
_ARROWS = {"A": "\u2191", "B": "\u2193", "C": "\u2192", "D": "\u2190"}


class EarlyKeys:
    """Reads the keyboard in a thread from `start` to `stop`; `show` is given all that was typed so far."""

    def __init__(self, keyboard: int, show: Callable[[str], object]) -> None:
        self._keyboard = keyboard
        self._show = show
        self._typed = b""
        self._told, self._tell = os.pipe()
        self._thread = threading.Thread(target=self._read, name="early-keys", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> str:
        """Leave the keyboard to somebody else; returns what was typed and not yet taken."""
        if self._thread.is_alive():
            os.write(self._tell, b".")
            self._thread.join()
            os.close(self._tell)
            os.close(self._told)
        typed, self._typed = self._typed, b""
        return typed.decode(errors="replace")

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._keyboard, self._told], [], [])
            if self._told in ready or len(self._typed) >= _MOST:
                return
            try:
                data = os.read(self._keyboard, 4096)
            except OSError:
                return
            if not data:
                return
            self._typed += data
            self._show(self._typed.decode(errors="replace"))


def as_words(typed: str) -> str:
    """What was typed as one can read it: arrows, a return sign, a dot for other keys without a letter."""
    typed = _ARROW.sub(lambda found: _ARROWS[found[1]], typed)
    typed = _OTHER.sub("\u00b7", typed).replace("\r", "\u23ce")
    while (edited := re.sub("[^\x7f]\x7f|^\x7f", "", typed)) != typed:
        typed = edited
    return typed
