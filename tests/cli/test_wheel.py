"""The wheel alone is the program: built here, installed where nothing of this checkout is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from recordings_at_hand import ROOT

# What the terminal interface needs beside modules: its style sheet, the help's pages, the tour's recording.
USE = """\
import asyncio, sys
from pathlib import Path
import rollout_tui
from rollout_tui.tui.app import RolloutApp
from rollout_tui.tui.widgets.bar import Bar
from rollout_tui.tui.starting.opening import Opening

async def use():
    app = RolloutApp(Opening(Path(sys.argv[1])))
    async with app.run_test(size=(120, 40)) as pilot:
        header = app.screen.query_one("#header", Bar)
        for _ in range(500):
            await pilot.pause(0.02)
            if "#141/141" in header.line.text:
                break
        await pilot.press("W")
        await pilot.pause(0.1)
        print(header.line.text.split())

print(rollout_tui.__file__)
asyncio.run(use())
"""


MISSING = "the extra `test` is not installed whole: pip install -e '.[test]'"

# Where each tool puts what it installs, and the command line that a wheel is added to.
TOOLS = {
    "uv": (
        {"UV_TOOL_DIR": "tools", "UV_TOOL_BIN_DIR": "bin", "UV_CACHE_DIR": "cache"},
        ["uv", "tool", "install", "--no-config"],
    ),
    "pipx": ({"PIPX_HOME": "tools", "PIPX_BIN_DIR": "bin"}, ["pipx", "install", "--skip-maintenance"]),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    pytest.importorskip("hatchling", reason=MISSING)
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Path:
    """A virtual environment with the wheel and, from where this test runs, what the wheel depends on."""
    empty = wheel.parent / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(empty)], check=True)
    python = empty / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    (site,) = empty.glob("lib/python*/site-packages")
    paths = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in paths))
    return empty


def test_it_writes_and_shows_the_demo(environment: Path, tmp_path: Path) -> None:
    without = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def told(program: str, *arguments: str) -> list[str]:
        command = [str(environment / "bin" / program), *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=without, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.splitlines()

    (bundle,) = told("rollout-tui", "demo", "--headless", str(tmp_path))
    assert told("rollout-tui", "check", bundle) == ["sound"]
    assert "model-visible state" in "\n".join(told("rollout-tui", "help", "state"))
    (fonts,) = environment.glob("lib/python*/site-packages/rollout_tui/browser/page/fonts")
    assert len(list(fonts.glob("*.woff2"))) == len(list(fonts.glob("LICENSE-*"))) + 1 == 3
    where, header = told("python", "-c", USE, bundle)
    assert Path(where).is_relative_to(environment)
    assert "'ENDED'" in header and "'#141/141'" not in header


@pytest.fixture(scope="module")
def package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Skips where what the wheel depends on cannot be had."""
    folder = tmp_path_factory.mktemp("index")
    get = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "-d", str(folder)]
    if subprocess.run([*get, "msgspec"], capture_output=True).returncode:
        pytest.skip("no package index here")


@pytest.mark.usefixtures("package_index")
@pytest.mark.parametrize("tool", TOOLS)
def test_it_is_installed_as_a_tool(tool: str, wheel: Path, tmp_path: Path) -> None:
    pytest.importorskip(tool, reason=MISSING)
    folders, (program, *words) = TOOLS[tool]
    own = {name: str(tmp_path / folder) for name, folder in folders.items()}
    install = [str(Path(sys.executable).parent / program), *words, "--python", sys.executable, str(wheel)]
    subprocess.run(install, env={**os.environ, **own}, check=True, capture_output=True)
    command = [str(tmp_path / "bin" / "rollout-tui"), "demo", "--headless", str(tmp_path / "traces")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert (Path(done.stdout.strip()) / "trace.jsonl").exists()
