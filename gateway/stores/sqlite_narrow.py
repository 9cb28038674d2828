"""Narrow ids in SQLite: see `mappings.narrow`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from gateway.stores.sqlite_base import SqliteBase
from gateway.stores.sqlite_ids import SCAN, bounded, first_free
from gateway.stores.sqlite_schema import snapshot, transaction
from gateway.stores.store import Beside
from mappings.narrow import NEAR, SPACES, Around, Pair, place


class NarrowSlots:
    """`mappings.narrow.Slots` on an open transaction."""

    def __init__(self, db: sqlite3.Connection, account: str, space: str) -> None:
        self._db = db
        self._mine = (account, space)

    def around(self, wide: int) -> Around:
        below = self._near("wide < ? ORDER BY wide DESC", wide)
        above = self._near("wide > ? ORDER BY wide", wide)
        low, high = max((pair.id for pair in below), default=0), min((pair.id for pair in above), default=0)
        return Around(low, high, above[0].wide if above else 0)

    def beside(self, id: int) -> Beside:
        """The neighbours of a narrow position."""
        return self._pair("id <= ? ORDER BY id DESC", id), self._pair("id > ? ORDER BY id", id)

    def known(self, wides: Sequence[int]) -> dict[int, int]:
        """Wide -> narrow, as far as there is one."""
        sql = "SELECT id FROM narrow WHERE account = ? AND space = ? AND wide = ?"
        rows = {wide: self._db.execute(sql, (*self._mine, wide)).fetchone() for wide in wides}
        return {wide: row[0] for wide, row in rows.items() if row}

    def free(self, id: int) -> int:
        return first_free(self._db, "narrow WHERE account = ? AND space = ?", self._mine, id)

    def free_below(self, id: int) -> int:
        sql = "SELECT id FROM narrow WHERE account = ? AND space = ? AND id <= ? ORDER BY id DESC LIMIT ?"
        while id > 0:
            for (taken,) in self._db.execute(sql, (*self._mine, id, SCAN)).fetchall():
                if taken != id:
                    return id
                id -= 1
            if not self._is_taken(id):
                break
        return max(id, 0)

    def _is_taken(self, id: int) -> bool:
        return self._pair("id = ?", id) is not None

    def put(self, pair: Pair) -> None:
        self._db.execute("INSERT INTO narrow VALUES (?, ?, ?, ?)", (*self._mine, pair.id, pair.wide))

    def _pair(self, which: str, value: int) -> Pair | None:
        return next(iter(self._near(which, value, 1)), None)

    def _near(self, which: str, value: int, limit: int = NEAR) -> list[Pair]:
        sql = f"SELECT id, wide FROM narrow WHERE account = ? AND space = ? AND {which} LIMIT ?"  # noqa: S608 - fixed text
        return [Pair(*row) for row in self._db.execute(sql, (*self._mine, value, limit))]


def _narrow(db: sqlite3.Connection, account: str, space: str, wides: Sequence[int], named: int) -> dict[int, int]:
    """What is known does not wait for other writers."""
    known = snapshot(db, lambda db: NarrowSlots(db, account, space).known(wides))
    if len(known) == len(wides):
        return known
    return transaction(db, lambda db: _given(db, account, space, wides, named))


def _given(db: sqlite3.Connection, account: str, space: str, wides: Sequence[int], named: int) -> dict[int, int]:
    slots = NarrowSlots(db, account, space)
    known = slots.known(wides)  # again: another process may have been faster
    return known | place(slots, SPACES[space], [wide for wide in wides if wide not in known], named)


def _beside(db: sqlite3.Connection, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
    slots = NarrowSlots(db, account, space)
    return {id: slots.beside(bounded(id)) for id in ids}


class SqliteNarrow(SqliteBase):
    """The narrow part of `Store`."""

    async def narrow(self, account: str, space: str, wides: Sequence[int], named: int = 0) -> dict[int, int]:
        return await self._read(_narrow, account, space, sorted(set(wides)), named) if wides else {}

    async def widened(self, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
        return await self._view(_beside, account, space, ids) if ids else {}
