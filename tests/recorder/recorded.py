"""Reading a recorded bundle back, and the reducers to ask about it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
