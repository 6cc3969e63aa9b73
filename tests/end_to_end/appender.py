"""Writes a recording piece by piece into a bundle, as an agent does: `appender.py SOURCE FOLDER`.

Every line of standard input is a number: so many more event lines are appended and flushed, each by itself.
`bytes N` appends so many bytes, wherever that ends.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("trace.jsonl"))
    content, at = (source / "trace.jsonl").read_bytes(), 0
    with (folder / "trace.jsonl").open("ab", buffering=0) as spine:
        print("ready", flush=True)
        for wanted in sys.stdin:
            word, _, number = wanted.rpartition(" ")
            for _ in range(1 if word else int(number)):
                stop = at + int(number) if word else content.index(b"\n", at) + 1
                spine.write(content[at:stop])
                at = stop


if __name__ == "__main__":
    main()
