"""What happened to a person: the backend's newest notifications as notes, with ids and seen marks that stay.

In the store, per account: `note` (a `Mark` a notification) and `note-seen` (a key for each seen note, so that two
processes that write at once lose no mark). What the notes say is read from the backend and kept in memory only: one
page and the marker a poll, up to PAGES pages when memory is empty.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec
from cachetools import LRUCache

from adapters.errors import BackendError
from gateway.cards import Cards, decoded
from gateway.ids import Ids
from gateway.session import Session
from gateway.stores.store import Store
from mappings import hub
from mappings.notification_facts import Fact, about_post, bare_fact, person_fact, post_fact, sent
from mappings.notifications import COMMENT, KINDS, MENTION, SHOWN, Note, order, place

PAGES = 3
"""Upstream pages of one request, when nothing is in memory or more came than one page holds."""

REMEMBERED, MARKS = 200, 400
"""Notifications in memory and marks in the store, per account."""

NOTE, SEEN = "note", "note-seen"


SHORT_PAGE = 20
"""Fewer on a page than this (40 are asked for), and it may be the last one."""


class Newest(NamedTuple):
    """The newest notifications of an account; `whole`: there are no others."""

    facts: tuple[Fact, ...]
    whole: bool


NOTHING = Newest((), whole=False)


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a note: no name, no text."""

    id: int
    kind: str
    link: str
    iid: int | None = None
    parent: int | None = None


_WRITE = msgspec.json.Encoder()
_READ = msgspec.json.Decoder(Mark)


