"""followers/ids, friends/ids, followers/list, friends/list, statuses/followers, statuses/friends.

The reader's own; nobody else's are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from gateway.ask import Ask
from gateway.contacts import MOST
from gateway.people import asks_for_another
from gateway.replies import Ids, Reply, Users
from mappings import hub
from mappings.trees import Cursors

T = TypeVar("T")


async def followers_ids(ask: Ask) -> Reply:
    """Ids of all followers."""
    return await _ids(ask, followers=True)


async def friends_ids(ask: Ask) -> Reply:
    """Ids of everybody the reader follows."""
    return await _ids(ask, followers=False)


async def followers(ask: Ask) -> Reply:
    """All followers, by nick."""
    return await _users(ask, followers=True)


async def friends(ask: Ask) -> Reply:
    """Everybody the reader follows, by nick."""
    return await _users(ask, followers=False)


async def followers_list(ask: Ask) -> Reply:
    """Followers in the cursor envelope."""
    return await _listed(ask, followers=True)


async def friends_list(ask: Ask) -> Reply:
    """People the reader follows in the cursor envelope."""
    return await _listed(ask, followers=False)


async def _people(ask: Ask, *, followers: bool) -> tuple[tuple[hub.Account, ...], int]:
    """The people, newest first, and how many there are: beyond `contacts.MOST`, the account itself counts."""
    if await asks_for_another(ask):
        return (), 0
    contacts = await ask.gateway.contacts.exact(ask.session)
    people, me = tuple((contacts.followers if followers else contacts.following).values()), contacts.me
    if me is None or len(people) < MOST:
        return people, len(people)
    return people, max(len(people), me.followers_count if followers else me.following_count)


async def _ids(ask: Ask, *, followers: bool) -> Reply:
    people, total = await _people(ask, followers=followers)
    chosen, cursors = cut(ask, people, always=ask.session.dialect.cursors, total=total)
    natives = tuple(account.native for account in chosen)
    return Ids(natives=natives, stringify=ask.flag("stringify_ids"), cursors=cursors)


async def _users(ask: Ask, *, followers: bool) -> Reply:
    found, total = await _people(ask, followers=followers)
    people = sorted(found, key=lambda a: (a.username.casefold(), a.acct))
    chosen, cursors = cut(ask, people, always=False, total=total)
    return Users(accounts=tuple(chosen), cursors=cursors)


async def _listed(ask: Ask, *, followers: bool) -> Reply:
    """Oldest first, so that who comes in between two pages moves nobody."""
    people, total = await _people(ask, followers=followers)
    chosen, cursors = cut(ask, people[::-1], always=True, total=total)
    return Users(accounts=tuple(chosen), full=True, cursors=cursors)


def cut(ask: Ask, items: Sequence[T], *, always: bool, total: int = 0) -> tuple[Sequence[T], Cursors | None]:
    """The asked part and the cursors, None for a bare list. A cursor is the number of items before the page plus one.

    `total`: how many there are where `items` are not all of them; else as many as `items`.
    """
    cursor = ask.params.get("cursor")
    count = ask.params.get("count")
    if cursor is None and not always:
        page = max(ask.params.get("page") or 1, 1)
        size = count or len(items)
        return items[(page - 1) * size : page * size], None
    start = max(position(str(cursor or -1)) - 1, 0)
    size = count or len(items) or 1
    after = start + size
    following = after + 1 if after < len(items) else 0
    before = -(max(start - size, 0) + 1) if start else 0
    return items[start:after], Cursors(following, before, max(total, len(items)))


def reach(ask: Ask, *, always: bool) -> int:
    """How many items from the start `cut` looks at."""
    cursor, count = ask.params.get("cursor"), ask.number("count")
    if cursor is None and not always:
        return max(ask.params.get("page") or 1, 1) * count
    return max(position(str(cursor or -1)) - 1, 0) + count


def position(cursor: str) -> int:
    """1 for the first page (-1, absent, anything that is no number); -N leads back to N."""
    try:
        number = int(cursor)
    except ValueError:
        return 1
    return 1 if number in {-1, 0} else abs(number)
