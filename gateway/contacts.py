"""The contact set of an account: whom the reader follows and who follows them (DESIGN section 4, fan-out).

Timelines take `following`, `cid` and `verified` from here, so they make no call per item. A set is read whole, kept in
memory, refreshed in the background from half its age on, and never used when older than `seconds`.

A version per account in the store changes with every own change. Lists and allow lists (`exact`) look at it, and so use
no set from before a change that another process made; timelines (`of`) ask the store nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
from cachetools import LRUCache

from adapters.errors import BackendError
from gateway.background import Background
from gateway.session import Session
from gateway.stores.store import Store, StoreDown
from mappings import hub

MOST = 5000
"""Contacts read per direction: the cap of friends/ids (DESIGN section 9)."""

PATIENCE = 3.0
"""Seconds a reply waits for a set that is not at hand; a later reply has it."""

RETRY_SECONDS = 30
"""How long a backend that failed to tell is not asked again for replies that can do without."""

VERSIONS, VERSION = "contact-version", "version"
"""Kind and key of the record."""

Cursor = str | None
Fetch = Callable[[Cursor], Awaitable[hub.Page[hub.Account]]]


class ContactSet(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts by native id, newest first as the backend lists them. `me`: the reader."""

    me: hub.Account | None = None
    following: dict[str, hub.Account] = {}
    followers: dict[str, hub.Account] = {}
    loaded: float = 0.0

    def __contains__(self, native: str) -> bool:
        return native in self.following or native in self.followers

    def relationship(self, native: str) -> hub.Relationship | None:
        """How the reader stands to somebody, None for strangers."""
        if native not in self:
            return None
        return hub.Relationship(native=native, following=native in self.following, followed_by=native in self.followers)

    def get(self, native: str) -> hub.Account | None:
        """A contact's account."""
        return self.following.get(native) or self.followers.get(native)

    def named(self, name: str) -> list[hub.Account]:
        """Contacts whose user name or full address is `name` (any case), followed ones first, oldest follow first."""
        wanted = name.casefold()
        people = {**dict(reversed(self.following.items())), **dict(reversed(self.followers.items()))}
        return [a for a in people.values() if wanted in (a.username.casefold(), a.acct.casefold())]

    def at(self, url: str) -> hub.Account | None:
        """The contact whose profile page is `url`: scheme, `www.` and a last slash do not count."""
        wanted = _page(url)
        people = (*self.following.values(), *self.followers.values())
        return next((account for account in people if _page(account.url) == wanted), None)


