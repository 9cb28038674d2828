"""`oldbird serve`: one uvicorn process around the assembled gateway."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from gateway import app, services
from gateway.cli_info import settings_of
from gateway.problems import Problem
from gateway.settings import Settings

log = logging.getLogger("oldbird.serve")

BACKLOG = 2048
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(args: argparse.Namespace) -> int:
    """`oldbird serve`: until SIGINT or SIGTERM, then finishes what is under way. Raises Problem."""
    asyncio.run(serve(settings_of(args)))
    return 0


async def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises Problem, StoreDown, TooNew."""
    with listener(settings.host, settings.port) as bound:
        async with services.open_gateway(settings) as gateway:
            server = Server(configured(app.create_app(gateway), settings))
            log.info("Listening at %s", address(bound))
            await server.serve(sockets=[bound])


def listener(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port ends in a clear line. Raises Problem."""
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.create_server(where, family=family, backlog=BACKLOG)
    except OSError as error:
        raise Problem(f"Cannot listen on {host} port {port}: {error.strerror} (settings host and port).") from error
    return bound


def address(bound: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def configured(application: Any, settings: Settings) -> uvicorn.Config:
    """uvicorn as the gateway needs it: httptools, no access log, no log set-up, believed proxies only."""
    return uvicorn.Config(
        application,
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
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
