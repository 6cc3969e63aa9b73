"""A terminal of its own in tmux, to type into and to read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from in_time import PATIENCE_S

PROMPT = "ready$"


class Terminal:
    """A terminal of its own in tmux."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", os.devnull]
        homes = {name: str(folder / name) for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME")}
        terminal = {"TERM": "xterm-256color", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        self._environment = {**os.environ, **homes, **terminal}
        self._environment.pop("TMUX", None)
        self._server = 0

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._tmux, *command], env=self._environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def open(self, width: int = 120, height: int = 40) -> None:
        """A shell to type into."""
        size = ("-x", str(width), "-y", str(height))
        self.run("new-session", "-d", *size, f"env PS1='{PROMPT} ' sh")
        self.run("set-option", "-g", "remain-on-exit", "on")
        self.until_prompt()

    def close(self) -> None:
        if self._server:
            self.read_on()
        subprocess.run([*self._tmux, "kill-server"], env=self._environment, capture_output=True, check=False)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names, text as it is."""
        self.run("send-keys", *keys)

    def type(self, line: str) -> None:
        self.run("send-keys", "-l", line)
        self.run("send-keys", "Enter")

    def paste(self, text: str) -> None:
        """Paste text as a terminal does into a program that asked to be told."""
        self.run("set-buffer", text)
        self.run("paste-buffer", "-p", "-r")

    def resize(self, width: int, height: int) -> None:
        self.run("resize-window", "-x", str(width), "-y", str(height))

    def stop_reading(self) -> None:
        """Take no output any more, as a terminal behind a dead connection: what is written waits."""
        self._server = int(self.run("display-message", "-p", "#{pid}"))
        os.kill(self._server, signal.SIGSTOP)

    def read_on(self) -> None:
        """Take output again."""
        os.kill(self._server, signal.SIGCONT)
        self._server = 0

    def screen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, *words: str, without: str = "") -> str:
        """The screen once all words are on it."""
        stop = time.monotonic() + PATIENCE_S
        while time.monotonic() < stop:
            text = self.screen()
            if all(word in text for word in words) and not (without and without in text):
                return text
            time.sleep(0.05)
        raise AssertionError(f"{words} did not come within {PATIENCE_S} s:\n{self.screen()}")

    def until_prompt(self) -> None:
        """Wait for the shell: what is typed while a program ends can be lost."""
        stop = time.monotonic() + PATIENCE_S
        while not self.screen().rstrip().endswith(PROMPT):
            assert time.monotonic() < stop, f"no prompt came within {PATIENCE_S} s:\n{self.screen()}"
            time.sleep(0.05)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def stays(self, *words: str, seconds: float = 0.8) -> None:
        """Nothing else comes instead of these words for a while."""
        time.sleep(seconds)
        text = self.screen()
        assert all(word in text for word in words), text


def program(trace: Path, *options: str) -> str:
    """The command line of the program over a trace."""
    return " ".join([sys.executable, "-m", "rollout_tui", str(trace), *options])


def processes(trace: Path) -> list[int]:
    """Processes of the program over that trace."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(trace).encode() in words and b"rollout_tui" in words:
                found.append(int(process.name))
    return found
