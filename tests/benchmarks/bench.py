"""What every benchmark is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.bundles import Bundles
from tests.benchmarks.programs import Programs
from tests.benchmarks.terminal import Terminal


@dataclass(frozen=True)
class Bench:
    """`full`: also what takes a quarter of an hour. `scratch` is a folder that is thrown away at the end.

    `quick` measures on S what otherwise is measured on the large bundles: to try the benchmarks themselves.
    """

    bundles: Bundles
    programs: Programs
    scratch: Path
    full: bool = False
    quick: bool = False
    sustained_s: float = 20.0
    large: tuple[str, ...] = field(default=("L", "1M"))

    def warmed(self, name: str) -> Path:
        """A bundle by name; all of it is read once, so that no program is measured against the disk."""
        bundle = self.bundles.get(name)
        for path in (bundle / "trace.jsonl", *(bundle / "payloads").iterdir()):
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass
        return bundle

    def open(self, bundle: Path, *arguments: str) -> Terminal:
        """Our program over a bundle, in a terminal of 120x40."""
        return Terminal([*self.programs.ours, str(bundle), *arguments])
