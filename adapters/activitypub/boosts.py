"""Who shared what: the people behind a status, and own statuses that others shared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from adapters.activitypub.log import INBOX, OUTBOX, SENT, Row
from adapters.activitypub.writing import Writing
from adapters.backend import Window
from mappings import activitypub as ap
from mappings import hub

ANNOUNCE = "Announce"


class Boosts(Writing):
    """What the collections of a post tell, and what reached the reader."""

    async def reblogged_by(self, native: str, cursor: str | None) -> hub.Page[hub.Account]:
        """Who shared a status: one page of its shares, and those that came."""
        return hub.Page(items=() if cursor else (await self.activities(native)).announce)

    async def reblogs(self, native: str) -> tuple[hub.Entry, ...]:
        """The shares that reached the reader; of others only the people are told. Raises Missing."""
        target = ap.id_of(await self.known(native))
        await self._refreshed(INBOX)
        return await self.entries([row for row in self._shares() if row.object == target and row.native])

    def _shares(self) -> Iterator[Row]:
        """Those that hold, of the reader and of others."""
        return (row for row in self.link.mirror.log.rows.values() if row.verb == ANNOUNCE and row.marks)

    async def own_boosted(self, window: Window) -> hub.Page[hub.Entry]:
        """Own statuses that others shared, as their counts or what came say."""
        limit = self.capabilities.page_size
        page = await self._page(SENT, replace(window, limit=limit), sources=(OUTBOX,))
        if window.older_than is None:
            await self._refreshed(INBOX)
        told = {row.object for row in self._shares() if row.actor != self.me_id}

        def is_boosted(status: hub.Status) -> bool:
            shared = status.reblogs_count > int(status.reblogged) or status.native in told
            return status.reblog_of is None and shared

        return replace(page, items=tuple(entry for entry in page.items if is_boosted(entry.status)))
