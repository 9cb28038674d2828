"""`oldbird serve`: one uvicorn process around the assembled gateway."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from adapters.guard import pair
from gateway import app, services
from gateway.cli_info import settings_of
from gateway.forwarded import Forwarded
from gateway.plain_http import Marked
from gateway.problems import Problem
from gateway.settings import Settings

log = logging.getLogger("oldbird.serve")

BACKLOG = 2048
MAX_PORT = 65535
UNIX_PREFIX = "unix:"
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(args: argparse.Namespace) -> int:
    """`oldbird serve`: until SIGINT or SIGTERM, then finishes what is under way. Raises Problem."""
    asyncio.run(serve(settings_of(args)))
    return 0


async def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises Problem, StoreDown, TooNew."""
    with listeners(settings) as sockets:
        async with services.open_gateway(settings) as gateway:
            application: ASGIApp = app.create_app(gateway)
            if len(sockets) > 1:
                application = Marked(application, port_of(sockets[1]))
            server = Server(configured(application, settings))
            log.info("Listening at %s", " and, without TLS, ".join(map(address, sockets)))
            await server.serve(sockets=sockets)


@contextmanager
def listeners(settings: Settings) -> Iterator[list[socket.socket]]:
    """The main listener and, where there is one, the one without TLS. Raises Problem."""
    with ExitStack() as opened:
        bound = [opened.enter_context(main_listener(settings))]
        if settings.plain_http:
            bound.append(opened.enter_context(listener(*pair(settings.plain_http), "setting plain_http")))
            if bound[0].family != socket.AF_UNIX and port_of(bound[0]) == port_of(bound[1]):  # ports tell them apart
                raise Problem("The settings port and plain_http must name different ports.")
        yield bound


def port_of(bound: socket.socket) -> int:
    """The port of a bound socket."""
    return int(bound.getsockname()[1])


@contextmanager
def main_listener(settings: Settings) -> Iterator[socket.socket]:
    """The listener that `host` and `port` name; a Unix one is gone afterwards. Raises Problem."""
    if not settings.host.startswith(UNIX_PREFIX):
        with listener(settings.host, settings.port) as bound:
            yield bound
        return
    path = Path(settings.host.removeprefix(UNIX_PREFIX))
    with unix_listener(path) as bound:
        try:
            yield bound
        finally:
            path.unlink(missing_ok=True)


def unix_listener(path: Path) -> socket.socket:
    """A socket at `path` for owner and group, in the place of one that a process which died left. Raises Problem."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket() and not is_answered(path):
            path.unlink()
        bound.bind(str(path))
        path.chmod(0o660)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise Problem(f"Cannot listen on {path}: {error.strerror or error} (setting host).") from error
    return bound


def is_answered(path: Path) -> bool:
    """Somebody listens on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0


def listener(host: str, port: int, named: str = "settings host and port") -> socket.socket:
    """A socket bound to the address, so that a taken port ends in a clear line. Raises Problem."""
    if port > MAX_PORT:
        raise Problem(f"Cannot listen on {host} port {port}: there is no such port ({named}).")
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.create_server(where, family=family, backlog=BACKLOG)
    except OSError as error:
        raise Problem(f"Cannot listen on {host} port {port}: {error.strerror} ({named}).") from error
    return bound


def address(bound: socket.socket) -> str:
    """The URL of a bound socket; of a Unix one `unix:` and its path."""
    if bound.family == socket.AF_UNIX:
        return f"unix:{bound.getsockname()}"
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configured(application: Any, settings: Settings) -> uvicorn.Config:
    """uvicorn as the gateway needs it: httptools, no access log, no log set-up; proxies are ours. Raises Problem."""
    return uvicorn.Config(
        Forwarded(application, settings.trusted_proxies),
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=int(settings.request_seconds) + 1,
    )


class Server(uvicorn.Server):
    """Stops at the first signal and comes back, so that the store is closed; a second SIGINT drops what is under way.

    uvicorn would raise the signal again and end the process before that.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals set `should_exit` through the loop."""
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in SIGNALS:
                loop.remove_signal_handler(number)
