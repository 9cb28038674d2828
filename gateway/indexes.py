"""Small per-account indexes behind favourites and mentions (DESIGN section 5).

The backend lists these by row, not by status. The index keeps them by our status ids, so `since_id`, `max_id` and
`page` mean what they mean everywhere. It is brought up to date from the backend's head, first filled within a bound,
and reaches further back when a client does. `row` is a text that grows with the backend's own order: between the rows
of one head page, what the index has and the page has not was taken back elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from cachetools import LRUCache

from adapters.backend import Backend
from gateway.cards import Cards, Seen
from gateway.paging import Span
from gateway.session import Session
from gateway.stores.store import IndexEntry, Store
from mappings import hub

FIRST_PAGES, HEAD_PAGES, OLDER_PAGES = 5, 5, 3
MIDDLE = 10**12

Fetch = Callable[[str | None], Awaitable[hub.Page[hub.Entry]]]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """`removes`: entries vanish when the backend's head no longer has them."""

    name: str
    removes: bool


FAVOURITES = Kind(name="favourites", removes=True)
MENTIONS = Kind(name="mentions", removes=False)


class Index:
    """One account's list in memory; every change is written through to the store."""

    def __init__(self, session: Session, kind: Kind, store: Store, cards: Cards) -> None:
        self.backend: Backend = session.backend
        self._account = session.account.id
        self._kind = kind
        self._store = store
        self._cards = cards
        self._entries: dict[str, IndexEntry] = {}
        self._state: dict[str, str] = {}
        self._at_hand: dict[str, Seen] = {}
        self.lock = asyncio.Lock()

    async def load(self) -> None:
        """From the store. Raises StoreDown."""
        self._state, number = await self._store.index_state(self._account, self._kind.name)
        if number:
            kept = await self._store.index_page(
                self._account, self._kind.name, below=2**53, above=0, offset=0, limit=number
            )
            self._entries = {entry.key: entry for entry in kept}

    async def update(self, fetch: Fetch) -> None:
        """Read the backend's head until something known comes. Raises BackendError, StoreDown."""
        self._at_hand = {}
        first = not self._state
        cursor, head = None, list[Seen]()
        for _ in range(FIRST_PAGES if first else HEAD_PAGES):
            page = await fetch(cursor)
            seen = await self._cards.read(self.backend, page.items)
            head += seen
            cursor = page.older
            known = any(s.card.key in self._entries for s in seen)
            if known or cursor is None or not page.items:
                break
        else:
            known = False
        await self._merge(head, joined=known, rest=cursor)

    async def _merge(self, head: Sequence[Seen], *, joined: bool, rest: str | None) -> None:
        listed = [s for s in head if s.card.listed]
        self._at_hand.update((s.card.key, s) for s in listed)
        new = [s for s in listed if s.card.key not in self._entries]
        gone = self._gone({s.card.key for s in head}, whole=rest is None) if self._kind.removes else []
        state = {} if joined and self._state else {"older": rest or ""}
        top = max((int(e.row) for e in self._entries.values()), default=MIDDLE)
        rows = range(top + len(new), top, -1)
        await self._add([_entry(s, row) for s, row in zip(new, rows, strict=True)], state)
        await self.drop(gone)

    def _gone(self, head: set[str], *, whole: bool) -> list[str]:
        """Known entries the head should have and has not: all of them when it is the `whole` list, else those down to
        the oldest known one."""
        rows = [int(self._entries[key].row) for key in head if key in self._entries]
        if not rows and not whole:
            return []
        low = 0 if whole else min(rows)
        return [e.key for e in self._entries.values() if int(e.row) >= low and e.key not in head]

    async def _add(self, entries: Sequence[IndexEntry], state: dict[str, str]) -> None:
        if entries or any(self._state.get(name) != value for name, value in state.items()):
            await self._store.index_add(self._account, self._kind.name, entries, state)
            self._entries.update((entry.key, entry) for entry in entries)
            self._state.update(state)

    async def drop(self, keys: Sequence[str]) -> None:
        """Take entries out. Raises StoreDown."""
        known = [key for key in keys if key in self._entries]
        if known:
            await self._store.index_drop(self._account, self._kind.name, known)
            for key in known:
                del self._entries[key]

    async def put(self, seen: Seen) -> None:
        """One more at the head: the reader's own favourite. Raises StoreDown."""
        if seen.card.key not in self._entries and self._state:
            top = max((int(e.row) for e in self._entries.values()), default=MIDDLE)
            await self._add([_entry(seen, top + 1)], {})

    async def read(self, span: Span, fetch: Fetch) -> tuple[hub.Entry, ...]:
        """The asked part, newest first. Raises BackendError, StoreDown."""
        for _ in range(OLDER_PAGES):
            chosen = self._select(span)
            if len(chosen) >= span.count or not self._state.get("older"):
                break
            await self._reach_back(fetch)
        return await self._bodies(span)

    def _select(self, span: Span) -> list[IndexEntry]:
        inside = sorted((e for e in self._entries.values() if span.holds(e.id)), key=lambda e: e.id, reverse=True)
        return inside[span.skip : span.skip + span.count]

    async def _reach_back(self, fetch: Fetch) -> None:
        page = await fetch(self._state["older"])
        seen = [s for s in await self._cards.read(self.backend, page.items) if s.card.listed]
        self._at_hand.update((s.card.key, s) for s in seen)
        new = [s for s in seen if s.card.key not in self._entries]
        low = min((int(e.row) for e in self._entries.values()), default=MIDDLE)
        rows = range(low - 1, low - 1 - len(new), -1)
        older = page.older if page.items else None
        await self._add([_entry(s, row) for s, row in zip(new, rows, strict=True)], {"older": older or ""})

    async def _bodies(self, span: Span) -> tuple[hub.Entry, ...]:
        for _ in range(2):
            chosen = self._select(span)
            absent = [e for e in chosen if e.key not in self._at_hand]
            if not absent:
                break
            await self._fetch_bodies(absent)
        at_hand = self._at_hand
        return tuple(at_hand[e.key].entry for e in self._select(span) if e.key in at_hand)

    async def _fetch_bodies(self, absent: Iterable[IndexEntry]) -> None:
        wanted = {e.native: e.key for e in absent}
        found = await self.backend.statuses(tuple(wanted))
        seen = await self._cards.read(self.backend, found.values())
        self._at_hand.update((s.card.key, s) for s in seen)
        gone = [key for key in wanted.values() if key not in self._at_hand]
        stale = [s.card.key for s in seen if self._kind.removes and not s.entry.status.original.favourited]
        await self.drop([*gone, *stale])


