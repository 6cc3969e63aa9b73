"""The app in a browser: only for the one who started it, and nothing fetched from elsewhere."""

from __future__ import annotations

import asyncio
import builtins
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from in_time import PATIENCE_S
from recordings_at_hand import recording
from running import run

from rollout_tui.commands.serve import CHEAP_BYTES


@contextmanager
def served(*arguments: str | Path) -> Iterator[str]:
    """The address of a served recording."""
    pytest.importorskip("textual_serve", reason="the extra `serve` is not installed here")
    command = [sys.executable, "-m", "rollout_tui", "serve", *arguments, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found
    yield found[0]
    server.terminate()
    server.communicate(timeout=PATIENCE_S)
    assert server.returncode == 0


@pytest.fixture
def address() -> Iterator[str]:
    """The address of a served recording."""
    with served(recording("two-cells-interleaved"), "--at", "45", "--lens", "cells") as found:
        yield found


async def drawn(address: str, wanted: bytes) -> bytes:
    """What is drawn on the page, until that has `wanted` in it or the page is told of the end."""
    import aiohttp

    output = b""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address.replace("/?", "/ws?") + "&width=120&height=40") as socket,
    ):
        while wanted not in output:
            message = await socket.receive(PATIENCE_S)
            if message.type not in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT):
                break
            output += message.data if message.type == aiohttp.WSMsgType.BINARY else b""
    return output


def status(address: str, **headers: str) -> int:
    """The HTTP status of an address."""
    request = urllib.request.Request(
        address, headers={name.title(): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            code: int = answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            code = refused.code
    return code


def test_it_answers_the_one_who_has_the_address_alone(address: str) -> None:
    base = address.partition("?")[0]
    assert address.startswith("http://127.0.0.1:")
    assert status(address) == 200
    for asked in (
        base,
        f"{base}?key=guess",
        f"{base}?key=%C3%A9",
        f"{base}static/js/textual.js",
        f"{base}ws",
    ):
        assert status(asked) == 403
    assert status(address, host="evil.example") == 403
    assert status(address, origin="http://evil.example") == 403


def test_the_screen_is_drawn_and_nothing_comes_from_elsewhere(address: str, tmp_path: Path) -> None:
    """The terminal is drawn on a canvas: a picture of it, and another one after a key."""
    browser = pytest.importorskip("browser")
    if browser.CHROMIUM is None:
        pytest.skip("no Chromium here")

    async def look() -> tuple[bytes, bytes, list[str]]:
        async with browser.opened(address, tmp_path / "profile") as page:
            assert await page.shows("document.body.classList.contains('-first-byte')")
            for size in ("16px", "bold 16px"):
                assert await page.shows(f"document.fonts.check('{size} \"Roboto Mono\"', 'x\u2500\u241b')")
            assert await page.shows("[...document.fonts].every((one) => one.status == 'loaded')")
            picture = await seen(page, b"")
            await page.shows("document.querySelector('textarea').focus() === undefined")
            await page.press("?")
            return picture, await seen(page, picture), page.asked

    async def seen(page: Any, before: bytes) -> bytes:
        """A picture of a whole screen that is another one than `before`, and stays."""
        last = b""
        for _ in range(60):
            await asyncio.sleep(0.5)
            picture: bytes = await page.picture()
            if picture == last != before and len(picture) > 25_000:
                return picture
            last = picture
        raise AssertionError("a blank page makes a far smaller picture")

    _, _, asked = asyncio.run(look())
    assert {urlsplit(one).netloc for one in asked if not one.startswith("data:")} == {
        urlsplit(address).netloc
    }
    fonts = {path for one in asked if (path := urlsplit(one).path).startswith("/fonts/")}
    assert fonts == {f"/fonts/{name}.woff2" for name in ("DejaVuSansMono", "DejaVuSansMono-Bold", "FiraCode")}


@pytest.mark.parametrize(
    ("asked", "told"),
    [(("--at", "9999"), b"no event has seq 9999"), (("--thread", "nobody"), b"'nobody' names no thread")],
)
def test_what_is_not_in_the_recording_is_refused_or_said_by_the_page(
    asked: tuple[str, ...], told: bytes, tmp_path: Path
) -> None:
    """By the page of one that takes long to read, or is not written to its end."""
    done = run("serve", recording("two-cells-interleaved"), *asked)
    assert done.status == 2 and done.err.count("\n") == 1 and told.decode() in done.err
    large = shutil.copytree(recording("two-cells-interleaved"), tmp_path / "large")
    with (large / "trace.jsonl").open("a") as spine:
        spine.write("\n" * CHEAP_BYTES)
    with served(str(large), *asked) as address:
        assert told in asyncio.run(drawn(address, told))


def test_what_is_not_yet_in_the_recording_is_not_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = pytest.importorskip(
        "rollout_tui.browser.server", reason="the extra `serve` is not installed here"
    )
    monkeypatch.setattr(server.BrowserServer, "serve", lambda self: None)
    growing = shutil.copytree(recording("two-cells-interleaved"), tmp_path / "growing")
    with (growing / "trace.jsonl").open("a"):
        assert run("serve", growing, "--at", "9999", "--port", "0").status == 0
    assert run("serve", growing, "--at", "9999", "--port", "0").status == 2
    assert run("serve", growing, "--at", "9", "--thread", "/root", "--port", "0").status == 0


def test_the_page_is_told_of_the_end_of_a_program_that_cannot_begin(tmp_path: Path) -> None:
    shutil.copytree(recording("one-message"), tmp_path / "gone")
    with served(str(tmp_path / "gone")) as address:
        shutil.rmtree(tmp_path / "gone")
        assert asyncio.run(drawn(address, b"anything")) == b""


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name.startswith(("textual_serve", "aiohttp")):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "rollout_tui.browser.server", raising=False)
    done = run("serve", recording("one-message"))
    assert done.status == 1 and "pip install 'rollout-tui[serve]'" in done.err


def test_an_archive_is_shown_by_its_own_name_and_a_link_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = pytest.importorskip(
        "rollout_tui.browser.server", reason="the extra `serve` is not installed here"
    )
    shown: list[str] = []
    monkeypatch.setattr(server.BrowserServer, "serve", lambda self: shown.append(self.command))
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", recording("one-message"))
    assert run("serve", f"{archive}#9?thread=/root&lens=cells", "--port", "0").status == 0
    _, *words = shlex.split(shown[0])
    assert words[2:] == [str(Path(archive).resolve()), "--at=9", "--thread=/root", "--lens=cells"]


def test_wrong_usage_is_refused(tmp_path: Path) -> None:
    assert run("serve", tmp_path / "nothing").status == 2
    assert run("serve", recording("one-message"), "--port", "99999").status == 2
    assert run("serve", recording("one-message"), "--lens", "telescope").status == 2
