"""The other recordings of the folder: a new one is offered, or taken; a key goes to the next that runs."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from rollout_tui.system_errors import reason_of
from rollout_tui.trace.arrivals import Arrivals, running_bundles
from rollout_tui.trace.glance import glance
from rollout_tui.trace.packed import around
from rollout_tui.tui.following.messages import Arrived, RunningFound
from rollout_tui.tui.keys import BY_ID, key_label

if TYPE_CHECKING:
    from rollout_tui.tui.screens.debugger import DebuggerScreen

LOOK_EVERY_S = 1.0


class Neighbours:
    """The recordings beside the one of a screen. Folders are looked at by threads."""

    def __init__(self, screen: DebuggerScreen) -> None:
        self._screen = screen
        self._stopping = threading.Event()
        self._watching = False

    def watch(self) -> None:
        """Look for new recordings from here on, where a folder of them was opened."""
        opening = self._screen.opening
        folder = self._screen.session.trace.bundle.folder
        root = opening.root or (folder.parent if _same(opening.path, folder.parent) else None)
        if root is not None and not self._watching:
            self._watching = True
            threading.Thread(target=self._look, args=(root,), name="neighbours", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    def _look(self, root: Path) -> None:
        arrivals = Arrivals(root)
        while not self._stopping.is_set():
            new: list[Path] = []
            # While the folder is away it is looked for again and again.
            with contextlib.suppress(OSError):
                new = arrivals.look()
            self._stopping.wait(LOOK_EVERY_S)
            # Told a second later: what its agent was started for takes its first events.
            if new and not self._stopping.is_set():
                self._screen.mailbox.put(Arrived(new[0], glance(new[0]).role))

    def arrived(self, folder: Path, role: str) -> None:
        """A recording has begun: take it where that was asked for and this one is over, else offer it."""
        session, opening = self._screen.session, self._screen.opening
        if opening.latest and not role and not session.growing and session.event == session.head:
            self._go(folder, "a new recording has begun")
            return
        what = f"a new recording has begun ({role})" if role else "a new recording has begun"
        keys = BY_ID["recording_next"].keys
        self._screen.say(f"{what}: {folder.name}" + (f"; {key_label(keys[0])} goes there" if keys else ""))

    def find_running(self, by: int) -> None:
        """Look for the next recording of the folder that is being written, `by` 1 down the list or -1 up."""
        folder = self._screen.session.trace.bundle.folder
        threading.Thread(target=self._find, args=(folder, by), name="running", daemon=True).start()

    def _find(self, folder: Path, by: int) -> None:
        root = around(folder)
        try:
            running = running_bundles(root)
        except OSError as error:
            self._screen.mailbox.put(RunningFound(None, f"{root}: {reason_of(error)}"))
            return
        at = running.index(folder) if folder in running else -1 if by > 0 else 0
        found = running[(at + by) % len(running)] if running else None
        self._screen.mailbox.put(RunningFound(None if found == folder else found))

    def found(self, message: RunningFound) -> None:
        """Go to the recording that was found, or say that there is none."""
        if message.folder is not None:
            self._go(message.folder, "")
        else:
            self._screen.say(message.problem or "no other recording runs here; :recordings lists all")

    def _go(self, folder: Path, said: str) -> None:
        screen = self._screen
        screen.program.switch(folder, screen.session.place.lens, screen.pane, said)


def _same(path: Path, folder: Path) -> bool:
    try:
        return path.samefile(folder)
    except OSError:
        return False
