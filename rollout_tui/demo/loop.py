"""A home-made agent loop, recorded: `python -m rollout_tui.demo.loop traces`."""

import subprocess
import sys
from typing import Any

from rollout_tui.recorder import record, tool_output


def model(items: list[Any]) -> list[Any]:
    """Stand for `client.responses.create(model=..., input=items).output`."""
    if items[-1]["type"] == "message":
        return [{"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "ls", "arguments": "{}"}]
    answer = f"{len(items[-1]['output'].split())} of them."
    return [{"type": "message", "id": "msg_2", "role": "assistant", "content": answer}]


items: list[Any] = [{"type": "message", "id": "msg_1", "role": "user", "content": "How many files are here?"}]
with record(sys.argv[1], model="toy") as recording, recording.root.turn() as turn:
    while items[-1].get("role") != "assistant":
        with turn.inference({"model": "toy", "input": items}) as attempt:
            output = model(items)
            attempt.completed(output)
        items += output
        for call in (item for item in output if item["type"] == "function_call"):
            with turn.tool_call_for(call) as tool:
                with tool.command(["ls"], cwd=".") as process:
                    done = subprocess.run(["ls"], capture_output=True, text=True)
                    process.exited(done.returncode, done.stdout)
                tool.completed(done.stdout)
            items.append(tool_output(call["call_id"], done.stdout))
print(recording.bundle)
