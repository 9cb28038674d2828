"""Refreshing accounts while none of their clients asks (setting `refresh_minutes`).

Only accounts on ActivityPub servers profit: their timelines are made here of an inbox that lists little and forgets.
Servers with the Mastodon API keep timelines themselves, and what the gateway keeps of those is asked for with each
request.

It needs the person's yes, kept with the account, and a client that was seen since the process began: what opens the
account is taken from the client's session, is in memory only, and is gone with the process (DESIGN section 6). It is
let go of when no login that brought it is left, when the account is unlinked, linked anew or broken, and
`IDLE_SECONDS` after a client was last seen. Several processes take turns by a claim in the store.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from cachetools import LRUCache

from adapters.errors import BackendError, RateLimited, TokenGone, Unavailable
from gateway.background import Background, ended
from gateway.logins import ACTIVITYPUB
from gateway.session import Session
from gateway.stores.store import AccountRecord, Store, StoreDown

log = logging.getLogger("oldbird.refresh")

KIND = KEY = "refresh"
"""The record that is there when the person said yes."""
MOST_ACCOUNTS, AT_ONCE, PAGES = 256, 4, 5
"""Accounts in memory, refreshed at a time; pages read for one, as for a request."""
IDLE_SECONDS, WITHOUT_YES_SECONDS = 24 * 3600, 3600
"""So long after a client was last seen its session is let go of. Clients are seen when their login is read, which is
at least once an hour while they are in use."""
TICK_SECONDS = 10.0
TURN_SECONDS = 120.0
LONGEST_WAIT = 6 * 3600


class Refreshable(Protocol):
    """What an account's backend has for this (`adapters.activitypub.refreshing`)."""

    async def refresh(self, *, pages: int, seconds: float = 0.0) -> None:
        """Read what is new. Raises BackendError, StoreDown."""


class Watched:
    """An account whose client was seen. `sessions`: by the hash of their login, the latest last."""

    def __init__(self, account: AccountRecord, due: float) -> None:
        self.account, self.due = account, due
        self.sessions: dict[str, Session] = {}
        self.seen = self.said = 0.0
        """When a client came, and when the person was last known to have said yes."""
        self.failures = 0
        self.busy = False

    @property
    def backend(self) -> Refreshable:
        """By the session that came last."""
        return cast("Refreshable", next(reversed(self.sessions.values())).backend)


