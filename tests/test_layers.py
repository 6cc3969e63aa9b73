"""Arrows between packages point down only, and what works without a terminal never loads Textual.

The order is that of the design: bytes, graph, reducer, a recording in hand, questions about it, its text
faces, and on top what draws and what reads the command line.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "rollout_tui"

# From the bottom up. What is not listed is on top.
ORDER = (
    ("immutable", "on_demand", "printable", "system_errors", "words"),
    ("trace",),
    ("graph",),
    ("reducer",),
    ("event_lines", "reduced_spine", "recording"),
    ("debugger",),
    ("export",),
)
RANK = {name: rank for rank, names in enumerate(ORDER) for name in names}
ALONE = ("recorder", "demo")
HEADLESS = (*RANK, "recorder", "commands", "cli")


def modules() -> list[str]:
    """Dotted names of all modules of the project."""
    paths = sorted(PACKAGE.rglob("*.py"))
    names = (".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in paths)
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def path_of(module: str) -> Path:
    path = PACKAGE.parent / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imports(module: str) -> Iterator[str]:
    """What a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path_of(module).read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} imports relatively"
            origin = node.module or ""
            yield from (
                (f"{origin}.{name.name}" for name in node.names) if origin == "rollout_tui" else (origin,)
            )


def area(module: str) -> str:
    """The package of ours that a module belongs to; empty for the names of `rollout_tui` itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("module", [one for one in modules() if area(one) in RANK])
def test_a_module_imports_nothing_from_above(module: str) -> None:
    own = RANK[area(module)]
    ours = [one for one in imports(module) if one.split(".")[0] == "rollout_tui"]
    above = [one for one in ours if RANK.get(area(one), len(ORDER)) > own]
    assert not above


@pytest.mark.parametrize("module", [one for one in modules() if area(one) in ALONE and "adapters" not in one])
def test_the_recorder_stands_alone(module: str) -> None:
    """Except for adapters, each of which imports what it adapts."""
    allowed = {*sys.stdlib_module_names, "msgspec"}
    for one in imports(module):
        assert one.split(".")[0] in allowed or area(one) in ALONE or not area(one)


def test_what_works_without_a_terminal_does_not_load_textual() -> None:
    """Every module of the lower layers and of the command line, one after the other in one fresh process."""
    names = [one for one in modules() if area(one) in HEADLESS and "adapters" not in one]
    lines = ["import importlib, sys", f"for name in {names!r}:", "    importlib.import_module(name)"]
    lines += ["    assert 'textual' not in sys.modules, name", "    assert 'rich' not in sys.modules, name"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_the_first_frame_is_painted_without_textual() -> None:
    code = (
        "import rollout_tui.tui.starting.first_frame, sys; assert not {'textual', 'rich'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_folders_of_questions_lean_on_each_other_in_one_direction() -> None:
    """A folder of debugger/ may use others, but none that uses it."""
    leans: dict[str, set[str]] = {}
    for module in modules():
        if area(module) == "debugger" and module.count(".") == 3:
            used = {
                one.split(".")[2]
                for one in imports(module)
                if area(one) == "debugger" and one.count(".") == 3
            }
            folder = module.split(".")[2]
            leans.setdefault(folder, set()).update(used - {folder})
    while free := [folder for folder, used in leans.items() if not used & leans.keys()]:
        for folder in free:
            del leans[folder]
    assert not leans


def test_the_order_names_only_what_there_is() -> None:
    assert {name for names in ORDER for name in names} <= {area(one) for one in modules()}
