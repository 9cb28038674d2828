"""People: the reader, whoever they meet, and who follows whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from adapters.activitypub import collections
from adapters.activitypub.discovery import webfinger
from adapters.activitypub.log import INBOX, NOTE, OUTBOX, Row
from adapters.activitypub.sync import Budget
from adapters.activitypub.timelines import Timelines
from adapters.backend import Person
from adapters.errors import BackendError, Missing, TokenGone
from mappings import activitypub as ap
from mappings import hub

COUNT_SECONDS, LIST_SECONDS = 600, 120
LIST_PAGES = 30
COUNTED = ("followers", "following", "outbox")
MOST_MATCHES = 40
ANSWERS = ("Accept", "Reject")


class People(Timelines):
    """People are known by the ids of their actors."""

    # one
    async def me(self) -> Person:
        """The account: one request for its actor, three more now and then for what is counted."""
        document = (await self.link.client.own(self.me_id)).document or {}
        await self.link.library.meet({self.me_id: document}, {self.me_id: self.link.facts.handle})
        account = await self.account(self.me_id)
        return Person(account=account, follow_requests=len(self._requests()))

    async def account(self, native: str) -> hub.Account:
        """Somebody, with numbers: one request, three more now and then."""
        document = await self.link.library.person(native)
        found = (await self.link.library.people([native])).get(native)
        if found is None:
            raise Missing("There is nobody with such an id.")
        followers, following, statuses = await self._counts(native, document)
        return replace(found, followers_count=followers, following_count=following, statuses_count=statuses)

    async def _counts(self, native: str, document: ap.Document) -> tuple[int, int, int]:
        """Followers, followed, posts: what the actor says, else its collections; 0 where nobody tells."""
        now, kept = self.link.clock(), self.link.counts
        read, found = kept.get(native, (float("-inf"), (0, 0, 0)))
        if now - read > COUNT_SECONDS:
            told = await asyncio.gather(*(self._count(document.get(name), native) for name in COUNTED))
            found = (told[0], told[1], told[2])
            kept[native] = (now, found)
        return found

    async def _count(self, value: Any, native: str) -> int:
        url = ap.web(ap.id_of(value))
        if isinstance(value, dict) and "totalItems" in value:
            return ap.total(value)
        if not url or not ap.same_host(url, native):
            return 0
        try:
            return await collections.total(self.link.client, url)
        except BackendError:
            return 0

    async def accounts(self, natives: Sequence[str]) -> dict[str, hub.Account]:
        """Several, as they were last seen; those never met are read."""
        found = await self.link.library.people(natives)
        return {native: found[native] for native in natives if native in found}

    async def lookup(self, acct: str) -> hub.Account:
        """By name: a bare one is of the own server, else of somebody met. At most two requests."""
        wanted = acct.strip().removeprefix("acct:").lstrip("@")
        own = next(iter(self.link.facts.handle.split("@")[1:]), "") or ap.host_of(self.me_id)
        try:
            return await self._fingered(wanted if "@" in wanted else f"{wanted}@{own}")
        except Missing:
            for one in self.link.library.met():
                if wanted.lower() in {one.acct.lower(), *(() if "@" in wanted else (one.username.lower(),))}:
                    return one
            raise

    async def _fingered(self, handle: str) -> hub.Account:
        name, _, host = handle.partition("@")
        try:
            native = await webfinger(self.link.client, handle)
        except BackendError as error:
            if host.lower() in self.link.facts.hosts:
                raise
            raise Missing("There is nobody of that name.") from error  # whatever is wrong with that server
        document = await self.link.library.person(native)
        if ap.id_of(document) != native:
            raise Missing("There is nobody of that name.")
        verified = f"{name}@{host.lower()}"
        await self.link.library.meet({native: document}, {native: verified})
        found = (await self.link.library.people([native])).get(native)
        if found is None:
            raise Missing("There is nobody of that name.")
        return found

    async def lookup_url(self, url: str) -> hub.Account:
        """By the address of an actor or of a profile page."""
        for one in self.link.library.met():
            if url in {one.native, one.url}:
                return one
        try:
            document = await self.link.library.person(url)
        except TokenGone:
            raise
        except BackendError as error:
            raise Missing("There is nobody with that address.") from error
        native = ap.id_of(document)
        found = (await self.link.library.people([native])).get(native)
        if found is None or url not in {native, found.url}:
            raise Missing("There is nobody with that address.")
        return found

    async def search_accounts(self, query: str, limit: int) -> tuple[hub.Account, ...]:
        """Who is at a name or address; whom the server proposes; who was met. Nobody is no error."""
        query, limit = query.strip(), max(1, min(limit, MOST_MATCHES))
        found: dict[str, hub.Account] = {}
        if re.fullmatch(r"@?[^\s@]+@[^\s@]+|https?://\S+", query):
            one = await self._or_none(query)
            found |= {one.native: one} if one else {}
        for one in await self._proposed(query):
            found.setdefault(one.native, one)
        words = query.casefold().lstrip("@")
        for one in self.link.library.met():
            if words and (words in one.acct.casefold() or words in one.name.casefold()):
                found.setdefault(one.native, one)
        return tuple(found.values())[:limit]

    async def _or_none(self, query: str) -> hub.Account | None:
        try:
            return await (self.lookup_url(query) if "://" in query else self.lookup(query))
        except TokenGone:
            raise
        except BackendError:
            return None

    async def _proposed(self, query: str) -> tuple[hub.Account, ...]:
        """People by `actorAutocomplete`; the name in the own server's WebFinger where there is no such thing."""
        template = self.link.facts.autocomplete
        if not template:
            one = await self._or_none(query.lstrip("@")) if re.fullmatch(r"@?[\w.-]+", query) else None
            return (one,) if one else ()
        url = re.sub(r"\{q\}", quote(query, safe=""), re.sub(r"\{\?q\}", f"?q={quote(query, safe='')}", template))
        try:
            page = await collections.first_page(self.link.client, url)
        except TokenGone:
            raise
        except BackendError:
            return ()
        return await self._those(page.items)

    # lists
    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        """The reader's own."""
        return await self._listed(self.link.facts.followers, cursor)

    async def following(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader follows."""
        return await self._listed(self.link.facts.following, cursor)

    async def blocks(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader blocks: the server's list, else own activities that hold."""
        if self.link.facts.blocked:
            return await self._listed(self.link.facts.blocked, cursor)
        await self._refreshed(OUTBOX)
        ids = [object for verb, object in self.link.mirror.log.done if verb == "Block"]
        return hub.Page(items=await self._those(ids[::-1]))

    async def follow_requests(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Who asks to follow the reader: the server's list, else what came and was not answered."""
        if self.link.facts.pending_followers:
            return await self._listed(self.link.facts.pending_followers, cursor)
        await self._refreshed(INBOX, OUTBOX)
        followers = await self._ids(self.link.facts.followers)
        return hub.Page(items=await self._those([id for id in self._requests() if id not in followers]))

    def _requests(self) -> list[str]:
        """Actors of follows that nobody answered, newest first, as far as rows tell."""
        return list(dict.fromkeys(row.actor for row in self.unanswered()))

    def unanswered(self) -> list[Row]:
        """Follows that came and nobody answered, newest first."""
        log = self.link.mirror.log
        rows = [row for row in log.newest(NOTE) if row.verb == "Follow"]
        return [row for row in rows if not any((verb, row.id) in log.done for verb in ANSWERS)]

    async def _listed(self, url: str, cursor: str | None) -> hub.Page[hub.Account]:
        """A page of a collection of people; the cursor is the next page's address."""
        if not url:
            return hub.Page(items=())
        client = self.link.client
        page = await (collections.page(client, cursor, url) if cursor else collections.first_page(client, url))
        further = page.next if page.items and page.next != cursor else ""
        return hub.Page(items=await self._those(page.items), older=further or None)

    async def _those(self, items: Iterable[Any]) -> tuple[hub.Account, ...]:
        """The people of items: actors, their ids, or activities of theirs."""
        ids = [ap.id_of(one["actor"] if isinstance(one, dict) and "actor" in one else one) for one in items]
        activities = [id for id in ids if id and "/follow/" in id]
        if activities:
            documents = await self.link.library.documents(activities)
            ids = [ap.id_of(documents[id].get("actor")) if id in documents else id for id in ids]
        found = await self.link.library.people(ids)
        return tuple(found[id] for id in dict.fromkeys(ids) if id in found)

    async def _ids(self, url: str) -> frozenset[str]:
        """All ids in a collection of the reader's, read at most every two minutes; empty where it cannot be read."""
        if not url:
            return frozenset()
        kept = self.link.sets.get(url)
        now = self.link.clock()
        if kept is not None and now - kept[0] <= LIST_SECONDS:
            return kept[1]
        try:
            found = frozenset(ap.id_of(one) for one in await collections.items(self.link.client, url, LIST_PAGES))
        except TokenGone:
            raise
        except BackendError:
            return frozenset()
        self.link.sets[url] = (now, found)
        return found

    async def _refreshed(self, *sources: str) -> None:
        """The heads of these collections, read."""
        async with self.link.mirror.lock:
            await self.link.mirror.load()
            await self.link.sync.heads(sources, Budget())

    async def relationships(self, natives: Sequence[str]) -> tuple[hub.Relationship, ...]:
        """How the reader stands to people, from the lists of followers and followed (a page each, as a rule)."""
        facts, log = self.link.facts, self.link.mirror.log
        await self.link.mirror.glance()
        lists = (facts.following, facts.followers, facts.blocked)
        following, followers, blocked = await asyncio.gather(*(self._ids(url) for url in lists))
        muted, asking = await self.link.mutes.all(), set(self._requests())
        return tuple(
            hub.Relationship(
                native=native,
                following=native in following,
                followed_by=native in followers,
                requested=native not in following and self.waits_for(native),
                requested_by=native not in followers and native in asking,
                blocking=native in blocked or native in log.blocked,
                muting=native in muted,
            )
            for native in dict.fromkeys(natives)
        )

    def waits_for(self, native: str) -> bool:
        """The reader asked to follow somebody who did not refuse."""
        log = self.link.mirror.log
        asked = log.done.get(("Follow", native), "")
        return bool(asked) and not any((row.verb, row.actor) == ("Reject", native) for row in log.about(asked))
