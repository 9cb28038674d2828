"""friendica/group_show, group_create, group_update, group_delete (reference/wire-friendica.md section 5)."""

from __future__ import annotations

from typing import Any

from gateway import groups, members
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.groups import Group
from gateway.replies import Reply, Tree, User
from mappings import hub
from mappings.groups import DELETED, OK, REACTIVATED, Member, by_name, result, stub
from mappings.groups import members as posted_members


async def show(ask: Ask) -> Reply:
    """All groups or one, with their members."""
    gid = ask.id("gid")
    if gid is None:
        shown = (await groups.shelf(ask)).groups
        found = zip(shown, await groups.still_there(ask, shown), strict=True)
        rows = [(group, people) for group, people in found if people is not None]
    else:
        group = await groups.group_of(ask, gid)
        rows = [(group, people) for people in await groups.members_of(ask, [group])]
    return Tree(json=[_tree(*row, "user") for row in rows], xml=[_tree(*row, "users") for row in rows])


def _tree(group: Group, people: tuple[hub.Account, ...], key: str) -> dict[str, Any]:
    return {"name": group.name, "gid": group.gid, key: [User(person, full=True) for person in by_name(people)]}


async def create(ask: Ask) -> Reply:
    """A new group with the posted members; the number of a deleted one of that name comes back."""
    name, posted = groups.named(ask), _posted(ask)
    people = await members.wanted(ask, posted, {})
    group, is_back = await groups.made(ask, name)
    wrong = [*people.wrong, *await members.put(ask, group.native, people)]
    return _result(group, REACTIVATED if is_back else OK, _told(ask, wrong))


async def update(ask: Ask) -> Reply:
    """The posted members are the members. The name is only checked: nothing is renamed."""
    name, gid = groups.named(ask), ask.id("gid")
    if gid is None:
        raise ApiError(400, "gid not specified")
    posted = _posted(ask)
    group = _checked(await groups.group_of(ask, gid), name)
    (before,) = await groups.members_of(ask, [group])
    present = {account.native: account for account in before}
    people = await members.wanted(ask, posted, present)
    new = members.Wanted({one: cid for one, cid in people.natives.items() if one not in present}, people.wrong)
    wrong = [*people.wrong, *await members.put(ask, group.native, new)]
    await members.take(ask, group.native, present.keys() - people.natives.keys())
    return _result(group, OK, _told(ask, wrong))


async def delete(ask: Ask) -> Reply:
    """Delete a group whose id and name were both given."""
    gid, name = ask.id("gid"), ask.text("name").strip()
    if gid is None or not name:
        raise ApiError(400, "gid or name not specified")
    group = _checked(await groups.group_of(ask, gid), name)
    await groups.delete(ask, group)
    return _result(group, DELETED)


def _checked(group: Group, name: str) -> Group:
    if group.name.strip() != name:
        raise ApiError(400, "wrong group name")
    return group


def _posted(ask: Ask) -> tuple[Member, ...]:
    try:
        return posted_members(ask.text("json"))
    except ValueError as error:
        raise ApiError(400, str(error)) from None


def _told(ask: Ask, wrong: list[Any]) -> list[Any]:
    """Who could not be put in, as the client reads them."""
    return [stub(posted) for posted in wrong] if ask.session.dialect.wrong_users == "objects" else wrong


def _result(group: Group, status: str, wrong: list[Any] | None = None) -> Reply:
    json, xml = result(group.gid, group.name, status, wrong or [])
    return Tree(json=json, xml=xml)
