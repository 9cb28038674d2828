"""The id map in Redis: one script per reply (`assign.lua`), one hash slot per backend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from gateway.stores.placement import arranged, children, merged
from gateway.stores.redis_base import PREFIX, RedisBase, keys_like, keys_of
from gateway.stores.store import Assigned, StatusRecord
from mappings.hub import Order, Sighting
from mappings.order import account_number, position

FORGET_STEP = 1000

pack = msgspec.msgpack.encode
unpack_row = msgspec.msgpack.Decoder(tuple[int, str, str, str, str, str]).decode

Row = tuple[str, str, str, str, str, str, str, bool, int, bool, str, int]


def _rows(sightings: Sequence[Sighting]) -> list[Row]:
    """The batch as `assign.lua` reads it: times as positions, each bare parent with the child that names it."""
    answers = children(sightings)
    rows = []
    for s in sightings:
        child = answers.get(s.key) if not s.ms and s.order is not Order.TIMED else None
        child_wanted = position(child.ms, child.sub) if child else 0
        wanted = position(s.ms, s.sub) if s.ms else 0
        links = (s.key, s.native, s.sort, s.parent, s.boosted, s.booster)
        rows.append((*links, s.order.value, bool(s.ms), wanted, s.newest, child.key if child else "", child_wanted))
    return rows


def _record(key: bytes | None, packed: bytes | None) -> StatusRecord | None:
    if key is None or packed is None:
        return None
    id, native, sort, parent, boosted, booster = unpack_row(packed)
    return StatusRecord(
        id=id, key=key.decode(), native=native, sort=sort, parent=parent, boosted=boosted, booster=booster
    )


class RedisIds(RedisBase):
    """The id map part of `Store`."""

    async def assign(self, backend: str, statuses: Sequence[Sighting], accounts: Sequence[str], today: int) -> Assigned:
        chosen = arranged(merged(statuses))
        natives = list(dict.fromkeys(accounts))
        people = [(native, account_number(backend, native)) for native in natives]
        keys = keys_of(backend, "ids", "sorts", "records", "asked", "people", "numbers")
        batch = pack((_rows(chosen), people, today, position(self._clock())))
        ids, roots, numbers = await self._script("assign", keys, batch)
        names = [s.key for s in chosen]
        return Assigned(
            statuses=dict(zip(names, ids, strict=True)),
            roots=dict(zip(names, roots, strict=True)),
            accounts=dict(zip(natives, numbers, strict=True)),
        )

    async def status_by_id(self, backend: str, id: int) -> StatusRecord | None:
        found, _ = await self.neighbours(backend, id)
        return found if found and found.id == id else None

    async def status_by_key(self, backend: str, key: str) -> StatusRecord | None:
        (records,) = keys_of(backend, "records")
        return _record(key.encode(), await self._do(lambda client: client.hget(records, key)))

    async def neighbours(self, backend: str, id: int) -> tuple[StatusRecord | None, StatusRecord | None]:
        found: list[Any] = await self._script("beside", keys_of(backend, "ids", "records"), id)
        return _record(found[0], found[1]), _record(found[2], found[3])

    async def account_by_id(self, backend: str, id: int) -> str | None:
        (numbers,) = keys_of(backend, "numbers")
        native: bytes | None = await self._do(lambda client: client.hget(numbers, str(id)))
        return None if native is None else native.decode()

    async def set_kind(self, backend: str, key: str, kind: str) -> None:
        (kinds,) = keys_of(backend, "kinds")
        await self._do(lambda client: client.hset(kinds, key, kind))

    async def kinds(self, backend: str, keys: Sequence[str]) -> dict[str, str]:
        if not keys:
            return {}
        (kinds,) = keys_of(backend, "kinds")
        found = await self._do(lambda client: client.hmget(kinds, list(keys)))
        return {key: kind.decode() for key, kind in zip(keys, found, strict=True) if kind is not None}

    async def forget(self, before_day: int) -> int:
        """In steps of a bounded size, so that other requests are not held up."""
        dropped = 0
        for asked in await self._do(lambda client: keys_like(client, PREFIX + "{b:*}:asked")):
            backend = asked.removeprefix(PREFIX + "{b:").removesuffix("}:asked")
            keys = keys_of(backend, "ids", "sorts", "records", "asked")
            while step := await self._script("forget", keys, before_day, FORGET_STEP):
                dropped += step
        return dropped
