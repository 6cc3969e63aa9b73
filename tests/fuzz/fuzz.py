"""Coverage-guided fuzzing with atheris, which is no dependency of the project.

    python tests/fuzz/fuzz.py TARGET [SECONDS] [libFuzzer options]

TARGET is one of those in targets.py. The corpus is kept in the folder named by $FUZZ_CORPUS, else in a
temporary one; it starts with pieces of the fixtures. Prints libFuzzer's figures; the input of a crash is kept
as a file beside the corpus.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["rollout_tui"]):
    import targets


def main() -> None:
    """Set the fuzzer up and let it run."""
    name = sys.argv[1]
    seconds = sys.argv[2] if len(sys.argv) > 2 else "600"
    corpus = Path(os.environ.get("FUZZ_CORPUS") or tempfile.mkdtemp(prefix="fuzz-")) / name
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in targets.seeds(name):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    options = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={seconds}",
        "-max_len=65536",
        "-timeout=10",
        "-rss_limit_mb=1500",
        "-print_final_stats=1",
        f"-artifact_prefix={corpus.parent}/{name}-",
        *sys.argv[3:],
    ]
    target = targets.TARGETS[name]

    def run(data: bytes) -> None:
        target(data)

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        if seed % 2:
            return atheris.Mutate(data, most)  # type: ignore[no-any-return]
        return targets.mutated(data, most, seed)

    more = {"custom_mutator": mutate} if name in (*targets.RECORDINGS, "lines") else {}
    atheris.Setup(options, run, **more)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
