"""A Redis store that is only connected to: no mark of the schema is set, nothing is listened to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.stores.redis_base import PREFIX, connect, infos
from gateway.stores.redis_store import RedisStore
from gateway.stores.store import StoreDown


class RedisLook(RedisStore):
    """For reading: call nothing else."""

    async def open(self) -> None:
        """Connects on first use. Raises StoreDown for a URL that cannot be read."""
        try:
            self._parts = connect(self._url)
        except ValueError as error:
            raise StoreDown("The store URL cannot be read.") from error
        self._client = self._parts[0]

    async def infos(self) -> list[Mapping[str, Any]]:
        """INFO of every server that takes writes."""
        return [*await self._do(infos)]

    async def schema(self) -> int:
        """Its version, 0 where nobody has used it yet."""
        return int(await self._do(lambda client: client.get(PREFIX + "schema")) or 0)
