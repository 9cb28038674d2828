"""Who shared what: the people behind a status, and own statuses that others shared."""

from __future__ import annotations

from msgspec.structs import replace

from adapters.activitypub.log import OUTBOX, SENT
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
        rows = [row for row in self.link.mirror.log.rows.values() if self._shares(row.verb, row.marks, row.native)]
        return await self.entries([row for row in rows if row.object == target])

    @staticmethod
    def _shares(verb: str, marks: str, native: str) -> bool:
        return verb == ANNOUNCE and bool(marks and native)

    async def own_boosted(self, window: Window) -> hub.Page[hub.Entry]:
        """Own statuses that others shared, as their counts or what came say."""
        limit = self.capabilities.page_size
        page = await self._page(SENT, replace(window, limit=limit), sources=(OUTBOX,))
        rows = self.link.mirror.log.rows.values()
        told = {row.object for row in rows if row.verb == ANNOUNCE and row.marks and row.actor != self.me_id}

        def is_boosted(status: hub.Status) -> bool:
            shared = status.reblogs_count > int(status.reblogged) or status.native in told
            return status.reblog_of is None and shared

        return replace(page, items=tuple(entry for entry in page.items if is_boosted(entry.status)))
