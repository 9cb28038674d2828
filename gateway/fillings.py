"""What depends on the reader, filled into fragments last: the people they know, the threads, kept between replies."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from cachetools import LRUCache

from gateway.contacts import ContactSet
from gateway.ids import Ids
from gateway.narrow import NarrowIds
from gateway.session import Session
from mappings import hub
from mappings.fragments import Format, Hole, Variant
from mappings.old_pictures import OldPictures
from mappings.users import contact_bytes, user_fragment

READERS = 256
MOST_HOLES = 4000
"""Fillings kept for one reader: about 1 MB."""


class Reader(NamedTuple):
    """Who reads, with the contacts of this moment. `own` is the reader's own integer, 0 for nobody. `pictures`: how the
    device sees them, where it cannot load them where they are."""

    session: Session
    contacts: ContactSet
    own: int
    format: Format
    pictures: OldPictures | None = None


class Fillings(dict[Hole, bytes]):
    """What fills the holes of replies to one reader, made when first asked for. `number` names this state of things:
    other contacts or joined threads make new ones. `exact` relationships belong to a single reply."""

    def __init__(self, reader: Reader, ids: Ids | NarrowIds, number: int, people: dict[Hole, bytes]) -> None:
        super().__init__()
        self.reader = reader
        self.number = number
        self.people = people
        self.joined = ids.joined
        self.exact: dict[str, hub.Relationship] = {}
        self._ids = ids

    def __missing__(self, hole: Hole) -> bytes:
        kinds = {"thread": self._thread, "contact": self._person, "own": self._own}
        filled = self[hole] = kinds[hole.kind](hole)
        return filled

    def _thread(self, hole: Hole) -> bytes:
        return b"%d" % (self._ids.root(self.reader.session.scope, hole.native) or hole.number)

    def _person(self, hole: Hole) -> bytes:
        filled = self.people.get(hole)
        if filled is None:
            filled = self.people[hole] = self._contact(hole)
        return filled

    def _own(self, hole: Hole) -> bytes:
        session, contacts, own, format, pictures = self.reader
        if contacts.me is None:
            return b""
        me = pictures.account(contacts.me) if pictures else contacts.me
        variant = Variant(
            format=format, scope=session.scope, base_url="", self_native=session.account.native, self_name=hole.native,
        )  # fmt: skip
        body = user_fragment(me, variant, own, full=True).fill(self)
        return body if format == "json" else b"<user>%b</user>" % body

    def _contact(self, hole: Hole) -> bytes:
        native, (session, contacts, own, format, _) = hole.native, self.reader
        return contact_bytes(
            format,
            number=hole.number,
            relationship=self.exact.get(native) or contacts.relationship(native),
            is_self=native == session.account.native,
            is_contact=native in contacts,
            full=hole.full and session.dialect.marks_self,
            viewer_number=own,
        )


class Readers:
    """Fillings of the readers of late. Threads are looked up again when any were joined since."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._kept: LRUCache[tuple[object, ...], Fillings] = LRUCache(READERS)

    def fillings(self, reader: Reader, ids: Ids | NarrowIds) -> Fillings:
        """The kept ones, as long as they hold. `ids`: as the reader's device reads them."""
        session = reader.session
        key = (
            session.scope, session.account.id, reader.own, reader.format, session.dialect.marks_self,
            session.dialect.id_bits,
            reader.pictures and reader.pictures.base_url,
        )  # fmt: skip
        found = self._kept.get(key)
        if found is None or found.reader.contacts is not reader.contacts or len(found.people) > MOST_HOLES:
            found = self._kept[key] = self.single(reader, ids)
        elif found.joined != ids.joined or len(found) > MOST_HOLES:
            found = self._kept[key] = Fillings(reader, ids, next(self._numbers), found.people)
        return found

    def single(self, reader: Reader, ids: Ids | NarrowIds) -> Fillings:
        """New ones, sharing nothing."""
        return Fillings(reader, ids, next(self._numbers), {})
