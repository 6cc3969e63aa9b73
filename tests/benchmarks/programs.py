"""The programs that are measured: ours, and those to compare it with where they are installed."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ORACLE_VERSION = "0.169.0"
RELEASE_BYTES = 10_000_000
"""The program of a release is bigger than this; a launcher of the same name is not."""


def keep_bytecode(folder: Path) -> None:
    """Let the Python programs that are started keep their bytecode in `folder`, as installed ones do.

    Where the environment forbids it, a start would compile every module again.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)


@dataclass(frozen=True)
class Program:
    """How to start a program. `environment` is added to ours."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Programs:
    """`ours` starts rollout-tui; the others are None where they are not installed."""

    ours: tuple[str, ...]
    python: str
    official: Program | None
    lnav: Program | None
    toolong: Program | None
    jq: Program | None

    def missing(self) -> list[str]:
        """What is not installed, in words."""
        known = {
            f"official reducer {ORACLE_VERSION} (tools/codex-oracle installs it)": self.official,
            "lnav": self.lnav,
            "toolong (pip install toolong in an environment of its own, --toolong PATH)": self.toolong,
            "jq": self.jq,
        }
        return [name for name, program in known.items() if program is None]


def find_programs(home: Path, *, toolong: str | None = None) -> Programs:
    """Look for everything; `home` is a folder in which other programs may leave their settings."""
    script = Path(sys.executable).with_name("rollout-tui")
    ours = (str(script),) if script.exists() else (sys.executable, "-m", "rollout_tui")
    return Programs(
        ours=ours,
        python=sys.executable,
        official=_official(),
        lnav=_on_path("lnav", "lnav", home),
        toolong=_on_path("toolong", toolong or "tl", home),
        jq=_on_path("jq", "jq", home),
    )


def _on_path(name: str, command: str, home: Path) -> Program | None:
    found = shutil.which(command)
    return None if found is None else Program(name, (found,), {"HOME": str(home)})


def _official() -> Program | None:
    """The reducer of a Codex release, in a network namespace of its own as tools/codex-oracle starts it."""
    oracle = Path(os.environ.get("CODEX_ORACLE_HOME", Path.home() / ".cache" / "codex-oracle"))
    release = oracle / ORACLE_VERSION
    found = [
        path for path in release.rglob("codex") if path.is_file() and path.stat().st_size > RELEASE_BYTES
    ]
    apart = shutil.which("unshare")
    if not found or apart is None:
        return None
    command = (apart, "-rn", str(found[0]), "debug", "trace-reduce")
    return Program("official", command, {"CODEX_HOME": str(release / "home")})
