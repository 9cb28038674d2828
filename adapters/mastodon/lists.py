"""Groups of contacts, as the lists of the Mastodon client API. Only people who are followed can be on one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from adapters.backend import Window
from adapters.errors import Missing, Rejected, Unsupported
from adapters.lacks import check_followed, require
from adapters.mastodon import entities
from adapters.mastodon.decode import one, split
from adapters.mastodon.instance import each, readable
from adapters.mastodon.writing import Writing
from adapters.transport import Answer
from mappings import hub

LISTS, LIST, MEMBERS = "/api/v1/lists", "/api/v1/lists/{}", "/api/v1/lists/{}/accounts"
LIST_TIMELINE = "/api/v1/timelines/list/{}"
LISTS_OF = "/api/v1/accounts/{}/lists"
MEMBER_PAGES = 25
JSON = [("Content-Type", "application/json")]


class Lists(Writing):
    """Every method raises Unsupported where there are no lists."""

    async def groups(self) -> tuple[hub.Group, ...]:
        """The reader's lists."""
        self.need_lists()
        rows = readable(split((await self.get(LISTS)).body), lambda raw: one(raw, entities.List))
        return tuple(hub.Group(native=row.id, name=row.title) for row in rows)

    async def group_members(self, native: str) -> tuple[hub.Account, ...]:
        """Everybody on a list: as many calls as it has pages of 80, at most 25."""
        self.need_lists()
        path, found, cursor = self.instance.path(MEMBERS, native), dict[str, hub.Account](), None
        for _ in range(MEMBER_PAGES):
            page = await self.people(path, cursor)
            found.update((person.native, person) for person in page.items)
            cursor = page.older
            if not (cursor and page.items):
                break
        return tuple(found.values())

    async def groups_of(self, native: str) -> tuple[hub.Group, ...]:
        """The lists somebody is on; a server that does not tell is asked for the members of each, four at a time."""
        self.need_lists()
        try:
            answer = await self.get(self.instance.path(LISTS_OF, native))
        except (Missing, Unsupported):
            return await self.searched_for(native)
        rows = readable(split(answer.body), lambda raw: one(raw, entities.List))
        return tuple(hub.Group(native=row.id, name=row.title) for row in rows)

    async def searched_for(self, native: str) -> tuple[hub.Group, ...]:
        """The same, the long way."""
        known = await self.groups()
        members = await each(known, lambda group: self.group_members(group.native))
        return tuple(
            group
            for group, people in zip(known, members, strict=True)
            if any(person.native == native for person in people)
        )

    async def group_timeline(self, native: str, window: Window) -> hub.Page[hub.Entry]:
        """What the people on a list wrote."""
        self.need_lists()
        return await self.timeline(self.instance.path(LIST_TIMELINE, native), window)

    async def create_group(self, name: str) -> hub.Group:
        """A new, empty list."""
        self.need_lists()
        pause = self.instance.software.list_seconds
        if not pause:
            return await self.made(name)
        async with self.instance.listing:  # before it as well: somebody else may just have made one
            await self.instance.sleep(pause)
            found = await self.made(name)
            await self.instance.sleep(pause)
            return found

    async def made(self, name: str) -> hub.Group:
        """What came of it."""
        return self.group(await self.instance.upstream.write("POST", LISTS, self.token, json={"title": name}), name)

    async def rename_group(self, native: str, name: str) -> hub.Group:
        """The same list under another name."""
        self.need_lists()
        require(self.capabilities, "renames_lists")
        path = self.instance.path(LIST, native)
        return self.group(await self.instance.upstream.write("PUT", path, self.token, json={"title": name}), name)

    def group(self, answer: Answer, name: str) -> hub.Group:
        """The list in the answer to a change. Raises BadAnswer."""
        row = one(answer.body, entities.List)
        return hub.Group(native=row.id, name=row.title or name)

    async def remove_group(self, native: str) -> None:
        """The list goes, the people stay."""
        self.need_lists()
        await self.instance.upstream.call("DELETE", self.instance.path(LIST, native), self.token)

    async def add_to_group(self, native: str, accounts: Sequence[str]) -> None:
        """Put people on a list; those who are on it stay. At most three calls more when the server refuses."""
        self.need_lists()
        path = self.instance.path(MEMBERS, native)
        wanted = [self.known(account) for account in dict.fromkeys(accounts)]
        try:
            await self.add(path, wanted)
        except (Missing, Rejected) as error:
            # Servers refuse all of them, in words of their own, for one who is not followed or already there.
            check_followed(await self.relationships(wanted), wanted)
            members = {person.native for person in await self.group_members(native)}
            if members.isdisjoint(wanted):
                raise error from None
            await self.add(path, [account for account in wanted if account not in members])

    async def add(self, path: str, accounts: Sequence[str]) -> None:
        """One call for all of them, none for nobody."""
        if accounts:
            content = msgspec.json.encode({"account_ids": accounts})
            await self.instance.upstream.call("POST", path, self.token, content=content, headers=JSON)

    async def remove_from_group(self, native: str, accounts: Sequence[str]) -> None:
        """Take people off a list. The ids are sent twice: some servers read them in the address, snac in the body."""
        self.need_lists()
        if not accounts:
            return
        wanted = [self.known(account) for account in accounts]
        query = urlencode([("account_ids[]", account) for account in wanted])
        path = f"{self.instance.path(MEMBERS, native)}?{query}"
        content = msgspec.json.encode({"account_ids": wanted})
        await self.instance.upstream.call("DELETE", path, self.token, content=content, headers=JSON)

    def need_lists(self) -> None:
        """Raises Unsupported."""
        require(self.capabilities, "lists")
