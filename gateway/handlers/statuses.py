"""statuses/show, destroy, retweet."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from adapters.errors import Missing, Refused
from gateway import activities
from gateway.ask import Ask
from gateway.boosts import boost_key, own_boost
from gateway.cards import decoded
from gateway.errors import NO_STATUS, ApiError
from gateway.found import NO_SUCH_STATUS, entry_of, original_of, record_of
from gateway.replies import OneStatus, Reply, Statuses
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.hub import Visibility

ALREADY_RETWEETED = 327
BOOSTABLE = {Visibility.PUBLIC, Visibility.UNLISTED}


async def show(ask: Ask) -> Reply:
    """One status with the people behind it, or with `conversation` its whole thread, newest first."""
    record = await record_of(ask)
    if ask.flag("conversation"):
        return Statuses(entries=await thread(ask, record.boosted or record.native), title="Conversation")
    entry, told = await asyncio.gather(
        entry_of(ask, record), activities.told(ask, record.boosted or record.native), return_exceptions=True
    )
    if isinstance(entry, BaseException):
        raise entry
    known = activities.Told() if isinstance(told, BaseException) else told
    boost = await own_boost(ask, record, entry.status) if ask.flag("include_my_retweet") else 0
    return OneStatus(entry=entry, activities=await activities.whole(ask, entry, known), own_boost=boost)


async def thread(ask: Ask, native: str) -> tuple[hub.Entry, ...]:
    """Everything of the thread that may be listed, with the post itself, newest first. Raises ApiError 400."""
    try:
        found = await ask.session.backend.thread(native)
    except Missing:
        raise ApiError(400, NO_SUCH_STATUS, NO_STATUS) from None
    entries = (*found.ancestors, found.status, *found.descendants, *await _branches(ask, found))
    seen = await ask.gateway.cards.read(ask.session.backend, entries)
    listed = {s.card.key: s for s in reversed(seen) if s.card.listed or s.card.native == native}
    return tuple(s.entry for s in sorted(listed.values(), key=lambda s: s.card.id, reverse=True))


async def _branches(ask: Ask, found: hub.Thread) -> tuple[hub.Entry, ...]:
    """What stands below the root: servers tell of a post what it answers and what answers it, not what is beside it."""
    root = next((status for entry in found.ancestors if (status := decoded(entry))), None)
    if root is None:
        return ()
    with suppress(Missing, Refused):
        return (await ask.session.backend.thread(root.native)).descendants
    return ()


async def destroy(ask: Ask) -> Reply:
    """Delete an own status, or take an own boost back; answers the status as it was."""
    record = await record_of(ask)
    me, backend = ask.session.account.native, ask.session.backend
    entry = await entry_of(ask, record)
    if (record.booster or entry.status.account.native) != me:
        raise ApiError(403, "You can delete only your own statuses.")
    try:
        if record.boosted:
            await backend.unreblog(record.boosted)
        else:
            await backend.remove(record.native)
    except Missing:
        raise ApiError(400, NO_SUCH_STATUS, NO_STATUS) from None
    with suppress(StoreDown):  # it is deleted; only the same post at once would be answered with it
        key = boost_key(ask, record.boosted) if record.boosted else ""
        await ask.gateway.once.undone(ask.session.account.id, record.native, key)
    return OneStatus(entry=entry)


async def retweet(ask: Ask) -> Reply:
    """Boost a public or unlisted status, or an own followers-only one. Answers the boost."""
    record = await record_of(ask, "Forbidden", 403)
    once, original = ask.gateway.once, record.boosted or record.native

    async def write() -> bytes:
        entry = await original_of(ask, record, "Forbidden", 403)
        _check_boost(ask, entry.status)
        return (await ask.session.backend.reblog(original)).raw

    async def look() -> bytes | None:
        newest = await ask.session.backend.own_newest()
        boosts = (e for e in newest if (s := decoded(e)) and s.reblog_of and s.original.native == original)
        return next((entry.raw for entry in boosts), None)

    raw = await once.run(boost_key(ask, original), write, look)
    return OneStatus(entry=ask.session.backend.entry(raw))


def _check_boost(ask: Ask, status: hub.Status) -> None:
    own_private = status.visibility == Visibility.PRIVATE and status.account.native == ask.session.account.native
    if status.visibility not in BOOSTABLE and not own_private:
        raise ApiError(403, "Forbidden")
    if status.reblogged:
        raise ApiError(403, "You have already boosted this status.", ALREADY_RETWEETED)
