"""What an account keeps beside the backend, in Redis: numbers of its own things, and records.

A kind of thing is two hashes (both ways), a kind of record one, all under the account's hash tag. Things that belong to
nobody are those of the account "", whose tag is `{a:}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.stores.redis_base import RedisBase, private_key
from gateway.stores.redis_ids import pack

NUMBERS, NATIVES, RECORDS = "numbers:", "natives:", "records:"


class RedisRecords(RedisBase):
    """The numbers and records part of `Store`."""

    async def number(self, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
        if not natives:
            return {}
        keys = [private_key(account, NUMBERS + kind), private_key(account, NATIVES + kind)]
        ids: list[int] = await self._script("number", keys, pack(list(natives)))
        return dict(zip(natives, ids, strict=True))

    async def numbered(self, account: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
        if not ids:
            return {}
        natives = private_key(account, NATIVES + kind)
        found = await self._do(lambda client: client.hmget(natives, [str(id) for id in ids]))
        return {id: native.decode() for id, native in zip(ids, found, strict=True) if native is not None}

    async def put_records(self, account: str, kind: str, records: Mapping[str, bytes]) -> None:
        if records:
            kept = private_key(account, RECORDS + kind)
            await self._do(lambda client: client.hset(kept, mapping=dict(records)))

    async def records(self, account: str, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        kept = private_key(account, RECORDS + kind)
        if keys is None:
            everything = await self._do(lambda client: client.hgetall(kept))
            return {key.decode(): value for key, value in everything.items()}
        if not keys:
            return {}
        found = await self._do(lambda client: client.hmget(kept, list(keys)))
        return {key: value for key, value in zip(keys, found, strict=True) if value is not None}

    async def swap_record(self, account: str, kind: str, key: str, before: bytes, after: bytes) -> bool:
        return bool(await self._script("swap", [private_key(account, RECORDS + kind)], key, before, after))

    async def drop_records(self, account: str, kind: str, keys: Sequence[str]) -> None:
        if keys:
            await self._do(lambda client: client.hdel(private_key(account, RECORDS + kind), *keys))
