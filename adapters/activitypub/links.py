"""The linked accounts of the process, each looked at once an hour."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

from cachetools import LRUCache

from adapters.activitypub.backend import ActivityPubBackend
from adapters.activitypub.client import Client, Ways
from adapters.activitypub.credentials import Credential
from adapters.activitypub.discovery import REMEMBER_SECONDS, Facts, discover
from adapters.activitypub.link import Link
from adapters.activitypub.oauth import Asking, readable
from adapters.activitypub.policy import NOTHING_WANTED, Policy
from adapters.activitypub.renewal import Renewals
from adapters.errors import BackendError, TokenGone
from adapters.shelf import Shelf
from adapters.upstream import known_as
from adapters.webfinger import origin

ACCOUNTS = 256


class Looked(NamedTuple):
    """A link, and when its facts were read."""

    link: Link
    seen: float


class Links:
    """Accounts by actor and credential: another credential is another account as far as anybody can tell."""

    def __init__(
        self,
        ways: Ways,
        renewals: Renewals,
        clock: Callable[[], float] = time.time,
        policy: Policy = NOTHING_WANTED,
    ) -> None:
        self.ways, self.renewals, self.clock, self.policy = ways, renewals, clock, policy
        self._links: LRUCache[tuple[str, str], Looked] = LRUCache(ACCOUNTS)
        self._turns: LRUCache[tuple[str, str], asyncio.Lock] = LRUCache(ACCOUNTS * 4)

    async def backend(self, actor: str, token: str, shelf: Shelf) -> ActivityPubBackend:
        """The backend of one account; `shelf` keeps what is the account's. An old view stays in use while the server
        does not answer. Raises TokenGone, and other BackendErrors."""
        key = (actor, known_as(token))
        async with self._turns.setdefault(key, asyncio.Lock()):
            known = self._links.get(key)
            if known is not None and self.clock() - known.seen <= REMEMBER_SECONDS:
                return ActivityPubBackend(known.link)
            link = await self._linked(known.link if known else None, actor, token, shelf)
            self._links[key] = Looked(link, self.clock())
            return ActivityPubBackend(link)

    async def _linked(self, old: Link | None, actor: str, token: str, shelf: Shelf) -> Link:
        client = old.client if old else await self._client(actor, token, shelf)
        try:
            facts = await discover(client)
        except TokenGone:
            raise
        except BackendError:
            if old is None:
                raise
            return old
        return self._renewed(old, facts) if old else Link(facts, client, shelf, self.clock, self.policy)

    @staticmethod
    def _renewed(old: Link, facts: Facts) -> Link:
        old.facts = facts
        return old

    async def _client(self, actor: str, token: str, shelf: Shelf) -> Client:
        asking = Asking(self.ways.transport, origin(actor))

        async def renew(used: Credential) -> Credential:
            return await self.renewals.usable(used, asking, shelf, refused=used.token)

        credential = await self.renewals.usable(readable(token), asking, shelf)
        return Client(self.ways, actor, credential, renew)
