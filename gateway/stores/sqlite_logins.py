"""Linked accounts and logins in SQLite. Every change moves a counter that other processes notice at once."""

from __future__ import annotations

import sqlite3

import msgspec

from gateway.stores.sqlite_base import CLOSED, SqliteBase
from gateway.stores.store import AccountRecord, LoginRecord, StoreDown

encode = msgspec.json.encode
decode_account = msgspec.json.Decoder(AccountRecord).decode
decode_login = msgspec.json.Decoder(LoginRecord).decode


def _moved(db: sqlite3.Connection) -> None:
    db.execute("UPDATE meta SET value = value + 1 WHERE name = 'logins'")


def _put_account(db: sqlite3.Connection, record: AccountRecord) -> None:
    row = (record.id, record.login, record.created, encode(record).decode())
    db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?)", row)
    _moved(db)


def _accounts(db: sqlite3.Connection, which: str, *values: str) -> tuple[AccountRecord, ...]:
    sql = f"SELECT data FROM accounts {which} ORDER BY created, id"  # noqa: S608 - fixed text
    return tuple(decode_account(data) for (data,) in db.execute(sql, values))


def _put_login(db: sqlite3.Connection, record: LoginRecord) -> None:
    row = (record.hash, record.id, record.account, record.last_used, encode(record).decode())
    db.execute("INSERT OR REPLACE INTO logins VALUES (?, ?, ?, ?, ?)", row)
    _moved(db)


def _swap_login(db: sqlite3.Connection, before: LoginRecord, after: LoginRecord) -> bool:
    found = _logins(db, "hash = ?", before.hash)
    if not found or found[0] != msgspec.structs.replace(before, last_used=found[0].last_used):
        return False
    _put_login(db, msgspec.structs.replace(after, last_used=found[0].last_used))
    return True


def _logins(db: sqlite3.Connection, which: str, value: str) -> tuple[LoginRecord, ...]:
    sql = f"SELECT data, last_used FROM logins WHERE {which}"  # noqa: S608 - fixed text
    found = (msgspec.structs.replace(decode_login(data), last_used=used) for data, used in db.execute(sql, (value,)))
    return tuple(sorted(found, key=lambda login: (login.created, login.id)))


def _login(db: sqlite3.Connection, hash: str) -> tuple[LoginRecord, AccountRecord] | None:
    for login in _logins(db, "hash = ?", hash):
        for account in _accounts(db, "WHERE id = ?", login.account):
            return login, account
    return None


def _remove_login(db: sqlite3.Connection, account: str, id: str) -> bool:
    removed = db.execute("DELETE FROM logins WHERE account = ? AND id = ?", (account, id)).rowcount > 0
    if removed:
        _moved(db)
    return removed


PRIVATE = ("logins", "entries", "entry_state", "media", "numbers", "narrow", "records")
"""Tables with a column `account`."""


def _remove_account(db: sqlite3.Connection, id: str) -> bool:
    if not id or not db.execute("DELETE FROM accounts WHERE id = ?", (id,)).rowcount:
        return False
    for table in PRIVATE:
        db.execute(f"DELETE FROM {table} WHERE account = ?", (id,))  # noqa: S608 - fixed names
    _moved(db)
    return True


def _empty_log(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _touch_login(db: sqlite3.Connection, hash: str, now: int) -> None:
    db.execute("UPDATE logins SET last_used = ? WHERE hash = ?", (now, hash))


class SqliteLogins(SqliteBase):
    """The accounts and logins part of `Store`."""

    _data_version = -1
    _logins_version = 0

    def logins_version(self) -> int:
        """The counter is read only when some connection has committed something since the last look."""
        if self._reader is None:
            raise StoreDown(CLOSED)
        try:
            moved = self._reader.execute("PRAGMA data_version").fetchone()[0]
            if moved != self._data_version:
                row = self._reader.execute("SELECT value FROM meta WHERE name = 'logins'").fetchone()
                self._logins_version, self._data_version = row[0], moved
        except sqlite3.Error as error:
            raise StoreDown(f"The store file cannot be used: {error}") from error
        return self._logins_version

    async def put_account(self, record: AccountRecord) -> None:
        await self._write(_put_account, record)

    async def account(self, id: str) -> AccountRecord | None:
        return next(iter(await self._read(_accounts, "WHERE id = ?", id)), None)

    async def account_by_login(self, login: str) -> AccountRecord | None:
        """The oldest one, should two have taken the same name at once."""
        return next(iter(await self._read(_accounts, "WHERE login = ?", login)), None)

    async def accounts(self) -> tuple[AccountRecord, ...]:
        return await self._read(_accounts, "")

    async def put_login(self, record: LoginRecord) -> None:
        await self._write(_put_login, record)

    async def swap_login(self, before: LoginRecord, after: LoginRecord) -> bool:
        return await self._write(_swap_login, before, after)

    async def login(self, hash: str) -> tuple[LoginRecord, AccountRecord] | None:
        return await self._read(_login, hash)

    async def logins(self, account: str) -> tuple[LoginRecord, ...]:
        return await self._read(_logins, "account = ?", account)

    async def remove_login(self, account: str, id: str) -> bool:
        return await self._write(_remove_login, account, id)

    async def remove_account(self, id: str) -> bool:
        """The log of changes is emptied too, unless somebody reads just then: later changes overwrite it."""
        removed = await self._write(_remove_account, id)
        await self._read(_empty_log)
        return removed

    async def touch_login(self, hash: str, now: int) -> None:
        await self._write(_touch_login, hash, now)
