"""The integers of a reply, in one batch (DESIGN section 5): memory first, then at most one store round trip.

Memory holds what was numbered lately: `gateway.kept.Recent`, all turned at once when the young ones are full.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from adapters.backend import Backend, Window
from gateway.kept import Recent
from gateway.stores.store import StatusRecord, Store
from mappings import hub
from mappings.fragments import Numbers
from mappings.order import time_of

THREAD_STEPS = 200
MARGIN_MS = 2
"""Collisions may have moved a status so far: 5,000 in one millisecond."""


class Known(msgspec.Struct, frozen=True, gc=False):
    """A numbered status. `full`: seen itself, not only as the parent of another."""

    id: int
    root: int
    full: bool
    sighting: hub.Sighting


MOST_MISSED = 10_000
"""Then memory is turned, and all is looked for anew."""


class Scope:
    """One backend instance in memory. `timed`: ids with time inside were seen. `missed`: keys and ids for which `root`
    looked in vain."""

    __slots__ = ("ids", "missed", "natives", "people", "statuses", "timed")

    def __init__(self) -> None:
        self.statuses: Recent[str, Known] = Recent()
        self.ids: Recent[int, Known] = Recent()
        self.people: Recent[str, int] = Recent()
        self.natives: Recent[int, str] = Recent()
        self.missed: set[str | int] = set()
        self.timed = False

    def put(self, known: Known) -> bool:
        """Under its key, its native id and its integer. True: `root` may tell something else than before."""
        sighting, before = known.sighting, self.ids.get(known.id)
        self.statuses.young[sighting.key] = self.ids.young[known.id] = known
        if sighting.native != sighting.key:
            self.statuses.young[sighting.native] = known
        self.timed = self.timed or sighting.order is hub.Order.TIMED
        if before is not None and before.root != known.root:
            return True
        return known.root != known.id and not self.missed.isdisjoint((known.id, sighting.key, sighting.native))

    def root(self, key: str) -> int | None:
        """The integer of a numbered status's thread; `key` is canonical or native."""
        known = self.statuses.get(key)
        if known is None:
            self.missed.add(key)
            return None
        for _ in range(THREAD_STEPS):
            upper = self.ids.get(known.root)
            if upper is None:
                self.missed.add(known.root)
                break
            if upper.root == known.root:
                break
            known = upper  # its own ancestor was learnt later
        return known.root

    def put_person(self, native: str, id: int) -> None:
        """Both ways."""
        self.people.young[native] = id
        self.natives.young[id] = native

    def turn(self) -> None:
        """See `Recent.turn`."""
        self.missed.clear()
        for recent in (self.statuses, self.ids, self.people, self.natives):
            recent.turn()

    def size(self) -> int:
        """Ids in the young generation."""
        return len(self.ids.young) + len(self.natives.young)

    def whole(self) -> int:
        """Ids in both."""
        return self.size() + len(self.ids.old) + len(self.natives.old)


class Batch:
    """What one reply needs: found in memory, or to be asked for."""

    __slots__ = ("_backend", "_newest", "_scope", "found", "new", "parents", "people", "strangers")

    def __init__(self, backend: Backend, scope: Scope, newest: Collection[str] = ()) -> None:
        self._backend = backend
        self._newest = newest
        self._scope = scope
        self.found: dict[str, int] = {}
        self.new: dict[str, hub.Sighting] = {}
        self.parents: dict[str, hub.Sighting] = {}
        self.people: dict[str, int] = {}
        self.strangers: list[str] = []

    def collect(self, statuses: Iterable[hub.Status], accounts: Iterable[str]) -> None:
        """Everything in `statuses` that gets an integer, boosts and quotes included."""
        people = set(accounts)
        answers: list[hub.Status] = []
        for status in _unfolded(statuses):
            people.add(status.account.native)
            for mention in status.mentions:
                people.add(mention.native)
            if status.in_reply_to_account:
                people.add(status.in_reply_to_account)
            if status.in_reply_to:
                answers.append(status)
            self._add(status)
        for status in answers:
            self._add_parent(status)
        self._add_people(people)

    def _add(self, status: hub.Status) -> None:
        known = self._scope.statuses.get(status.key or status.native)
        if known and (known.full or not (status.in_reply_to or status.reblog_of)):
            self.found[status.native] = known.id
        elif status.native not in self.new:
            sighting = self._backend.sighting(status)
            if status.native in self._newest and sighting.order is hub.Order.UNORDERED:
                sighting = replace(sighting, newest=True)
            self.new[status.native] = sighting

    def _add_parent(self, status: hub.Status) -> None:
        native = status.in_reply_to or ""
        if native in self.found or native in self.new or native in self.parents:
            return
        known = self._scope.statuses.get(native)
        if known:
            self.found[native] = known.id
        else:
            child = self.new.get(status.native) or self._backend.sighting(status)
            self.parents[native] = self._backend.parent_sighting(native, child)

    def _add_people(self, natives: set[str]) -> None:
        people = self._scope.people
        for native in natives:
            id = people.get(native)
            if id is not None:
                self.people[native] = id
            elif native and native != "0":
                self.strangers.append(native)


def _unfolded(statuses: Iterable[hub.Status]) -> Iterator[hub.Status]:
    for status in statuses:
        yield status
        inner = [part for part in (status.reblog_of, status.quote_of) if part is not None]
        if inner:
            yield from _unfolded(inner)


