"""A process that follows a recording and says when it had reduced each new head.

    python -m tests.benchmarks.following BUNDLE

Prints `SEQ NANOSECONDS` for every head, on the clock that all processes of a machine share.
"""

from __future__ import annotations

import sys
import threading
import time

from rollout_tui import open_trace


def follow(path: str) -> None:
    """Follow in a thread, as a program with a screen would."""
    trace = open_trace(path)
    print("following", trace.head, flush=True)
    for head in trace.follow():
        print(head, time.perf_counter_ns(), flush=True)


if __name__ == "__main__":
    thread = threading.Thread(target=follow, args=(sys.argv[1],), daemon=True)
    thread.start()
    thread.join()
