"""Small per-account indexes behind favourites and mentions (DESIGN section 5).

The backend lists these by row, not by status. The index keeps them by our status ids, so `since_id`, `max_id` and
`page` mean what they mean everywhere. It is brought up to date from the backend's head, first filled within a bound,
and reaches further back when a client does. What was taken back elsewhere shows when its body is asked for: an entry
that the head does not bring along is never shown unseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from cachetools import LRUCache

from adapters.backend import Backend
from gateway.cards import Cards, Seen
from gateway.paging import HIGHEST, Span
from gateway.session import Session
from gateway.stores.store import IndexEntry, Store
from gateway.trail import Trail
from mappings import hub

HEAD_PAGES, OLDER_PAGES = 5, 7
"""Upstream pages of one request: from the head until something known comes, and further back where that is asked."""

LOOKS = 4
"""How often entries that turn out to be gone are replaced by the next ones."""

Fetch = Callable[[str | None], Awaitable[hub.Page[hub.Entry]]]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """`removes`: entries can be taken back, and come to the head again when they are made anew."""

    name: str
    removes: bool


FAVOURITES = Kind(name="favourites", removes=True)
MENTIONS = Kind(name="mentions", removes=False)


class Index:
    """One account's list in memory; every change is written through to the store.

    `unlisted` are statuses of the list that are never shown: messages, photo carriers, what a filter hides.
    """

    def __init__(self, session: Session, kind: Kind, store: Store, cards: Cards) -> None:
        self.backend: Backend = session.backend
        self._account = session.account.id
        self._kind = kind
        self._store = store
        self._cards = cards
        self._entries: dict[str, IndexEntry] = {}
        self._unlisted: set[str] = set()
        self._state: dict[str, str] = {}
        self._trail = Trail(self._state)
        self._at_hand: dict[str, Seen] = {}
        self.lock = asyncio.Lock()

    async def load(self) -> None:
        """From the store. Raises StoreDown."""
        state, number = await self._store.index_state(self._account, self._kind.name)
        self._state.update(state)
        if number:
            kept = await self._store.index_page(
                self._account, self._kind.name, below=HIGHEST, above=0, offset=0, limit=number
            )
            self._entries = {entry.key: entry for entry in kept}

    async def page(self, span: Span, fetch: Fetch) -> tuple[hub.Entry, ...]:
        """The asked part, newest first. Raises BackendError, StoreDown."""
        try:
            await self._update(fetch)
            for _ in range(OLDER_PAGES):
                if not self._lacks(span):
                    break
                await self._reach_back(fetch)
            return await self._bodies(span)
        finally:
            self._at_hand = {}
            self._unlisted -= self._entries.keys()  # a filter may go again

    async def _update(self, fetch: Fetch) -> None:
        """Read the backend's head until something known comes."""
        head, cursor, joined, readable = list[Seen](), None, False, True
        for _ in range(HEAD_PAGES):
            page = await fetch(cursor)
            seen = await self._cards.read(self.backend, page.items)
            joined, readable = self._joins(seen), readable and len(seen) == len(page.items)
            self._sight(seen)
            head += seen
            repeated, cursor = page.older == cursor, page.older
            if joined or repeated or cursor is None:
                break
        await self._add(head, {} if joined and self._state else self._trail.opened(cursor))
        if self._kind.removes and cursor is None and readable:  # this was the whole list
            left = {s.card.key for s in head}
            await self.drop([key for key in self._entries if key not in left])

    def _joins(self, page: Sequence[Seen]) -> bool:
        """What is behind this page is known. A favourite made anew stands at the head: there only the end tells."""
        known = [s.card.key in self._entries or s.card.key in self._unlisted for s in page]
        return any(known[-1:] if self._kind.removes else known)

    def _lacks(self, span: Span) -> bool:
        """Further back there may be more of what is asked for: entries below all known ones, or in a gap."""
        if not self._trail.cursor:
            return False
        lowest = min((entry.id for entry in self._entries.values()), default=HIGHEST)
        return self._trail.has_gap or (lowest > span.above and len(self._select(span)) < span.count)

    async def _reach_back(self, fetch: Fetch) -> None:
        page = await fetch(self._trail.cursor)
        seen = await self._cards.read(self.backend, page.items)
        state = self._trail.reached(page.older, joins=self._joins(seen))
        self._sight(seen)
        await self._add(seen, state)

    def _sight(self, seen: Iterable[Seen]) -> None:
        for one in seen:
            if one.card.listed:
                self._at_hand[one.card.key] = one
                self._unlisted.discard(one.card.key)
            else:
                self._unlisted.add(one.card.key)

    async def _add(self, seen: Iterable[Seen], state: dict[str, str]) -> None:
        new = {s.card.key: _entry(s) for s in seen if s.card.listed and s.card.key not in self._entries}
        changed = {name: value for name, value in state.items() if self._state.get(name) != value}
        if new or changed:
            await self._store.index_add(self._account, self._kind.name, tuple(new.values()), changed)
            self._entries.update(new)
            self._state.update(changed)

    async def put(self, seen: Seen) -> None:
        """One more: the reader's own favourite. Raises StoreDown."""
        if self._state:
            await self._add([seen], {})

    async def drop(self, keys: Sequence[str]) -> None:
        """Take entries out. Raises StoreDown."""
        known = [key for key in keys if key in self._entries]
        if known:
            await self._store.index_drop(self._account, self._kind.name, known)
            for key in known:
                del self._entries[key]

    async def restart(self) -> None:
        """Nothing is known any more: the backend's list shows others now. Raises StoreDown."""
        await self.drop(tuple(self._entries))
        self._unlisted.clear()

    def _select(self, span: Span) -> list[IndexEntry]:
        inside = [e for e in self._entries.values() if span.holds(e.id) and e.key not in self._unlisted]
        inside.sort(key=lambda e: e.id, reverse=True)
        return inside[span.skip : span.skip + span.count]

    async def _bodies(self, span: Span) -> tuple[hub.Entry, ...]:
        for _ in range(LOOKS):
            absent = [e for e in self._select(span) if e.key not in self._at_hand]
            if not absent:
                break
            await self._fetch_bodies(absent)
        at_hand = self._at_hand
        return tuple(at_hand[e.key].entry for e in self._select(span) if e.key in at_hand)

    async def _fetch_bodies(self, absent: Iterable[IndexEntry]) -> None:
        wanted = {e.native: e.key for e in absent}
        found = await self.backend.statuses(tuple(wanted))
        seen = await self._cards.read(self.backend, found.values())
        left = {s.card.key for s in seen if not self._kind.removes or s.entry.status.original.favourited}
        self._sight(s for s in seen if s.card.key in left)
        await self.drop([key for key in wanted.values() if key not in left])


