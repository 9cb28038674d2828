"""What goes on around the reader: notifications, messages, likes, groups."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from adapters.activitypub import collections
from adapters.activitypub.lists import is_local
from adapters.activitypub.log import DIRECT, DONE, GROUP, INBOX, MENTION, NOTE, OUTBOX, Row
from adapters.activitypub.people import LIST_PAGES, People
from adapters.activitypub.shown import made
from adapters.activitypub.timelines import AT, Part, place_in
from adapters.backend import Window
from adapters.errors import BackendError, Missing, TokenGone
from mappings import activitypub as ap
from mappings import hub

NOTES_PAGE, ROWS_AT_ONCE = 40, 80
REACTED = {"Like": "like", "Dislike": "dislike", "Announce": "announce"}
ATTENDING = {
    "Accept": "attendyes", "Join": "attendyes", "Reject": "attendno", "Leave": "attendno",
    "TentativeAccept": "attendmaybe",
}  # fmt: skip
SPARSE_PAGES = 2
"""Lists whose readers go on by cursor themselves, page by page."""
THUMBS_DOWN = "\N{THUMBS DOWN SIGN}"
MOST_REACTIONS, MOST_ABOVE = 40, 50


class Social(People):
    """Lists out of the mirror: one conditional request where nothing is new."""

    # notifications
    async def notifications(self, cursor: str | None) -> hub.Page[hub.Notification]:
        """Everything that happened to the reader."""
        return await self._notes(NOTE, cursor)

    async def mentions(self, cursor: str | None) -> hub.Page[hub.Notification]:
        """Who spoke to the reader."""
        page = await self._notes(MENTION, cursor)
        return replace(page, items=tuple(note for note in page.items if note.status is not None))

    async def notification_marker(self) -> str | None:
        """No server of this kind keeps what was seen."""
        return None

    async def _notes(self, mark: str, cursor: str | None) -> hub.Page[hub.Notification]:
        part = Part(await self._noted_at(cursor), 0, NOTES_PAGE, SPARSE_PAGES)
        rows, older, _ = await self.rows(mark, part, (INBOX,))
        if len(rows) == NOTES_PAGE:
            older = f"{AT}{rows[-1].pos}"
        unwanted = await self.unwanted()
        return hub.Page(items=await self._told([row for row in rows if row.actor not in unwanted]), older=older)

    async def _noted_at(self, cursor: str | None) -> int | None:
        """The place of a cursor, which may be a notification's id: that of its activity."""
        if not cursor or cursor.startswith(AT):
            return place_in(cursor) if cursor else None
        await self.link.mirror.glance()
        row = self.link.mirror.log.rows.get(cursor)
        return row.pos if row else None

    async def _told(self, rows: Sequence[Row]) -> tuple[hub.Notification, ...]:
        """Notifications of rows; what can no longer be read is left out."""
        mirror, library = self.link.mirror, self.link.library
        activities = await mirror.activities(rows)
        follows = [row for one in rows if (row := mirror.log.rows.get(one.object)) and row.verb == "Follow"]
        documents = await mirror.activities(follows)
        wanted = {row.object for row in rows if row.verb != "Follow"} - documents.keys()
        documents |= await library.documents(wanted)
        near = [ap.id_of(one.get("inReplyTo")) for one in documents.values()]
        documents |= await library.documents((id for id in near if ap.same_host(id, self.me_id)), fetch=False)
        everybody = {row.actor for row in rows}
        people = await self._people(documents.values(), documents) | await library.people(everybody)
        known = mirror.known(people, documents)
        found = (ap.notification_of(activities[row.id], known) for row in rows)
        return tuple(replace(one, status=one.status and made(one.status.status)) for one in found if one is not None)

    # messages
    async def conversations(self, cursor: str | None) -> hub.Page[hub.Conversation]:
        """Exchanges of messages: those of one thread; the ones that answer nothing known stand alone."""
        part = Part(place_in(cursor) if cursor else None, 0, ROWS_AT_ONCE, SPARSE_PAGES)
        rows, older, _ = await self.rows(DIRECT, part, (INBOX, OUTBOX))
        latest = self._latest()
        blocked = self.link.mirror.log.blocked
        tops = [row for row in rows if latest[self._root(row)] == row.id and row.actor not in blocked]
        entries = {entry.status.native: entry for entry in await self.entries(tops)}
        last = [entries[row.native] for row in tops if row.native in entries]
        return hub.Page(
            items=tuple(hub.Conversation(last=one, unread=one.status.account.native != self.me_id) for one in last),
            older=f"{AT}{rows[-1].pos}" if len(rows) == ROWS_AT_ONCE else older,
        )

    def _latest(self) -> dict[str, str]:
        """The newest row of each thread of messages."""
        found: dict[str, str] = {}
        for row in self.link.mirror.log.newest(DIRECT):
            found.setdefault(self._root(row), row.id)
        return found

    def _root(self, row: Row) -> str:
        """The first known message of a thread."""
        log, native = self.link.mirror.log, row.native
        for _ in range(MOST_ABOVE):
            upper = log.of(row.parent)
            if upper is None:
                break
            row, native = upper, upper.native
        return native

    # likes
    async def favourites(self, cursor: str | None) -> hub.Page[hub.Entry]:
        """What the reader likes: the server's list, else own likes that hold."""
        if self.link.facts.liked:
            return await self._liked(self.link.facts.liked, cursor)
        part = Part(place_in(cursor) if cursor else None, 0, NOTES_PAGE, SPARSE_PAGES)
        rows, older, _ = await self.rows(DONE, part, (OUTBOX,))
        older = f"{AT}{rows[-1].pos}" if len(rows) == NOTES_PAGE else older
        log = self.link.mirror.log
        natives = [row.object for row in rows if row.verb == "Like" and log.done.get(("Like", row.object)) == row.id]
        found = await self.statuses(natives)
        return hub.Page(items=tuple(found.values()), older=older)

    async def _liked(self, url: str, cursor: str | None) -> hub.Page[hub.Entry]:
        client = self.link.client
        page = await (collections.page(client, cursor, url) if cursor else collections.first_page(client, url))
        natives = [id for item in page.items if (id := ap.web(ap.id_of(item)))]
        await self.link.mirror.liking(natives)
        found = await self.statuses(natives)
        further = page.next if page.items and page.next != cursor else ""
        return hub.Page(items=tuple(found.values()), older=further or None)

    @abstractmethod
    async def statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """Several, a few at a time; none of the mirror's costs a request."""

    async def activities(self, native: str) -> hub.Activities:
        """Who did what with a status: its likes and shares where they can be read, and what reached the reader."""
        task = self.link.asked.get(native)
        if task is None:
            task = self.link.asked[native] = asyncio.create_task(self._activities(native))
            task.add_done_callback(lambda _: self.link.asked.pop(native, None))
        return await asyncio.shield(task)

    async def _activities(self, native: str) -> hub.Activities:
        document = await self.known(native)
        target = ap.id_of(document) or native
        lists = [("likes", "Like"), ("shares", "Announce")]
        told = await asyncio.gather(*(self._reacted(document.get(name), verb, target) for name, verb in lists))
        found: dict[str, dict[str, None]] = {}
        for verb, actor in [*(pair for some in told for pair in some), *self._rows_about(target)]:
            name = REACTED.get(verb) or ATTENDING.get(verb)
            if name:
                found.setdefault(name, {})[actor] = None
        people = await self.link.library.people(id for some in found.values() for id in some)
        return hub.Activities(
            **{name: tuple(people[id] for id in some if id in people) for name, some in found.items()}
        )

    def _rows_about(self, target: str) -> list[tuple[str, str]]:
        """(verb, actor) of activities that hold."""
        rows = [row for row in self.link.mirror.log.rows.values() if row.object == target and row.marks]
        return [(row.verb, row.actor) for row in sorted(rows, key=lambda row: row.pos)]

    async def _reacted(self, value: Any, verb: str, target: str) -> list[tuple[str, str]]:
        """(verb, actor) of the first page of likes or shares: activities or actors."""
        url = ap.web(ap.id_of(value))
        if not url or not ap.same_host(url, target):
            return []
        try:
            items = (await collections.first_page(self.link.client, url)).items[:MOST_REACTIONS]
        except TokenGone:
            raise
        except BackendError:
            return []
        bare = [id for item in items if not (isinstance(item, dict) and "actor" in item) and (id := ap.id_of(item))]
        documents = await self.link.library.documents(id for id in bare if id not in self.link.mirror.log.rows)
        return [pair for item in items if (pair := self._pair(item, documents, verb))]

    def _pair(self, item: Any, documents: dict[str, ap.Document], verb: str) -> tuple[str, str] | None:
        row = self.link.mirror.log.rows.get(ap.id_of(item))
        if row is not None:
            return (row.verb, row.actor) if row.marks else None
        document = item if isinstance(item, dict) and "actor" in item else documents.get(ap.id_of(item), {})
        if ap.is_actor(document):
            return verb, ap.id_of(document)
        actor = ap.id_of(document.get("actor"))
        return (next(iter(ap.types_of(document)), verb), actor) if actor else None

    async def reactions(self, native: str) -> tuple[hub.Reaction, ...]:
        """Dislikes, as a thumbs down."""
        people = (await self.activities(native)).dislike
        if not people:
            return ()
        me = any(one.native == self.me_id for one in people)
        return (hub.Reaction(name=THUMBS_DOWN, me=me, accounts=people),)

    # groups
    async def groups(self) -> tuple[hub.Group, ...]:
        """Lists of people: own collections on the server, else those kept here."""
        found = [hub.Group(native=one.native, name=one.name) for one in (await self.link.lists.all()).values()]
        if self.link.facts.collections:
            await self._refreshed(OUTBOX)
            natives = [row.native for row in self.link.mirror.log.newest(GROUP)]
            documents = await self.link.library.documents(natives)
            plain = [native for native in natives if native in documents and is_plain(documents[native])]
            found += [hub.Group(native=native, name=ap.line(documents[native].get("name"))) for native in plain]
        return tuple(found)

    async def group_members(self, native: str) -> tuple[hub.Account, ...]:
        """Who is in a list. Raises Missing."""
        if is_local(native):
            kept = (await self.link.lists.all()).get(native)
            if kept is None:
                raise Missing("There is no such group.")
            return await self._those(kept.members)
        if native in self.link.mirror.log.deleted:
            raise Missing("There is no such group.")
        return await self._those(await collections.items(self.link.client, native, LIST_PAGES))

    async def groups_of(self, native: str) -> tuple[hub.Group, ...]:
        """The lists somebody is in: each is looked through."""
        known = await self.groups()
        members = await asyncio.gather(*(self.group_members(group.native) for group in known))
        return tuple(
            group
            for group, people in zip(known, members, strict=True)
            if any(person.native == native for person in people)
        )

    async def group_timeline(self, native: str, window: Window) -> hub.Page[hub.Entry]:
        """What people of a list posted, as far as it came."""
        members = {one.native for one in await self.group_members(native)}
        page = await self.home(window)
        return replace(page, items=tuple(entry for entry in page.items if entry.status.account.native in members))


def is_plain(document: ap.Document) -> bool:
    """A collection of people: those of files are ordered."""
    return "Collection" in ap.types_of(document)
