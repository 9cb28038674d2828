"""Direct messages of the accounts in use: boxes out of the index, brought up to date from the backend (DESIGN 4, 5).

A poll reads the heads of the backend's lists. A thread is read only when a message answers one that is not known, then
once; bodies that the lists do not bring along come in one batch, so what was deleted at the backend is gone here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from cachetools import LRUCache
from msgspec.structs import replace

from adapters.backend import Backend
from adapters.errors import BackendError, Missing, TokenGone
from gateway.cards import Cards, Seen
from gateway.kept import Kept
from gateway.mailbox import Found, Keep, Letter, Mailbox
from gateway.message_lists import Lists
from gateway.paging import HIGHEST, Span
from gateway.session import Session
from gateway.stores.store import Store
from mappings import hub
from mappings.messages import letter as reading

OLDER_PAGES, THREADS, AT_ONCE = 7, 20, 5
"""Upstream pages further back, and holes filled by reading threads (at most two each), of one request; what is left
comes with the next."""

LOOKS = 4
"""How often messages that turn out to be gone are replaced by the next ones."""

MANY = 3
"""So many absent messages of one thread are read as a thread, where a server has no batch call."""

SEARCHED = 999
SEARCH_SECONDS, SINGLE_SECONDS, BATCH_SECONDS = 600, 300, 3600
"""How old a body in memory may be: to look for words in it; to be shown, where each would be a call of its own, and
where there is a batch call."""

VERIFIED = 40
"""Bodies in memory that each request asks for again where there is a batch call, the oldest first: two calls. So pages
of that size are exact, and a client that asks for everything each time costs no more the more there is."""

BODY_BYTES = 8_000_000
ALL = Span(above=0, below=HIGHEST, count=SEARCHED, skip=0, page=1)


class Mail(NamedTuple):
    """A message with its body."""

    letter: Letter
    status: hub.Status


class Body(NamedTuple):
    """A body in memory, and when it came."""

    seen: Seen
    came: float


Bodies = Kept[tuple[str, str], Body]
Clock = Callable[[], float]


class Reading:
    """One request for messages. `at_hand` are the bodies that came with it."""

    def __init__(self, account: str, mailbox: Mailbox, cards: Cards, bodies: Bodies, clock: Clock) -> None:
        self._account = account
        self._mailbox = mailbox
        self._backend: Backend = mailbox.backend
        self._cards = cards
        self._bodies = bodies
        self._clock = clock
        self._lists = Lists(mailbox.backend, mailbox, cards)
        self._at_hand: dict[str, Seen] = {}
        self._tried: set[str] = set()
        self._failed: set[str] = set()
        self._single = not self._backend.capabilities.statuses_by_id

    async def page(self, span: Span, keep: Keep) -> list[Mail]:
        """The asked part, newest first. Raises BackendError, StoreDown."""
        await self._update(span, keep)
        return await self._shown(span, keep)

    async def search(self, words: str) -> list[Mail]:
        """All messages whose text holds `words` in any case, newest first."""
        await self._update(ALL, _any)
        wanted = words.casefold()
        letters = self._mailbox.select(ALL, _any)
        bodies = await self._read(letters, SEARCH_SECONDS, 0)
        matching = {key for key, seen in bodies.items() if wanted in reading(seen.entry.status).text.casefold()}
        return await self._shown(ALL, lambda one: one.key in matching)

    async def unseen(self) -> int:
        """How many messages of others were not seen, as far as they are known once the heads were read."""
        self._mailbox.unlisted.clear()
        await self._take(*await self._lists.heads())
        return len(self._mailbox.select(ALL, lambda one: not one.seen))

    async def _update(self, span: Span, keep: Keep) -> None:
        self._mailbox.fresh.clear()
        self._mailbox.unlisted.clear()  # a filter may go again
        await self._take(*await self._lists.heads())
        for _ in range(OLDER_PAGES):
            lacking = self._lists.lacking(span, self._mailbox.select(span, keep))
            if not lacking:
                break
            for source in lacking:
                await self._take(*await self._lists.older(source))
        await self._fill(span, keep)

    async def _take(self, found: Sequence[Found], state: dict[str, str]) -> None:
        self._keep(one.seen for one in found)
        all_own = not self._backend.capabilities.conversations
        await self._mailbox.save(self._mailbox.arrivals(found, all_own=all_own), state)

    def _keep(self, seen: Iterable[Seen]) -> None:
        now = self._clock()
        for one in seen:
            if one.card.kind == hub.Kind.MESSAGE:
                self._at_hand[one.card.key] = one
                self._bodies[self._account, one.card.key] = Body(one, now)

    async def _fill(self, span: Span, keep: Keep) -> None:
        """Read the threads of messages that answer unknown ones, as far as they concern the asked part."""
        for _ in range(THREADS // AT_ONCE):
            selected = self._mailbox.select(span, keep)
            lowest = selected[-1].id if selected and len(selected) == span.count else 0
            untried = [one for one in self._mailbox.holes(span, lowest) if one.key not in self._tried]
            holes = [*{one.root: one for one in reversed(untried)}.values()][-AT_ONCE:]
            if not holes:
                break
            self._tried.update(one.key for one in holes)
            unread = await self._join({one.key: self._mailbox.top(one) for one in holes})
            await self._join(unread)  # what answers the messages that only now are known
            await self._mailbox.save(
                replace(one, open=key in self._failed) for key in unread if (one := self._mailbox.letters.get(key))
            )

    async def _join(self, tops: dict[str, Letter]) -> dict[str, Letter]:
        """Read the threads below the first known messages of holes; holes with the new ones, where there are older."""
        threads = await asyncio.gather(*(self._thread(top) for top in tops.values()))
        unread = {}
        for (key, top), thread in zip(tops.items(), threads, strict=True):
            if thread is None:
                self._failed.add(key)
            elif not thread:
                await self._mailbox.drop([top.key])
            else:
                self._keep(thread)
                await self._mailbox.save(self._mailbox.joined(thread))
            hole = self._mailbox.letters.get(key)
            if thread and hole:
                first = self._mailbox.top(hole)
                await self._mailbox.save([replace(self._mailbox.letters[key], open=False)])
                if first.key != top.key:
                    unread[key] = first
        return unread

    async def _thread(self, top: Letter) -> list[Seen] | None:
        """The thread; empty when the message is gone, None when the backend does not tell just now."""
        try:
            found = await self._backend.thread(top.native)
        except Missing:
            return []
        except TokenGone:
            raise
        except BackendError:
            return None
        return await self._cards.read(self._backend, (*found.ancestors, found.status, *found.descendants))

    async def _shown(self, span: Span, keep: Keep) -> list[Mail]:
        bodies: dict[str, Seen] = {}
        for _ in range(LOOKS):
            absent = [one for one in self._mailbox.select(span, keep) if one.key not in bodies]
            if not absent:
                break
            age, verified = (SINGLE_SECONDS, 0) if self._single else (BATCH_SECONDS, VERIFIED)
            bodies |= await self._read(absent, age, verified)
        selected = [one for one in self._mailbox.select(span, keep) if one.key in bodies]
        await self._mailbox.save(replace(one, told=True) for one in selected if one.open)
        return [Mail(one, bodies[one.key].entry.status) for one in selected]

    async def _read(self, letters: Sequence[Letter], age: float, verified: int) -> dict[str, Seen]:
        """Bodies by key: from memory when they are at most `age` seconds old, the `verified` oldest of those anew. What
        the backend no longer has is dropped."""
        known = self._remembered(letters, age, verified)
        for seen in known.values():
            self._mailbox.sight(seen)
        absent = [one for one in letters if one.key not in known]
        if absent and self._single:
            await self._whole_threads(absent)
            known |= {one.key: self._at_hand[one.key] for one in absent if one.key in self._at_hand}
            absent = [one for one in absent if one.key not in known]
        if absent:
            known |= await self._fetched(absent)
        return known

    def _remembered(self, letters: Sequence[Letter], age: float, verified: int) -> dict[str, Seen]:
        now, kept = self._clock(), dict[str, Body]()
        for one in letters:
            body = self._bodies.get((self._account, one.key))
            if one.key not in self._at_hand and body and now - body.came <= age:
                kept[one.key] = body
        young = sorted(kept, key=lambda key: kept[key].came)[verified:]
        at_hand = {one.key: self._at_hand[one.key] for one in letters if one.key in self._at_hand}
        return at_hand | {key: kept[key].seen for key in young}

    async def _whole_threads(self, absent: Sequence[Letter]) -> None:
        """Where each body is a call of its own: long conversations are read as threads."""
        by_root: dict[str, list[Letter]] = {}
        for one in absent:
            by_root.setdefault(one.root, []).append(one)
        for some in by_root.values():
            if len(some) >= MANY and (thread := await self._thread(self._mailbox.top(some[0]))):
                self._keep(thread)

    async def _fetched(self, absent: Sequence[Letter]) -> dict[str, Seen]:
        found = await self._backend.statuses([one.native for one in absent])
        seen = {one.card.key: one for one in await self._cards.read(self._backend, found.values())}
        self._keep(seen.values())
        for one in seen.values():
            self._mailbox.sight(one)
        gone = [one.key for one in absent if one.native not in found]
        self._mailbox.unlisted |= {one.key for one in absent if one.native in found and one.key not in seen}
        await self._mailbox.drop(gone)
        for key in gone:
            self._bodies.pop((self._account, key), None)
        return {key: one for key, one in seen.items() if key not in self._mailbox.unlisted}


def _any(_: Letter) -> bool:
    return True


class Messages:
    """The messages of the accounts in use. One request of an account at a time."""

    def __init__(self, store: Store, cards: Cards, *, clock: Clock = time.monotonic) -> None:
        self._store = store
        self._cards = cards
        self._clock = clock
        self._boxes: LRUCache[str, tuple[Mailbox, asyncio.Lock]] = LRUCache(500)
        self._bodies: Bodies = Kept(BODY_BYTES, lambda body: len(body.seen.entry.raw))

    async def page(self, session: Session, span: Span, keep: Keep) -> list[Mail]:
        """The asked part of a box, newest first. Raises BackendError, StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            return await (await self._reading(session, mailbox)).page(span, keep)

    async def search(self, session: Session, words: str) -> list[Mail]:
        """See `Reading.search`."""
        mailbox, lock = self._box(session)
        async with lock:
            return await (await self._reading(session, mailbox)).search(words)

    async def unseen(self, session: Session) -> int:
        """See `Reading.unseen`. Raises BackendError, StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            return await (await self._reading(session, mailbox)).unseen()

    async def find(self, session: Session, id: int) -> Letter | None:
        """A message by its id, not hidden. Raises StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            await mailbox.load()
            return mailbox.by_id(id)

    async def put(self, session: Session, entry: hub.Entry) -> Mail | None:
        """One of our own making. None when it cannot be read as a message. Raises StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            await mailbox.load()
            mailbox.fresh.clear()
            seen = await self._cards.read(session.backend, [entry])
            await mailbox.save(mailbox.arrivals((Found(seen=one) for one in seen), all_own=True))
            known = [one for one in seen if one.card.key in mailbox.letters]
            return Mail(mailbox.letters[known[0].card.key], known[0].entry.status) if known else None

    async def mark(self, session: Session, key: str, *, seen: bool = False, hidden: bool = False) -> None:
        """Set a mark. Raises StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            await mailbox.load()
            known = mailbox.letters.get(key)
            if known is not None:
                await mailbox.save([replace(known, seen=known.seen or seen, hidden=known.hidden or hidden)])

    async def mark_until(self, session: Session, id: int, people: Collection[str]) -> None:
        """What was exchanged with `people` (native ids, `@acct`) up to a message was seen. Raises StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            await mailbox.load()
            letters = [one for one in mailbox.letters.values() if one.id <= id and not one.seen]
            await mailbox.save(replace(one, seen=True) for one in letters if one.exchanged_with(people, mailbox.me))

    async def drop(self, session: Session, key: str) -> None:
        """It was deleted at the backend. Raises StoreDown."""
        mailbox, lock = self._box(session)
        async with lock:
            await mailbox.load()
            await mailbox.drop([key])
            self._bodies.pop((session.account.id, key), None)

    def clear(self) -> None:
        """Drop the bodies that are in memory."""
        self._bodies.clear()

    async def _reading(self, session: Session, mailbox: Mailbox) -> Reading:
        await mailbox.load()
        return Reading(session.account.id, mailbox, self._cards, self._bodies, self._clock)

    def _box(self, session: Session) -> tuple[Mailbox, asyncio.Lock]:
        """The box with the backend of this session: the account may have been linked again."""
        id = session.account.id
        found = self._boxes.get(id)
        if found is None:
            found = self._boxes[id] = (Mailbox(session.account, session.backend, self._store), asyncio.Lock())
        found[0].backend = session.backend
        return found
