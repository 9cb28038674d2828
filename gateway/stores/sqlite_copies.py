"""Carrying records from store to store: the SQLite side of `Store.dump` and `Store.load`."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

from gateway.stores.copies import FIELDS, PAGE, SHARED, Part, Row
from gateway.stores.sqlite_base import SqliteBase
from gateway.stores.sqlite_ids import scope_of


class Table(NamedTuple):
    """Where a part lies: table, column of its scope, columns of its order."""

    name: str
    scope: str
    order: tuple[str, ...]


TABLES: dict[Part, Table] = {
    "statuses": Table("statuses", "scope", ("id",)),
    "people": Table("people", "scope", ("id",)),
    "kinds": Table("kinds", "scope", ("key",)),
    "media": Table("media", "account", ("id",)),
    "numbers": Table("numbers", "account", ("kind", "id")),
    "narrow": Table("narrow", "account", ("space", "id")),
    "entries": Table("entries", "account", ("name", "key")),
    "records": Table("records", "account", ("kind", "key")),
    "states": Table("entry_state", "account", ("name", "field")),
}

Scope = str | int
Check = Callable[[sqlite3.Connection, Scope, Row, bool], bool]


def _page(db: sqlite3.Connection, part: Part, scope: str, after: Row | None) -> list[Row]:
    table, fields = TABLES[part], FIELDS[part]
    mine = "(SELECT id FROM scopes WHERE name = ?)" if part in SHARED else "?"
    order, marks = ", ".join(table.order), ", ".join("?" * len(table.order))
    beyond = "" if after is None else f"AND ({order}) > ({marks})"
    last = () if after is None else tuple(after[fields.index(name)] for name in table.order)
    sql = (
        f"SELECT {', '.join(fields)} FROM {table.name} WHERE {table.scope} = {mine} {beyond}"  # noqa: S608 - fixed names
        f" ORDER BY {order} LIMIT {PAGE}"
    )
    return db.execute(sql, (scope, *last)).fetchall()


def _one(db: sqlite3.Connection, sql: str, *values: Scope | bytes) -> Scope | None:
    row = db.execute(sql, values).fetchone()
    return row[0] if row else None


def _status_differs(db: sqlite3.Connection, scope: Scope, row: Row, write: bool) -> bool:
    """Only before writing are neighbours compared: then all that is there was there before."""
    id, key, _, sort = row[:4]
    known = _one(db, "SELECT id FROM statuses WHERE scope = ? AND key = ?", scope, key)
    if known is not None:
        return known != id
    if _one(db, "SELECT id FROM statuses WHERE scope = ? AND id = ?", scope, id) is not None:
        return True
    return bool(sort) and not write and not _in_order(db, scope, sort, id)


def _in_order(db: sqlite3.Connection, scope: Scope, sort: Scope | bytes, id: Scope | bytes) -> bool:
    start = "SELECT id FROM statuses WHERE scope = ? AND sort <> '' AND "
    below = _one(db, start + "sort < ? ORDER BY sort DESC LIMIT 1", scope, sort)
    above = _one(db, start + "sort > ? ORDER BY sort LIMIT 1", scope, sort)
    return (below is None or int(below) < int(id)) and (above is None or int(above) > int(id))


def _both_ways(table: str, where: str, other: str = "native") -> Check:
    """A check of pairs (..., id, `other`) where neither may belong to another."""

    def differs(db: sqlite3.Connection, scope: Scope, row: Row, write: bool) -> bool:  # noqa: ARG001
        *kind, id, native = row
        of_native = _one(db, f"SELECT id FROM {table} WHERE {where} AND {other} = ?", scope, *kind, native)  # noqa: S608
        of_id = _one(db, f"SELECT {other} FROM {table} WHERE {where} AND id = ?", scope, *kind, id)  # noqa: S608
        return of_native not in (None, id) or of_id not in (None, native)

    return differs


def _media_differs(db: sqlite3.Connection, scope: Scope, row: Row, write: bool) -> bool:  # noqa: ARG001
    return _one(db, "SELECT native FROM media WHERE account = ? AND id = ?", scope, row[0]) not in (None, row[1])


CHECKS: dict[Part, Check] = {
    "statuses": _status_differs,
    "people": _both_ways("people", "scope = ?"),
    "numbers": _both_ways("numbers", "account = ? AND kind = ?"),
    "narrow": _both_ways("narrow", "account = ? AND space = ?", "wide"),
    "media": _media_differs,
}
"""Of what has an integer. Everything else stays as it is where it is there already."""


def _load(db: sqlite3.Connection, part: Part, scope: str, rows: Sequence[Row], today: int, write: bool) -> list[int]:  # noqa: PLR0917
    mine: Scope = scope_of(db, scope) if part in SHARED else scope
    check = CHECKS.get(part)
    wrong = []
    db.execute("SAVEPOINT load")
    for place, row in enumerate(rows):
        if check and check(db, mine, row, write):
            wrong.append(place)
        elif write:
            _put(db, part, mine, row, today)
    if wrong:
        db.execute("ROLLBACK TO load")
    db.execute("RELEASE load")
    return wrong


def _put(db: sqlite3.Connection, part: Part, scope: Scope, row: Row, today: int) -> None:
    if part == "statuses":
        fields, values = (*FIELDS[part], "asked"), (*row, today)
        links = ", ".join(
            f"{name} = iif({name} = '', excluded.{name}, {name})" for name in ("parent", "boosted", "booster")
        )
        clash = f"ON CONFLICT (scope, id) DO UPDATE SET {links}"
    else:
        fields, values, clash = FIELDS[part], row, "ON CONFLICT DO NOTHING"
    table = TABLES[part]
    names, marks = ", ".join((table.scope, *fields)), ", ".join("?" * (len(fields) + 1))
    db.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {clash}", (scope, *values))  # noqa: S608 - fixed names


class SqliteCopies(SqliteBase):
    """The part of `Store` that carries records to another one."""

    async def dump(self, part: Part, scope: str) -> AsyncIterator[list[Row]]:
        after: Row | None = None
        while page := await self._read(_page, part, scope, after):
            yield page
            after = page[-1]

    async def load(self, part: Part, scope: str, rows: Sequence[Row], today: int, *, write: bool) -> list[int]:
        return await self._write(_load, part, scope, rows, today, write)
