"""`:export`: what the command writes, beside the screen."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from on_screen import Shown, on_screen
from recordings_at_hand import DEMO

from rollout_tui.tui.actions.exporting import FORMATS


async def typed(shown: Shown, line: str) -> str:
    """What is said once the export that a line asks for has ended."""
    await shown.type_line(line)
    await shown.until(lambda: not shown.screen.running.note)
    return shown.bar("footer").strip()


def command(out: Path, *options: str) -> None:
    words = [sys.executable, "-m", "rollout_tui", "export", str(DEMO), *options, "-o", str(out)]
    subprocess.run(words, check=True, capture_output=True)


def written(place: Path) -> dict[str, bytes]:
    """Every file, by its path."""
    found = [place] if place.is_file() else [one for one in place.rglob("*") if one.is_file()]
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in found)
    return {str(one.relative_to(place)): one.read_bytes() for one in found}


@pytest.mark.parametrize("seq", [None, 81])
@pytest.mark.parametrize("form", FORMATS)
async def test_every_format_is_what_the_command_writes(form: str, seq: int | None, tmp_path: Path) -> None:
    ours, theirs, redacted = tmp_path / "ours", tmp_path / "theirs", tmp_path / "redacted"
    command(theirs, "--format", form, *(() if seq is None else ("--to", str(seq))))
    async with on_screen(DEMO, at=seq) as shown:
        assert await typed(shown, f"export {form} {ours}") == f"wrote {FORMATS[form]} to {ours}"
        await typed(shown, f"export {form} --redact {redacted}")
    assert written(ours) == written(theirs)
    assert b"tidemark" in b"".join(written(ours).values())
    assert b"tidemark" not in b"".join(written(redacted).values())
    assert {one.name for one in tmp_path.iterdir()} == {"ours", "theirs", "redacted"}


async def test_what_is_there_stays_unless_one_says_so(tmp_path: Path) -> None:
    old, link = tmp_path / "old.md", tmp_path / "link.md"
    old.write_text("old")
    link.symlink_to(old)
    async with on_screen(DEMO) as shown:
        for name in ("old.md", "link.md"):
            assert "exists" in await typed(shown, f"export md {tmp_path / name}")
        assert (await typed(shown, f"export md --force {link}")).startswith("wrote")
        assert (old.read_text(), link.is_symlink()) == ("old", False)
        assert "no such file" in await typed(shown, f"export md {tmp_path}/nowhere/x.md")


@pytest.mark.parametrize("line", ["bundle {} --redact", "bundle --redact {}", "--redact bundle {} --force"])
async def test_an_option_is_one_wherever_it_stands(line: str, tmp_path: Path) -> None:
    async with on_screen(DEMO) as shown:
        assert (
            await typed(shown, "export " + line.format(tmp_path / "a b"))
            == f"wrote a bundle to {tmp_path}/a b"
        )
        assert ":export md or" in await typed(shown, f"export md {tmp_path}/c --redacted")
        assert ":export md or" in await typed(shown, "export md --redact")
    assert b"tidemark" not in b"".join(written(tmp_path / "a b").values())
    assert [one.name for one in tmp_path.iterdir()] == ["a b"]


async def test_how_it_is_written_is_said(tmp_path: Path) -> None:
    async with on_screen(DEMO) as shown:
        for line in ("export", "export md", "export pdf x", "export md --all x", "export md --redact"):
            assert await typed(shown, line) == (
                "write :export md or perfetto or bundle, --redact and --force if wanted, "
                "and a FILE (bundle: a folder)"
            )


async def test_payloads_that_are_not_there_are_told(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "demo")
    (tmp_path / "demo" / "payloads" / "3.json").unlink()
    async with on_screen(tmp_path / "demo") as shown:
        said = await typed(shown, f"export bundle {tmp_path / 'out'}")
        assert said.startswith("wrote a bundle") and "left out: payload" in said


def of_seconds(folder: Path) -> Path:
    """A recording that takes seconds to export."""
    large = folder / "large"
    shutil.copytree(DEMO, large)
    first, *lines, last = (DEMO / "trace.jsonl").read_bytes().splitlines(keepends=True)
    (large / "trace.jsonl").write_bytes(first + b"".join(lines) * 300 + last)
    return large


async def test_it_goes_on_while_one_looks_around_and_can_be_stopped(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    async with on_screen(of_seconds(tmp_path)) as shown:
        await shown.type_line(f"export bundle --redact {out}/first")
        assert "exporting a bundle" in shown.bar("footer")
        assert "exporting a bundle" in await shown.said_after("g", "s", "s", "3")
        assert shown.session.event == 3
        await shown.type_line(f"export md {out}/second")
        assert "another export is under way" in shown.bar("footer")
        await shown.press("ctrl+c")
        await shown.until(lambda: not shown.screen.running.note)
        assert shown.bar("footer").strip() == "export stopped; nothing was written"
    assert not list(out.iterdir())


async def test_leaving_stops_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    async with on_screen(of_seconds(tmp_path)) as shown:
        await shown.type_line(f"export bundle --redact {out}/first")
    assert not list(out.iterdir())
