"""Bringing a mirror up to date, on demand: the heads of inbox and outbox until something known comes, what was left out
between, and older pages, so many at a time.

A head that is as it was costs one conditional GET. What lies between a head read in part and what was known is a gap:
its place is kept, and it is read before anything older is shown.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from adapters.activitypub import positions
from adapters.activitypub.client import Client
from adapters.activitypub.collections import page_of
from adapters.activitypub.library import PERMANENT
from adapters.activitypub.log import INBOX, OUTBOX, Row
from adapters.activitypub.mirror import LOG, Mirror
from adapters.activitypub.sorting import Arrival, date
from adapters.errors import BadAnswer
from mappings import activitypub as ap

MOST_PAGES = 5
"""Pages read for one request."""
JOINED = 3
BARREN = 3
"""So many pages in a row without anything new are the end: the collection turns in circles."""
OUTBOX_SECONDS = 300
"""A home timeline looks for own posts of other clients this often, where the inbox does not have them, too."""
SOON_SECONDS, PENDING_SECONDS, MOST_PENDING, TRIES = 1, 60, 100, 4
"""What could not be had is tried again after a second, then every minute, at most so many of them, so often."""
LEASE_SECONDS = 5
MOST_GAPS = 8


class Budget:
    """What one request may read."""

    def __init__(self, pages: int = MOST_PAGES) -> None:
        self.pages = pages

    def take(self) -> bool:
        """One page more, if it may."""
        self.pages -= 1
        return self.pages >= 0


class Gap(msgspec.Struct, array_like=True):
    """What was not read between the positions `low` and `high`; it goes on at `next`."""

    source: str
    next: str
    low: int
    high: int


class Head(NamedTuple):
    """A walk from the head of a collection: new activities, oldest first, `next` page where it ended early."""

    source: str
    fresh: list[Any]
    state: dict[str, str]
    next: str
    joined: bool
    first: bool


class Sync:
    """One account's. Methods need the mirror's lock, unless they say that they take it."""

    def __init__(self, client: Client, mirror: Mirror) -> None:
        self.client, self.mirror = client, mirror
        self.urls = {INBOX: mirror.facts.inbox, OUTBOX: mirror.facts.outbox}
        self.read_at: dict[str, float] = {}
        self._lease = self._tried = 0.0

    @property
    def state(self) -> dict[str, str]:
        """The mirror's."""
        return self.mirror.state

    async def heads(self, sources: Sequence[str], budget: Budget) -> None:
        """Read what is new in these collections. Raises BackendError."""
        if not await self._leased():
            return
        await self._pending()
        found = [head for source in sources if (head := await self._head(source, budget)) is not None]
        if not found:
            return
        first = [await self._arrivals(head) for head in found if head.first]
        later = [await self._arrivals(head) for head in found if not head.first]
        state = {name: value for head in found for name, value in head.state.items()}
        if first:
            await self.mirror.file(self._merged(first)[::-1], self._by_date, state, backwards=True)
        if later:
            await self._arrived(self._merged(later), state, [head for head in found if not head.first])

    def due(self, source: str, seconds: float) -> bool:
        """It was last read longer ago than that."""
        return self.mirror.clock() - self.read_at.get(source, float("-inf")) >= seconds

    async def _leased(self) -> bool:
        """One process syncs at a time; the others show what it wrote."""
        now = self.mirror.clock()
        if now < self._lease:
            return True
        if not await self.mirror.shelf.claim("sync", LEASE_SECONDS):
            return False
        self._lease = now + LEASE_SECONDS
        return True

    def leads(self) -> bool:
        """This process is the one that syncs now."""
        return self.mirror.clock() < self._lease

    # heads
    async def _head(self, source: str, budget: Budget) -> Head | None:
        """None where it is as it was."""
        tag = self.state.get(f"{source}.tag", "") if f"{source}.tail" in self.state else ""
        url = self.state.get(f"{source}.from") or self.urls[source]
        fetched = await self.client.own(url, tag)
        self.read_at[source] = self.mirror.clock()
        if fetched.document is None:
            return None
        state = {f"{source}.tag": fetched.tag}
        page = page_of(fetched.document)
        if page.first and not page.items and page.embedded is None:
            if page.total is None:  # nothing in it would tell that there is more
                state |= {f"{source}.from": page.first, f"{source}.tag": ""}
            page = await self._page(page.first)
        elif page.embedded is not None:
            page = page_of({"type": "OrderedCollectionPage", **page.embedded})
        budget.take()
        return await self._walk(source, page, state, budget)

    async def _walk(self, source: str, page: ap.Page, state: dict[str, str], budget: Budget) -> Head:
        """Down to what is known, or as far as may be read; of a collection never read before only the first page."""
        first = f"{source}.tail" not in self.state
        fresh: dict[str, Any] = {}
        seen = set[str]()
        joined = False
        while True:
            joined = self._take(source, page, fresh)
            next_page = page.next if page.next not in seen and page.items else ""
            if first or joined or not next_page or not budget.take():
                break
            seen.add(next_page)
            page = await self._further(next_page)
        if first:
            state |= {f"{source}.tail": next_page}
        return Head(source, list(fresh.values())[::-1], state, next_page, joined or not next_page, first)

    def _take(self, source: str, page: ap.Page, fresh: dict[str, Any]) -> bool:
        """The new items of a page. Whether it ends with what is known: three in their order. Fewer may have been
        delivered again."""
        rows, known = self.mirror.log.rows, list[Row]()
        for item in page.items:
            id = ap.web(ap.id_of(item))
            row = rows.get(id)
            if row is None or source not in row.seen:
                if id:
                    fresh.setdefault(id, item)
                    known = []
            elif not known or row.pos < known[-1].pos:
                known.append(row)
            elif row not in known:
                known = [row]
        return len(known) >= JOINED

    async def _page(self, url: str) -> ap.Page:
        """A page of the own server."""
        if not self.client.is_own(url):
            raise BadAnswer("The server names a page of another server.")
        document = (await self.client.own(url)).document
        if document is None:
            raise BadAnswer("The server did not send the page.")
        return page_of(document)

    async def _further(self, url: str) -> ap.Page:
        """A page that is not the first; an empty one, which is the end, where it is there no more."""
        try:
            return await self._page(url)
        except PERMANENT:
            return ap.Page([])

    async def _arrivals(self, head: Head) -> list[Arrival]:
        """Those nobody saw before; those seen elsewhere are only marked."""
        rows = self.mirror.log.rows
        again = [row for item in head.fresh if (row := rows.get(ap.id_of(item)))]
        await self._mark(again, head.source, head.state)
        waiting = self._waiting()  # has its turn elsewhere
        fresh = [item for item in head.fresh if (id := ap.id_of(item)) not in rows and id not in waiting]
        return await self.read_items(fresh, head.source)

    async def _mark(self, again: Sequence[Row], source: str, state: dict[str, str]) -> None:
        """Known activities were seen in a further collection, which is then known to have those of the other."""
        if not again:
            return
        if source == INBOX:
            state["echo"] = "1"
        marked = [msgspec.structs.replace(row, seen=row.seen + source) for row in again if source not in row.seen]
        await self.mirror.shelf.index_add(LOG, [row.placed() for row in marked], {})
        for row in marked:
            self.mirror.log.put(row)

    async def read_items(self, items: Sequence[Any], source: str) -> list[Arrival]:
        """Activities of items: as they are, else by their ids. What cannot be had just now, or not whole, is tried
        again later."""
        bare = [id for item in items if not ap.types_of(item) and (id := ap.web(ap.id_of(item)))]
        found = await self.mirror.library.anew(bare)
        arrivals = []
        for item in items:
            if id := ap.web(ap.id_of(item)):
                activity = item if ap.types_of(item) else found.get(id, {"id": id, "type": "", "actor": ""})
                arrivals.append(self._arrival(id, activity, source))
        lacking = await self.mirror.lacking(arrivals)
        await self.mirror.hold(lacking)
        waiting = await self._wait_for([*(id for id in bare if id not in found), *lacking])
        return [arrival for arrival in arrivals if arrival.id not in waiting]

    def _arrival(self, id: str, activity: ap.Document, source: str) -> Arrival:
        """An activity under the id it is listed by."""
        told = activity if ap.id_of(activity) == id else {"id": id, "type": "", "actor": ""}
        if source == OUTBOX and not ap.id_of(told.get("actor")) and "object" in told:
            told = {**told, "actor": self.mirror.facts.actor}
        return Arrival(told, source, ms=date(told, None, self.mirror.now_ms()))

    @staticmethod
    def _merged(several: Sequence[Sequence[Arrival]]) -> list[Arrival]:
        """Oldest first; each collection keeps its own order."""
        unique = {one.id: one for one in heapq.merge(*several, key=lambda one: one.ms)}
        return list(unique.values())

    async def _arrived(self, arrivals: list[Arrival], state: dict[str, str], heads: Sequence[Head]) -> None:
        """Above all that is known, with room for what was left out."""
        mirror, low = self.mirror, self.mirror.log.head
        open_ones = [head for head in heads if not head.joined and low]
        placed: list[int] = []

        def place(dates: Sequence[int]) -> list[int]:
            placed.extend(positions.heads(dates, low, mirror.now_ms(), gap=bool(open_ones)))
            return placed

        gaps = self.gaps() + [Gap(head.source, head.next, low, 0) for head in open_ones]
        await mirror.file(arrivals, place, None if open_ones else state)
        if open_ones:
            high = min(placed, default=mirror.log.head)
            for gap in gaps:
                gap.high = gap.high or high
            await self._save(state | self._gaps(gaps))

    def _by_date(self, dates: Sequence[int]) -> list[int]:
        """Nobody has seen the timeline yet: even what was written here goes among the rest."""
        return positions.tails(dates, 0, self.mirror.now_ms())

    def _below(self, dates: Sequence[int]) -> list[int]:
        return positions.tails(dates, self.mirror.log.lowest, self.mirror.now_ms())

    async def _save(self, state: dict[str, str]) -> None:
        await self.mirror.file([], lambda _: [], state)

    # what could not be had
    async def _wait_for(self, ids: Sequence[str]) -> set[str]:
        """Those to be tried again: servers list activities before they show them, and may be down. What is refused
        again and again is not there."""
        waiting, has_failed = self._waiting(), self.mirror.library.has_failed
        tries = {id: waiting.get(id, 0) + (not has_failed(id)) for id in ids}
        kept = {id: count for id, count in tries.items() if count < TRIES}
        others = {id: count for id, count in waiting.items() if id not in tries}
        if ids:
            told = dict(list((others | kept).items())[-MOST_PENDING:])
            await self._save({"pending": msgspec.json.encode(told).decode()})
        return kept.keys() & self._waiting().keys()

    def _waiting(self) -> dict[str, int]:
        return msgspec.json.decode(self.state.get("pending") or "{}", type=dict[str, int])

    async def _pending(self) -> None:
        """Try again; what comes now arrives now."""
        waiting, now = self._waiting(), self.mirror.clock()
        if not waiting or now - self._tried < (SOON_SECONDS if 1 in waiting.values() else PENDING_SECONDS):
            return
        self._tried = now
        left = [id for id in waiting if id not in self.mirror.log.rows]
        held = await self.mirror.held(left)
        arrivals = await self.read_items([held.get(id, id) for id in left], INBOX)
        done = {arrival.id for arrival in arrivals} | (waiting.keys() - set(left))
        told = {id: count for id, count in self._waiting().items() if id not in done}
        await self._save({"pending": msgspec.json.encode(told).decode()})
        await self.mirror.arrived(arrivals)

    # further back
    def gaps(self) -> list[Gap]:
        """What was left out, as far as it is known."""
        return msgspec.json.decode(self.state.get("gaps") or "[]", type=list[Gap])

    @staticmethod
    def _gaps(gaps: Sequence[Gap]) -> dict[str, str]:
        return {"gaps": msgspec.json.encode(list(gaps)[-MOST_GAPS:]).decode()}

    async def fill(self, gap: Gap, budget: Budget) -> bool:
        """Read a page of what was left out; False where nothing more may be read."""
        if not budget.take():
            return False
        page = await self._further(gap.next)
        fresh: dict[str, Any] = {}
        joined = self._take(gap.source, page, fresh)
        unread = [item for id, item in fresh.items() if id not in self.mirror.log.rows]
        arrivals = await self.read_items(unread, gap.source)
        placed: list[int] = []
        others = [one for one in self.gaps() if one != gap]
        is_end = joined or not page.items or not page.next or page.next == gap.next or not fresh

        def place(dates: Sequence[int]) -> list[int]:
            taken = self.mirror.log.positions(gap.low, gap.high)  # another gap may lie in the same place
            placed.extend(positions.between(dates, gap.low, gap.high, more=not is_end, taken=taken))
            return placed

        await self.mirror.file(arrivals, place, self._gaps(others) if is_end else None, backwards=True)
        if not is_end:
            further = Gap(gap.source, page.next, gap.low, min([*placed, gap.high]))
            await self._save(self._gaps([*others, further]))
        return True

    async def older(self, budget: Budget) -> bool:
        """Read one page below all that is known; False where there is none, or no more may be read."""
        sources = [source for source in (INBOX, OUTBOX) if self.state.get(f"{source}.tail")]
        if not sources or not budget.take():
            return False
        source = max(sources, key=lambda one: int(self.state.get(f"{one}.front") or 1 << 62))
        url = self.state[f"{source}.tail"]
        page = await self._further(url)
        fresh: dict[str, Any] = {}
        self._take(source, page, fresh)
        unread = [item for id, item in fresh.items() if id not in self.mirror.log.rows]
        arrivals = await self.read_items(unread, source)
        barren = 0 if unread else int(self.state.get(f"{source}.barren") or 0) + 1
        is_end = not page.items or not page.next or page.next == url or barren >= BARREN
        front = min((one.ms for one in arrivals), default=int(self.state.get(f"{source}.front") or 1 << 62))
        state = {
            f"{source}.tail": "" if is_end else page.next,
            f"{source}.front": str(front),
            f"{source}.barren": str(barren),
        }
        await self.mirror.file(arrivals, self._below, state, backwards=True)
        return True