class Refresh:
    """One per process. `minutes`: 0 never refreshes. `consented`: everybody said yes (the operator is the person).

    `gone` is told of accounts whose token the server refused; `spread` gives a factor around 1 for each wait.
    """

    def __init__(
        self,
        store: Store,
        gone: Callable[[AccountRecord], Awaitable[None]],
        *,
        minutes: int,
        consented: bool = False,
        clock: Callable[[], float] = time.time,
        spread: Callable[[], float] = lambda: random.uniform(0.9, 1.1),  # noqa: S311  no secret
    ) -> None:
        self._store, self._gone, self._consented = store, gone, consented
        self._seconds, self._clock, self._spread = minutes * 60, clock, spread
        self._watched: LRUCache[str, Watched] = LRUCache(MOST_ACCOUNTS)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._background = Background()
        self._loop: asyncio.Task[None] | None = None
        self._version = store.logins_version()

    @property
    def on(self) -> bool:
        """The operator wants it."""
        return self._seconds > 0

    def __len__(self) -> int:
        return len(self._watched)

    def seen(self, session: Session) -> None:
        """A client came."""
        account = session.account
        if not self.on or account.software != ACTIVITYPUB:
            return
        known = self._watched.get(account.id)
        if known is None or known.account.created != account.created:
            known = self._watched[account.id] = Watched(account, self._next())
        known.seen = self._clock()
        known.sessions.pop(session.login.hash, None)
        known.sessions[session.login.hash] = session

    def _next(self, wait: float = 0.0) -> float:
        return self._clock() + max(self._seconds * self._spread(), wait)

    # the person's yes
    async def wanted(self, account: str) -> bool:
        """The person said yes. Raises StoreDown."""
        return self._consented or bool(await self._store.records(account, KIND, [KEY]))

    # running
    def start(self) -> None:
        """Begin, where it is on."""
        if self.on:
            self._loop = asyncio.create_task(self._run(), name="refresh")

    async def close(self) -> None:
        """Begin nothing any more; what is under way may finish for a moment, then it is cancelled, which loses
        nothing. All sessions are let go of."""
        if self._loop is not None:
            await ended(self._loop)
        await self._background.close()
        self._watched.clear()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self.tick()

    async def tick(self) -> list[asyncio.Task[None]]:
        """Let go of what may not be kept any more, and begin what is due; the turns begun."""
        now = self._clock()
        for one in list(self._watched.values()):
            if now - one.seen > IDLE_SECONDS:
                self._drop(one)
        try:
            await self._follow()
            await self._ask_again(now)
        except StoreDown:
            return []  # who may be refreshed cannot be told
        due = [one for one in self._watched.values() if one.due <= now and not one.busy]
        return [self._begin(one) for one in due]

    async def _follow(self) -> None:
        """Let go of whose logins are gone. Raises StoreDown."""
        version = self._store.logins_version()
        if version != self._version:
            for one in list(self._watched.values()):
                await self._keep(one)
            self._version = version

    async def _ask_again(self, now: float) -> None:
        """Let go of who did not say yes, or took it back, however long it is until their next turn: one question an
        hour for each. Raises StoreDown."""
        for one in list(self._watched.values()):
            if now - max(one.seen, one.said) <= WITHOUT_YES_SECONDS:
                continue
            if await self.wanted(one.account.id):
                one.said = now
            else:
                self._drop(one)

    async def _keep(self, one: Watched) -> bool:
        """Whether the account may still be refreshed; else it is let go of. Raises StoreDown."""
        id = one.account.id
        current = await self._store.account(id)
        if current is None or current.broken or current.created != one.account.created:
            self._drop(one)
            return False
        left = {login.hash for login in await self._store.logins(id)}
        for hash in one.sessions.keys() - left:
            del one.sessions[hash]
        if not one.sessions:
            self._drop(one)
        return bool(one.sessions)

    def _drop(self, one: Watched) -> None:
        if self._watched.get(one.account.id) is one:
            del self._watched[one.account.id]

    def _begin(self, one: Watched) -> asyncio.Task[None]:
        one.busy = True
        return self._background.start(self._turn(one), "Refreshing an account")

    async def _turn(self, one: Watched) -> None:
        """One account, once."""
        wait = 0.0
        try:
            async with self._turns, asyncio.timeout(TURN_SECONDS):
                await self._refreshed(one)
            one.failures = 0
        except TokenGone:
            self._drop(one)
            await self._gone(one.account)
        except (BackendError, StoreDown, TimeoutError) as error:
            wait = self._back_off(one, error)
        finally:
            one.busy = False
            one.due = self._next(wait)

    async def _refreshed(self, one: Watched) -> None:
        if not await self._keep(one):
            return
        if not await self.wanted(one.account.id):
            return
        if await self._store.claim(f"{KIND}:{one.account.id}", max(int(self._seconds * 0.8), 1)):
            await one.backend.refresh(pages=PAGES, seconds=self._seconds / 2)

    def _back_off(self, one: Watched, error: Exception) -> float:
        """Seconds until it is tried again: twice as long each time, and as long as the server asks."""
        one.failures += 1
        log.info("Account %s could not be refreshed: %s", one.account.id, type(error).__name__)
        asked = error.retry_after if isinstance(error, (RateLimited, Unavailable)) else 0
        return max(asked, min(self._seconds * 2.0**one.failures, LONGEST_WAIT))


async def say(store: Store, account: str, *, yes: bool) -> None:
    """Keep whether the person wants it. Raises StoreDown."""
    if yes:
        await store.put_records(account, KIND, {KEY: b"1"})
    else:
        await store.drop_records(account, KIND, [KEY])
