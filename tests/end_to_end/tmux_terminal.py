"""A terminal of its own in tmux, to type into and to read."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

PATIENCE_S = 20.0


class Terminal:
    """A terminal of its own in tmux."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", os.devnull]
        homes = {name: str(folder / name) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME")}
        terminal = {"TERM": "xterm-256color", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        self._environment = {**os.environ, **homes, **terminal}
        self._environment.pop("TMUX", None)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._tmux, *command], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def open(self, width: int = 120, height: int = 40) -> None:
        """A shell to type into."""
        size = ("-x", str(width), "-y", str(height))
        self._run("new-session", "-d", *size, "env PS1='ready$ ' sh")
        self._run("set-option", "-g", "remain-on-exit", "on")
        self.until("ready$")

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True, check=False)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names, text as it is."""
        self._run("send-keys", *keys)

    def type(self, line: str) -> None:
        self._run("send-keys", "-l", line)
        self._run("send-keys", "Enter")

    def resize(self, width: int, height: int) -> None:
        self._run("resize-window", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    def until(self, *words: str, without: str = "") -> str:
        """The screen once all words are on it."""
        stop = time.monotonic() + PATIENCE_S
        while time.monotonic() < stop:
            text = self.screen()
            if all(word in text for word in words) and not (without and without in text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"{words} did not come within {PATIENCE_S} s:\n{self.screen()}")
