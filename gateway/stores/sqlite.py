"""The embedded store: one SQLite file, no other service (DESIGN section 7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gateway.stores.sqlite_copies import SqliteCopies
from gateway.stores.sqlite_ids import SqliteIds, bounded, texts
from gateway.stores.sqlite_logins import SqliteLogins
from gateway.stores.sqlite_narrow import SqliteNarrow
from gateway.stores.sqlite_records import SqliteRecords
from gateway.stores.sqlite_short import SqliteShort
from gateway.stores.store import IndexEntry
from mappings.order import position

COUNTED = {
    "statuses": "statuses",
    "people": "people",
    "kinds": "kinds",
    "accounts": "accounts",
    "logins": "logins",
    "media": "media",
    "index_entries": "entries",
    "numbers": "numbers",
    "narrow": "narrow",
    "records": "records",
    "once": "once",
    "kept": "kept",
    "claims": "claims",
}


def _put_media(db: sqlite3.Connection, account: str, native: str, now_ms: int) -> int:
    id = position(now_ms)
    while db.execute("SELECT 1 FROM media WHERE account = ? AND id = ?", (account, id)).fetchone():
        id += 1
    db.execute("INSERT INTO media VALUES (?, ?, ?)", (account, id, native))
    return id


def _set_media(db: sqlite3.Connection, account: str, id: int, native: str) -> None:
    db.execute("INSERT OR REPLACE INTO media VALUES (?, ?, ?)", (account, id, native))


def _media(db: sqlite3.Connection, account: str, ids: Sequence[int]) -> dict[int, str]:
    sql = "SELECT native FROM media WHERE account = ? AND id = ?"
    rows = {id: db.execute(sql, (account, bounded(id))).fetchone() for id in ids}
    return {id: row[0] for id, row in rows.items() if row}


def _index_add(
    db: sqlite3.Connection, account: str, name: str, entries: Sequence[IndexEntry], state: dict[str, str]
) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
        [(account, name, e.id, e.key, e.native, e.row) for e in entries],
    )
    rows = [(account, name, field, value) for field, value in state.items()]
    db.executemany("INSERT OR REPLACE INTO entry_state VALUES (?, ?, ?, ?)", rows)


def _index_drop(db: sqlite3.Connection, account: str, name: str, keys: Sequence[str]) -> None:
    sql = "DELETE FROM entries WHERE account = ? AND name = ? AND key IN (SELECT value FROM json_each(?))"
    db.execute(sql, (account, name, texts(keys)))


def _index_page(
    db: sqlite3.Connection, account: str, name: str, *, below: int, above: int, offset: int, limit: int
) -> tuple[IndexEntry, ...]:
    rows = db.execute(
        "SELECT id, key, native, row FROM entries WHERE account = ? AND name = ? AND id > ? AND id <= ?"
        " ORDER BY id DESC LIMIT ? OFFSET ?",
        (account, name, bounded(above), bounded(below), max(limit, 0), max(offset, 0)),
    )
    return tuple(IndexEntry(id=id, key=key, native=native, row=row) for id, key, native, row in rows)


def _index_state(db: sqlite3.Connection, account: str, name: str) -> tuple[dict[str, str], int]:
    mine = (account, name)
    number = db.execute("SELECT count(*) FROM entries WHERE account = ? AND name = ?", mine).fetchone()[0]
    state = db.execute("SELECT field, value FROM entry_state WHERE account = ? AND name = ?", mine)
    return dict(state.fetchall()), number


def _reserve(db: sqlite3.Connection, key: str, now_ms: int, seconds: int) -> bytes | None:
    db.execute("DELETE FROM once WHERE expires <= ?", (now_ms,))
    row = db.execute("SELECT reply FROM once WHERE key = ?", (key,)).fetchone()
    if row is None:
        _finish(db, key, b"", now_ms + 1000 * seconds)
    return row[0] if row else None


def _finish(db: sqlite3.Connection, key: str, reply: bytes, expires: int) -> None:
    db.execute("INSERT OR REPLACE INTO once VALUES (?, ?, ?)", (key, expires, reply))


def _release(db: sqlite3.Connection, key: str) -> None:
    db.execute("DELETE FROM once WHERE key = ?", (key,))


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    counts = {name: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for name, table in COUNTED.items()}  # noqa: S608 - fixed names
    pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return {**counts, "bytes": pages * size}


class SqliteStore(SqliteIds, SqliteLogins, SqliteRecords, SqliteNarrow, SqliteShort, SqliteCopies):
    """`Store` in one file. Safe for several processes on one machine (WAL)."""

    async def put_media(self, account: str, native: str, now_ms: int) -> int:
        return await self._write(_put_media, account, native, now_ms)

    async def set_media(self, account: str, id: int, native: str) -> None:
        await self._write(_set_media, account, id, native)

    async def media_by_ids(self, account: str, ids: Sequence[int]) -> dict[int, str]:
        return await self._read(_media, account, ids)

    async def index_add(self, account: str, name: str, entries: Sequence[IndexEntry], state: dict[str, str]) -> None:
        await self._write(_index_add, account, name, entries, state)

    async def index_drop(self, account: str, name: str, keys: Sequence[str]) -> None:
        await self._write(_index_drop, account, name, keys)

    async def index_page(
        self, account: str, name: str, *, below: int, above: int, offset: int, limit: int
    ) -> tuple[IndexEntry, ...]:
        return await self._read(_index_page, account, name, below=below, above=above, offset=offset, limit=limit)

    async def index_state(self, account: str, name: str) -> tuple[dict[str, str], int]:
        return await self._read(_index_state, account, name)

    async def reserve(self, key: str, seconds: int) -> bytes | None:
        return await self._write(_reserve, key, self._clock(), seconds)

    async def finish(self, key: str, reply: bytes, seconds: int) -> None:
        await self._write(_finish, key, reply, self._clock() + 1000 * seconds)

    async def release(self, key: str) -> None:
        await self._write(_release, key)

    async def counts(self) -> dict[str, int]:
        return await self._read(_counts)
