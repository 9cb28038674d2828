"""What an account keeps beside the backend, in SQLite: numbers of its own things, and records."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from gateway.stores.sqlite_base import SqliteBase
from gateway.stores.sqlite_ids import bounded
from gateway.stores.sqlite_schema import snapshot, transaction


def _known(db: sqlite3.Connection, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
    sql = "SELECT id FROM numbers WHERE account = ? AND kind = ? AND native = ?"
    rows = {native: db.execute(sql, (account, kind, native)).fetchone() for native in natives}
    return {native: row[0] for native, row in rows.items() if row}


def _number(db: sqlite3.Connection, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
    """Most calls find everything known; those do not wait for other writers."""
    known = snapshot(db, lambda db: _known(db, account, kind, natives))
    if known.keys() >= set(natives):
        return known
    return transaction(db, lambda db: _new_numbers(db, account, kind, natives))


def _new_numbers(db: sqlite3.Connection, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
    numbers = _known(db, account, kind, natives)  # again: another process may have been faster
    sql = "SELECT coalesce(max(id), 0) FROM numbers WHERE account = ? AND kind = ?"
    last = db.execute(sql, (account, kind)).fetchone()[0]
    new = [native for native in dict.fromkeys(natives) if native not in numbers]
    given = dict(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
    db.executemany("INSERT INTO numbers VALUES (?, ?, ?, ?)", [(account, kind, id, name) for name, id in given.items()])
    numbers |= given
    return {native: numbers[native] for native in natives}


def _numbered(db: sqlite3.Connection, account: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
    sql = "SELECT native FROM numbers WHERE account = ? AND kind = ? AND id = ?"
    rows = {id: db.execute(sql, (account, kind, bounded(id))).fetchone() for id in ids}
    return {id: row[0] for id, row in rows.items() if row}


def _put_records(db: sqlite3.Connection, account: str, kind: str, records: Mapping[str, bytes]) -> None:
    rows = [(account, kind, key, value) for key, value in records.items()]
    db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", rows)


def _records(db: sqlite3.Connection, account: str, kind: str) -> dict[str, bytes]:
    sql = "SELECT key, value FROM records WHERE account = ? AND kind = ?"
    return dict(db.execute(sql, (account, kind)).fetchall())


def _some_records(db: sqlite3.Connection, account: str, kind: str, keys: Sequence[str]) -> dict[str, bytes]:
    sql = "SELECT value FROM records WHERE account = ? AND kind = ? AND key = ?"
    rows = {key: db.execute(sql, (account, kind, key)).fetchone() for key in keys}
    return {key: row[0] for key, row in rows.items() if row}


def _swap_record(db: sqlite3.Connection, which: tuple[str, str, str], before: bytes, after: bytes) -> bool:
    sql = "UPDATE records SET value = ? WHERE account = ? AND kind = ? AND key = ? AND value = ?"
    return db.execute(sql, (after, *which, before)).rowcount > 0


def _drop_records(db: sqlite3.Connection, account: str, kind: str, keys: Sequence[str]) -> None:
    sql = "DELETE FROM records WHERE account = ? AND kind = ? AND key = ?"
    db.executemany(sql, [(account, kind, key) for key in keys])


class SqliteRecords(SqliteBase):
    """The numbers and records part of `Store`."""

    async def number(self, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
        return await self._read(_number, account, kind, natives) if natives else {}

    async def numbered(self, account: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
        return await self._view(_numbered, account, kind, ids) if ids else {}

    async def put_records(self, account: str, kind: str, records: Mapping[str, bytes]) -> None:
        if records:
            await self._write(_put_records, account, kind, records)

    async def records(self, account: str, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        if keys is None:
            return await self._read(_records, account, kind)
        return await self._view(_some_records, account, kind, keys) if keys else {}

    async def swap_record(self, account: str, kind: str, key: str, before: bytes, after: bytes) -> bool:
        return await self._write(_swap_record, (account, kind, key), before, after)

    async def drop_records(self, account: str, kind: str, keys: Sequence[str]) -> None:
        if keys:
            await self._write(_drop_records, account, kind, keys)
