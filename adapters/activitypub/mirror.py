"""One account's inbox and outbox, kept on its shelf: rows, documents, and what is known of the account from them.

The shelf is written first and memory after it, documents before the rows that need them; a token in the state tells
other workers that there is something new.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterable, Sequence

import msgspec
from cachetools import LRUCache

from adapters.activitypub import collections, positions
from adapters.activitypub.discovery import Facts
from adapters.activitypub.filing import ANSWERS, KEPT_WHOLE, Change, Filing
from adapters.activitypub.library import Library, unpacked
from adapters.activitypub.log import GROUP, WRITTEN, Log, Row, row_of
from adapters.activitypub.sorting import CHANGES, Arrival, date, is_for, is_trusted, iso, whole
from adapters.errors import BackendError, TokenGone
from adapters.shelf import Shelf
from mappings import activitypub as ap
from mappings import hub
from mappings.order import LIMIT, time_of

LOG, ACTIVITY, LIKED, FOLLOW = "log", "activity", "liked", "Follow"
VERSION = "version"
ENTRIES = 500
MOST_ROWS, TRIMMED = 10_000, 1000
"""So many activities are kept; when there are more, the oldest go."""
STRANGER_SECONDS, FOLLOWING_PAGES = 60, 30

Place = Callable[[Sequence[int]], list[int]]


class Mirror:
    """`clock`: seconds since 1970. `turned`: called when whom the account follows was changed. Methods need `lock`,
    unless they say that they take it."""

    def __init__(
        self,
        facts: Facts,
        library: Library,
        shelf: Shelf,
        clock: Callable[[], float] = time.time,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self.facts, self.library, self.shelf, self.clock, self._turned = facts, library, shelf, clock, turned
        self.log = Log(facts.actor)
        self.state: dict[str, str] = {}
        self.following: frozenset[str] | None = None
        self.following_read = 0.0
        self.lock = asyncio.Lock()
        self.entries: LRUCache[str, hub.Entry] = LRUCache(ENTRIES)
        self._version: str | None = None

    async def load(self) -> None:
        """From the shelf, where another worker changed it."""
        state, count = await self.shelf.index_state(LOG)
        version = state.get(VERSION, "")
        if version == self._version:
            return
        kept = await self.shelf.index_page(LOG, below=LIMIT, above=0, offset=0, limit=count + TRIMMED) if count else ()
        before, self.log = self.log, Log(self.facts.actor, (row for one in kept if (row := row_of(one))))
        if self._version is not None:
            self.library.forget()
        if any(self._turns(row, row.object) for id, row in self.log.rows.items() if id not in before.rows):
            self._turned()
        self.entries.clear()
        self._like(await self.shelf.records(LIKED) if self.facts.liked else ())
        self.state, self._version = state, version

    async def glance(self) -> None:
        """As the shelf has it; while somebody else is at it, as it is in memory. Takes the lock."""
        if not self.lock.locked():
            async with self.lock:
                await self.load()

    # knowledge
    def known(
        self, people: dict[str, hub.Account] | None = None, documents: dict[str, ap.Document] | None = None
    ) -> ap.Known:
        """What is known beside documents."""
        log = self.log
        return ap.Known(
            me=self.facts.actor,
            hosts=self.facts.hosts,
            now=iso(self.now_ms()),
            people=people or {},
            documents=documents or {},
            followers={self.facts.followers, *self.library.followers},
            collections={*self.library.circles, *(row.native for row in log.rows.values() if row.has(GROUP))},
            liked=log.liked,
            shared=log.shared,
            own=log.own,
            followed_by=self.accepted(),
        )

    def accepted(self) -> set[str]:
        """Whom the reader let follow, as far as rows tell."""
        found = (self.log.rows.get(object) for verb, object in self.log.done if verb == "Accept")
        return {row.actor for row in found if row is not None and row.verb == "Follow"}

    def now_ms(self) -> int:
        """The clock in milliseconds."""
        return int(self.clock() * 1000)

    def activity_of(self, verb: str, object: str) -> str:
        """The id of the own activity on an object that still holds, "" for none."""
        return self.log.done.get((verb, object), "")

    async def liking(self, natives: Iterable[str]) -> None:
        """The server says that the account likes these; it did so before anybody looked."""
        fresh = [native for native in natives if native not in self.log.liked]
        if fresh:
            await self.shelf.put_records(LIKED, dict.fromkeys(fresh, b"1"))
            self._like(fresh)

    def _like(self, natives: Iterable[str]) -> None:
        for native in natives:
            self.log.liked.add(native)
            self.entries.pop(native, None)

    # writing
    async def wrote(self, activity: ap.Document) -> None:
        """An own activity, as the server has it: id, and for a Create the object with its id. Takes the lock."""
        async with self.lock:
            await self.load()
            arrival = Arrival({"actor": self.facts.actor, **ap.normal(activity)}, WRITTEN)
            if arrival.id and arrival.id not in self.log.rows:
                await self.arrived([arrival])

    async def arrived(self, arrivals: Sequence[Arrival], state: dict[str, str] | None = None) -> None:
        """New ones, oldest first, above all that is known."""
        await self.file(arrivals, lambda dates: positions.heads(dates, self.log.head, self.now_ms()), state)

    async def file(
        self, arrivals: Sequence[Arrival], place: Place, state: dict[str, str] | None = None, *, backwards: bool = False
    ) -> None:
        """Give activities their places, in the order that `place` takes them, and file them. `backwards`: that is the
        newest first. Raises BackendError."""
        ready = await self._resolved(arrivals)
        await self.follows(ready)
        known = await self._knowing(ready)
        placed = place([arrival.ms for arrival in ready])
        filing = Filing(self.log, known, self.following)
        pairs = list(zip(ready, placed, strict=True))
        self._version = None  # until it is written, memory is ahead of the shelf
        for arrival, pos in reversed(pairs) if backwards else pairs:
            filing.file(arrival, pos)
        await self.store(filing.change, state or {})

    async def store_state(self, state: dict[str, str]) -> None:
        """Only that."""
        await self.store(Change(), state)

    async def store(self, change: Change, state: dict[str, str]) -> None:
        """Write it down: documents, then rows and state."""
        if not change.rows and all(self.state.get(name) == value for name, value in state.items()):
            self._version = self.state.get(VERSION, "")
            return
        version = secrets.token_hex(6)
        state = state | {VERSION: version}
        await self.library.keep({id: one for id, one in change.documents.items() if id not in change.gone})
        await self.hold(change.activities)
        await self.shelf.index_add(LOG, [row.placed() for row in change.rows.values()], state)
        await self.library.drop(change.gone)
        for row in change.rows.values():
            self.log.put(row)
        self.state.update(state)
        self._version = version
        self._forget(change)
        if len(self.log.rows) > MOST_ROWS:
            await self._trim()

    def _forget(self, change: Change) -> None:
        """Entries made of what is no longer so."""
        touched = {*change.documents, *change.gone, *(row.object for row in change.rows.values())}
        for native, entry in list(self.entries.items()):
            status = entry.known
            if native in touched or (status is not None and status.original.native in touched):
                del self.entries[native]

    async def _trim(self) -> None:
        oldest = [id for _, id in self.log.order[: len(self.log.order) - MOST_ROWS + TRIMMED]]
        gone = [row.native for id in oldest if (row := self.log.rows[id]).native]
        await self.shelf.index_drop(LOG, oldest)
        await self.shelf.drop_records(ACTIVITY, oldest)
        await self.library.drop(gone)
        self._version = secrets.token_hex(6)
        state = {"i.tail": "", "o.tail": "", VERSION: self._version}
        await self.shelf.index_add(LOG, [], state)
        self.log.drop(oldest)
        self.state |= state

    # reading what activities need
    async def lacking(self, arrivals: Sequence[Arrival]) -> dict[str, ap.Document]:
        """Those, by id, whose object cannot be had yet: they would be filed as less than they are. What another server
        says is not there counts as gone. Raises TokenGone."""
        needing = [one for one in arrivals if self._needs(one)]
        targets = {one.target for one in needing}
        late = self.library.late(targets - (await self.library.documents(targets)).keys())
        return {one.id: one.activity for one in needing if one.target in late}

    async def hold(self, activities: dict[str, ap.Document]) -> None:
        """Keep activities as they came: those that rows do not say whole, and those that cannot be filed yet."""
        if activities:
            packed = {id: msgspec.json.encode(one) for id, one in activities.items()}
            await self.shelf.put_records(ACTIVITY, packed)

    async def held(self, ids: Sequence[str]) -> dict[str, ap.Document]:
        """Those of them that were kept."""
        records = await self.shelf.records(ACTIVITY, ids) if ids else {}
        return {id: document for id, raw in records.items() if (document := unpacked(raw))}

    async def _resolved(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """With objects and dates."""
        now = self.now_ms()
        wanted = [arrival.target for arrival in arrivals if self._needs(arrival)]
        followed = (row for one in arrivals if (row := self.log.rows.get(one.target)) and row.verb == "Follow")
        found = await self.activities(followed) | await self.library.documents(wanted)
        found |= await self._updated(arrivals)
        ready = []
        for arrival in arrivals:
            object = self._object(arrival, found)
            ready.append(arrival._replace(object=object, ms=date(arrival.activity, object, now)))
        return ready

    async def _updated(self, arrivals: Sequence[Arrival]) -> dict[str, ap.Document]:
        """What was changed, as it is now: the known objects among the targets of Updates. People are read again."""
        made = {arrival.target for arrival in arrivals if arrival.verb == "Create"}
        updates = [arrival for arrival in arrivals if arrival.verb == "Update" and is_trusted(arrival)]
        await self.library.renew({one.target for one in updates if one.target == one.actor})
        concerned = [one for one in updates if one.target in self.log.shown or one.target in made]
        bare = [one.target for one in concerned if self._brought(one) is None]
        return await self.library.anew(bare) | {
            one.target: brought for one in concerned if (brought := self._brought(one)) is not None
        }

    def _needs(self, arrival: Arrival) -> bool:
        """Its object has to be fetched."""
        if not is_trusted(arrival) or ap.host_of(arrival.target) == "":
            return False
        if arrival.verb == "Create":
            return self._brought(arrival) is None
        if arrival.verb in {"Announce", "Invite"}:
            return True
        if arrival.verb in ANSWERS:
            return arrival.actor != self.facts.actor and arrival.target not in self.log.rows
        is_aimed = arrival.verb in {"Like", "Dislike", "EmojiReact"} and arrival.actor != self.facts.actor
        return is_aimed and arrival.target not in self.log.own and ap.same_host(arrival.target, self.facts.actor)

    @staticmethod
    def _brought(arrival: Arrival) -> ap.Document | None:
        """The object that the activity holds, where its actor's server vouches for it."""
        inner = next(iter(ap.as_list(arrival.activity.get("object"))), None)
        if not isinstance(inner, dict) or not ap.types_of(inner):
            return None
        if not ap.same_host(ap.id_of(inner), arrival.actor):
            return None
        told = inner.keys() & {"attributedTo", "content", "contentMap", "to", "attachment", "url", "formerType"}
        return inner if told or ap.is_a(inner, frozenset({"Tombstone"})) else None

    def _object(self, arrival: Arrival, found: dict[str, ap.Document]) -> ap.Document | None:
        if arrival.verb == "Create":
            object = self._brought(arrival) or found.get(arrival.target)
            if object is None or ap.is_a(object, frozenset({"Tombstone"})):
                return None
            return whole(arrival, object, iso(self.now_ms()))
        return found.get(arrival.target)

    async def _knowing(self, arrivals: Sequence[Arrival]) -> ap.Known:
        """With people and documents that tell where these belong."""
        documents = {
            ap.id_of(one.object): one.object for one in arrivals if one.object is not None and one.verb != "Update"
        }
        changed = [arrival.target for arrival in arrivals if arrival.verb in CHANGES]
        documents = await self.library.documents(changed, fetch=False) | documents
        parents = [ap.id_of(one.get("inReplyTo")) for one in documents.values()]
        near = [id for id in parents if ap.same_host(id, self.facts.actor) and id not in self.log.own]
        documents = await self.library.documents(near) | documents
        known = self.known({}, documents)
        wanted: list[str] = []
        for arrival in arrivals:
            found = ap.wanted(arrival.activity, known)
            wanted += [*found.people, *found.named] if arrival.object is not None else found.people
            wanted += ap.wanted(arrival.object, known).people if arrival.object is not None else ()
        people = await self.library.people((id for id in wanted if id != self.facts.actor), fresh=True)
        self.library.learn(documents.values(), self.facts.actor)
        return self.known(people, documents)

    async def follows(self, arrivals: Sequence[Arrival]) -> None:
        """Learn whom the account follows, where posts of strangers came and that was read too long ago, was changed
        since, or they were asked: what is filed as a stranger's stays so, and their answer may come after the post."""
        me = self.facts.actor
        if any(self._turns(one, one.target) for one in arrivals if is_trusted(one)):
            self._turned()
        posts = [one for one in arrivals if one.verb in {"Create", "Announce"} and one.actor != me]
        strangers = [one for one in posts if not is_for(one, one.object, me, self.following or ())]
        was_asked = any((FOLLOW, one.actor) in self.log.done for one in strangers)
        is_due = was_asked or self.clock() - self.following_read >= STRANGER_SECONDS
        if strangers and self.facts.following and is_due:
            await self.read_following()

    def _turns(self, one: Arrival | Row, object: str) -> bool:
        """It may change whom the account follows: an answer to its Follow, or its Undo of one."""
        row = self.log.rows.get(object)
        if one.actor == self.facts.actor:
            return one.verb == "Undo" and (row is None or row.verb == FOLLOW)
        asked = row is None or (row.verb, row.actor) == (FOLLOW, self.facts.actor)
        return one.verb in {"Accept", "Reject"} and asked

    def forget_following(self) -> None:
        """Whom the account follows was changed: the next post of anybody asks anew."""
        self.following, self.following_read = None, float("-inf")

    async def read_following(self) -> frozenset[str] | None:
        """Whom the account follows, read anew; None where nobody can tell. Raises TokenGone."""
        self.following_read = self.clock()
        try:
            found = await collections.items(self.library.client, self.facts.following, FOLLOWING_PAGES)
        except TokenGone:
            raise
        except BackendError:
            return self.following
        self.following = frozenset(ap.id_of(one) for one in found)
        return self.following

    # activities as they came
    async def activities(self, rows: Iterable[Row]) -> dict[str, ap.Document]:
        """By id, as far as they are needed to read them: those kept, else what the row says."""
        rows = list(rows)
        found = await self.held([row.id for row in rows if row.verb in KEPT_WHOLE])
        return {row.id: found.get(row.id) or self._told(row) for row in rows}

    def _told(self, row: Row) -> ap.Document:
        return {
            "id": row.id,
            "type": row.verb,
            "actor": row.actor,
            "object": row.object,
            "published": iso(time_of(row.pos)),
        }
