"""A headless browser, driven through its debugging port."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """A page: `asked` are the addresses it asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._count = 0
        self.asked: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the debugging protocol."""
        self._count += 1
        await self._socket.send_json({"id": self._count, "method": method, "params": parameters})
        while True:
            answer = json.loads((await self._socket.receive()).data)
            if answer.get("method") == "Network.requestWillBeSent":
                self.asked.append(answer["params"]["request"]["url"])
            if answer.get("id") == self._count:
                result: dict[str, Any] = answer.get("result", {})
                return result

    async def shows(self, expression: str, within_s: float = 20) -> bool:
        """Whether a script expression becomes true in time."""
        for _ in range(int(within_s * 5)):
            answer = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
            if answer.get("result", {}).get("value") is True:
                return True
            await asyncio.sleep(0.2)
        return False

    async def press(self, key: str) -> None:
        """Press a key that is a character."""
        await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def opened(address: str, folder: Path) -> AsyncIterator[Page]:
    """A page at an address, in a browser of its own that keeps its files in `folder`."""
    command = [
        str(CHROMIUM), "--headless=new", "--no-sandbox", "--remote-debugging-port=0",
        f"--user-data-dir={folder}", "--window-size=1200,800", "about:blank",
    ]  # fmt: skip
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert browser.stderr is not None
        port = next(found[1] for line in browser.stderr if (found := re.search(r"ws://[^:]+:(\d+)/", line)))
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                pages = [one for one in await answer.json() if one["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                await page.call("Network.enable")
                await page.call("Page.enable")
                await page.call("Page.navigate", url=address)
                yield page
    finally:
        browser.terminate()
        browser.communicate()
