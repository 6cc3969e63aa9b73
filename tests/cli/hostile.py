"""A recording whose every text would control a terminal, hide, or reorder what is shown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from recordings_at_hand import recording

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x1b]52;c;aGk=\x07\x9b31m\x90\x1bP+q\x1b\\\r\b\x7f\x00"
    "\u202e\u2066\u200b\u200d\ufeff\u00ad\u2028\ufe0f\U000e0041\x85[/red]"
)
_KEPT = {
    "type", "raw_payload_id", "path", "rollout_id", "thread_id", "codex_turn_id", "root_thread_id",
    "inference_call_id", "status", "role",
}  # fmt: skip


def hostile_bundle(folder: Path) -> Path:
    """The smallest recording with hostile text wherever text can stand."""
    bundle = folder / f"bundle\u202e{chr(27)}[31m"
    shutil.copytree(recording("one-message"), bundle)
    for payload in (bundle / "payloads").iterdir():
        payload.write_text(json.dumps(_hostile(json.loads(payload.read_bytes()), ""), ensure_ascii=False))
    lines = (bundle / "trace.jsonl").read_text().splitlines()
    events = [_hostile(json.loads(line), "") for line in lines]
    broken = f'{{"seq": 17, "payload": {{"type": "{HOSTILE[-30:]}"}}}}'
    text = "\n".join([*(json.dumps(event, ensure_ascii=False) for event in events), broken, HOSTILE, ""])
    (bundle / "trace.jsonl").write_text(text.replace("\n\n", "\n"), newline="\n")
    return bundle


def _hostile(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {name: _hostile(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_hostile(inner, field) for inner in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) and field not in _KEPT else value
