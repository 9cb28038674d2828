"""Short-lived things in Redis: what is kept for a while, and claims (nonces). One key each; Redis lets them run out."""

from __future__ import annotations

import secrets

from gateway.stores.redis_base import PREFIX, RedisBase

KEPT, CLAIM = PREFIX + "kept:", PREFIX + "claim:"


class RedisShort(RedisBase):
    """The short-lived part of `Store`."""

    async def keep(self, key: str, value: bytes, seconds: int) -> None:
        await self._do(lambda client: client.set(KEPT + key, value, px=1000 * seconds))

    async def kept(self, key: str) -> bytes | None:
        value: bytes | None = await self._do(lambda client: client.get(KEPT + key))
        return value

    async def take(self, key: str) -> bytes | None:
        value: bytes | None = await self._do(lambda client: client.getdel(KEPT + key))
        return value

    async def claim(self, key: str, seconds: int) -> bool:
        """The mark makes a repeat of this very call (the connection broke before its answer) succeed."""
        return bool(await self._script("claim", [CLAIM + key], secrets.token_hex(8), 1000 * seconds))
