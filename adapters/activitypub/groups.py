"""Changes of groups: collections where the server has them, else lists on the shelf (activitypub-c2s section 8).

A post to a collection is addressed to it; one to a list on the shelf to its members, one by one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from adapters.activitypub.lists import LOCAL, LocalList, is_local
from adapters.activitypub.outbox import Outbox
from adapters.errors import Missing, Rejected
from adapters.lacks import check_followed
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub


class Addresses(NamedTuple):
    """Whom lists reach."""

    collections: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class Groups(Outbox):
    """The own groups."""

    async def addresses(self, lists: Sequence[str]) -> Addresses:
        """Whom a post to these lists is addressed to. Raises Missing."""
        local = [await self.listed(native) for native in lists if is_local(native)]
        people = dict.fromkeys(member for group in local for member in group.members)
        return Addresses(tuple(native for native in lists if not is_local(native)), tuple(people))

    async def create_group(self, name: str) -> hub.Group:
        """A new, empty group; nobody is told."""
        if not self.link.facts.collections:
            native = LOCAL + secrets.token_hex(12)
            await self.link.lists.put(LocalList(native=native, name=name))
            return hub.Group(native=native, name=name)
        done = await self.perform(acts.create_collection(self.me_id, name, self.now()))
        return hub.Group(native=ap.id_of(done.get("object")), name=name)

    async def rename_group(self, native: str, name: str) -> hub.Group:
        """The same group under another name."""
        if is_local(native):
            await self.link.lists.put(msgspec.structs.replace(await self.listed(native), name=name))
        else:
            found = await self.mine(native)
            whole = self.link.facts.whole
            await self.perform(acts.update(self.me_id, found, {"name": name}, self.now(), whole=whole))
        return hub.Group(native=native, name=name)

    async def remove_group(self, native: str) -> None:
        """The group goes, the people stay."""
        if is_local(native):
            await self.listed(native)
            await self.link.lists.drop(native)
            return
        await self.perform(acts.delete(self.me_id, await self.mine(native), self.now()))

    async def add_to_group(self, native: str, accounts: Sequence[str]) -> None:
        """Put people in; those who are in it stay. A collection takes its pages and one activity for each."""
        present = [one.native for one in await self.group_members(native)]
        new = [account for account in dict.fromkeys(accounts) if account not in present]
        if new:
            check_followed(await self.relationships(new), new)
        if is_local(native):
            await self.change_list(native, (*(await self.listed(native)).members, *new))
            return
        for account in new:
            activity = acts.add(self.me_id, account, native, self.now())
            await self.member_change(activity, native, account, there=True)

    async def remove_from_group(self, native: str, accounts: Sequence[str]) -> None:
        """Take people out."""
        if is_local(native):
            members = (await self.listed(native)).members
            await self.change_list(native, [member for member in members if member not in accounts])
            return
        present = {one.native for one in await self.group_members(native)}
        for account in present.intersection(accounts):
            activity = acts.remove(self.me_id, account, native, self.now())
            await self.member_change(activity, native, account, there=False)

    async def member_change(self, activity: ap.Document, native: str, account: str, *, there: bool) -> None:
        """One Add or Remove; a refusal because it is so already is none."""
        try:
            await self.send(activity)
        except Rejected:
            members = {one.native for one in await self.group_members(native)}
            if (account in members) is not there:
                raise

    async def listed(self, native: str) -> LocalList:
        """A list on the shelf. Raises Missing."""
        found = (await self.link.lists.all()).get(native)
        if found is None:
            raise Missing("There is no such group.")
        return found

    async def change_list(self, native: str, members: Sequence[str]) -> None:
        """Other members."""
        group = await self.listed(native)
        await self.link.lists.put(msgspec.structs.replace(group, members=tuple(dict.fromkeys(members))))
