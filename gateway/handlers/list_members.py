"""lists/members/*, lists/subscribers/*: who is on a list, and who follows it, which is nobody but the reader."""

from __future__ import annotations

import asyncio

from gateway import groups, lists, members
from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.groups import Group
from gateway.handlers.people import cut
from gateway.members import Wanted
from gateway.params import PERSON_DIGITS, whole_number
from gateway.people import by_name, names_me, native_of
from gateway.replies import OneUser, Reply, Tree, Users
from mappings import hub
from mappings.groups import by_name as in_order

MOST = 100
"""People put on a list, or taken off it, at once: as on Twitter."""
NOT_ON = "The specified user is not a member of this list."
NOT_THERE, NOT_ADDED = 109, 104
"""Twitter's numbers."""
NOT_FOLLOWING = "The specified user is not a subscriber of this list."


async def listed(ask: Ask) -> Reply:
    """Everybody on a list, by name. Two upstream calls, more for long lists."""
    chosen, cursors = cut(ask, in_order(await _people(ask, await lists.meant(ask))), always=True)
    return Users(accounts=tuple(chosen), full=True, cursors=cursors)


async def show(ask: Ask) -> Reply:
    """One of them, or 404."""
    _check_named(ask)
    native = await native_of(ask)
    for account in await _people(ask, await lists.meant(ask)):
        if account.native == native:
            return OneUser(account=account)
    raise ApiError(404, NOT_ON, NOT_THERE)


async def create(ask: Ask) -> Reply:
    """Put somebody who is followed on a list."""
    _check_named(ask)
    return await _added(ask, [await native_of(ask)])


async def create_all(ask: Ask) -> Reply:
    """The same with several at once."""
    return await _added(ask, await _natives(ask))


async def destroy(ask: Ask) -> Reply:
    """Take somebody off a list."""
    _check_named(ask)
    return await _removed(ask, [await native_of(ask)])


async def destroy_all(ask: Ask) -> Reply:
    """The same with several at once; who is not on it does not matter."""
    return await _removed(ask, await _natives(ask))


async def subscribers(ask: Ask) -> Reply:
    """Who follows a list: the reader."""
    await lists.meant(ask)
    me = (await ask.session.backend.me()).account
    chosen, cursors = cut(ask, (me,), always=True)
    return Users(accounts=tuple(chosen), full=True, cursors=cursors)


async def subscriber(ask: Ask) -> Reply:
    """Whether somebody does: 404 for everybody but the reader."""
    _check_named(ask)
    await lists.meant(ask)
    if await native_of(ask) != ask.session.account.native:
        raise ApiError(404, NOT_FOLLOWING, NOT_THERE)
    return OneUser(account=(await ask.session.backend.me()).account)


async def _people(ask: Ask, group: Group) -> tuple[hub.Account, ...]:
    (people,) = await groups.members_of(ask, [group])
    return people


async def _added(ask: Ask, natives: list[str]) -> Reply:
    group = await lists.meant(ask)
    people = Wanted({native: native for native in natives}, [])
    if wrong := await members.put(ask, group.native, people):
        some = f" {len(natives) - len(wrong)} of {len(natives)} are on it now." if len(natives) > 1 else ""
        raise ApiError(403, f"Only people who are followed can be on a list.{some}", NOT_ADDED)
    return await _told(ask, group)


async def _removed(ask: Ask, natives: list[str]) -> Reply:
    group = await lists.meant(ask)
    await members.take(ask, group.native, natives)
    return await _told(ask, group)


async def _told(ask: Ask, group: Group) -> Reply:
    """The list after the change, its members counted."""
    me, people = await asyncio.gather(ask.session.backend.me(), _people(ask, group))
    return Tree(json=lists.tree(ask, group, me.account, members=len(people)))


def _check_named(ask: Ask) -> None:
    if not (ask.has("user_id") or ask.has("screen_name")):
        raise ApiError(400, "user_id or screen_name not specified")


async def _natives(ask: Ask) -> list[str]:
    """Everybody who is named, before anything is changed. Raises ApiError 400 for nobody, and for who is unknown."""
    ids, names = ask.texts("user_id"), ask.texts("screen_name")
    if not 0 < len(ids) + len(names) <= MOST:
        raise ApiError(400, f"user_id and screen_name: 1 to {MOST} users.")
    found = await asyncio.gather(*(_by_id(ask, id) for id in ids), *(_by_name(ask, name) for name in names))
    return list(dict.fromkeys(found))


async def _by_id(ask: Ask, id: str) -> str:
    known = whole_number(id, PERSON_DIGITS)
    native = await ask.gateway.ids.account(ask.session.scope, known) if known else None
    if native is None:
        raise ApiError(400, f"User ID {id} not found.", NO_USER)
    return native


async def _by_name(ask: Ask, name: str) -> str:
    return ask.session.account.native if names_me(ask, name) else (await by_name(ask, name)).native
