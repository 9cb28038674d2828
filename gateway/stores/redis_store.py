"""The store for several workers or machines: Redis standalone, Sentinel or Cluster (DESIGN section 7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec

from gateway.stores.redis_base import PREFIX, infos, keys_like, private_key
from gateway.stores.redis_copies import RedisCopies
from gateway.stores.redis_ids import RedisIds, pack
from gateway.stores.redis_logins import ACCOUNTS, RedisLogins
from gateway.stores.redis_narrow import RedisNarrow
from gateway.stores.redis_records import RedisRecords
from gateway.stores.redis_short import CLAIM, KEPT, RedisShort
from gateway.stores.store import IndexEntry
from mappings.order import position

BUSY, DONE = b"?", b"!"

COUNTED = {
    "ids": ("statuses", "zcard"),
    "people": ("people", "hlen"),
    "kinds": ("kinds", "hlen"),
    "logins": ("logins", "hlen"),
    "media": ("media", "hlen"),
    "index:": ("index_entries", "zcard"),
    "numbers:": ("numbers", "hlen"),
    "narrow:": ("narrow", "zcard"),
    "records:": ("records", "hlen"),
}
"""What follows the hash tag in a key, up to its first colon -> what it holds, how to count."""

TWOFOLD = frozenset({"index", "narrow"})
"""Several keys each, of which one is counted."""

unpack_entry = msgspec.msgpack.Decoder(tuple[int, str, str, str]).decode


def _index(account: str, name: str) -> list[str]:
    return [private_key(account, f"index:{name}:{part}") for part in ("ids", "rows", "state")]


ONCE = PREFIX + "once:"
SHORT = {ONCE: "once", KEPT: "kept", CLAIM: "claims"}
"""How the keys of short-lived things begin -> what they are counted as."""


def _once(key: str) -> str:
    return ONCE + key


class RedisStore(RedisIds, RedisLogins, RedisRecords, RedisNarrow, RedisShort, RedisCopies):
    """`Store` in Redis."""

    async def put_media(self, account: str, native: str, now_ms: int) -> int:
        id, media = position(now_ms), private_key(account, "media")
        while not await self._take(media, str(id), native):
            id += 1
        return id

    async def set_media(self, account: str, id: int, native: str) -> None:
        media = private_key(account, "media")
        await self._do(lambda client: client.hset(media, str(id), native))

    async def _take(self, key: str, field: str, value: str) -> bool:
        return bool(await self._do(lambda client: client.hsetnx(key, field, value)))

    async def media_by_ids(self, account: str, ids: Sequence[int]) -> dict[int, str]:
        if not ids:
            return {}
        media = private_key(account, "media")
        found = await self._do(lambda client: client.hmget(media, [str(id) for id in ids]))
        return {id: native.decode() for id, native in zip(ids, found, strict=True) if native is not None}

    async def _index_change(
        self,
        account: str,
        name: str,
        entries: Sequence[IndexEntry] = (),
        state: Sequence[tuple[str, str]] = (),
        drop: Sequence[str] = (),
    ) -> None:
        rows = [(e.id, e.key, e.native, e.row) for e in entries]
        await self._script("index_change", _index(account, name), pack((rows, list(state), list(drop))))

    async def index_add(self, account: str, name: str, entries: Sequence[IndexEntry], state: dict[str, str]) -> None:
        await self._index_change(account, name, entries, list(state.items()))

    async def index_drop(self, account: str, name: str, keys: Sequence[str]) -> None:
        await self._index_change(account, name, drop=keys)

    async def index_page(
        self, account: str, name: str, *, below: int, above: int, offset: int, limit: int
    ) -> tuple[IndexEntry, ...]:
        found = await self._script("index_page", _index(account, name)[:2], below, above, max(offset, 0), max(limit, 0))
        rows = (unpack_entry(packed) for packed in found)
        return tuple(IndexEntry(id=id, key=key, native=native, row=row) for id, key, native, row in rows)

    async def index_state(self, account: str, name: str) -> tuple[dict[str, str], int]:
        ids, _, state = _index(account, name)
        found, number = await self._script("index_state", [ids, state])
        texts = [text.decode() for text in found]
        return dict(zip(texts[::2], texts[1::2], strict=True)), number

    async def reserve(self, key: str, seconds: int) -> bytes | None:
        mark = secrets.token_hex(8)
        kept: bytes | None = await self._script("reserve", [_once(key)], mark, 1000 * seconds)
        return None if kept is None else b"" if kept.startswith(BUSY) else kept.removeprefix(DONE)

    async def finish(self, key: str, reply: bytes, seconds: int) -> None:
        await self._do(lambda client: client.set(_once(key), DONE + reply, px=1000 * seconds))

    async def release(self, key: str) -> None:
        await self._do(lambda client: client.delete(_once(key)))

    async def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(("accounts", *(name for name, _ in COUNTED.values()), *SHORT.values()), 0)
        for key in await self._do(lambda client: keys_like(client, PREFIX + "*")):
            name, command = _counted(key)
            short = next((held for start, held in SHORT.items() if key.startswith(start)), "")
            if short:
                counts[short] += 1
            elif name:
                counts[name] += await self._length(command, key)
        sizes = [int(info["used_memory"]) for info in await self._do(infos)]
        return {**counts, "bytes": sum(sizes)}

    async def _length(self, command: str, key: str) -> int:
        return int(await self._do(lambda client: getattr(client, command)(key)))


def _counted(key: str) -> tuple[str, str]:
    """What a key holds and the command that counts it; empty for keys that are not counted."""
    if key == ACCOUNTS:
        return "accounts", "hlen"
    scope, _, name = key.partition("}:")
    head, colon, rest = name.partition(":")
    counted = scope.startswith(PREFIX + "{") and (head not in TWOFOLD or rest.endswith(":ids"))
    return COUNTED.get(head + colon, ("", "")) if counted else ("", "")