def _page(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold()


NOBODY = ContactSet()


class Contacts:
    """Contact sets by linked account."""

    def __init__(
        self,
        store: Store,
        background: Background,
        *,
        seconds: int,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._background = background
        self._seconds = seconds
        self._patience = patience
        self._clock = clock
        self._sets: LRUCache[str, ContactSet] = LRUCache(1000)
        self._versions: LRUCache[str, bytes | None] = LRUCache(1000)  # of the sets; None: the store did not say
        self._loading: dict[str, asyncio.Task[ContactSet]] = {}
        self._failed: LRUCache[str, float] = LRUCache(1000)

    async def of(self, session: Session) -> ContactSet:
        """The set, at most `seconds` old. A failing or slow backend leaves the reader without contacts, not without a
        reply."""
        if not session.account.native:
            return NOBODY
        kept = self._sets.get(session.account.id)
        age = self._clock() - kept.loaded if kept else self._seconds
        if kept and age < self._seconds:
            if age > self._seconds / 2:
                self.warm(session)
            return kept
        if self._clock() < self._failed.get(session.account.id, 0.0) + RETRY_SECONDS:
            return NOBODY
        task = self.warm(session)
        await asyncio.wait({task}, timeout=self._patience)
        return task.result() if task.done() and task.exception() is None else NOBODY

    async def exact(self, session: Session) -> ContactSet:
        """The same for calls that list contacts: a failing backend is an error, and so is a set from before an own
        change, whichever process made it. Raises BackendError, StoreDown."""
        id = session.account.id
        version, kept = await self._version(id), self._sets.get(id)
        if kept and self._versions.get(id) == version and self._clock() - kept.loaded < self._seconds:
            return kept
        found = await asyncio.shield(self.warm(session))
        if self._versions.get(id) != version:  # it was on its way before the change
            found = await asyncio.shield(self.warm(session))
        return found

    def warm(self, session: Session) -> asyncio.Task[ContactSet]:
        """Start reading the set, once however many ask."""
        id = session.account.id
        task = self._loading.get(id)
        if task is None:
            task = self._loading[id] = self._background.start(self._load(session), "contacts")
            task.add_done_callback(lambda done: self._loading.pop(id) if self._loading.get(id) is done else None)
        return task

    def forget(self, account: str) -> None:
        """Drop the set of this process. One that is on its way was asked for before, and is not kept."""
        self._sets.pop(account, None)
        self._loading.pop(account, None)

    async def followed(self, account: str, person: hub.Account) -> None:
        """After a follow of our own: a set at hand says so at once."""
        self._loading.pop(account, None)
        if kept := self._sets.get(account):
            following = {person.native: person, **kept.following}
            self._sets[account] = msgspec.structs.replace(kept, following=following)
        await self._tell(account)

    async def left(self, account: str, native: str, *, follower: bool = False) -> None:
        """After an unfollow of our own; `follower`: they do not follow the reader any more, either."""
        self._loading.pop(account, None)
        if kept := self._sets.get(account):
            following, followers = (
                {one: person for one, person in people.items() if one != native}
                for people in (kept.following, kept.followers)
            )
            followers = followers if follower else kept.followers
            self._sets[account] = msgspec.structs.replace(kept, following=following, followers=followers)
        await self._tell(account)

    async def renew(self, account: str, me: hub.Account) -> None:
        """After a change of the own profile."""
        self._loading.pop(account, None)
        if kept := self._sets.get(account):
            self._sets[account] = msgspec.structs.replace(kept, me=me)
        await self._tell(account)

    async def _version(self, account: str) -> bytes:
        """What every own change replaces. The first is made here: only what is there can be swapped. Two processes that
        make it at once read their sets anew. Raises StoreDown."""
        found = await self._store.records(account, VERSIONS, [VERSION])
        if VERSION not in found:
            found = {VERSION: secrets.token_bytes(8)}
            await self._store.put_records(account, VERSIONS, found)
        return found[VERSION]

    async def _tell(self, account: str) -> None:
        """Other processes read their sets anew; so does this one where another made a change in between."""
        before, after = self._versions.get(account), secrets.token_bytes(8)
        with suppress(StoreDown):  # the change is made
            if before is None or not await self._store.swap_record(account, VERSIONS, VERSION, before, after):
                await self._store.put_records(account, VERSIONS, {VERSION: after})
            elif self._versions.get(account) == before:
                self._versions[account] = after

    async def _load(self, session: Session) -> ContactSet:
        version: bytes | None = None
        with suppress(StoreDown):  # timelines do without
            version = await self._version(session.account.id)  # first: what changes from here on is not missed
        try:
            me, following, followers = await asyncio.gather(
                session.backend.me(), _read_all(session.backend.following), _read_all(session.backend.followers)
            )
        except BackendError:
            self._failed[session.account.id] = self._clock()
            raise
        self._failed.pop(session.account.id, None)
        loaded = ContactSet(me=me.account, following=following, followers=followers, loaded=self._clock())
        if self._loading.get(session.account.id) is asyncio.current_task():
            self._sets[session.account.id], self._versions[session.account.id] = loaded, version
        return loaded


async def _read_all(fetch: Fetch) -> dict[str, hub.Account]:
    people: dict[str, hub.Account] = {}
    cursor: Cursor = None
    while len(people) < MOST:
        page, known = await fetch(cursor), len(people)
        people.update((account.native, account) for account in page.items)
        cursor = page.older
        if cursor is None or len(people) == known:  # the end, or a server that gives the same page again
            break
    return people
