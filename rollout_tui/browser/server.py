"""A web server on loopback that shows the terminal interface; for the one who started it alone.

Whoever can open the page drives the debugger, and a recording holds secrets. So every request must carry
the secret of the address that was printed (the first sets a cookie, the others bring it), must name this
host, and must not come from a page of another origin. The page names nothing outside this server, its fonts
included, and its policy forbids it.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

HOST = "127.0.0.1"
_PAGE = Path(__file__).parent / "page"
_COOKIE = "rollout-tui"
_POLICY = "default-src 'self' data: 'unsafe-inline'; connect-src 'self' {websocket}; frame-ancestors 'none'"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BrowserServer(Server):
    """Serves `command` (a shell command line that shows a Textual app) on loopback, port `port`.

    `address` is where to point a browser; `said` is told once it answers there.
    """

    def __init__(self, command: str, port: int, title: str, said: Callable[[str], None]) -> None:
        super().__init__(command, HOST, port, title, templates_path=_PAGE)
        self._secret = secrets.token_urlsafe(24)
        self._said = said

    @property
    def address(self) -> str:
        """The address to open, with its secret."""
        return f"{self.public_url}/?key={self._secret}"

    def serve(self, debug: bool = False) -> None:
        """Serve until interrupted. Nothing is logged: it could hold text of the recording. Raises OSError."""
        self.debug = debug
        web.run_app(
            self._make_app(), host=self.host, port=self.port, print=lambda _: self._said(self.address)
        )

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing yet: the page is not there before the server listens."""

    async def _process_messages(self, websocket: web.WebSocketResponse, app_service: AppService) -> None:
        """Pass on what the page says until one of the two has ended, a program that never began too."""

        async def close_after(running: asyncio.Task[None]) -> None:
            await asyncio.wait([running])
            await websocket.close()

        closing = asyncio.create_task(close_after(app_service._task)) if app_service._task else None
        try:
            await super()._process_messages(websocket, app_service)
        finally:
            if closing is not None:
                closing.cancel()

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()
        app.router.add_static("/fonts", _PAGE / "fonts")
        app.middlewares.append(self._only_for_the_owner)
        return app

    @web.middleware
    async def _only_for_the_owner(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse whoever does not know the secret, other host names and other origins."""
        own = self.public_url.partition("//")[2]
        origin = request.headers.get("Origin", self.public_url)
        told = request.query.get("key", request.cookies.get(_COOKIE, "")).encode(errors="replace")
        known = hmac.compare_digest(told, self._secret.encode())
        if request.host != own or origin != self.public_url or not known:
            raise web.HTTPForbidden(text="This page is for the one who started rollout-tui serve.\n")
        response = await handler(request)
        if not response.prepared:
            websocket = self.public_url.replace("http", "ws", 1)
            response.headers["Content-Security-Policy"] = _POLICY.format(websocket=websocket)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.set_cookie(_COOKIE, self._secret, httponly=True, samesite="Strict")
        return response
