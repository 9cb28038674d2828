"""users/lookup, statuses/lookup: several at once, by id and by name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway.ask import Ask
from gateway.cards import Seen
from gateway.errors import ApiError
from gateway.params import PERSON_DIGITS, whole_number
from gateway.people import by_name, names_me
from gateway.replies import Post, Reply, Statuses, Tree, Users
from mappings import hub

MOST = 100
"""People asked for at once, as on Twitter."""
NO_MATCH = 17
"""Twitter's number for it."""
NOBODY = {True: "No user matches for specified terms.", False: "Not Found"}
"""As Twitter said it, and as Friendica."""


async def users(ask: Ask) -> Reply:
    """In the order they were asked for, ids first; unknown ones are left out. Raises ApiError 404 for nobody."""
    found = await found_users(ask)
    if not found:
        raise ApiError(404, NOBODY[ask.session.dialect.cursors], NO_MATCH)
    return Users(accounts=found, full=True)


async def found_users(ask: Ask) -> tuple[hub.Account, ...]:
    """The people that `user_id` and `screen_name` list.

    Contacts come from the contact set; everybody else with one `accounts`, names the set does not know one by one.
    """
    ids, names = ask.texts("user_id"), ask.texts("screen_name")
    if len(ids) + len(names) > MOST:
        raise ApiError(400, f"At most {MOST} users at once.")
    natives = [native for id in ids if (native := await _native(ask, id))]
    named = await asyncio.gather(*(_named(ask, name) for name in names))
    return await _accounts(ask, natives, {account.native: account for account in named if account})


async def statuses(ask: Ask) -> Reply:
    """Several statuses by id, newest first; unknown ones, messages and what a filter hides are left out. With `map` an
    object with all that were asked for, null for those left out. Raises ApiError 400."""
    wanted = [id for text in dict.fromkeys(ask.texts("id")) if (id := whole_number(text)) is not None]
    if not wanted:
        raise ApiError(400, "id parameter is required.")
    if len(wanted) > MOST:
        raise ApiError(400, f"At most {MOST} statuses at once.")
    found = await _shown(ask, wanted)
    listed = sorted({one.card.id: one for one in found.values()}.items(), reverse=True)
    entries = tuple(one.entry for _, one in listed)
    if not ask.flag("map"):
        return Statuses(entries=entries, title="Lookup")
    known, sent = {str(id): one for id, one in found.items()}, zip(ask.as_sent["id"], ask.texts("id"), strict=True)
    numbers = ((str(int(text)), id.lstrip("0")) for text, id in sent if text.isascii() and text.isdecimal())
    by_id = {text: Post(known[id].entry) if id in known else None for text, id in numbers}
    return Tree(json={"id": by_id}, xml=[Post(entry) for entry in entries])


async def _shown(ask: Ask, ids: Sequence[int]) -> dict[int, Seen]:
    """What may be listed of them. Where the backend cannot fetch a boost, its original stands for it."""
    scope, backend = ask.session.scope, ask.session.backend
    records = await asyncio.gather(*(ask.gateway.ids.status(scope, id) for id in ids))
    named = {id: record for id, record in zip(ids, records, strict=True) if record}
    found = await backend.statuses([*dict.fromkeys(record.native for record in named.values())])
    lost = [record.boosted for record in named.values() if record.boosted and record.native not in found]
    if lost:
        found |= await backend.statuses([*dict.fromkeys(lost)])
    seen = {one.entry.raw: one for one in await ask.gateway.cards.read(backend, found.values()) if one.card.listed}
    entries = {id: found.get(record.native) or found.get(record.boosted) for id, record in named.items()}
    return {id: seen[entry.raw] for id, entry in entries.items() if entry and entry.raw in seen}


async def _native(ask: Ask, id: str) -> str | None:
    known = whole_number(id, PERSON_DIGITS)
    return None if known is None else await ask.gateway.ids.account(ask.session.scope, known)


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
