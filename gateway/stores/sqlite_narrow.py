"""Narrow ids in SQLite: see `mappings.narrow`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gateway.stores.sqlite_base import SqliteBase
from gateway.stores.sqlite_ids import bounded
from gateway.stores.sqlite_schema import snapshot, transaction
from gateway.stores.store import Beside
from mappings.narrow import SPACES, Pair, place

SCAN = 512


class NarrowSlots:
    """`mappings.narrow.Slots` on an open transaction."""

    def __init__(self, db: sqlite3.Connection, account: str, space: str) -> None:
        self._db = db
        self._mine = (account, space)

    def below(self, wide: int) -> Pair | None:
        return self._pair("wide < ? ORDER BY wide DESC", wide)

    def above(self, wide: int) -> Pair | None:
        return self._pair("wide > ? ORDER BY wide", wide)

    def beside(self, id: int) -> Beside:
        """The neighbours of a narrow position."""
        return self._pair("id <= ? ORDER BY id DESC", id), self._pair("id > ? ORDER BY id", id)

    def known(self, wides: Sequence[int]) -> dict[int, int]:
        """Wide -> narrow, as far as there is one."""
        sql = "SELECT id FROM narrow WHERE account = ? AND space = ? AND wide = ?"
        rows = {wide: self._db.execute(sql, (*self._mine, wide)).fetchone() for wide in wides}
        return {wide: row[0] for wide, row in rows.items() if row}

    def free(self, id: int) -> int:
        sql = "SELECT id FROM narrow WHERE account = ? AND space = ? AND id >= ? ORDER BY id LIMIT ?"
        limit = 1
        while True:
            rows = self._db.execute(sql, (*self._mine, id, limit)).fetchall()
            for (taken,) in rows:
                if taken != id:
                    return id
                id += 1
            if len(rows) < limit:
                return id
            limit = SCAN

    def put(self, pair: Pair) -> None:
        self._db.execute("INSERT INTO narrow VALUES (?, ?, ?, ?)", (*self._mine, pair.id, pair.wide))

    def _pair(self, which: str, value: int) -> Pair | None:
        sql = f"SELECT id, wide FROM narrow WHERE account = ? AND space = ? AND {which} LIMIT 1"  # noqa: S608 - fixed text
        row = self._db.execute(sql, (*self._mine, value)).fetchone()
        return Pair(*row) if row else None


def _narrow(db: sqlite3.Connection, account: str, space: str, wides: Sequence[int]) -> dict[int, int]:
    """What is known does not wait for other writers."""
    known = snapshot(db, lambda db: NarrowSlots(db, account, space).known(wides))
    if len(known) == len(wides):
        return known
    return transaction(db, lambda db: _given(db, account, space, wides))


def _given(db: sqlite3.Connection, account: str, space: str, wides: Sequence[int]) -> dict[int, int]:
    slots = NarrowSlots(db, account, space)
    known = slots.known(wides)  # again: another process may have been faster
    return known | place(slots, SPACES[space], [wide for wide in wides if wide not in known])


def _beside(db: sqlite3.Connection, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
    slots = NarrowSlots(db, account, space)
    return {id: slots.beside(bounded(id)) for id in ids}


class SqliteNarrow(SqliteBase):
    """The narrow part of `Store`."""

    async def narrow(self, account: str, space: str, wides: Sequence[int]) -> dict[int, int]:
        return await self._read(_narrow, account, space, sorted(set(wides))) if wides else {}

    async def widened(self, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
        return await self._view(_beside, account, space, ids) if ids else {}
