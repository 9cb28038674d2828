"""Who boosted what: the people behind a status, and own statuses that others boosted."""

from __future__ import annotations

import hashlib

import msgspec

from adapters.backend import LOCAL_BOOST, Window
from adapters.errors import Missing
from adapters.mastodon.instance import each, unique, where
from adapters.mastodon.reading import BOOSTED_BY, STATUS
from adapters.mastodon.social import Social
from mappings import dates, hub

NO_BOOSTS = [("exclude_reblogs", "true")]


class Boosts(Social):
    """Each method is one bounded call unless it says otherwise."""

    async def reblogged_by(self, native: str, cursor: str | None) -> hub.Page[hub.Account]:
        """Who boosted a status, latest first; goes on where the Link header says. One call, and one that looks whether
        the reader may see it where the server does not."""
        if not self.instance.software.guards_reads:
            await self.status(native)
        return await self.people(self.instance.path(BOOSTED_BY, native), cursor)

    async def reblogs(self, native: str) -> tuple[hub.Entry, ...]:
        """The boosts of a status: two calls at once. Servers tell the people only: ids and dates are made here, so that
        they stay the same, just above the original."""
        paths = [self.instance.path(form, native) for form in (STATUS, BOOSTED_BY)]
        status, people = await each(paths, self.get)
        original = self.asked(native, status.body)
        if not await self.readable([original]):
            raise Missing("The server does not show the post to this account.")
        boosters = unique(people)
        return tuple(
            self.entry(self.wrapped(original, booster, raw, len(boosters) - place))
            for place, (booster, raw) in enumerate(boosters.items())
        )

    @staticmethod
    def wrapped(original: hub.Entry, booster: str, account: bytes, later: int) -> bytes:
        """A boost by `account`, so many milliseconds later than the post. Its id is known to this adapter alone."""
        status = original.status
        named = hashlib.blake2b(f"{status.native} {booster}".encode(), digest_size=16).hexdigest()
        return msgspec.json.encode(
            {
                "id": LOCAL_BOOST + named,
                "created_at": dates.from_milliseconds(dates.milliseconds(status.created_at) + later),
                "account": msgspec.Raw(account),
                "visibility": status.visibility,
                "url": status.url,
                "uri": status.uri,
                "reblog": msgspec.Raw(original.raw),
            }
        )

    async def own_boosted(self, window: Window) -> hub.Page[hub.Entry]:
        """Own statuses that others boosted; pages may be short or empty, as servers cannot look for them. Above a lower
        bound a page that is not full is the last: so a poll is one call."""
        limit = self.capabilities.page_size
        page = await self.own_statuses(msgspec.structs.replace(window, limit=limit), NO_BOOSTS)
        bounded = window.newer_than is not None or window.after_ms is not None
        ended = bounded and len(page.items) < limit and not self.instance.software.own_from_home
        items = where(page.items, is_boosted)
        return msgspec.structs.replace(page, items=items, older=None if ended else page.older)


def is_boosted(status: hub.Status) -> bool:
    """By somebody else than the reader, whose post it is."""
    return status.reblog_of is None and status.reblogs_count > int(status.reblogged)
