"""What all sessions of one account share: its facts, its way to the server, and what is kept of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from cachetools import LRUCache

from adapters.activitypub.client import Client, Sent
from adapters.activitypub.discovery import Facts
from adapters.activitypub.feed import Feed
from adapters.activitypub.library import Library
from adapters.activitypub.lists import Lists
from adapters.activitypub.mirror import Mirror
from adapters.activitypub.muting import Mutes
from adapters.activitypub.policy import NOTHING_WANTED, Policy
from adapters.activitypub.sync import Sync
from adapters.files import Files
from adapters.shelf import Shelf
from mappings import activitypub as ap
from mappings import hub

FEEDS = 50


class Link:
    """One account on its server. `clock`: seconds since 1970."""

    def __init__(
        self,
        facts: Facts,
        client: Client,
        shelf: Shelf,
        clock: Callable[[], float] = time.time,
        policy: Policy = NOTHING_WANTED,
    ) -> None:
        self.client, self.shelf, self.clock, self.policy = client, shelf, clock, policy
        self.files = Files(client.ways.transport)
        self.library = Library(client, shelf, facts.hosts, clock)
        self.lists = Lists(shelf)
        self.mirror = Mirror(facts, self.library, shelf, clock, self.forget_contacts)
        self.mutes = Mutes(shelf, self.mirror)
        self.sync = Sync(client, self.mirror)
        self.counts: dict[str, tuple[float, tuple[int, int, int]]] = {}
        self.sets: dict[str, tuple[float, frozenset[str]]] = {}
        self.asked: dict[str, asyncio.Task[hub.Activities]] = {}
        self.answered: set[str] = set()
        """Follows that were answered, or could not be."""
        self.feeds: LRUCache[str, Feed] = LRUCache(FEEDS)
        self.facts = facts

    @property
    def facts(self) -> Facts:
        """As last looked at."""
        return self._facts

    @facts.setter
    def facts(self, facts: Facts) -> None:
        self._facts = self.mirror.facts = facts
        self.client.proxy, self.client.outbox = facts.proxy, facts.outbox

    def forget_contacts(self) -> None:
        """Whom the account follows was changed: what was read of that no longer holds."""
        self.sets.pop(self.facts.following, None)
        self.counts.pop(self.facts.actor, None)
        self.mirror.forget_following()

    async def completed(self, activity: ap.Document, sent: Sent) -> ap.Document:
        """A posted activity as the server has it, a new object in it with its id: no request where the answer brought
        both, else two. Raises BackendError."""
        found = sent.document or await self.client.document(sent.id)
        made = {**ap.normal(activity), **found, "id": sent.id}
        inner = made.get("object")
        if isinstance(inner, str) and "Create" in ap.types_of(made):
            made["object"] = await self.client.document(inner)
        return made
