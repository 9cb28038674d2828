"""The photos of an account: kept in records, brought up to date from the head of the own statuses with files.

A list costs one upstream call however many photos there are. The first time, and after the store was lost, they are
read from the backend within a bound; what lies further back follows with the next lists.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping

import msgspec
from cachetools import LRUCache
from msgspec.structs import replace

from adapters.backend import File
from gateway.ids import Ids
from gateway.photo_reading import (
    Found,
    Identify,
    Stretch,
    awaiting,
    carried,
    found,
    gone,
    of_the_profile,
    read,
    read_on,
)
from gateway.photo_rights import rights_of
from gateway.session import Session
from gateway.stores.store import Store
from mappings import hub
from mappings.dates import from_milliseconds, milliseconds
from mappings.photos import Kind, Photo, PhotoPlace, place

FIRST_PAGES, HEAD_PAGES, OLDER_PAGES = 40, 3, 5
"""Upstream pages of one request: when nothing is known yet, from the head until something known comes, further back."""
WAIT_SECONDS = 86_400
"""How long a picture waits for its post: servers delete what was never attached after about a day."""
MOST = 10_000
"""Photos in one list."""

RECORDS, WALKS = "photo", "photo-walk"
"""Kinds of records in the store. Places stand under no account, so that a picture is found by its id alone."""
PLACES = ""
STATE = "state"
CURRENT = ("url", "preview_url", "mime", "width", "height", "limited")
"""What is taken over from the backend at every sight; the rest of a carried photo only when its text was changed."""

_ID = re.compile(r"[0-9a-f]{32}")


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How far the own statuses were read: the cursor behind ("": all), and the newest ones as last seen."""

    older: str = ""
    head: tuple[str, ...] = ()


