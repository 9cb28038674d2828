"""Whom the reader mutes: servers of this kind know nothing of it, so it is kept here (activitypub-c2s section 1).

The mirror's state, which every request reads anyway, tells when another worker changed it.
"""

from __future__ import annotations

import secrets

from adapters.activitypub.mirror import Mirror
from adapters.shelf import Shelf

KIND, STATE = "muted", "mutes"


class Mutes:
    """One account's."""

    def __init__(self, shelf: Shelf, mirror: Mirror) -> None:
        self._shelf, self._mirror = shelf, mirror
        self._kept: tuple[str, dict[str, bytes]] = ("", {})

    async def all(self) -> tuple[str, ...]:
        """Ids of their actors, the latest first. No request and, as a rule, no trip to the store."""
        token = self._mirror.state.get(STATE, "")
        if token != self._kept[0]:
            self._kept = (token, await self._shelf.records(KIND))
        found = self._kept[1]
        return tuple(sorted(found, key=lambda native: found[native], reverse=True))

    async def put(self, native: str) -> None:
        """One more; who is among them stays at their place."""
        if native not in await self._now():
            await self._shelf.put_records(KIND, {native: b"%016d" % self._mirror.now_ms()})
            await self._changed()

    async def drop(self, native: str) -> None:
        """One less."""
        if native in await self._now():
            await self._shelf.drop_records(KIND, [native])
            await self._changed()

    async def _now(self) -> tuple[str, ...]:
        await self._mirror.glance()
        return await self.all()

    async def _changed(self) -> None:
        async with self._mirror.lock:
            await self._mirror.load()
            await self._mirror.store_state({STATE: secrets.token_hex(6)})