def _entry(seen: Seen) -> IndexEntry:
    return IndexEntry(id=seen.card.id, key=seen.card.key, native=seen.card.native)


class Indexes:
    """The indexes of the accounts in use."""

    def __init__(self, store: Store, cards: Cards) -> None:
        self._store = store
        self._cards = cards
        self._kept: LRUCache[tuple[str, str], Index] = LRUCache(500)

    async def _index(self, session: Session, kind: Kind) -> Index:
        index = self._kept.get((session.account.id, kind.name))
        if index is None:
            loaded = Index(session, kind, self._store, self._cards)
            await loaded.load()
            index = self._kept.setdefault((session.account.id, kind.name), loaded)  # another may have been faster
        index.backend = session.backend  # the account may have been linked again
        return index

    async def page(self, session: Session, kind: Kind, span: Span, fetch: Fetch) -> tuple[hub.Entry, ...]:
        """The asked part of the list, newest first. Raises BackendError, StoreDown."""
        index = await self._index(session, kind)
        async with index.lock:
            return await index.page(span, fetch)

    async def put(self, session: Session, kind: Kind, seen: Seen) -> None:
        """A new entry of our own making."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.put(seen)

    async def restart(self, session: Session, kind: Kind) -> None:
        """Read the list anew: whom the reader wants nothing of has changed."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.restart()

    async def drop(self, session: Session, kind: Kind, key: str) -> None:
        """An entry we took back."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.drop([key])
