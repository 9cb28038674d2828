"""The store, opened for reading only: nothing is made, brought up to date, locked or written in it."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, Union
from urllib.parse import quote, urlsplit

from gateway.settings import Settings
from gateway.stores.open import REDIS
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import StoreDown

if TYPE_CHECKING:
    from gateway.doctor.looking_redis import RedisLook

WAL = 2
"""In the header of an SQLite file: changes go to a log first."""


def keeps_log(path: Path) -> bool:
    """By the head of the file (SQLite's file format, section 1.3). Raises StoreDown for what is no SQLite file."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise StoreDown(f"The store file {path} cannot be read: {error.strerror}") from error
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise StoreDown(f"{path} is no SQLite file")
    return head[18] == head[19] == WAL


class LookedAt(SqliteStore):
    """An SQLite store for reading. `path` is its file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def _open(self) -> None:
        log = self.path.with_name(self.path.name + "-wal")
        # Without a log nobody has it open, and no file has to be made beside it to read it.
        how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
        where = f"file:{quote(str(self.path.absolute()))}?{how}"
        self._db = self._reader = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA query_only = ON")

    async def schema(self) -> int:
        """Its version."""
        return await self._read(_version)

    async def damage(self, steps: int) -> str | None:
        """What SQLite says is wrong, "" for nothing; None when it was not looked through in so many thousand steps."""
        return await self._read(_damage, steps)


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _damage(db: sqlite3.Connection, steps: int) -> str | None:
    left = iter(range(steps))
    db.set_progress_handler(lambda: next(left, None) is None, 1000)
    try:
        found = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        db.set_progress_handler(None, 0)
    return "" if found == "ok" else found


Looked: TypeAlias = Union[LookedAt, "RedisLook"]


def sqlite_file(settings: Settings) -> Path | None:
    """The file of the configured store; None for another kind."""
    url = settings.store_url
    return Path(url.removeprefix("sqlite:///")) if urlsplit(url).scheme == "sqlite" else None


@asynccontextmanager
async def looked_at(settings: Settings) -> AsyncIterator[Looked]:
    """The configured store for reading. Raises StoreDown, also where there is none yet."""
    file = sqlite_file(settings)
    if file is None and urlsplit(settings.store_url).scheme not in REDIS:
        raise StoreDown("The store URL must begin with sqlite:/// or redis://.")
    store = LookedAt(file) if file is not None else _redis(settings)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def _redis(settings: Settings) -> RedisLook:
    from gateway.doctor.looking_redis import RedisLook  # noqa: PLC0415 - importing redis is slow

    return RedisLook(settings.store_url, unsafe=True)
