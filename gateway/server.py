"""uvicorn that stops without losing a reply.

At the first signal: nothing new is accepted, but whoever had connected before is; every reply from now on says that its
connection ends; kept connections without a request have a moment to send what is on its way; what runs is finished.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from gateway.forwarded import Forwarded
from gateway.settings import Settings

SIGNALS = (signal.SIGINT, signal.SIGTERM)
CLOSING = (b"connection", b"close")
STEP_SECONDS = 0.02
SETTLING_STEPS = 3
"""Rounds of the loop until a connection that was just accepted is known, and its request read."""
LINGER_STEPS = 10
"""A kept connection without a request is closed after 0.2 s: what its client had sent by then is answered."""
SLACK_SECONDS = 1
"""A request that began last may take its whole time, and its answer a moment more."""


def nothing() -> None:
    """Does nothing."""


class Server(uvicorn.Server):
    """Stops at the first signal and comes back, so that the store is closed; a second SIGINT drops what is under way.

    uvicorn would raise the signal again and end the process before that. `stopping` is called at the first signal.
    """

    def __init__(self, config: uvicorn.Config, stopping: Callable[[], None] = nothing) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._ready: Callable[[], None] = nothing

    async def serve_until_told(
        self, sockets: list[socket.socket], *, ready: Callable[[], None], gone: int | None
    ) -> None:
        """Serve; `ready` and `gone` as in `gateway.serve.Place`."""
        self._ready = ready
        with self._until_gone(gone):
            await self.serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """A signal."""
        self._stopping()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """See above; then as uvicorn does, bounded by its `timeout_graceful_shutdown`."""
        loop = asyncio.get_running_loop()
        for bound in sockets or ():
            loop.remove_reader(bound)
        for _ in range(SETTLING_STEPS):  # asyncio drops whom it has accepted and not yet connected to a closed server
            await asyncio.sleep(0)
        waiting = [one for bound in sockets or () for one in accepted(bound)]
        for server in self.servers:
            server.close()
        state = self.server_state
        state.default_headers = [*state.default_headers, CLOSING]
        for connection in waiting:
            await loop.connect_accepted_socket(self._protocol, connection)
        for step in range(LINGER_STEPS):
            await asyncio.sleep(STEP_SECONDS)
            settled = step >= SETTLING_STEPS and not any(is_idle(connection) for connection in state.connections)
            if settled or self.force_exit:
                break
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        """What uvicorn makes for a connection that it accepts itself."""
        make: Any = self.config.http_protocol_class
        made: asyncio.Protocol = make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made

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

    @contextmanager
    def _until_gone(self, gone: int | None) -> Iterator[None]:
        """Stops also when the other end of the pipe is closed."""
        if gone is None:
            yield
            return
        loop = asyncio.get_running_loop()

        def ended() -> None:
            loop.remove_reader(gone)
            self.handle_exit(signal.SIGTERM, None)

        loop.add_reader(gone, ended)
        try:
            yield
        finally:
            loop.remove_reader(gone)
            os.close(gone)


def accepted(bound: socket.socket) -> Iterator[socket.socket]:
    """Who has connected and waits to be accepted; closing the listener would drop them."""
    while True:
        try:
            connection, _ = bound.accept()
        except OSError:  # nobody is left
            return
        connection.setblocking(False)
        yield connection


def is_idle(connection: Any) -> bool:
    """No request is under way on it."""
    return connection.cycle is None or connection.cycle.response_complete


class Beside(uvicorn.Server):
    """A second server in the same process, without signals of its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not ours."""
        yield

    @asynccontextmanager
    async def running(self, bound: socket.socket) -> AsyncIterator[None]:
        """Answers as long."""
        task = asyncio.create_task(self.serve([bound]))
        try:
            yield
        finally:
            self.should_exit = self.force_exit = True
            await task


def plainly(application: Any, **more: Any) -> uvicorn.Config:
    """uvicorn as all of it needs it: httptools, no access log, no log set-up."""
    return uvicorn.Config(
        application, http="httptools", ws="none", lifespan="off", access_log=False, log_config=None,
        server_header=False, proxy_headers=False, **more,
    )  # fmt: skip


def configured(application: Any, settings: Settings) -> uvicorn.Config:
    """The same for the gateway; what proxies say is read by us. Raises Problem."""
    seconds = int(settings.request_seconds) + SLACK_SECONDS
    return plainly(Forwarded(application, settings.trusted_proxies), timeout_graceful_shutdown=seconds)
