"""statusnet/groups/*: groups of the network (reference/clients.md section 9).

A group is an account that passes on what its members write: joining it is following it, its timeline is what it posted.
Not to be confused with the reader's own groups of contacts (`gateway.groups`), which nobody else sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.backend import Window
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.handlers.following import follow, unfollow
from gateway.handlers.people import cut
from gateway.handlers.timelines import keep
from gateway.meant import account_of, either, related
from gateway.paging import timeline
from gateway.people import asks_for_another
from gateway.replies import Reply, Statuses, Tree
from mappings import hub
from mappings.social_groups import group_tree

NO_SUCH_GROUP = "Group not found."
NOT_SHOWN = "The server does not say which groups somebody else is in."


async def show(ask: Ask) -> Reply:
    """One group, and whether the reader is in it. Two upstream calls."""
    group = await _group(ask)
    relationship = await related(ask, group.native)
    return await _told(ask, group, member=relationship.following)


async def posts(ask: Ask) -> Reply:
    """What the group passed on. One upstream call, one more for a group that is not followed."""
    group, backend = await _group(ask), ask.session.backend

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.user(group.native, window, replies=True)

    title = f"{group.display} group"
    return Statuses(entries=await timeline(ask, fetch, keep(ask), subject=group.native), title=title)


async def join(ask: Ask) -> Reply:
    """Follow the group, or ask to. Raises ApiError 403 for who is in it. Three upstream calls."""
    group = await _group(ask)
    before = await related(ask, group.native)
    if before.following or before.requested:
        raise ApiError(403, "You are already a member of that group.")
    after = await follow(ask, group)
    return await _told(ask, group, member=after.following)


async def leave(ask: Ask) -> Reply:
    """Follow it no longer. Raises ApiError 403 for who is not in it. Three upstream calls."""
    group = await _group(ask)
    before = await related(ask, group.native)
    if not (before.following or before.requested):
        raise ApiError(403, "You are not a member of this group.")
    await unfollow(ask, group.native)
    return await _told(ask, group, member=False)


async def is_member(ask: Ask) -> Reply:
    """Whether the reader is in it. Raises ApiError 403 for anybody else."""
    if await asks_for_another(ask):
        raise ApiError(403, NOT_SHOWN)
    group = await _group(ask)
    member = (await related(ask, group.native)).following
    return Tree(json={"is_member": member}, xml=member)


async def joined(ask: Ask) -> Reply:
    """The groups the reader is in, by name; from the contact set. Raises ApiError 403 for anybody else's."""
    if await asks_for_another(ask):
        raise ApiError(403, NOT_SHOWN)
    contacts = await ask.gateway.contacts.exact(ask.session)
    groups = [account for account in contacts.following.values() if account.group]
    chosen, _ = cut(ask, sorted(groups, key=lambda one: (one.username.casefold(), one.acct)), always=False)
    return Tree(json=await _trees(ask, chosen, member=True))


async def _group(ask: Ask) -> hub.Account:
    """By number, by name (`group@host`, also with `!`), or by the end of the path. Raises ApiError 404."""
    text = ask.text("group").strip().lstrip("!@")
    if not text:
        raise ApiError(400, "group_id or group_name not specified")
    meant = await either(ask, text)
    account = await account_of(ask, meant) if meant else None
    if account is None or not account.group:
        raise ApiError(404, NO_SUCH_GROUP)
    return account


async def _told(ask: Ask, group: hub.Account, *, member: bool) -> Reply:
    return Tree(json=(await _trees(ask, [group], member=member))[0])


async def _trees(ask: Ask, groups: Sequence[hub.Account], *, member: bool) -> list[dict[str, Any]]:
    numbers = await ask.gateway.ids.number(ask.session.backend, (), [group.native for group in groups])
    return [group_tree(one, numbers.accounts[one.native], member=member) for one in groups]