class Notifications:
    """Notes of all accounts. `clock` gives seconds since 1970."""

    def __init__(self, store: Store, cards: Cards, ids: Ids, *, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._cards = cards
        self._ids = ids
        self._clock = clock
        self._recent: LRUCache[str, Newest] = LRUCache(200)

    def now_ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    def clear(self) -> None:
        """Drop what is in memory."""
        self._recent.clear()

    async def listed(self, session: Session) -> list[Note]:
        """All known notes, unseen ones first, then the newest. Raises BackendError, StoreDown."""
        marks, seen = await self._kept(session)
        wanted = marks.keys() - seen
        facts, marker = await asyncio.gather(self._facts(session, wanted), self._marker(session))
        new = self._new_marks(session, facts, marks)
        moved = self._moved(session, facts, marks)
        shown = {fact.native for fact in facts if fact.kind}
        gone = [native for native in wanted if native not in shown]
        marks = {native: mark for native, mark in (marks | moved | new).items() if native not in gone}
        read = {native for native in marks if marker and order(native) <= order(marker)} - seen
        await self._keep(session, new | moved, read, gone, marks)
        notes = [self._note(fact, marks[fact.native], fact.native in seen | read) for fact in facts if fact.kind]
        return sorted(notes, key=lambda note: (note.seen, -note.id))

    async def mark(self, session: Session, id: int) -> Mark | None:
        """The stored part of a note, None when there is no such note. Raises StoreDown."""
        marks, _ = await self._kept(session)
        return next((mark for mark in marks.values() if mark.id == id), None)

    async def see(self, session: Session, id: int) -> Mark | None:
        """Mark a note seen, with all that lead to the same place (section 7.3); None when there is no such note."""
        marks, seen = await self._kept(session)
        chosen = next((mark for mark in marks.values() if mark.id == id), None)
        if chosen is None:
            return None
        same = {native for native, mark in marks.items() if _belongs(mark, chosen)}
        if same - seen:
            await self._store.put_records(session.account.id, SEEN, dict.fromkeys(same - seen, b"1"))
        with suppress(BackendError):  # the mark is kept here; the next one carries it on
            await self._push(session, marks, seen | same)
        return chosen

    async def _push(self, session: Session, marks: Mapping[str, Mark], seen: set[str]) -> None:
        """Tell the backend up to where everything was seen; its marker never goes back."""
        last = ""
        for native in sorted(marks, key=lambda native: marks[native].id):
            if native not in seen:
                break
            last = native
        if last and session.backend.capabilities.markers:
            marker = await session.backend.notification_marker()
            if marker is None or order(last) > order(marker):
                await session.backend.mark_notifications(last)

    # store
    async def _kept(self, session: Session) -> tuple[dict[str, Mark], set[str]]:
        account = session.account.id
        notes, seen = await asyncio.gather(self._store.records(account, NOTE), self._store.records(account, SEEN))
        return {native: _READ.decode(raw) for native, raw in notes.items()}, set(seen)

    async def _keep(
        self,
        session: Session,
        new: Mapping[str, Mark],
        read: Iterable[str],
        gone: Iterable[str],
        marks: Mapping[str, Mark],
    ) -> None:
        account = session.account.id
        oldest = sorted(marks, key=lambda native: marks[native].id)[: max(len(marks) - MARKS, 0)]
        if new:
            await self._store.put_records(account, NOTE, {native: _WRITE.encode(mark) for native, mark in new.items()})
        if read:
            await self._store.put_records(account, SEEN, dict.fromkeys(read, b"1"))
        if drop := [*gone, *oldest]:
            await self._store.drop_records(account, NOTE, drop)
            await self._store.drop_records(account, SEEN, drop)

    # backend
    @staticmethod
    async def _marker(session: Session) -> str | None:
        """Up to where the person has seen everything elsewhere, None where the backend does not tell."""
        if session.backend.capabilities.markers:
            with suppress(BackendError):
                return await session.backend.notification_marker()
        return None

    async def _facts(self, session: Session, wanted: Iterable[str]) -> tuple[Fact, ...]:
        """The newest notifications without a gap, newest first: read until memory goes on, or enough is there.

        Behind a short page memory is not believed: what is missing at the end of a short list was taken back.
        """
        account, wanted = session.account.id, set(wanted)
        known = self._recent.get(account, NOTHING)
        read: list[Fact] = []
        tail: tuple[Fact, ...] = ()
        cursor, whole = None, False
        for _ in range(PAGES):
            page = await session.backend.notifications(cursor)
            read += await self._read(session, page.items, known.facts)
            further = _further(read, known.facts)
            whole = page.older in {None, cursor} or (further == () and known.whole)
            if further and len(page.items) >= SHORT_PAGE and not whole:
                tail, whole = further, known.whole
                break
            notes = {fact.native for fact in read if fact.kind}
            if whole or (len(notes) >= SHOWN and wanted <= notes):
                break
            cursor = page.older
        facts = tuple({fact.native: fact for fact in (*read, *tail)}.values())
        self._recent[account] = Newest(facts[:REMEMBERED], whole and len(facts) <= REMEMBERED)
        return facts[:REMEMBERED]

    async def _read(self, session: Session, items: Sequence[hub.Notification], known: Sequence[Fact]) -> list[Fact]:
        """Facts of a page; messages, photo carriers, hidden and unreadable posts make no notes."""
        before = {fact.native: fact for fact in known}
        made: dict[str, Fact] = {}
        posts: dict[str, tuple[hub.Notification, hub.Entry]] = {}
        for item in items:
            old = before.get(item.native)
            if old and old.sent == sent(item):
                made[item.native] = old
            elif item.status and about_post(item):
                posts[item.native] = (item, item.status)
            else:
                made[item.native] = person_fact(item)
        made |= await self._read_posts(session, posts)
        return [made[item.native] for item in items]

    async def _read_posts(
        self, session: Session, posts: Mapping[str, tuple[hub.Notification, hub.Entry]]
    ) -> dict[str, Fact]:
        seen = await self._cards.read(session.backend, [entry for _, entry in posts.values()])
        by_bytes = {one.entry.raw: one for one in seen if one.card.listed}
        made = {}
        for native, (item, entry) in posts.items():
            one = by_bytes.get(entry.raw)
            status = decoded(one.entry) if one else None
            if one and status:
                made[native] = post_fact(item, status, me=session.account.native, iid=one.card.id, key=one.card.key)
            else:
                made[native] = bare_fact(item)
        return made

    # marks
    def _new_marks(self, session: Session, facts: Sequence[Fact], marks: Mapping[str, Mark]) -> dict[str, Mark]:
        """Marks of notes met for the first time; ids grow with the backend's order."""
        made: dict[str, Mark] = {}
        threads = {mark.parent for mark in marks.values() if mark.kind == COMMENT}
        used = {mark.id for mark in marks.values()}
        notes = [fact for fact in facts if fact.kind]
        floor = 0
        for at in range(len(notes) - 1, -1, -1):
            fact = notes[at]
            if fact.native in marks:
                floor = marks[fact.native].id
                continue
            ceiling = next((marks[above.native].id for above in reversed(notes[:at]) if above.native in marks), 0)
            lowest = floor if ceiling else max(floor, *used, 0)
            floor = place(fact.created, floor=lowest, ceiling=ceiling, used=used, now_ms=self.now_ms())
            used.add(floor)
            mark = made[fact.native] = self._marked(session, fact, floor, threads)
            if mark.kind == COMMENT:
                threads.add(mark.parent)
        return made

    def _marked(self, session: Session, fact: Fact, id: int, threads: set[int | None]) -> Mark:
        parent = self._root(session, fact) or fact.iid  # never None for a post: clients open the thread by it
        in_thread = fact.kind == MENTION and fact.answer and parent in threads
        kind = COMMENT if in_thread else fact.kind
        return Mark(id=id, kind=kind, link=fact.link, iid=fact.iid, parent=parent)

    def _root(self, session: Session, fact: Fact) -> int | None:
        """The start of the thread as far as memory knows it."""
        return None if fact.iid is None else self._ids.root(session.scope, fact.key)

    def _moved(self, session: Session, facts: Sequence[Fact], marks: Mapping[str, Mark]) -> dict[str, Mark]:
        """Marks whose thread turned out to begin further up."""
        moved = {}
        for fact in facts:
            mark = marks.get(fact.native)
            if mark and fact.kind and (root := self._root(session, fact)) and root != mark.parent:
                moved[fact.native] = msgspec.structs.replace(mark, parent=root)
        return moved

    @staticmethod
    def _note(fact: Fact, mark: Mark, seen: bool) -> Note:
        return Note(
            id=mark.id,
            kind=mark.kind,
            name=fact.name,
            url=fact.url,
            photo=fact.photo,
            created=fact.created,
            text=fact.text,
            link=fact.link,
            iid=mark.iid,
            parent=mark.parent,
            seen=seen,
        )


def _belongs(mark: Mark, chosen: Mark) -> bool:
    same_thread = mark.parent == chosen.parent and KINDS[mark.kind].otype == KINDS[chosen.kind].otype
    return mark.id == chosen.id or bool(chosen.link and mark.link == chosen.link) or bool(chosen.parent and same_thread)


def _further(read: Sequence[Fact], known: Sequence[Fact]) -> tuple[Fact, ...] | None:
    """What memory knows behind the last of `read` that it knows; None when it knows none of them."""
    places = {fact.native: at for at, fact in enumerate(known)}
    last = next((places[fact.native] for fact in reversed(read) if fact.native in places), None)
    return None if last is None else tuple(known[last + 1 :])
