"""`rollout-tui serve`: the same app in a browser on this machine."""

from __future__ import annotations

import argparse
import shlex
import socket
import sys

from rollout_tui.commands.arguments import Parser, add_at, add_thread, add_trace
from rollout_tui.commands.loading import bundle, event_at, place, thread_at
from rollout_tui.commands.opening import lens_name
from rollout_tui.commands.outcome import FAILED, FINE, CommandFailure
from rollout_tui.recording import Trace
from rollout_tui.system_errors import reason_of
from rollout_tui.trace.arrivals import is_running
from rollout_tui.trace.bundle import Bundle
from rollout_tui.trace.packed import as_given

DEFAULT_PORT = 8642
CHEAP_BYTES = 4 << 20
"""A spine up to this size is read before it is served, in a second or two."""

_DESCRIPTION = """\
Show the app in a browser on this machine, for whoever has the printed address alone.
Needs the extra: pip install 'rollout-tui[serve]'."""
_EXAMPLES = """\
  rollout-tui serve trace-01a2              prints the address to open; Ctrl+C ends it
  rollout-tui serve trace-01a2 --port 0     on any free port"""


def parser() -> Parser:
    """The arguments of `rollout-tui serve`."""
    made = Parser("rollout-tui serve", _DESCRIPTION, add_trace, add_at, add_thread, examples=_EXAMPLES)
    made.add_argument("--lens", metavar="NAME", help="the lens to start with")
    made.add_argument(
        "--port",
        metavar="N",
        type=_port,
        default=DEFAULT_PORT,
        help=f"default: {DEFAULT_PORT}; 0 takes a free one",
    )
    return made


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    where = place(options.trace)
    found = bundle(where.path)
    at = where.seq if options.at is None else options.at
    thread = where.query.get("thread") if options.thread is None else options.thread
    lens = lens_name(options.lens or where.query.get("lens"))
    try:
        from rollout_tui.browser.server import HOST, BrowserServer
    except ImportError:
        raise CommandFailure(
            "rollout-tui serve: needs the extra: pip install 'rollout-tui[serve]'", FAILED
        ) from None
    if not (at is None and thread is None):
        _check_there(found, at, thread)
    # What comes unpacked is known by its archive, to which it is remembered and linked.
    command = [sys.executable, "-m", "rollout_tui", str(as_given(found.folder).resolve())]
    for name, value in (("--at", at), ("--thread", thread), ("--lens", lens)):
        if value is not None:
            command.append(f"{name}={value}")
    port = options.port or _free_port(HOST)
    try:
        BrowserServer(shlex.join(command), port, "rollout-tui", _say).serve()
    except OSError as error:
        problem = f"rollout-tui serve: port {port} cannot be used: {reason_of(error)}"
        raise CommandFailure(problem, FAILED) from error
    return FINE


def _check_there(found: Bundle, at: int | None, thread: str | None) -> None:
    """Refuse what is not in the recording and will not come; of a large one the browser tells it."""
    if found.spine.stat().st_size <= CHEAP_BYTES and not is_running(found.folder):
        with Trace(found).load() as trace:
            event_at(trace, at)
            thread_at(trace.snapshot(trace.history.head), thread)


def _say(address: str) -> None:
    print(f"open {address}   (Ctrl+C ends it)", flush=True)


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a port, which is a number from 0 to 65535")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
