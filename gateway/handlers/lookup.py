"""users/lookup: several users by id and by name."""

from __future__ import annotations

import asyncio

from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.people import by_name, names_me
from gateway.replies import Reply, Users
from mappings import hub

MOST = 100
"""People asked for at once, as on Twitter."""
MOST_DIGITS = 10


async def users(ask: Ask) -> Reply:
    """In the order they were asked for, ids first; unknown ones are left out.

    Contacts come from the contact set; everybody else with one `accounts`, names the set does not know one by one.
    Raises ApiError 404 when nobody is found.
    """
    ids, names = ask.texts("user_id"), ask.texts("screen_name")
    if len(ids) + len(names) > MOST:
        raise ApiError(400, f"At most {MOST} users at once.")
    natives = [native for id in ids if (native := await _native(ask, id))]
    named = await asyncio.gather(*(_named(ask, name) for name in names))
    found = await _accounts(ask, natives, {account.native: account for account in named if account})
    if not found:
        raise ApiError(404, "Not Found", NO_USER)
    return Users(accounts=found, full=True)


async def _native(ask: Ask, id: str) -> str | None:
    if not (id.isascii() and id.isdecimal() and len(id) <= MOST_DIGITS):
        return None
    return await ask.gateway.ids.account(ask.session.scope, int(id))


async def _named(ask: Ask, name: str) -> hub.Account | None:
    if names_me(ask, name):
        return (await ask.session.backend.me()).account
    try:
        return await by_name(ask, name)
    except ApiError:
        return None


async def _accounts(ask: Ask, natives: list[str], named: dict[str, hub.Account]) -> tuple[hub.Account, ...]:
    contacts = await ask.gateway.contacts.of(ask.session)
    known = {native: account for native in natives if (account := named.get(native) or contacts.get(native))}
    missing = [native for native in dict.fromkeys(natives) if native not in known]
    if missing:
        known |= await ask.session.backend.accounts(missing)
    ordered = {native: known[native] for native in natives if native in known} | named
    return tuple(ordered.values())
