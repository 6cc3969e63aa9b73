"""An agent that works through the recorder: `busy_agent.py ROOT`.

Prints the bundle's folder. Every line of standard input is a number: so many tool calls are made and
recorded, with their payloads; then a line is printed: how many events could not be written so far.
"""

from __future__ import annotations

import sys

from rollout_tui.recorder import record


def main() -> None:
    with record(sys.argv[1], model="toy") as recording, recording.root.turn() as turn:
        print(recording.bundle, flush=True)
        calls = 0
        for wanted in sys.stdin:
            for _ in range(int(wanted)):
                calls += 1
                with turn.tool_call("exec_command", {"cmd": f"step {calls}"}) as tool:
                    tool.completed(f"step {calls} done " + "x" * (calls % 200))
            print(recording.counters.events_lost + recording.counters.payloads_lost, flush=True)


if __name__ == "__main__":
    main()
