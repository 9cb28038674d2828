"""A place to keep a store, of each kind, that can be opened again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.stores.redis_store import RedisStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import Store
from tests.redis_server import RedisServer, redis_cluster, redis_server, redis_url

__all__ = ["redis_cluster", "redis_server", "redis_url"]

NOW = 1_790_000_000_000
"""The stores' clock: 2026-09-21 UTC, in milliseconds."""


class Clock:
    """Milliseconds that only move when told to."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


class Place:
    """Where records stay while stores come and go: a file, or a Redis server."""

    def __init__(self, where: Path | RedisServer) -> None:
        self._where = where
        self.clock = Clock()

    @property
    def url(self) -> str:
        """For another process: a path or a Redis URL."""
        return str(self._where) if isinstance(self._where, Path) else self._where.url

    def store(self) -> Store:
        """Not opened. Redis's own five seconds stand still."""
        if isinstance(self._where, Path):
            return SqliteStore(self._where, clock=self.clock)
        return RedisStore(self._where.url, clock=self.clock, monotonic=lambda: 0.0)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Store]:
        """One more store at this place."""
        store = self.store()
        await store.open()
        try:
            yield store
        finally:
            await store.close()


@pytest.fixture(params=["sqlite", "redis", "cluster"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Every test that takes this runs on all kinds."""
    if request.param == "sqlite":
        return Place(tmp_path / "store.sqlite")
    server: RedisServer = request.getfixturevalue("redis_server" if request.param == "redis" else "redis_cluster")
    server.empty()
    return Place(server)


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    """An open, empty store."""
    async with place.opened() as store:
        yield store
