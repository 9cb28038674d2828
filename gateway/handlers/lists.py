"""lists/*: the groups once more, in Twitter's words (reference/wire-friendica.md section 6)."""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.backend import Person, Window
from adapters.errors import Missing
from gateway import groups
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.groups import Group
from gateway.handlers.timelines import conversation, keep
from gateway.paging import timeline
from gateway.replies import Reply, Statuses, Tree, User
from mappings import hub


async def none(ask: Ask) -> Reply:  # noqa: ARG001  one signature for all
    """Other people's lists that the reader follows: there are none."""
    return Tree(json=[])


async def ownerships(ask: Ask) -> Reply:
    """The reader's own lists. Nobody else sees who is on them."""
    shelf, me = await asyncio.gather(groups.shelf(ask), ask.session.backend.me())
    return Tree(json={"lists": [{**_tree(group, me.account), "mode": "private"} for group in shelf.groups]})


async def create(ask: Ask) -> Reply:
    """A new list without members."""
    name, me = groups.named(ask), await ask.session.backend.me()
    group, _ = await groups.made(ask, name)
    return Tree(json=_tree(group, me.account))


async def update(ask: Ask) -> Reply:
    """Rename a list."""
    group, me = await _listed(ask)
    return Tree(json=_tree(await groups.renamed(ask, group, groups.named(ask)), me.account))


async def destroy(ask: Ask) -> Reply:
    """Delete a list; the reply shows what it was."""
    group, me = await _listed(ask)
    await groups.delete(ask, group)
    return Tree(json=_tree(group, me.account))


async def statuses(ask: Ask) -> Reply:
    """What the people on a list posted."""
    id, backend = ask.id("list_id"), ask.session.backend
    if id is None:
        raise ApiError(400, "list_id not specified")
    native = await groups.native_of(ask, id)
    try:
        if ask.has("conversation_id"):
            people = {account.native for account in await backend.group_members(native)}
            return await conversation(ask, lambda card: card.author in people, "List")

        async def fetch(window: Window) -> hub.Page[hub.Entry]:
            return await backend.group_timeline(native, window)

        return Statuses(entries=await timeline(ask, fetch, keep(ask), subject=native), title="List")
    except Missing:
        raise ApiError(400, groups.NO_SUCH_GROUP) from None


async def _listed(ask: Ask) -> tuple[Group, Person]:
    """The list that is meant, and the reader, asked for before anything is changed."""
    id = ask.id("list_id")
    if id is None:
        raise ApiError(400, "gid not specified")
    return await groups.group_of(ask, id), await ask.session.backend.me()


def _tree(group: Group, me: hub.Account) -> dict[str, Any]:
    return {"name": group.name, "id": group.gid, "id_str": str(group.gid), "user": User(me, full=True)}