class Ids:
    """`entries`: ids kept in memory. `today`: days since 1970; with `forget_days` memory is dropped when the day
    changes, so that the store learns once a day what is still asked for. `trips` counts store round trips. While
    `joined` stays the same, `root` tells the same; nothing may become the status itself."""

    def __init__(self, store: Store, *, entries: int, forget_days: int, today: Callable[[], int]) -> None:
        self._store = store
        self._most = max(entries // 2, 1)
        self._forget = forget_days > 0
        self._today = today
        self._day = today()
        self._scopes: dict[str, Scope] = {}
        self.trips = self.joined = 0

    async def number(
        self,
        backend: Backend,
        statuses: Iterable[hub.Status],
        accounts: Iterable[str] = (),
        *,
        newest: Collection[str] = (),
    ) -> Numbers:
        """Integers of everything in `statuses` (their parents too) and of `accounts`.

        `newest`: native ids that came above known ones at the head of the home timeline; where ids have no order they
        are placed after all that is known, so that no `since_id` misses a late arrival. Raises StoreDown.
        """
        scope = self._scope(backend.base_url)
        batch = Batch(backend, scope, newest)
        batch.collect(statuses, accounts)
        if batch.new or batch.parents or batch.strangers:
            await self._assign(backend.base_url, scope, batch)
        self._make_room()
        return Numbers(statuses=batch.found, accounts=batch.people)

    async def _assign(self, name: str, scope: Scope, batch: Batch) -> None:
        self.trips += 1
        sightings = [*batch.new.values(), *batch.parents.values()]
        assigned = await self._store.assign(name, sightings, batch.strangers, self._today())
        ids, roots = assigned.statuses, assigned.roots
        for sources, full in ((batch.parents, False), (batch.new, True)):
            for native, sighting in sources.items():
                id = batch.found[native] = ids[sighting.key]
                self.joined += scope.put(Known(id, roots[sighting.key], full, sighting))
        for native in batch.strangers:
            id = batch.people[native] = assigned.accounts[native]
            scope.put_person(native, id)

    def root(self, scope: str, key: str) -> int | None:
        """The integer of a numbered status's thread, from memory; `key` is canonical or native."""
        return self._scope(scope).root(key)

    async def status(self, scope: str, id: int) -> StatusRecord | None:
        """What the id belongs to. Raises StoreDown."""
        known = self._scope(scope).ids.get(id)
        if known and known.full:
            s = known.sighting
            return StatusRecord(
                id=id, key=s.key, native=s.native, sort=s.sort, parent=s.parent, boosted=s.boosted, booster=s.booster
            )
        self.trips += 1
        return await self._store.status_by_id(scope, id)

    async def account(self, scope: str, id: int) -> str | None:
        """Native id of an account. Raises StoreDown."""
        here = self._scope(scope)
        native = here.natives.get(id)
        if native is None:
            self.trips += 1
            native = await self._store.account_by_id(scope, id)
            if native is not None:
                here.put_person(native, id)
        return native

    async def bounds(self, backend: Backend, since_id: int | None, max_id: int | None) -> Window:
        """Where to read for ids above `since_id` and up to `max_id`, which are positions: any integers.

        The window holds everything asked for and may hold more: compare the ids of what it gives. An id in memory is
        used as it is, else its time where ids carry time, else the store knows its neighbours. Raises StoreDown.
        """
        scope = self._scope(backend.base_url)
        timed = scope.timed and backend.capabilities.order is hub.Order.TIMED
        newer = older = after = before = None
        loose = backend.capabilities.order is hub.Order.UNORDERED
        if since_id is not None and since_id > 0:
            newer = self._native(scope, since_id, loose=loose)
            if newer is None and timed:
                after = time_of(since_id) - MARGIN_MS
            elif newer is None:
                newer, _ = await self._beside(backend, since_id)
        if max_id is not None:
            older = self._native(scope, max_id + 1, loose=loose)
            if older is None and not timed:
                _, older = await self._beside(backend, max_id)
            if older is None and backend.capabilities.order is hub.Order.TIMED:
                before = time_of(max_id) + MARGIN_MS
        return Window(newer_than=newer, older_than=older, after_ms=after, before_ms=before)

    @staticmethod
    def _native(scope: Scope, id: int, *, loose: bool) -> str | None:
        """Not of an id that an adapter made up where the server's own have an order: it is no cursor."""
        known = scope.ids.get(id)
        return known.sighting.native if known and (loose or known.sighting.sort) else None

    async def _beside(self, backend: Backend, id: int) -> tuple[str | None, str | None]:
        self.trips += 1
        loose = backend.capabilities.order is hub.Order.UNORDERED
        below, above = await self._store.neighbours(backend.base_url, id)
        natives = [one.native if one and (loose or one.sort) else None for one in (below, above)]
        return natives[0], natives[1]

    # memory
    def clear(self) -> None:
        """Drop it; the store knows everything."""
        self._scopes.clear()
        self.joined += 1

    @property
    def remembered(self) -> int:
        """Ids in memory, of all backends."""
        return sum(scope.whole() for scope in self._scopes.values())

    def _scope(self, name: str) -> Scope:
        if self._forget and self._today() != self._day:
            self._day = self._today()
            self.clear()
        scope = self._scopes.get(name)
        if scope is None:
            scope = self._scopes[name] = Scope()
        return scope

    def _make_room(self) -> None:
        scopes = self._scopes.values()
        full = sum(scope.size() for scope in scopes) > self._most
        if full or any(len(scope.missed) > MOST_MISSED for scope in scopes):
            for scope in scopes:
                scope.turn()
            self.joined += 1
