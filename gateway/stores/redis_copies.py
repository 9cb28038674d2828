"""Carrying records from store to store: the Redis side of `Store.dump` and `Store.load`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from gateway.stores.copies import PAGE, Part, Row
from gateway.stores.redis_base import RedisBase, escaped, keys_like, keys_of, private_key
from gateway.stores.redis_ids import pack, unpack_row

unpack_entry = msgspec.msgpack.Decoder(tuple[int, str, str, str]).decode

OWN_KEYS: dict[Part, tuple[str, ...]] = {
    "media": ("media",),
    "numbers": ("numbers:{}", "natives:{}"),
    "narrow": ("narrow:{}:ids", "narrow:{}:wides"),
    "entries": ("index:{}:ids", "index:{}:rows"),
    "records": ("records:{}",),
    "states": ("index:{}:state",),
}
"""Keys of an account's parts behind its hash tag, as the script takes them; {} is the kind of thing, or its index."""
BACKEND_KEYS: dict[Part, tuple[str, ...]] = {
    "statuses": ("ids", "sorts", "records", "asked"),
    "people": ("people", "numbers"),
    "kinds": ("kinds",),
}
DUMPED: dict[Part, int] = {"entries": 1}
"""Which of these keys is the hash that holds all of it; the first where none is named."""


def _row(part: Part, name: tuple[str, ...], field: bytes, value: bytes) -> Row:
    """A field of that hash as a row."""
    text = field.decode()
    if part == "entries":
        return (*name, *unpack_entry(value))
    if part == "records":
        return (*name, text, value)
    if part in ("people", "numbers"):
        return (*name, int(value), text)
    return (*name, int(text) if part == "media" else text, value.decode())


class RedisCopies(RedisBase):
    """The part of `Store` that carries records to another one."""

    async def dump(self, part: Part, scope: str) -> AsyncIterator[list[Row]]:
        if part == "statuses":
            async for page in self._statuses(scope):
                yield page
            return
        for name in await self._names(part, scope):
            key = self._keys(part, scope, name)[DUMPED.get(part, 0)]
            if part == "narrow":
                async for pairs in self._scored(key):
                    yield [(*name, id, int(wide)) for wide, id in pairs]
                continue
            async for fields in self._fields(key):
                rows = [_row(part, name, field, value) for field, value in fields.items()]
                for start in range(0, len(rows), PAGE):  # a small hash comes whole
                    yield rows[start : start + PAGE]

    async def _statuses(self, backend: str) -> AsyncIterator[list[Row]]:
        ids, records = keys_of(backend, "ids", "records")
        async for found in self._scored(ids):
            packed = await self._ask("hmget", records, [key for key, _ in found])
            known = [(key.decode(), unpack_row(row)) for (key, _), row in zip(found, packed, strict=True) if row]
            yield [(row[0], key, *row[1:]) for key, row in known]

    async def _scored(self, key: str) -> AsyncIterator[list[tuple[bytes, int]]]:
        """Members of a sorted set with their scores, in pages."""
        low = "-inf"
        while found := await self._ask("zrangebyscore", key, low, "+inf", 0, PAGE, withscores=True):
            yield [(member, int(score)) for member, score in found]
            low = f"({int(found[-1][1])}"

    async def _fields(self, key: str) -> AsyncIterator[dict[bytes, bytes]]:
        cursor = 0
        while True:
            cursor, fields = await self._ask("hscan", key, cursor, count=PAGE)
            yield fields
            if not cursor:
                return

    async def _ask(self, command: str, *args: Any, **options: Any) -> Any:
        return await self._do(lambda client: getattr(client, command)(*args, **options))

    async def _names(self, part: Part, scope: str) -> list[tuple[str, ...]]:
        """The kinds or indexes of an account that this part has; one empty name for a part without."""
        if part in BACKEND_KEYS or part == "media":
            return [()]
        start, _, end = OWN_KEYS[part][DUMPED.get(part, 0)].partition("{}")
        pattern = private_key(escaped(scope), f"{start}*{end}")
        keys = await self._do(lambda client: keys_like(client, pattern))
        before = private_key(scope, start)
        return [(key.removeprefix(before).removesuffix(end),) for key in keys]

    @staticmethod
    def _keys(part: Part, scope: str, name: tuple[str, ...]) -> list[str]:
        if part in BACKEND_KEYS:
            return keys_of(scope, *BACKEND_KEYS[part])
        return [private_key(scope, key.format(*name)) for key in OWN_KEYS[part]]

    async def load(self, part: Part, scope: str, rows: Sequence[Row], today: int, *, write: bool) -> list[int]:
        """Each kind or index is one step; a contradiction is looked for in all of them before the first is written."""
        named = len(OWN_KEYS.get(part, ("",))[0].split("{}")) - 1
        groups: dict[tuple[str, ...], list[int]] = {}
        for place, row in enumerate(rows):
            groups.setdefault(tuple(str(name) for name in row[:named]), []).append(place)
        for step in (False, True) if write and len(groups) > 1 else (write,):
            wrong: list[int] = []
            for name, places in groups.items():
                bare = [rows[place][named:] for place in places]
                values = [row[1] for row in bare if isinstance(row[-1], bytes)]
                batch = pack((part, [row[:1] for row in bare] if values else bare, today, step))
                found: list[Any] = await self._script("load", self._keys(part, scope, name), batch, *values)
                wrong += (places[int(place)] for place in found)
            if wrong:
                break
        return sorted(wrong)
