"""Linked accounts and logins in Redis. A login stands under its hash, its account lists it by id.

The two are in different slots, so the order of writing is what keeps a broken connection harmless: a new login is
listed before it works, a removed one stops working before it leaves the list.
"""

from __future__ import annotations

import asyncio

import msgspec

from gateway.stores.redis_base import PREFIX, RedisBase, escaped, keys_like, private_key
from gateway.stores.store import AccountRecord, LoginRecord

ACCOUNTS = PREFIX + "accounts"
LOGINS = "logins"

encode = msgspec.json.encode
decode_account = msgspec.json.Decoder(AccountRecord).decode
decode_login = msgspec.json.Decoder(LoginRecord).decode


def login_key(hash: str) -> str:
    """Where a login stands."""
    return f"{PREFIX}login:{hash}"


def _bare(login: LoginRecord) -> LoginRecord:
    return msgspec.structs.replace(login, last_used=0)


class RedisLogins(RedisBase):
    """The accounts and logins part of `Store`."""

    async def put_account(self, record: AccountRecord) -> None:
        await self._do(lambda client: client.hset(ACCOUNTS, record.id, encode(record)))
        await self._changed()

    async def account(self, id: str) -> AccountRecord | None:
        data: bytes | None = await self._do(lambda client: client.hget(ACCOUNTS, id))
        return None if data is None else decode_account(data)

    async def account_by_login(self, login: str) -> AccountRecord | None:
        """The oldest one, should two have taken the same name at once."""
        return next((record for record in await self.accounts() if record.login == login), None)

    async def accounts(self) -> tuple[AccountRecord, ...]:
        records = [decode_account(data) for data in await self._do(lambda client: client.hvals(ACCOUNTS))]
        return tuple(sorted(records, key=lambda record: (record.created, record.id)))

    async def put_login(self, record: LoginRecord) -> None:
        fields = {"data": encode(record), "last_used": record.last_used}
        listed = private_key(record.account, LOGINS)
        await self._do(lambda client: client.hset(listed, record.id, record.hash))
        await self._do(lambda client: client.hset(login_key(record.hash), mapping=fields))
        await self._changed()

    async def swap_login(self, before: LoginRecord, after: LoginRecord) -> bool:
        stored: bytes | None = await self._do(lambda client: client.hget(login_key(before.hash), "data"))
        if stored is None or _bare(decode_login(stored)) != _bare(before):
            return False
        swapped = await self._script("swap", [login_key(before.hash)], "data", stored, encode(after))
        if swapped:
            await self._changed()
        return bool(swapped)

    async def _login(self, hash: str) -> LoginRecord | None:
        found = await self._do(lambda client: client.hgetall(login_key(hash)))
        if b"data" not in found:
            return None
        return msgspec.structs.replace(decode_login(found[b"data"]), last_used=int(found[b"last_used"]))

    async def login(self, hash: str) -> tuple[LoginRecord, AccountRecord] | None:
        login = await self._login(hash)
        account = await self.account(login.account) if login else None
        return (login, account) if login and account else None

    async def logins(self, account: str) -> tuple[LoginRecord, ...]:
        hashes = await self._do(lambda client: client.hvals(private_key(account, LOGINS)))
        found = await asyncio.gather(*(self._login(hash.decode()) for hash in hashes))
        return tuple(sorted((login for login in found if login), key=lambda login: (login.created, login.id)))

    async def remove_login(self, account: str, id: str) -> bool:
        listed = private_key(account, LOGINS)
        hash: bytes | None = await self._do(lambda client: client.hget(listed, id))
        if hash is None:
            return False
        await self._do(lambda client: client.delete(login_key(hash.decode())))
        await self._do(lambda client: client.hdel(listed, id))
        await self._changed()
        return True

    async def remove_account(self, id: str) -> bool:
        """The record goes last, so that a removal that broke off can be asked for again; what requests under way
        wrote meanwhile goes with a second sweep."""
        if not id or await self.account(id) is None:
            return False
        await self._sweep(id)
        await self._do(lambda client: client.hdel(ACCOUNTS, id))
        await self._changed()
        await self._sweep(id)
        return True

    async def _sweep(self, account: str) -> None:
        """Its logins first, since nothing works without one."""
        for hash in await self._do(lambda client: client.hvals(private_key(account, LOGINS))):
            await self._delete(login_key(hash.decode()))
        await self._changed()
        for key in await self._do(lambda client: keys_like(client, private_key(escaped(account), "*"))):
            await self._delete(key)

    async def _delete(self, key: str) -> None:
        await self._do(lambda client: client.delete(key))

    async def touch_login(self, hash: str, now: int) -> None:
        await self._script("touch", [login_key(hash)], now)
