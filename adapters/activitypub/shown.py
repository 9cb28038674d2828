"""Statuses as entries, from rows and documents: what lists and single statuses are made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from adapters.activitypub.link import Link
from adapters.activitypub.log import Row
from adapters.backend import Capabilities, RateState
from adapters.errors import BadAnswer, Missing, Refused
from mappings import activitypub as ap
from mappings import dates, hub
from mappings.order import SLOTS, position, time_of


def read(raw: bytes) -> hub.Status:
    """The status in an entry. Raises BadAnswer."""
    try:
        return ap.read(raw)
    except ap.Unreadable as error:
        raise BadAnswer("These are not the bytes of a status.") from error


def made(status: hub.Status) -> hub.Entry:
    """The entry of a status."""
    return hub.Entry(raw=ap.written(status), read=read, known=status)


def is_by(status: hub.Status, people: frozenset[str]) -> bool:
    """One of them wrote or boosted it."""
    return status.account.native in people or status.original.account.native in people


class Shown:
    """One account's view."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.base_url = link.client.base_url
        self.capabilities: Capabilities = link.facts.capabilities

    @property
    def me_id(self) -> str:
        """The account's actor."""
        return self.link.facts.actor

    def entry(self, raw: bytes) -> hub.Entry:
        """An entry from bytes that this backend once gave."""
        try:
            return hub.Entry(raw=raw, read=read, known=read(raw))
        except BadAnswer:
            return hub.Entry(raw=raw, read=read)

    def rate_state(self) -> RateState:
        """The limit as last seen."""
        return self.link.client.rate_state()

    # places
    def sighting(self, status: hub.Status) -> hub.Sighting:
        """Where the id map has to put `status`: its place among the arrivals; what was met elsewhere goes by its date,
        below the newest arrival."""
        found = self._placed(status.native, self.place_of(status))
        parent = status.in_reply_to or ""
        if status.reblog_of is None:
            return msgspec.structs.replace(found, parent=parent) if parent else found
        return msgspec.structs.replace(
            found, parent=parent, boosted=status.reblog_of.native, booster=status.account.native
        )

    def parent_sighting(self, native: str, child: hub.Sighting) -> hub.Sighting:
        """The same for a status known by its id: its place, else just below what answers it."""
        known = self.link.mirror.log.position(native)
        return self._placed(native, known or max(position(child.ms, child.sub) - SLOTS, 1))

    def place_of(self, status: hub.Status) -> int:
        """The position of a status."""
        log = self.link.mirror.log
        known = log.position(status.native)
        if known is not None:
            return known
        wanted = position(min(dates.milliseconds(status.created_at), self.link.mirror.now_ms()))
        return min(wanted, log.head - SLOTS) if log.head > SLOTS else wanted

    @staticmethod
    def _placed(native: str, pos: int) -> hub.Sighting:
        return hub.Sighting(
            key=native, native=native, order=hub.Order.TIMED, ms=time_of(pos), sub=pos % SLOTS, sort=f"{pos:020d}"
        )

    # entries
    async def entries(self, rows: Sequence[Row]) -> tuple[hub.Entry, ...]:
        """What rows show, in their order; what cannot be had is left out."""
        kept = self.link.mirror.entries
        absent = [row for row in rows if row.native not in kept]
        if absent:
            activities = await self.link.mirror.activities(row for row in absent if row.verb == "Announce")
            ids = [row.native for row in absent if row.verb != "Announce"]
            documents = await self.link.library.documents([*ids, *(row.object for row in absent)])
            wholes = {row.native: activities.get(row.id) or documents.get(row.native) for row in absent}
            for native, entry in (await self._made(wholes, documents)).items():
                kept[native] = entry
        return tuple(kept[row.native] for row in rows if row.native in kept)

    async def _made(
        self, wholes: dict[str, ap.Document | None], documents: dict[str, ap.Document]
    ) -> dict[str, hub.Entry]:
        """Entries of documents by their ids, with whatever else they need."""
        there = {native: document for native, document in wholes.items() if document is not None}
        documents = dict(documents)
        for _ in range(2):  # what is boosted may quote
            known = self.link.mirror.known({}, documents)
            wanted = [id for one in there.values() for id in self._lacking(one, known)]
            found = await self.link.library.documents(wanted)
            documents |= found
            if not found:
                break
        answered = [ap.id_of(one.get("inReplyTo")) for one in there.values()]
        documents |= await self.link.library.documents(answered, fetch=False)
        known = self.link.mirror.known(await self._people(there.values(), documents), documents)
        entries = {}
        for native, document in there.items():
            try:
                entries[native] = made(ap.status_of(document, known))
            except ap.Unreadable:
                continue
        return entries

    def _lacking(self, document: ap.Document, known: ap.Known) -> tuple[str, ...]:
        wanted = list(ap.wanted(document, known).documents)
        inner = ap.embedded(document, known) if "object" in document else None
        if inner is not None:
            wanted += ap.wanted(inner, known).documents
        return tuple(wanted)

    async def _people(
        self, documents: Iterable[ap.Document], at_hand: dict[str, ap.Document]
    ) -> dict[str, hub.Account]:
        known, wanted = self.link.mirror.known({}, at_hand), [self.me_id]
        for document in documents:
            several = [document]
            inner = ap.embedded(document, known) if "object" in document else None
            several += [inner] if inner is not None else []
            for one in several:
                found = ap.wanted(one, known)
                wanted += [*found.people, *found.named]
        people = await self.link.library.people(wanted)
        self.link.library.learn([*documents, *at_hand.values()], self.me_id)
        return people

    async def unwanted(self) -> frozenset[str]:
        """Whom the reader blocks or mutes, as far as it is known without a request."""
        return frozenset((*self.link.mirror.log.blocked, *await self.link.mutes.all()))

    async def wanted(self, entries: tuple[hub.Entry, ...]) -> tuple[hub.Entry, ...]:
        """Without what those people posted or boosted, and without boosts of it."""
        unwanted = await self.unwanted()
        if not unwanted:
            return entries
        return tuple(entry for entry in entries if not is_by(entry.status, unwanted))

    async def shown(self, native: str) -> hub.Entry:
        """A status by its id: from the mirror, else read. Raises Missing, and other BackendErrors."""
        mirror = self.link.mirror
        row = mirror.log.of(native)
        if row is not None:
            found = await self.entries([row])
            if found:
                return found[0]
        if mirror.log.is_gone(native):
            raise Missing("The post was deleted.")
        try:
            document = await self.link.library.document(native)
        except Refused as error:  # ids of posts are handed out as integers, which can be guessed
            raise Missing("There is no such post.") from error
        entries = await self._made({native: document}, {native: document})
        if native not in entries:
            raise Missing("There is no such post.")
        return entries[native]

    async def known(self, native: str) -> ap.Document:
        """The document of a status, of a boost that of the original. Raises Missing, and other BackendErrors."""
        row = self.link.mirror.log.of(native)
        wanted = row.object if row is not None and row.verb == "Announce" else native
        if wanted in self.link.mirror.log.deleted:
            raise Missing("The post was deleted.")
        found = (await self.link.library.documents([wanted])).get(wanted)
        return found if found is not None else await self.link.library.document(wanted)

    def now(self) -> str:
        """The date to send."""
        return dates.from_milliseconds(self.link.mirror.now_ms())
