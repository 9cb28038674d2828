"""`oldbird serve`: one uvicorn process around the assembled gateway, or several (`gateway.workers`)."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.types import ASGIApp

from gateway import app, metrics, services, workers
from gateway.cli_info import settings_of
from gateway.listeners import Listeners, address, listening, port_of
from gateway.metrics_page import MetricsPage
from gateway.plain_http import Marked
from gateway.server import Beside, Server, configured, plainly
from gateway.settings import Settings

log = logging.getLogger("oldbird.serve")

COLLECT_AFTER = 10_000
"""New objects until Python looks for cycles: what is kept for later replies is no garbage, and looking through it at
each request would cost a sixth of it."""


class Place(NamedTuple):
    """Which of the workers this is, from 0. `ready` is called once it answers; `gone` is the reading end of a pipe that
    ends with the process that started this one."""

    number: int = 0
    ready: Callable[[], None] = lambda: None
    gone: int | None = None


def run(args: argparse.Namespace) -> int:
    """`oldbird serve`: until SIGINT or SIGTERM, then finishes what is under way. Raises Problem."""
    settings = settings_of(args)
    with listening(settings) as found:
        if settings.workers > 1:
            return workers.run(settings, found, lambda place: asyncio.run(serve(settings, found, Place(*place))))
        asyncio.run(serve(settings, found, Place(ready=workers.tell_ready)))
        return 0


async def serve(settings: Settings, found: Listeners, place: Place) -> None:
    """Serve until told to stop. Raises Problem, StoreDown, TooNew."""
    async with services.open_gateway(settings) as gateway, AsyncExitStack() as running:
        counts = metrics.Counts() if found.metrics else None
        inner = app.create_app(gateway, counts=counts)
        server = Server(configured(wrapped(inner, found), settings), stopping=inner.state.health.stop)
        if counts is not None:
            page = MetricsPage(metrics.process_of(gateway, counts, server.server_state), inner.state.health)
            await running.enter_async_context(metered(found.metrics[place.number], page))

        gc.freeze()  # what was made so far stays
        gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])

        def ready() -> None:  # from here on signals are ours, and end nothing in the middle
            log.info("Listening at %s", " and, without TLS, ".join(map(address, found.main)))
            place.ready()

        await server.serve_until_told(found.main, ready=ready, gone=place.gone)


def wrapped(inner: Starlette, found: Listeners) -> ASGIApp:
    """With the listener without TLS told from the main one, where there are two."""
    return Marked(inner, port_of(found.main[1])) if len(found.main) > 1 else inner


@asynccontextmanager
async def metered(bound: socket.socket, page: MetricsPage) -> AsyncIterator[None]:
    """Metrics and signs of life on a port of their own, until the very end of a stop."""
    async with Beside(plainly(page)).running(bound):
        log.info("Metrics at %s/metrics", address(bound))
        yield
