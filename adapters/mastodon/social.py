"""What goes on between people: requests, blocks, messages, notifications, reactions, search."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from adapters.backend import Window
from adapters.errors import Missing, Rejected
from adapters.lacks import refusal, require
from adapters.mastodon import entities
from adapters.mastodon.capabilities import Reacting
from adapters.mastodon.decode import id_of, one, split
from adapters.mastodon.instance import by_id, each, next_cursor, readable, unique
from adapters.mastodon.published import Published
from adapters.mastodon.reading import ACCOUNT, PAGE, STATUS
from adapters.upstream import Query
from mappings import hub

BLOCKS, FOLLOW_REQUESTS = "/api/v1/blocks", "/api/v1/follow_requests"
CONVERSATIONS, NOTIFICATIONS, MARKERS = "/api/v1/conversations", "/api/v1/notifications", "/api/v1/markers"
TAGGED = "/api/v1/timelines/tag/"
ACCOUNTS_AT_ONCE, FOUND_AT_ONCE = 40, 40


class Social(Published):
    """Each method is one bounded call unless it says otherwise."""

    # people
    async def blocks(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader blocks; goes on where the Link header says."""
        require(self.capabilities, "blocks_list")
        return await self.people(BLOCKS, cursor)

    async def follow_requests(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Who asks to follow the reader; goes on where the Link header says."""
        return await self.people(FOLLOW_REQUESTS, cursor)

    async def accounts(self, natives: Sequence[str]) -> dict[str, hub.Account]:
        """Several: one call for every 40 where the server can, else one each, four at a time."""
        if not self.capabilities.accounts_by_id:
            people = await each(natives, self.account_or_none)
            return {native: person for native, person in zip(natives, people, strict=True) if person}
        parts = [natives[at : at + ACCOUNTS_AT_ONCE] for at in range(0, len(natives), ACCOUNTS_AT_ONCE)]
        found = {person.native: person for some in await each(parts, self.some_accounts) for person in some}
        return {native: found[native] for native in natives if native in found}

    async def account_or_none(self, native: str) -> hub.Account | None:
        """A person, if they are there."""
        try:
            return await self.account(native)
        except Missing:
            return None

    async def some_accounts(self, natives: Sequence[str]) -> tuple[hub.Account, ...]:
        """One batch."""
        answer = await self.get(ACCOUNT.removesuffix("/{}"), [("id[]", native) for native in natives])
        return readable(split(answer.body), self.reader.account)

    # what happened
    async def conversations(self, cursor: str | None) -> hub.Page[hub.Conversation]:
        """Exchanges of messages; goes on where the Link header says."""
        require(self.capabilities, "conversations")
        answer = await self.get(CONVERSATIONS, paged(cursor))
        return hub.Page(items=readable(unique(answer).values(), self.conversation), older=next_cursor(answer))

    def conversation(self, raw: bytes) -> hub.Conversation:
        """One of them. Raises BadAnswer."""
        row = one(raw, entities.Conversation)
        last = bytes(row.last_status)
        return hub.Conversation(unread=bool(row.unread), last=self.entry(last) if id_of(last) else None)

    async def notifications(self, cursor: str | None) -> hub.Page[hub.Notification]:
        """Everything that happened; goes on below the last one read, only an empty page is the end."""
        found = unique(await self.get(NOTIFICATIONS, paged(cursor)))
        return hub.Page(
            items=readable(found.values(), self.reader.notification),
            older=next(reversed(found), None),
        )

    async def notification_marker(self) -> str | None:
        """The newest notification that was seen in any client; None where the server keeps no such thing, or has none
        yet."""
        if not self.capabilities.markers:
            return None
        answer = await self.get(MARKERS, [("timeline[]", "notifications")])
        seen = one(answer.body, entities.Markers).notifications
        return (seen.last_read_id if seen else None) or None

    async def mark_notifications(self, native: str) -> None:
        """Everything up to this one was seen."""
        require(self.capabilities, "markers")
        body = {"notifications": {"last_read_id": self.known(native)}}
        await self.instance.upstream.write("POST", MARKERS, self.token, json=body)

    # reactions
    async def reactions(self, native: str) -> tuple[hub.Reaction, ...]:
        """Emoji under a status; with people on Pleroma and Akkoma."""
        people = self.need_reactions().people
        answer = await self.get(self.instance.path(people or STATUS, native))
        if people:
            return tuple(map(self.reaction, readable(split(answer.body), lambda raw: one(raw, entities.Reaction))))
        return tuple(map(self.reaction, one(answer.body, entities.Reactions).reactions))

    def reaction(self, row: entities.Reaction) -> hub.Reaction:
        """One emoji."""
        people = readable((bytes(person) for person in row.accounts), self.reader.account)
        return hub.Reaction(name=row.name, me=bool(row.me), accounts=people)

    async def react(self, native: str, emoji: str) -> hub.Entry:
        """Put an emoji under a status. A second call where the answer is not that status (snac sends the reaction)."""
        return await self.put_emoji(self.need_reactions().put, native, emoji)

    async def unreact(self, native: str, emoji: str) -> hub.Entry:
        """Take it back."""
        return await self.put_emoji(self.need_reactions().take, native, emoji)

    async def attend(self, native: str, verb: str) -> hub.Entry:  # noqa: ARG002
        """No server of this kind has events."""
        raise refusal(self.capabilities, "events")

    async def put_emoji(self, way: tuple[str, str], native: str, emoji: str) -> hub.Entry:
        """The status after the change."""
        method, form = way
        if not emoji:
            raise Rejected("A reaction needs an emoji.")
        path = self.instance.path(form.format("{}", quote(emoji, safe="")), native)
        answer = await self.instance.upstream.call(method, path, self.token)
        if self.reader.key(id_of(answer.body)) == self.reader.key(native):
            return self.entry(answer.body)
        return await self.status(native)

    def need_reactions(self) -> Reacting:
        """How it is done here. Raises Unsupported."""
        if self.instance.software.reacting is None:
            raise refusal(self.capabilities, "reactions")
        return self.instance.software.reacting

    # search
    async def tagged(self, tag: str, window: Window) -> hub.Page[hub.Entry]:
        """Public statuses with a hashtag."""
        try:
            return await self.timeline(TAGGED + quote(tag, safe=""), window)
        except Missing:
            return hub.Page(items=())

    async def search_statuses(self, query: str, limit: int, offset: int) -> tuple[hub.Entry, ...]:
        """Statuses with these words, as far as the server looks for them, or the one at this address, which the server
        may have to fetch. Where it cannot begin in the middle, the first 40 are all there is."""
        require(self.capabilities, "searches_statuses")
        software, limit = self.instance.software, max(1, min(limit, FOUND_AT_ONCE))
        wanted = limit if software.search_offset else min(offset + limit, FOUND_AT_ONCE)
        resolve = str(query.startswith(("https://", "http://"))).lower()
        asked = [("q", query), ("type", "statuses"), ("limit", str(wanted)), ("resolve", resolve)]
        if software.search_offset and offset:
            asked.append(("offset", str(offset)))
        found = one((await self.get("/api/v2/search", asked)).body, entities.FoundStatuses)
        entries = [self.reader.original(raw) for raw in by_id(bytes(raw) for raw in found.statuses).values()]
        page = entries[:limit] if software.search_offset else entries[offset : offset + limit]
        return tuple(await self.readable(page))


def paged(cursor: str | None) -> Query:
    """The query of a list of 40."""
    return [("limit", PAGE), *([("max_id", cursor)] if cursor else [])]
