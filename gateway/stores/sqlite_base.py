"""One SQLite file behind one writer thread."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from gateway.stores.sqlite_schema import connect, migrate, snapshot, transaction
from gateway.stores.store import StoreDown

P = ParamSpec("P")
T = TypeVar("T")

Work = Callable[Concatenate[sqlite3.Connection, P], T]
CLOSED = "The store is not open."


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class SqliteBase:
    """`clock` gives milliseconds since 1970. All work runs in one thread of its own; reads and writes queue there."""

    def __init__(self, path: Path, *, clock: Callable[[], int] = now_ms) -> None:
        self._path = path
        self._clock = clock
        self._thread: ThreadPoolExecutor | None = None
        self._db: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self.round_trips = self.failures = 0

    async def open(self) -> None:
        """Raises TooNew, StoreDown."""
        self._thread = ThreadPoolExecutor(1, "store")
        try:
            await self._in_thread(self._open)
        except BaseException:
            await self.close()
            raise

    def _open(self) -> None:
        self._db = connect(self._path)
        migrate(self._db)
        self._reader = connect(self._path)

    async def close(self) -> None:
        """Waits for what is under way."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await asyncio.get_running_loop().run_in_executor(thread, self._close)
            thread.shutdown()

    def _close(self) -> None:
        for db in (self._reader, self._db):
            if db is not None:
                db.close()
        self._reader = self._db = None

    async def ping(self) -> None:
        """Raises StoreDown."""
        await self._read(_ping)

    async def _read(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._in_thread(lambda: work(self._open_db(), *args, **kwargs))

    async def _view(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """For work of several reads: all of one moment, and one lock instead of one each."""
        return await self._in_thread(lambda: snapshot(self._open_db(), lambda db: work(db, *args, **kwargs)))

    async def _write(self, work: Work[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._in_thread(lambda: transaction(self._open_db(), lambda db: work(db, *args, **kwargs)))

    def _open_db(self) -> sqlite3.Connection:
        if self._db is None:
            raise StoreDown(CLOSED)
        return self._db

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            raise StoreDown(CLOSED)
        self.round_trips += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (sqlite3.Error, OSError) as error:
            self.failures += 1
            raise StoreDown(f"The store file cannot be used: {error}") from error


def _ping(db: sqlite3.Connection) -> None:
    db.execute("SELECT value FROM meta").fetchone()