def _entry(seen: Seen, row: int) -> IndexEntry:
    return IndexEntry(id=seen.card.id, key=seen.card.key, native=seen.card.native, row=f"{row:015d}")


class Indexes:
    """The indexes of the accounts in use."""

    def __init__(self, store: Store, cards: Cards) -> None:
        self._store = store
        self._cards = cards
        self._kept: LRUCache[tuple[str, str], Index] = LRUCache(500)

    async def _index(self, session: Session, kind: Kind) -> Index:
        index = self._kept.get((session.account.id, kind.name))
        if index is None:
            index = Index(session, kind, self._store, self._cards)
            await index.load()
            self._kept[session.account.id, kind.name] = index
        index.backend = session.backend  # the account may have been linked again
        return index

    async def page(self, session: Session, kind: Kind, span: Span, fetch: Fetch) -> tuple[hub.Entry, ...]:
        """The asked part of the list, newest first. Raises BackendError, StoreDown."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.update(fetch)
            return await index.read(span, fetch)

    async def put(self, session: Session, kind: Kind, seen: Seen) -> None:
        """A new entry of our own making."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.put(seen)

    async def drop(self, session: Session, kind: Kind, key: str) -> None:
        """An entry we took back."""
        index = await self._index(session, kind)
        async with index.lock:
            await index.drop([key])
