"""lists/*: the groups once more, in Twitter's words (reference/wire-friendica.md section 6).

On the mounts of Twitter a list has what its clients read of one, elsewhere what Friendica gave.
"""

from __future__ import annotations

import asyncio
from typing import Any

from adapters.backend import Person, Window
from adapters.errors import Missing
from gateway import groups, lists
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.groups import Group
from gateway.handlers.people import cut
from gateway.handlers.timelines import conversation, keep
from gateway.paging import timeline
from gateway.people import asks_for_another, native_of
from gateway.replies import Reply, Statuses, Tree, User
from mappings import hub
from mappings.lists import lists_tree
from mappings.trees import Cursors


async def followed(ask: Ask) -> Reply:
    """What Twitter called all lists of somebody: own ones. Friendica's clients know an empty list."""
    twitters, has_lists = ask.session.dialect.cursors, ask.session.backend.capabilities.lists
    if not (twitters and has_lists) or await asks_for_another(ask):
        return Tree(json=[])
    found, me = await _own(ask)
    return Tree(json=[lists.tree(ask, group, me) for group in found])


async def subscriptions(ask: Ask) -> Reply:
    """Other people's lists that the reader follows: there are none."""
    return Tree(json=lists_tree([], Cursors()), root="lists_list") if ask.session.dialect.cursors else Tree(json=[])


async def ownerships(ask: Ask) -> Reply:
    """The reader's own lists. Nobody else sees who is on them."""
    found, me = await _own(ask)
    if not ask.session.dialect.cursors:
        return Tree(json={"lists": [{**_tree(ask, group, me), "mode": "private"} for group in found]})
    return _page(ask, () if await asks_for_another(ask) else found, me)


async def memberships(ask: Ask) -> Reply:
    """The own lists somebody is on: other people's are not shown to anybody. Three upstream calls."""
    native = await native_of(ask)
    backend = ask.session.backend
    on, (found, me) = await asyncio.gather(backend.groups_of(native), _own(ask))
    natives = {group.native for group in on}
    return _page(ask, tuple(group for group in found if group.native in natives), me)


def _page(ask: Ask, found: tuple[Group, ...], me: hub.Account) -> Reply:
    chosen, cursors = cut(ask, found, always=True)
    shown = [lists.tree(ask, group, me) for group in chosen]
    return Tree(json=lists_tree(shown, cursors or Cursors()), root="lists_list")


async def _own(ask: Ask) -> tuple[tuple[Group, ...], hub.Account]:
    shelf, me = await asyncio.gather(groups.shelf(ask), ask.session.backend.me())
    return shelf.groups, me.account


async def show(ask: Ask) -> Reply:
    """One list, its members counted. Three upstream calls and more for long lists."""
    group, me = await asyncio.gather(lists.meant(ask), ask.session.backend.me())
    (people,) = await groups.members_of(ask, [group])
    return Tree(json=lists.tree(ask, group, me.account, members=len(people)))


async def create(ask: Ask) -> Reply:
    """A new list without members."""
    name, me = groups.named(ask), await ask.session.backend.me()
    group, _ = await groups.made(ask, name)
    return Tree(json=_tree(ask, group, me.account))


async def update(ask: Ask) -> Reply:
    """Rename a list."""
    group, me = await _listed(ask)
    return Tree(json=_tree(ask, await groups.renamed(ask, group, groups.named(ask)), me.account))


async def destroy(ask: Ask) -> Reply:
    """Delete a list; the reply shows what it was."""
    group, me = await _listed(ask)
    await groups.delete(ask, group)
    return Tree(json=_tree(ask, group, me.account))


async def statuses(ask: Ask) -> Reply:
    """What the people on a list posted. One upstream call, one more where the list is named by its slug."""
    native, backend = await _native(ask), ask.session.backend
    try:
        if ask.has("conversation_id"):
            people = {account.native for account in await backend.group_members(native)}
            return await conversation(ask, lambda card: card.author in people, "List")

        async def fetch(window: Window) -> hub.Page[hub.Entry]:
            return await backend.group_timeline(native, window)

        return Statuses(entries=await timeline(ask, fetch, keep(ask), subject=native), title="List")
    except Missing:
        raise ApiError(400, groups.NO_SUCH_GROUP) from None


async def _native(ask: Ask) -> str:
    id = ask.id("list_id")
    if id is not None:
        return await groups.native_of(ask, id)
    if not ask.has("slug"):
        raise ApiError(400, "list_id not specified")
    return (await lists.meant(ask)).native


async def _listed(ask: Ask) -> tuple[Group, Person]:
    """The list that is meant, and the reader, asked for before anything is changed."""
    id = ask.id("list_id")
    if id is None and not ask.has("slug"):
        raise ApiError(400, "gid not specified")
    group = await lists.meant(ask) if id is None else await groups.group_of(ask, id)
    return group, await ask.session.backend.me()


def _tree(ask: Ask, group: Group, me: hub.Account) -> dict[str, Any]:
    if ask.session.dialect.cursors:
        return lists.tree(ask, group, me)
    return {"name": group.name, "id": group.gid, "id_str": str(group.gid), "user": User(me, full=True)}