class Photos:
    """One per process. `secret` keys the ids."""

    def __init__(self, store: Store, ids: Ids, *, secret: bytes, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._ids = ids
        self._secret = hashlib.sha256(secret).digest()
        self._clock = clock
        self._reading: LRUCache[str, asyncio.Lock] = LRUCache(1000)
        self._writing: LRUCache[str, asyncio.Lock] = LRUCache(1000)

    def id_of(self, session: Session, native: str) -> str:
        """32 hex digits: a keyed hash of person and native id, so a lost store changes no id and nobody guesses one."""
        digest = hashlib.blake2b(key=self._secret, digest_size=16)
        for part in (session.scope, session.account.native, native):
            digest.update(len(part.encode()).to_bytes(4, "big") + part.encode())
        return digest.hexdigest()

    def identify(self, session: Session) -> Identify:
        """`id_of` for one person."""
        return lambda native: self.id_of(session, native)

    def writing(self, session: Session) -> asyncio.Lock:
        """One change of an account's photos at a time."""
        return self._writing.setdefault(session.account.id, asyncio.Lock())

    async def of(self, session: Session) -> tuple[Photo, ...]:
        """All, newest first. Raises BackendError, StoreDown."""
        photos = await self._refreshed(session)
        return tuple(sorted(photos.values(), key=_age, reverse=True)[:MOST])

    async def find(self, session: Session, photo_id: str) -> Photo | None:
        """One of the account's own; the backend is only asked when it is not known. Raises BackendError, StoreDown."""
        if not _ID.fullmatch(photo_id):
            return None
        return await self.known(session, photo_id) or (await self._refreshed(session)).get(photo_id)

    async def known(self, session: Session, photo_id: str) -> Photo | None:
        """One that stands in the records. Raises StoreDown."""
        return (await self._some(session, [photo_id])).get(photo_id)

    async def public_record(self, photo_id: str) -> PhotoPlace | None:
        """Where a photo lies, for whoever knows its id. Raises StoreDown."""
        kept = await self._store.records(PLACES, RECORDS, [photo_id])
        return msgspec.json.decode(kept[photo_id], type=PhotoPlace) if photo_id in kept else None

    async def uploaded(self, session: Session, upload: hub.Upload, file: File) -> Photo:
        """Keep a picture that waits for its post; when that is seen, its photo has the same id. Raises StoreDown."""
        now = from_milliseconds(int(self._clock() * 1000))
        photo = awaiting(upload, file, now, self.identify(session))
        await self.keep(session, [photo])
        return photo

    async def keep(self, session: Session, photos: Iterable[Photo]) -> None:
        """Add or replace. Raises StoreDown."""
        photos, account = tuple(photos), session.account.id
        if photos:
            places = {photo.id: msgspec.json.encode(place(photo, account)) for photo in photos}
            await self._store.put_records(PLACES, RECORDS, places)
            await self._store.put_records(account, RECORDS, {photo.id: msgspec.json.encode(photo) for photo in photos})

    async def drop(self, session: Session, ids: Iterable[str]) -> None:
        """Forget. Raises StoreDown."""
        ids = tuple(ids)
        if ids:
            await self._store.drop_records(PLACES, RECORDS, ids)
            await self._store.drop_records(session.account.id, RECORDS, ids)

    async def _refreshed(self, session: Session) -> dict[str, Photo]:
        async with self._reading.setdefault(session.account.id, asyncio.Lock()):
            return await self._refresh(session)

    async def _refresh(self, session: Session) -> dict[str, Photo]:
        kept, state = await self._kept(session)
        head, rest, older = await self._read(session, state, {photo.status for photo in kept.values()})
        seen = [*head.statuses, *rest]
        current = await self._current(session, seen, kept)
        if not seen:
            current |= self._profile(session, (await session.backend.me()).account)
        lost = self._lost(kept, current, gone(state.head if state else (), head), seen)
        photos = await self._settled(session, kept, current, lost)
        await self._remember(session, state, State(older=older, head=head.head))
        return photos

    async def _settled(
        self, session: Session, kept: Mapping[str, Photo], current: Mapping[str, Photo], lost: set[str]
    ) -> dict[str, Photo]:
        """All photos, what the backend told written down. What was changed here while it was asked counts instead: it
        told how things were before."""
        changed = {id for id, photo in current.items() if kept.get(id) != photo}
        now = await self._some(session, changed | lost)
        touched = {id for id in changed | lost if now.get(id) != kept.get(id)}
        await self.keep(session, [current[id] for id in changed - touched])
        await self.drop(session, lost - touched)
        told = {id: photo for id, photo in {**kept, **current}.items() if id not in lost | touched}
        return told | {id: now[id] for id in touched if id in now}

    async def _some(self, session: Session, ids: Iterable[str]) -> dict[str, Photo]:
        ids = tuple(ids)
        raw = await self._store.records(session.account.id, RECORDS, ids) if ids else {}
        return {id: msgspec.json.decode(value, type=Photo) for id, value in raw.items()}

    async def _kept(self, session: Session) -> tuple[dict[str, Photo], State | None]:
        account = session.account.id
        raw, walk = await asyncio.gather(
            self._store.records(account, RECORDS), self._store.records(account, WALKS, [STATE])
        )
        state = msgspec.json.decode(walk[STATE], type=State) if STATE in walk else None
        return {id: msgspec.json.decode(value, type=Photo) for id, value in raw.items()}, state

    async def _read(
        self, session: Session, state: State | None, known: set[str]
    ) -> tuple[Stretch, list[hub.Status], str]:
        """The head, what was read beyond what is known, and the cursor behind it."""
        fetch = session.backend.own_media
        if state is None:
            head = await read(fetch, None, FIRST_PAGES)
            return head, [], head.older
        head = await read(fetch, None, HEAD_PAGES, {*known, *state.head})
        if not head.joined:
            return head, [], head.older
        head = await read_on(fetch, head, state.head)
        if not state.older:
            return head, [], ""
        rest = await read(fetch, state.older, OLDER_PAGES)
        return head, rest.statuses, rest.older

    async def _current(
        self, session: Session, statuses: list[hub.Status], kept: Mapping[str, Photo]
    ) -> dict[str, Photo]:
        """The photos of these statuses as they are now; of two carriers of one photo the newer counts."""
        kinds, identify = await self._kinds(session, statuses), self.identify(session)
        sights: dict[str, Found] = {}
        for status in statuses:
            for one in found(status, kinds.get(status.key or status.native, ""), identify):
                sights.setdefault(one.photo.id, one)
        current = {id: _current(one, kept.get(id)) for id, one in sights.items()}
        told = {id: one.carrier for id, one in sights.items() if one.carrier and current[id] is one.photo}
        rights = await rights_of(session, self._ids, self._store, told.values())
        current |= {id: replace(current[id], rights=found) for id, found in zip(told, rights, strict=True)}
        return current | (self._profile(session, statuses[0].account) if statuses else {})

    async def _kinds(self, session: Session, statuses: Iterable[hub.Status]) -> dict[str, str]:
        direct = [s.key or s.native for s in statuses if s.visibility == hub.Visibility.DIRECT and carried(s) is None]
        return await self._store.kinds(session.scope, direct) if direct else {}

    def _profile(self, session: Session, account: hub.Account) -> dict[str, Photo]:
        return {photo.id: photo for photo in of_the_profile(account, self.identify(session))}

    def _lost(
        self, kept: Mapping[str, Photo], current: Mapping[str, Photo], lost: set[str], seen: Iterable[hub.Status]
    ) -> set[str]:
        """Those whose status is gone or no longer has them, former pictures of the profile, and what waited too long
        for its post."""
        over = lost | {status.native for status in seen}
        oldest = (self._clock() - WAIT_SECONDS) * 1000
        return {
            id
            for id, photo in kept.items()
            if id not in current
            and (
                photo.kind is Kind.PROFILE
                or photo.status in over
                or (photo.awaiting and milliseconds(photo.created) < oldest)
            )
        }

    async def _remember(self, session: Session, before: State | None, now: State) -> None:
        if now != before:
            await self._store.put_records(session.account.id, WALKS, {STATE: msgspec.json.encode(now)})


def _current(one: Found, known: Photo | None) -> Photo:
    """`one.photo` itself when it is to be taken as it is; rights of a picture of a post are those given before it."""
    sight = one.photo
    if known is not None and one.carrier is None:
        return replace(_with_size(sight, known), rights=known.rights)
    if known is None or known.status != sight.status:
        return sight
    if milliseconds(sight.edited) > milliseconds(known.edited):
        return sight
    sight = _with_size(sight, known)
    return replace(known, **{name: getattr(sight, name) for name in CURRENT})


def _with_size(sight: Photo, known: Photo) -> Photo:
    """Where the server does not say how large a picture is, what was measured before stays."""
    return sight if sight.width else replace(sight, width=known.width, height=known.height)


def _age(photo: Photo) -> tuple[int, str]:
    return milliseconds(photo.created), photo.id
