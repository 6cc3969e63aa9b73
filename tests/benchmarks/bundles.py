"""The bundles that are measured on: made once, kept, and found again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHAPES: dict[str, tuple[str, ...]] = {
    "S": ("--inferences", "50"),
    "M": ("--inferences", "400"),
    "L": ("--inferences", "2000", "--tools-per-inference", "1", "--avg-output", "300", "--reasoning", "200"),
    "Lc": ("--inferences", "2000", "--compact-every", "210"),
    "1M": ("--events", "1000000"),
}
"""What the generator of the shared corpus is asked for. `L/500` is the shape of L with 500 model calls."""


class Bundles:
    """Bundles by name (`S`, `L/500`, `Lc/1000`), under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shared = Path(os.environ.get("ROLLOUT_TUI_SHARED", Path(__file__).parents[3] / "shared"))
        generator = shared / "tools" / "gen-bundle"
        self.generator = generator if generator.is_file() else None

    @property
    def made_by(self) -> str:
        """Which generator makes what is missing."""
        return "gen-bundle" if self.generator else "tests.benchmarks.generating (smaller payloads)"

    def get(self, name: str) -> Path:
        """The folder of a bundle, made if it is not there. Raises CalledProcessError."""
        folder = self.folder / name.replace("/", "-")
        if (folder / "trace.jsonl").is_file():
            return folder
        shape, _, calls = name.partition("/")
        arguments = list(SHAPES[shape])
        if calls:
            arguments[arguments.index("--inferences") + 1] = calls
        begun = folder.with_name(f"{folder.name}.partial")
        shutil.rmtree(begun, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.generator is not None:
            command = [sys.executable, str(self.generator)]
        else:
            command = [sys.executable, "-m", "tests.benchmarks.generating"]
        subprocess.run([*command, str(begun), *arguments], check=True, stdout=subprocess.DEVNULL)
        begun.rename(folder)
        return folder


def last_seq(bundle: Path) -> int:
    """The seq of the last event line."""
    with (bundle / "trace.jsonl").open("rb") as spine:
        size = spine.seek(0, os.SEEK_END)
        spine.seek(max(0, size - (1 << 16)))
        line = spine.read().rstrip(b"\n").rpartition(b"\n")[2]
    return int(line.partition(b'"seq":')[2].partition(b",")[0])


def total_bytes(bundle: Path) -> int:
    """Bytes of the spine and of all payload files."""
    payloads = sum(entry.stat().st_size for entry in os.scandir(bundle / "payloads"))
    return payloads + (bundle / "trace.jsonl").stat().st_size
