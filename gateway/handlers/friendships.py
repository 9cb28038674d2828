"""friendships/exists, friendships/show, friendships/lookup, friendships/incoming, friendships/outgoing,
friendships/no_retweets/ids: how people stand to each other.

Only what the reader is part of can be told: no backend lists the contacts of two others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.handlers import crowds
from gateway.handlers.lookup import found_users
from gateway.meant import Meant, account_of, either, find, related
from gateway.render import variant_of
from gateway.replies import Ids, Reply, Tree
from mappings import hub
from mappings.relations import Party, connections, relationship
from mappings.users import screen_name

NO_SOURCE = 163
TWO_WANTED = "Two valid IDs or nick names must be supplied."
NO_SOURCE_USER = "Could not determine source user."
NO_TARGET = "Could not find target user."
STRANGERS = "Only how the signed-in user stands to others can be told."
MOST_ASKED = 1000
"""Followed people who are asked about for one reply: 25 calls on a server that takes 40 at once."""


async def exists(ask: Ask) -> Reply:
    """Whether A follows B, one of whom is the reader: one call."""
    a, b = await asyncio.gather(_one(ask, "a"), _one(ask, "b"))
    if a is None or b is None:
        raise ApiError(400, TWO_WANTED)
    me = ask.session.account.native
    if me not in {a.native, b.native}:
        raise ApiError(501, STRANGERS, NO_SOURCE)
    found = False
    if a.native != b.native:
        between = await related(ask, b.native if a.native == me else a.native)
        found = between.following if a.native == me else between.followed_by
    return Tree(json=found)


async def _one(ask: Ask, which: str) -> Meant | None:
    if text := ask.text(f"user_{which}"):
        return await either(ask, text)
    return await find(ask, ask.id(f"user_id_{which}"), ask.text(f"screen_name_{which}"))


async def show(ask: Ask) -> Reply:
    """Both ends of the relationship between the reader and somebody, in either direction: two calls at most."""
    source, target = await asyncio.gather(_named(ask, "source"), _named(ask, "target"))
    me = ask.session.account.native
    if source is None and (ask.has("source_id") or ask.has("source_screen_name")):
        raise ApiError(404, NO_SOURCE_USER, NO_SOURCE)
    if target is None:
        raise ApiError(404, NO_TARGET, NO_USER)
    source = source or Meant(me)
    if me not in {source.native, target.native}:
        raise ApiError(501, STRANGERS, NO_SOURCE)
    them = target if source.native == me else source
    if them.native == me:
        return await described(ask, None, hub.Relationship(native=me))
    account, found = await asyncio.gather(account_of(ask, them), related(ask, them.native))
    return await described(ask, account, found, by_target=them is source)


async def _named(ask: Ask, end: str) -> Meant | None:
    return await find(ask, ask.id(f"{end}_id"), ask.text(f"{end}_screen_name"))


async def described(
    ask: Ask, account: hub.Account | None, found: hub.Relationship, *, by_target: bool = False
) -> Reply:
    """The reader's relationship to `account` (None: to themselves); `by_target`: the reader is its target."""
    me, *others = await _parties(ask, [account] if account else [])
    them = others[0] if others else me
    source, target = (them, me) if by_target else (me, them)
    tree = relationship(source, target, found, by_target=by_target)
    return Tree(json={"relationship": tree}, xml=tree, root="relationship")


async def _parties(ask: Ask, accounts: Sequence[hub.Account]) -> list[Party]:
    """The reader, then the others."""
    session, variant = ask.session, variant_of(ask)
    me = session.account.native
    natives = [me, *(one.native for one in accounts)]
    numbers = (await ask.gateway.ids.number(session.backend, (), natives)).accounts
    others = (Party(numbers[one.native], screen_name(one, variant), one.display) for one in accounts)
    return [Party(numbers[me], session.screen_name), *others]


async def lookup(ask: Ask) -> Reply:
    """How the reader stands to several people: beside what finding them costs, one call for every 40."""
    people = await found_users(ask)
    others = [one.native for one in people if one.native != ask.session.account.native]
    rows = await ask.session.backend.relationships(others) if others else ()
    found = {row.native: row for row in rows}
    _, *parties = await _parties(ask, people)
    nothing = hub.Relationship(native="")
    listed = [connections(party, found.get(one.native, nothing)) for party, one in zip(parties, people, strict=True)]
    return Tree(json=listed)


async def incoming(ask: Ask) -> Reply:
    """Ids of those who wait to be let in, the latest first."""
    return await crowds.ids(ask, ask.session.backend.follow_requests)


async def outgoing(ask: Ask) -> Reply:
    """Ids of those the reader asked to follow."""
    return await crowds.ids(ask, ask.session.backend.requests_sent)


async def no_retweets(ask: Ask) -> Reply:
    """Ids of followed people whose boosts the reader does not see; a bare list for every client, as on Twitter.

    One call for every 40 people followed. Raises ApiError 501 where there are too many.
    """
    backend, natives = ask.session.backend, list[str]()
    if backend.capabilities.follow_options:
        natives = list((await ask.gateway.contacts.exact(ask.session)).following)
    if len(natives) > MOST_ASKED:
        raise ApiError(501, f"This is not asked for more than {MOST_ASKED} people who are followed.")
    rows = await backend.relationships(natives) if natives else ()
    without = tuple(row.native for row in rows if row.following and not row.showing_reblogs)
    return Ids(natives=without, stringify=ask.flag("stringify_ids"))
