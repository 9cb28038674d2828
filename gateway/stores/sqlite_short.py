"""Short-lived things in SQLite: what is kept for a while, and claims (nonces). Two spaces of keys.

What has run out is never seen again; each write sweeps away a few such rows, more than it adds.
"""

from __future__ import annotations

import sqlite3

from gateway.stores.sqlite_base import SqliteBase

SWEPT = 20
"""Rows that have run out and are removed by one write, at most."""


def _sweep(db: sqlite3.Connection, table: str, now_ms: int) -> None:
    old = f"SELECT key FROM {table} WHERE expires <= ? ORDER BY expires LIMIT ?"  # noqa: S608 - fixed names
    db.execute(f"DELETE FROM {table} WHERE key IN ({old})", (now_ms, SWEPT))  # noqa: S608 - fixed names


def _keep(db: sqlite3.Connection, key: str, value: bytes, now_ms: int, seconds: int) -> None:
    _sweep(db, "kept", now_ms)
    db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (key, now_ms + 1000 * seconds, value))


def _kept(db: sqlite3.Connection, key: str, now_ms: int) -> bytes | None:
    row = db.execute("SELECT value FROM kept WHERE key = ? AND expires > ?", (key, now_ms)).fetchone()
    return row[0] if row else None


def _take(db: sqlite3.Connection, key: str, now_ms: int) -> bytes | None:
    value = _kept(db, key, now_ms)
    db.execute("DELETE FROM kept WHERE key = ?", (key,))
    return value


def _claim(db: sqlite3.Connection, key: str, now_ms: int, seconds: int) -> bool:
    """A claim that has run out counts as none."""
    _sweep(db, "claims", now_ms)
    sql = (
        "INSERT INTO claims VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET expires = excluded.expires"
        " WHERE claims.expires <= ?"
    )
    return db.execute(sql, (key, now_ms + 1000 * seconds, now_ms)).rowcount > 0


class SqliteShort(SqliteBase):
    """The short-lived part of `Store`."""

    async def keep(self, key: str, value: bytes, seconds: int) -> None:
        await self._write(_keep, key, value, self._clock(), seconds)

    async def kept(self, key: str) -> bytes | None:
        return await self._read(_kept, key, self._clock())

    async def take(self, key: str) -> bytes | None:
        return await self._write(_take, key, self._clock())

    async def claim(self, key: str, seconds: int) -> bool:
        return await self._write(_claim, key, self._clock(), seconds)
