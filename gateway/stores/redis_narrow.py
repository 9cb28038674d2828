"""Narrow ids in Redis: two sorted sets a space, both ways, under the account's hash tag (`mappings.narrow`)."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.stores.redis_base import RedisBase, private_key
from gateway.stores.redis_ids import pack
from gateway.stores.store import Beside
from mappings.narrow import AWAY, NEAR, SPACES, STRETCH, Pair, second, wishes

IDS, WIDES = "narrow:{}:ids", "narrow:{}:wides"


def _pair(found: Sequence[bytes]) -> Pair | None:
    return Pair(int(found[0]), int(found[1])) if found else None


class RedisNarrow(RedisBase):
    """The narrow part of `Store`."""

    async def narrow(self, account: str, space: str, wides: Sequence[int], named: int = 0) -> dict[int, int]:
        if not wides:
            return {}
        chosen, kind = sorted(set(wides)), SPACES[space]
        keys = [private_key(account, name.format(space)) for name in (IDS, WIDES)]
        batch = pack((chosen, wishes(kind, chosen), kind.most, kind.start, named, second(named), STRETCH, AWAY, NEAR))
        ids: list[int] = await self._script("narrow", keys, batch)
        return {wide: id for wide, id in zip(chosen, ids, strict=True) if id}

    async def widened(self, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
        if not ids:
            return {}
        found: list[list[bytes]] = await self._script("widened", [private_key(account, IDS.format(space))], *ids)
        pairs = [_pair(one) for one in found]
        return dict(zip(ids, zip(pairs[::2], pairs[1::2], strict=True), strict=True))
