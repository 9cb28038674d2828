"""The id map in SQLite: statuses, people, kinds, thread roots."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import msgspec

from gateway.stores.placement import Neighbour, Placement, arranged, merged
from gateway.stores.sqlite_base import SqliteBase
from gateway.stores.store import Assigned, StatusRecord
from mappings.hub import Sighting
from mappings.order import account_number

ROOT_STEPS = 200
FIELDS = "id, key, native, sort, parent, boosted, booster"
SCAN = 512
PEOPLE = 2**31 - 1


def texts(values: Iterable[str]) -> str:
    """For `IN (SELECT value FROM json_each(?))`: one statement for any number of values."""
    return msgspec.json.encode(list(values)).decode()


def scope_of(db: sqlite3.Connection, backend: str) -> int:
    """The number of a backend, made when new."""
    row = db.execute("SELECT id FROM scopes WHERE name = ?", (backend,)).fetchone()
    if row is None:
        return db.execute("INSERT INTO scopes (name) VALUES (?)", (backend,)).lastrowid or 0
    return int(row[0])


def first_free(db: sqlite3.Connection, rows: str, values: tuple[object, ...], id: int) -> int:
    """The lowest id from `id` on that none of some rows has; mostly that is the first one looked at."""
    sql = f"SELECT id FROM {rows} AND id >= ? ORDER BY id LIMIT ?"  # noqa: S608 - fixed text
    limit = 1
    while True:
        found = db.execute(sql, (*values, id, limit)).fetchall()
        for (taken,) in found:
            if taken != id:
                return id
            id += 1
        if len(found) < limit:
            return id
        limit = SCAN


class SqliteSlots:
    """`placement.Slots` on an open transaction."""

    def __init__(self, db: sqlite3.Connection, scope: int, today: int) -> None:
        self._db = db
        self._scope = scope
        self._today = today

    def below(self, sort: str) -> Neighbour | None:
        return self._neighbour("sort < ? ORDER BY sort DESC", sort)

    def above(self, sort: str) -> Neighbour | None:
        return self._neighbour("sort > ? ORDER BY sort", sort)

    def _neighbour(self, which: str, sort: str) -> Neighbour | None:
        sql = f"SELECT id, sort FROM statuses WHERE scope = ? AND sort <> '' AND {which} LIMIT 1"  # noqa: S608 - fixed text
        row = self._db.execute(sql, (self._scope, sort)).fetchone()
        return Neighbour(*row) if row else None

    def free(self, id: int) -> int:
        return first_free(self._db, "statuses WHERE scope = ?", (self._scope,), id)

    def ends(self) -> tuple[int, int] | None:
        sql = "SELECT (SELECT min(id) FROM statuses WHERE scope = ?), (SELECT max(id) FROM statuses WHERE scope = ?)"
        low, high = self._db.execute(sql, (self._scope, self._scope)).fetchone()
        return None if low is None else (low, high)

    def put(self, sighting: Sighting, id: int) -> None:
        s = sighting
        self._db.execute(
            f"INSERT INTO statuses (scope, {FIELDS}, asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - fixed text
            (self._scope, id, s.key, s.native, s.sort, s.parent, s.boosted, s.booster, self._today),
        )


def assign(
    db: sqlite3.Connection, backend: str, sightings: Sequence[Sighting], people: Sequence[str], *, today: int, now: int
) -> Assigned:
    """`Store.assign` inside a transaction; `now` is milliseconds since 1970."""
    scope = scope_of(db, backend)
    statuses: dict[str, int] = {}
    roots: dict[str, int] = {}
    if sightings:
        chosen = arranged(merged(sightings))
        statuses = _known(db, scope, chosen, today)
        if len(statuses) < len(chosen):
            Placement(SqliteSlots(db, scope, today), chosen, statuses, now).run()
        roots = _roots(db, scope, list(statuses))
    return Assigned(statuses=statuses, roots=roots, accounts=_people(db, scope, backend, people) if people else {})


def _known(db: sqlite3.Connection, scope: int, sightings: Sequence[Sighting], today: int) -> dict[str, int]:
    """Ids given before; their day of use and empty links are brought up to date."""
    rows = db.execute(
        "SELECT key, id, parent, boosted, asked FROM statuses"
        " WHERE scope = ? AND key IN (SELECT value FROM json_each(?))",
        (scope, texts(s.key for s in sightings)),
    ).fetchall()
    by_key = {s.key: s for s in sightings}
    stale = []
    for key, id, parent, boosted, asked in rows:
        new = by_key[key]
        if asked < today or (new.parent and not parent) or (new.boosted and not boosted):
            stale.append((today, new.parent, new.boosted, new.booster, scope, id))
    db.executemany(
        "UPDATE statuses SET asked = max(asked, ?), parent = iif(parent = '', ?, parent),"
        " boosted = iif(boosted = '', ?, boosted), booster = iif(booster = '', ?, booster)"
        " WHERE scope = ? AND id = ?",
        stale,
    )
    return {row[0]: row[1] for row in rows}


def _roots(db: sqlite3.Connection, scope: int, keys: Sequence[str]) -> dict[str, int]:
    """The id of the oldest known ancestor of each key, following at most ROOT_STEPS parent links."""
    links: dict[str, tuple[int, str]] = {}
    asked: set[str] = set()
    frontier = set(keys)
    for _ in range(ROOT_STEPS):
        rows = db.execute(
            "SELECT key, id, parent FROM statuses WHERE scope = ? AND key IN (SELECT value FROM json_each(?))",
            (scope, texts(frontier)),
        ).fetchall()
        links.update((key, (id, parent)) for key, id, parent in rows)
        asked |= frontier
        frontier = {parent for _, _, parent in rows if parent} - asked
        if not frontier:
            break
    return {key: _root(links, key) for key in keys}


def _root(links: dict[str, tuple[int, str]], key: str) -> int:
    id, parent = links[key]
    passed = {key}
    while parent in links and parent not in passed:
        passed.add(parent)
        id, parent = links[parent]
    return id


def _people(db: sqlite3.Connection, scope: int, backend: str, natives: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = dict(
        db.execute(
            "SELECT native, id FROM people WHERE scope = ? AND native IN (SELECT value FROM json_each(?))",
            (scope, texts(natives)),
        ).fetchall()
    )
    for native in natives:
        if native not in known:
            id = account_number(backend, native)
            while db.execute("SELECT 1 FROM people WHERE scope = ? AND id = ?", (scope, id)).fetchone():
                id = id % PEOPLE + 1
            db.execute("INSERT INTO people VALUES (?, ?, ?)", (scope, id, native))
            known[native] = id
    return known


def _record(db: sqlite3.Connection, backend: str, which: str, value: int | str) -> StatusRecord | None:
    sql = f"SELECT {FIELDS} FROM statuses WHERE scope = (SELECT id FROM scopes WHERE name = ?) AND {which} LIMIT 1"  # noqa: S608 - fixed text
    row = db.execute(sql, (backend, value)).fetchone()
    return StatusRecord(**dict(zip(FIELDS.split(", "), row, strict=True))) if row else None


def _neighbours(db: sqlite3.Connection, backend: str, id: int) -> tuple[StatusRecord | None, StatusRecord | None]:
    below = _record(db, backend, "id <= ? ORDER BY id DESC", id)
    return below, _record(db, backend, "id > ? ORDER BY id", id)


def _person(db: sqlite3.Connection, backend: str, id: int) -> str | None:
    sql = "SELECT native FROM people WHERE scope = (SELECT id FROM scopes WHERE name = ?) AND id = ?"
    row = db.execute(sql, (backend, id)).fetchone()
    return row[0] if row else None


def _set_kind(db: sqlite3.Connection, backend: str, key: str, kind: str) -> None:
    db.execute("INSERT OR REPLACE INTO kinds VALUES (?, ?, ?)", (scope_of(db, backend), key, kind))


def _kinds(db: sqlite3.Connection, backend: str, keys: Sequence[str]) -> dict[str, str]:
    sql = (
        "SELECT key, kind FROM kinds WHERE scope = (SELECT id FROM scopes WHERE name = ?)"
        " AND key IN (SELECT value FROM json_each(?))"
    )
    return dict(db.execute(sql, (backend, texts(keys))).fetchall())


def _forget(db: sqlite3.Connection, before_day: int) -> int:
    return db.execute("DELETE FROM statuses WHERE asked < ?", (before_day,)).rowcount


MOST = 2**53


def bounded(id: int) -> int:
    """An id as asked for by a client, within what SQLite can compare."""
    return min(max(id, -1), MOST)


class SqliteIds(SqliteBase):
    """The id map part of `Store`."""

    async def assign(self, backend: str, statuses: Sequence[Sighting], accounts: Sequence[str], today: int) -> Assigned:
        return await self._write(assign, backend, statuses, accounts, today=today, now=self._clock())

    async def status_by_id(self, backend: str, id: int) -> StatusRecord | None:
        return await self._read(_record, backend, "id = ?", bounded(id))

    async def status_by_key(self, backend: str, key: str) -> StatusRecord | None:
        return await self._read(_record, backend, "key = ?", key)

    async def neighbours(self, backend: str, id: int) -> tuple[StatusRecord | None, StatusRecord | None]:
        return await self._read(_neighbours, backend, bounded(id))

    async def account_by_id(self, backend: str, id: int) -> str | None:
        return await self._read(_person, backend, bounded(id))

    async def set_kind(self, backend: str, key: str, kind: str) -> None:
        await self._write(_set_kind, backend, key, kind)

    async def kinds(self, backend: str, keys: Sequence[str]) -> dict[str, str]:
        return await self._read(_kinds, backend, keys)

    async def forget(self, before_day: int) -> int:
        return await self._write(_forget, before_day)
