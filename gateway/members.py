"""Who is put on a list and taken off it, and what became of it (reference/wire-friendica.md section 5.2).

Servers take only people who are followed, some in part when one of several is not. So after any failure the list is
read again: what is told is what stands there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from adapters.errors import BackendError, Missing, Refused, Rejected, TokenGone
from gateway.ask import Ask
from gateway.errors import ApiError, reply_to
from mappings import hub
from mappings.groups import Member

MOST_LOOKED_UP = 50
"""Members of one request that are in no list at hand and asked for singly."""

HALF_DONE = "The server did not change all members of the group; look at it before trying again."


class Wanted(NamedTuple):
    """`natives` are those to be members, with the `cid` each was posted as; `wrong` the values that are nobody."""

    natives: dict[str, Any]
    wrong: list[Any]


async def wanted(ask: Ask, posted: Sequence[Member], present: Mapping[str, hub.Account]) -> Wanted:
    """Whom the posted ids mean: people who are followed, or are members (`present`) already.

    Contacts come from the contact set; an id that is not in it is asked for, all in one call.
    Raises BackendError, StoreDown.
    """
    if not posted:
        return Wanted({}, [])
    session = ask.session
    people = {**(await ask.gateway.contacts.exact(session)).following, **present}
    numbers = await ask.gateway.ids.number(session.backend, (), people)
    natives = {number: native for native, number in numbers.accounts.items()}
    strangers = [member.number for member in posted if member.number and member.number not in natives]
    natives |= await _followed_since(ask, strangers[:MOST_LOOKED_UP])
    found = {native: member.posted for member in posted if (native := natives.get(member.number))}
    return Wanted(found, [member.posted for member in posted if member.number not in natives])


async def _followed_since(ask: Ask, numbers: Sequence[int]) -> dict[int, str]:
    """Of those the people who are followed, though the contact set does not know it yet."""
    session = ask.session
    known = await asyncio.gather(*(ask.gateway.ids.account(session.scope, number) for number in numbers))
    natives = {native: number for number, native in zip(numbers, known, strict=True) if native}
    natives.pop(session.account.native, None)
    if not natives:
        return {}
    return {natives[native]: native for native in await _followed(ask, natives)}


async def _followed(ask: Ask, natives: Collection[str]) -> list[str]:
    found = await ask.session.backend.relationships(tuple(natives))
    return [row.native for row in found if row.following and row.native in natives]


async def put(ask: Ask, native: str, people: Wanted) -> list[Any]:
    """Put people on the list; the values that were posted for those who could not be. Raises ApiError, BackendError."""
    if not people.natives:
        return []
    backend, natives = ask.session.backend, tuple(people.natives)

    async def change() -> None:
        try:
            await backend.add_to_group(native, natives)
        except (Refused, Missing, Rejected):
            followed = await _followed(ask, natives)
            if followed and len(followed) < len(natives):
                await backend.add_to_group(native, tuple(followed))
            raise  # the list tells who is on it

    there = await _outcome(ask, native, change, lambda there: there.issuperset(natives))
    return [] if there is None else [posted for one, posted in people.natives.items() if one not in there]


async def take(ask: Ask, native: str, natives: Collection[str]) -> None:
    """Take people off the list. Raises ApiError, BackendError."""
    if not natives:
        return

    async def change() -> None:
        await ask.session.backend.remove_from_group(native, tuple(natives))

    there = await _outcome(ask, native, change, lambda there: there.isdisjoint(natives))
    if there and not there.isdisjoint(natives):
        raise ApiError(502, HALF_DONE)


async def _outcome(
    ask: Ask, native: str, change: Callable[[], Awaitable[None]], done: Callable[[frozenset[str]], bool]
) -> frozenset[str] | None:
    """Who is on the list after a change that failed, None after one that did not. A refusal is told by what stands on
    the list; a change that was lost on the way is an error, unless the list shows that it is `done`."""
    lost: ApiError | None = None
    try:
        await change()
    except TokenGone:
        raise
    except (Refused, Missing, Rejected):
        pass
    except BackendError as error:
        lost = reply_to(error)
    else:
        return None
    try:
        there = frozenset(account.native for account in await ask.session.backend.group_members(native))
    except BackendError as error:
        lost = lost or reply_to(error)
        raise ApiError(lost.status, HALF_DONE, headers=lost.headers) from None
    if lost and not done(there):
        raise ApiError(lost.status, HALF_DONE, headers=lost.headers)
    return there
