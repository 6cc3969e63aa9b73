"""Bundles made through the recorder: stand-ins where the generator of the shared corpus is not there, and one
with values that are hard to show.

    python -m tests.benchmarks.generating DIR --inferences 50 [--tools-per-inference 2] [--compact-every 0]
    python -m tests.benchmarks.generating DIR --events 1000000
    python -m tests.benchmarks.generating DIR --values
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import Any

from rollout_tui.recorder import Recording, record, text_message, tool_output
from rollout_tui.recorder.encoding import Limits

MIB = 1 << 20
WORDS = (
    "build",
    "test",
    "main",
    "error",
    "warning",
    "thread",
    "payload",
    "module",
    "file",
    "line",
    "value",
    "trace",
)
HUGE = Limits(text_bytes=1 << 30, payload_bytes=1 << 30)
PAYLOAD_BYTES = 20 * MIB
LINE_BYTES = 10 * MIB
OUTPUT_LINES = 1_000_000


def conversation(recording: Recording, options: argparse.Namespace) -> None:
    """Model calls that each repeat the whole history, with small commands between them."""
    chance = random.Random(options.seed)

    def text(size: int) -> str:
        return " ".join(chance.choices(WORDS, k=max(1, size // 6)))

    instructions = text(options.instructions)
    items: list[dict[str, Any]] = [text_message("user", "Please do the task.")]
    with recording.root.turn() as turn:
        for number in range(options.inferences):
            if options.compact_every and number and number % options.compact_every == 0:
                items = items[:1]
                turn.compaction().install(items, items)
            call = turn.inference({"model": "m", "instructions": instructions, "input": items})
            calls = [
                {
                    "type": "function_call",
                    "name": "exec_command",
                    "arguments": "{}",
                    "call_id": f"c{number}_{one}",
                }
                for one in range(options.tools_per_inference)
            ]
            call.completed(calls, usage={"input_tokens": 1, "output_tokens": 1})
            items += calls
            for item in calls:
                output = text(chance.randrange(options.avg_output * 2))
                with turn.tool_call_for(item) as tool:
                    tool.command(["true"], cwd="/w").exited(0, output)
                    tool.completed(output)
                items.append(tool_output(item["call_id"], output))


def events(recording: Recording, wanted: int) -> None:
    """Turns in which nothing happens: any other event would bring a payload file of its own."""
    while recording.counters.events < wanted - 4:
        recording.root.turn().end()


def values(recording: Recording) -> None:
    """A payload of 20 MB, a text of one line of 10 MB, and a command that printed a million lines."""
    with recording.root.turn() as turn:
        turn.inference({"model": "m", "input": [text_message("user", "Show me something big.")]}).completed(
            []
        )
        entry = {"name": "entry", "text": " ".join(WORDS), "numbers": list(range(20)), "flag": True}
        count = PAYLOAD_BYTES // 442
        recording.protocol_event("big_payload", {"entries": [{**entry, "id": one} for one in range(count)]})
        turn.tool_call("before").completed("small")
        with turn.tool_call("one_line") as tool:
            tool.completed("long line " * (LINE_BYTES // 10))
        turn.tool_call("between").completed("small")
        with turn.tool_call("exec_command") as tool:
            lines = "".join(f"line {one:,} of the output\n" for one in range(OUTPUT_LINES))
            tool.command(["seq"], cwd="/w").exited(0, lines)
        turn.tool_call("after").completed("small")


def main() -> None:
    """Write one bundle into a folder of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--inferences", type=int, default=50)
    parser.add_argument("--tools-per-inference", type=int, default=2)
    parser.add_argument("--avg-output", type=int, default=1500)
    parser.add_argument("--instructions", type=int, default=17_000)
    parser.add_argument("--reasoning", type=int, default=0, help="taken and not used")
    parser.add_argument("--compact-every", type=int, default=0)
    parser.add_argument("--events", type=int, default=0)
    parser.add_argument("--values", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.out.parent) as root:
        with record(root, limits=HUGE) as recording:
            if options.values:
                values(recording)
            elif options.events:
                events(recording, options.events)
            else:
                conversation(recording, options)
        if recording.bundle is None:
            raise SystemExit(f"nothing was recorded: {recording.counters}")
        recording.bundle.rename(options.out)


if __name__ == "__main__":
    main()
