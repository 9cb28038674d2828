"""Documents and people one account has met: in memory, on its shelf, else fetched, a few at a time.

People and the documents of the mirror are kept on the shelf; what is met elsewhere only in memory. People are shown as
they are known; they are read again when something of theirs arrives and they were last read an hour ago.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec
from cachetools import LRUCache

from adapters.activitypub.client import Client
from adapters.errors import BackendError, BadAnswer, Missing, Refused, Rejected, TokenGone, Unsupported
from adapters.shelf import Shelf
from mappings import activitypub as ap
from mappings import hub

T = TypeVar("T")

DOCUMENT, PERSON = "document", "person"
NOBODY = b""
DOCUMENTS, PEOPLE, ABSENT = 1000, 2000, 2000
FRESH_SECONDS, PERSON_SECONDS, ABSENT_SECONDS = 600, 3600, 600
AT_ONCE = 6
MOST_FETCHED = 120
"""Documents fetched for one answer: more are left out until the next."""
DENIED = (Missing, Refused, Rejected, Unsupported)
PERMANENT = (BadAnswer, *DENIED)

KEPT_OF_PEOPLE = (
    "id", "type", "name", "nameMap", "preferredUsername", "summary", "summaryMap", "icon", "image", "url", "inbox",
    "outbox", "followers", "following", "webfinger", "attachment", "published", "manuallyApprovesFollowers",
)  # fmt: skip


class Document(NamedTuple):
    """A document and when it was read, in seconds since 1970."""

    document: ap.Document
    read: float


class Person(msgspec.Struct, frozen=True):
    """An actor as kept on the shelf. `handle` is what WebFinger verified."""

    document: ap.Document
    read: float
    handle: str = ""


class Met(NamedTuple):
    """Somebody in memory."""

    person: Person
    account: hub.Account


class Library:
    """One account's. `hosts` are the own server's names. `clock`: seconds since 1970."""

    def __init__(
        self, client: Client, shelf: Shelf, hosts: frozenset[str], clock: Callable[[], float] = time.time
    ) -> None:
        self.client, self.shelf, self.hosts, self.clock = client, shelf, hosts, clock
        self._documents: LRUCache[str, Document] = LRUCache(DOCUMENTS)
        self._people: LRUCache[str, Met] = LRUCache(PEOPLE)
        self._absent: LRUCache[str, float] = LRUCache(ABSENT)
        self._turns = asyncio.Semaphore(AT_ONCE)
        self.followers: set[str] = set()
        self.circles: set[str] = set()
        """Ids that are addressed beside people of their server, and are none."""
        self._nobody: set[str] = set()
        self._doubtful: LRUCache[str, bool] = LRUCache(ABSENT)
        """What could not be fetched, though nobody said that there is nothing. True: perhaps it can be just later;
        False: its server could not answer."""

    # documents
    async def document(self, id: str, *, seconds: float = FRESH_SECONDS) -> ap.Document:
        """One, read at most so long ago. Raises BackendError."""
        kept = self._documents.get(id)
        if kept is not None and self.clock() - kept.read <= seconds:
            return kept.document
        found = await self.client.document(id)
        self.put(id, found)
        return found

    async def documents(self, ids: Iterable[str], *, fetch: bool = True) -> dict[str, ap.Document]:
        """Several as they are known, else fetched; what cannot be had is left out. Raises TokenGone."""
        wanted = list(dict.fromkeys(id for id in ids if id))
        found = {id: kept.document for id in wanted if (kept := self._documents.get(id))}
        absent = [id for id in wanted if id not in found]
        if absent:
            found |= await self._shelved(absent)
        absent = [id for id in absent if id not in found and not self._is_absent(id)] if fetch else []
        for id, document in zip(absent, await self._all(absent[:MOST_FETCHED], self.client.document), strict=False):
            if document is not None:
                self.put(id, document)
                found[id] = document
        return found

    async def anew(self, ids: Iterable[str]) -> dict[str, ap.Document]:
        """Several read now, whatever is known of them; what cannot be had is left out. Raises TokenGone."""
        wanted = list(dict.fromkeys(ids))[:MOST_FETCHED]
        found = await self._all(wanted, self.client.document)
        return {id: document for id, document in zip(wanted, found, strict=True) if document is not None}

    async def _shelved(self, ids: list[str]) -> dict[str, ap.Document]:
        records = await self.shelf.records(DOCUMENT, ids)
        found = {id: document for id, raw in records.items() if (document := unpacked(raw))}
        for id, document in found.items():
            self._documents[id] = Document(document, 0.0)  # read some time ago
        return found

    def put(self, id: str, document: ap.Document) -> None:
        """One that was just read."""
        self._documents[id] = Document(document, self.clock())
        self._absent.pop(id, None)

    async def keep(self, documents: Mapping[str, ap.Document]) -> None:
        """Put some on the shelf, too."""
        for id, document in documents.items():
            self.put(id, document)
        if documents:
            await self.shelf.put_records(DOCUMENT, {id: msgspec.json.encode(one) for id, one in documents.items()})

    async def drop(self, ids: Iterable[str]) -> None:
        """What is gone, and is not asked for again soon."""
        ids = list(ids)
        for id in ids:
            self._documents.pop(id, None)
            self._absent[id] = self.clock() + ABSENT_SECONDS
        if ids:
            await self.shelf.drop_records(DOCUMENT, ids)

    def forget(self) -> None:
        """Drop what is in memory: another worker may have changed what is kept."""
        self._documents.clear()

    def late(self, ids: Iterable[str]) -> set[str]:
        """Which of these, that were just asked for in vain, may be there later: some servers tell of what they have
        before they show it, and any may be down. They are asked for again when they are next wanted."""
        found = {id for id in ids if id in self._doubtful or ap.same_host(id, self.client.actor)}
        for id in found:
            self._absent.pop(id, None)
        return found

    def has_failed(self, id: str) -> bool:
        """It could not be fetched just now, and perhaps can later."""
        return self._doubtful.get(id, False)

    def _is_absent(self, id: str) -> bool:
        return self._absent.get(id, 0.0) > self.clock()

    # people
    async def people(self, ids: Iterable[str], *, fresh: bool = False) -> dict[str, hub.Account]:
        """Several; who cannot be had is left out. `fresh`: read again whoever was read long ago. Raises TokenGone."""
        wanted = list(dict.fromkeys(id for id in ids if id))
        await self._met(wanted)
        limit = self.clock() - PERSON_SECONDS
        absent = [
            id
            for id in wanted
            if not self._is_absent(id)
            and ((met := self._people.get(id)) is None or (fresh and met.person.read < limit))
        ]
        documents = await self._all(absent[:MOST_FETCHED], self.client.document)
        await self.meet({id: one for id, one in zip(absent, documents, strict=False) if one is not None})
        nobody = [id for id in absent if id not in self._people and self._is_absent(id) and id not in self._nobody]
        if nobody:
            self._nobody.update(nobody)
            await self.shelf.put_records(PERSON, dict.fromkeys(nobody, NOBODY))
        return {id: met.account for id in wanted if (met := self._people.get(id))}

    def learn(self, documents: Iterable[ap.Document], me: str) -> None:
        """Where others address what is nobody on their server, that is a collection of people: some show it to its
        owner alone."""
        for document in documents:
            author = ap.id_of(document.get("attributedTo"))
            if author and author != me:
                near = (id for id in ap.readers(document) if ap.same_host(id, author))
                self.circles.update(id for id in near if id in self._nobody)

    async def person(self, id: str, *, seconds: float = FRESH_SECONDS) -> ap.Document:
        """An actor's document, read at most so long ago. Raises BackendError, Missing for who is nobody."""
        met = self._people.get(id)
        if met is not None and self.clock() - met.person.read <= seconds:
            return met.person.document
        found = await self.client.document(id)
        if not ap.is_actor(found):
            raise Missing("There is nobody with such an id.")
        await self.meet({ap.id_of(found): found})
        return found

    async def renew(self, ids: Iterable[str]) -> None:
        """Read again those of them who were met before. Raises TokenGone."""
        met = list(await self._met(ids))
        documents = await self._all(met, self.client.document)
        await self.meet({id: one for id, one in zip(met, documents, strict=True) if one is not None})

    async def _met(self, ids: Iterable[str]) -> dict[str, Met]:
        wanted = list(ids)
        unknown = [id for id in wanted if id not in self._people]
        if unknown:
            await self._remembered(unknown)
        return {id: met for id in wanted if (met := self._people.get(id))}

    async def meet(self, documents: Mapping[str, ap.Document], handles: Mapping[str, str] | None = None) -> None:
        """Remember actors; what is none is remembered as absent. `handles`: as WebFinger verified them."""
        kept = {}
        for id, document in documents.items():
            old = self._people.get(id)
            handle = (handles or {}).get(id) or (old.person.handle if old else "")
            person = Person({key: document[key] for key in KEPT_OF_PEOPLE if key in document}, self.clock(), handle)
            if ap.is_actor(document) and ap.id_of(document) == id and self._admit(id, person):
                kept[id] = msgspec.json.encode(person)
            else:
                self._absent[id] = self.clock() + ABSENT_SECONDS
            self._nobody -= kept.keys()
        if kept:
            await self.shelf.put_records(PERSON, kept)

    async def _remembered(self, ids: list[str]) -> None:
        for id, raw in (await self.shelf.records(PERSON, ids)).items():
            if raw == NOBODY:
                self._nobody.add(id)
                self._absent.setdefault(id, self.clock() + ABSENT_SECONDS)
                continue
            try:
                self._admit(id, msgspec.json.decode(raw, type=Person))
            except msgspec.MsgspecError:
                continue

    def _admit(self, id: str, person: Person) -> bool:
        try:
            account = ap.account_of(person.document, ap.Known(hosts=self.hosts), handle=person.handle)
        except ap.Unreadable:
            return False
        self._people[id] = Met(person, account)
        if followers := ap.web(ap.id_of(person.document.get("followers"))):
            self.followers.add(followers)
        return True

    def met(self) -> list[hub.Account]:
        """Everybody in memory."""
        return [met.account for met in self._people.values()]

    # both
    async def _all(self, items: list[T], fetch: Callable[[T], Awaitable[ap.Document]]) -> list[ap.Document | None]:
        """Each fetched, a few at a time; None for what cannot be had."""
        return list(await asyncio.gather(*(self._one(item, fetch) for item in items)))

    async def _one(self, item: Any, fetch: Callable[[Any], Awaitable[ap.Document]]) -> ap.Document | None:
        async with self._turns:
            try:
                found = await fetch(item)
            except TokenGone:
                raise
            except BackendError as error:
                self._note(item, error)
                return None
            self._note(item)
            return found

    def _note(self, id: str, error: BackendError | None = None) -> None:
        """How it went."""
        self._doubtful.pop(id, None)
        is_permanent = isinstance(error, PERMANENT)
        if is_permanent:
            self._absent[id] = self.clock() + ABSENT_SECONDS
        if error is not None and not isinstance(error, DENIED):
            self._doubtful[id] = not is_permanent


def unpacked(raw: bytes) -> ap.Document | None:
    """A document from the shelf."""
    try:
        found = msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        return None
    return found if isinstance(found, dict) else None
