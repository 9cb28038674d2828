"""Timelines of the mirror: home, public posts, hashtags, own posts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import NamedTuple

from adapters.activitypub.log import FILES, HOME, INBOX, OUTBOX, SENT, Row
from adapters.activitypub.shown import Shown
from adapters.activitypub.sync import MOST_PAGES, OUTBOX_SECONDS, Budget
from adapters.backend import Window
from mappings import activitypub as ap
from mappings import hub
from mappings.order import SLOTS, position

AT = "@"
"""Begins the cursors that are places and no ids."""
WALK_SECONDS = 60
"""Who reads further down does not need the head anew."""
NEWEST, FILES_PAGE = 20, 40

Keep = Callable[[hub.Status], bool]


class Part(NamedTuple):
    """A part of the log: rows with below > position > above; so many pages may be read for it below the heads."""

    below: int | None
    above: int
    limit: int
    pages: int = MOST_PAGES


class Found(NamedTuple):
    """Rows, and the cursor of what is older. `unfinished`: there may be more of the part, but no more may be read."""

    rows: list[Row]
    older: str | None
    unfinished: bool


class Timelines(Shown):
    """Each is one conditional request where nothing is new."""

    async def home(self, window: Window) -> hub.Page[hub.Entry]:
        """The reader's timeline, own posts too. The outbox is looked at now and then, where the inbox lacks them."""
        return await self._page(HOME, window)

    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]:
        """What everybody may read of what came: there is no such feed on servers of this kind."""
        return await self._page(HOME, window, lambda status: self.is_public(status, local=local))

    def is_public(self, status: hub.Status, *, local: bool) -> bool:
        """For everybody, and no boost. `local`: by people of the own server."""
        here = not local or ap.same_host(status.account.native, self.me_id)
        return here and status.visibility == hub.Visibility.PUBLIC and status.reblog_of is None

    async def tagged(self, tag: str, window: Window) -> hub.Page[hub.Entry]:
        """The same with a hashtag."""
        wanted = tag.casefold()

        def has_tag(status: hub.Status) -> bool:
            names = (one.name.casefold() for one in status.tags)
            return wanted in names and status.visibility == hub.Visibility.PUBLIC and status.reblog_of is None

        return await self._page(HOME, window, has_tag)

    async def own(self, window: Window, *, replies: bool = True) -> hub.Page[hub.Entry]:
        """The reader's own posts and boosts, whoever may read them."""
        return await self._page(SENT, window, None if replies else attrgetter("starts"), sources=(OUTBOX,))

    async def own_newest(self) -> tuple[hub.Entry, ...]:
        """The newest of them."""
        return (await self.own(Window(limit=NEWEST))).items

    async def own_media(self, cursor: str | None) -> hub.Page[hub.Entry]:
        """Own posts with files."""
        window = Window(limit=FILES_PAGE, older_than=cursor)
        return await self._page(FILES, window, sources=(OUTBOX,))

    async def _page(
        self, mark: str, window: Window, keep: Keep | None = None, *, sources: Sequence[str] = (INBOX, OUTBOX)
    ) -> hub.Page[hub.Entry]:
        part = Part(await self._below(window), self._above(window), self._limit(window))
        found = await self.rows(mark, part, sources)
        entries = await self.entries(found.rows)
        if mark == HOME:
            entries = await self.wanted(entries)
        if keep is not None:
            entries = tuple(entry for entry in entries if keep(entry.status))
        older = None if found.unfinished else found.older  # the next request goes on from there
        return hub.Page(items=entries, older=older)

    def _limit(self, window: Window) -> int:
        return max(1, min(window.limit, self.capabilities.page_size))

    def _above(self, window: Window) -> int:
        """Only what is above it is asked for; 0 where that cannot be told."""
        log = self.link.mirror.log
        known = log.position(window.newer_than) if window.newer_than else None
        if known is None and window.after_ms is not None:
            return max(position(window.after_ms) - 1, 0)
        return known or 0

    async def _below(self, window: Window) -> int | None:
        """Only what is below it; None for everything. A post met elsewhere lies no higher than its date."""
        cursor = window.older_than
        if cursor is None:
            return None if window.before_ms is None else position(window.before_ms + 1)
        if cursor.startswith(AT):
            return place_in(cursor)
        await self.link.mirror.glance()
        known = self.link.mirror.log.position(cursor)
        if known is not None:
            return known
        document = (await self.link.library.documents([cursor])).get(cursor)
        told = ap.when(document.get("published")) if document else None
        return None if told is None else position(int(told.timestamp() * 1000)) + SLOTS

    # rows
    async def rows(self, mark: str, part: Part, sources: Sequence[str]) -> Found:
        """The newest rows of a part, and the cursor of what is older. The heads of the collections are read where the
        part has no upper bound, what is missing below as far as one request may. Raises BackendError."""
        mirror, sync, budget = self.link.mirror, self.link.sync, Budget()
        async with mirror.lock:
            await mirror.load()
            await sync.heads([one for one in sources if self._is_due(one, sources, part)], budget)
            budget = Budget(min(budget.pages, part.pages))
            while True:
                rows, floor = self._at_hand(mark, part)
                if len(rows) >= part.limit or not await self._further(part, floor, budget):
                    break
            unfinished = budget.pages < 0 and len(rows) < part.limit
            return Found(rows, self._older(rows, part, floor, budget), unfinished)

    def _is_due(self, source: str, sources: Sequence[str], part: Part) -> bool:
        sync = self.link.sync
        unread = f"{source}.tail" not in sync.state
        if part.below is not None:
            return unread or sync.due(source, WALK_SECONDS)
        if source == OUTBOX and INBOX in sources:
            return unread or (sync.state.get("echo") != "1" and sync.due(OUTBOX, OUTBOX_SECONDS))
        return True

    def _at_hand(self, mark: str, part: Part) -> tuple[list[Row], int]:
        """Rows down to the first gap, and where that is (0: there is none)."""
        top = part.below if part.below is not None else 1 << 62
        floor = max((gap.high for gap in self.link.sync.gaps() if part.above < gap.high <= top), default=0)
        found = []
        for row in self.link.mirror.log.newest(mark, below=part.below, above=max(part.above, floor - 1)):
            found.append(row)
            if len(found) == part.limit:
                break
        return found, floor

    async def _further(self, part: Part, floor: int, budget: Budget) -> bool:
        """Read on where rows are missing; False where nothing is, or no more may be read."""
        sync = self.link.sync
        if floor:
            gap = next(one for one in sync.gaps() if one.high == floor)
            return await sync.fill(gap, budget)
        lowest = self.link.mirror.log.lowest
        return (part.above == 0 or lowest > part.above) and await sync.older(budget)

    def _older(self, rows: list[Row], part: Part, floor: int, budget: Budget) -> str | None:
        """Where it goes on: below the last row, below what was looked through without finding enough; None at the
        end."""
        if len(rows) >= part.limit:
            return rows[-1].native or f"{AT}{rows[-1].pos}"
        ended = not floor and not any(self.link.sync.state.get(f"{one}.tail") for one in (INBOX, OUTBOX))
        lowest = self.link.mirror.log.lowest
        if ended or (not floor and part.above and lowest <= part.above):
            return None
        low = floor or lowest or 1
        return f"{AT}{min(low, part.below or low)}.{budget.pages}.{len(self.link.mirror.log.rows)}"


def place_in(cursor: str) -> int | None:
    """The position in a cursor, None for what is none."""
    text = cursor.removeprefix(AT).partition(".")[0]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
