"""Writes a recording line by line into a bundle, as an agent does: `appender.py SOURCE FOLDER`.

Every line of standard input is a number: so many more event lines are appended and flushed.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("trace.jsonl"))
    lines = iter((source / "trace.jsonl").read_bytes().splitlines(keepends=True))
    with (folder / "trace.jsonl").open("ab") as spine:
        print("ready", flush=True)
        for wanted in sys.stdin:
            for _ in range(int(wanted)):
                spine.write(next(lines))
                spine.flush()


if __name__ == "__main__":
    main()
