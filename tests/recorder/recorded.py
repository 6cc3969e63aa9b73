"""Reading a recorded bundle back, and the reducers to ask about it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollout_tui.recorder import Recording

ORACLE_RELEASE = "0.169.0"
REPOSITORY = Path(__file__).parents[2]

Json = dict[str, Any]
Reduce = Callable[[Path], Json]


def oracle() -> list[str] | None:
    """The command of the official reducer, if the shared tools are there and it is installed already."""
    tools = Path(os.environ.get("ROLLOUT_TUI_SHARED", REPOSITORY.parent / "shared")) / "tools"
    home = Path(os.environ.get("CODEX_ORACLE_HOME", Path.home() / ".cache" / "codex-oracle"))
    installed = home / ORACLE_RELEASE / "node_modules" / "codex-bin"
    command = tools / "codex-oracle"
    return [str(command), ORACLE_RELEASE] if command.exists() and installed.exists() else None


def events_of(bundle: Path) -> list[Json]:
    """Every line of a bundle's spine."""
    return [json.loads(line) for line in (bundle / "trace.jsonl").read_bytes().splitlines()]


def payload_of(bundle: Path, reference: Json) -> Any:
    """The body of a payload."""
    return json.loads((bundle / reference["path"]).read_bytes())


def kinds_of(bundle: Path) -> list[str]:
    """The types of a bundle's events, in order."""
    return [event["payload"]["type"] for event in events_of(bundle)]


def work(recording: Recording, times: int = 1, text: str = "x") -> None:
    """A little of everything."""
    for _ in range(times):
        with recording.root.turn() as turn:
            with turn.inference({"model": "m", "input": text}) as call:
                call.completed([], response_id=None)
            with turn.tool_call("exec_command", {"cmd": text}) as tool:
                with tool.command(["sh", "-c", text], cwd="/w") as process:
                    process.exited(0, text)
                tool.completed(text)


def numbered(bundle: Path) -> None:
    """Every line of the bundle is whole and numbered from 1; every payload named is there."""
    events = events_of(bundle)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    times = [event["wall_time_unix_ms"] for event in events]
    assert times == sorted(times)
    for event in events:
        for value in event["payload"].values():
            if isinstance(value, dict) and "raw_payload_id" in value:
                payload_of(bundle, value)
