"""Fixtures: a scripted far server, and the adapter's layers on top of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from adapters.backend import Backend
from adapters.connect import Connections
from adapters.transport import Transport
from tests.adapters.far_server import FarServer, far_server
from tests.adapters.samples import NOW, play

AGENT = "oldbird/0.0 (tests)"


@pytest.fixture
async def far() -> AsyncIterator[FarServer]:
    """A scripted server."""
    async with far_server() as server:
        yield server


@pytest.fixture
async def transport(far: FarServer, patience: float) -> AsyncIterator[Transport]:
    """A way out that may reach it."""
    transport = Transport(AGENT, allow_hosts=[far.pair], seconds=patience, max_bytes=50_000)
    yield transport
    await transport.close()


class Wait:
    """Stands in for asyncio.sleep: remembers and returns at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wait() -> Wait:
    """What was waited for."""
    return Wait()


@pytest.fixture
def clock() -> Clock:
    """The time."""
    return Clock()


@pytest.fixture
async def connections(far: FarServer, wait: Wait, clock: Clock, patience: float) -> AsyncIterator[Connections]:
    """The way to the far server."""
    found = Connections(AGENT, [far.pair], patience, 1_000_000, sleep=wait, clock=clock)
    yield found
    await found.close()


Open = Callable[..., Awaitable[Backend]]


@pytest.fixture
def open_backend(far: FarServer, connections: Connections) -> Open:
    """Makes a backend on a far server that plays the named software; detection is not among what was asked."""

    async def opened(software: str = "mastodon", version: str = "", token: str | None = "secret") -> Backend:
        play(far, software, version)
        connections.known.clear()
        backend = await connections.backend(far.url, token)
        far.asked.clear()
        return backend

    return opened
