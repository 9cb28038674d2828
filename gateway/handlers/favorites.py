"""favorites, favorites/create, favorites/destroy: the backend's favourite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.found import record_of
from gateway.indexes import FAVOURITES
from gateway.paging import Span
from gateway.people import asks_for_another
from gateway.replies import OneStatus, Reply, Statuses
from mappings import hub

INVALID = "Invalid item."


async def timeline(ask: Ask) -> Reply:
    """The reader's favourites; another person's are not shown (specification)."""
    if await asks_for_another(ask):
        return Statuses(entries=(), title="Favorites")
    session = ask.session
    entries = await ask.gateway.indexes.page(session, FAVOURITES, Span.of(ask), session.backend.favourites)
    return Statuses(entries=entries, title="Favorites")


async def create(ask: Ask) -> Reply:
    """Favourite; a boost's original. Doing it twice changes nothing."""
    return OneStatus(entry=await like(ask, INVALID))


async def destroy(ask: Ask) -> Reply:
    """Take a favourite back."""
    return OneStatus(entry=await unlike(ask, INVALID))


async def like(ask: Ask, refusal: str) -> hub.Entry:
    """Favour the status of `id`; a boost's original. Raises ApiError 400 with `refusal` when there is none."""
    session = ask.session
    entry = await _changed(ask, session.backend.favourite, refusal)
    for seen in await ask.gateway.cards.read(session.backend, [entry]):
        if seen.card.listed:
            await ask.gateway.indexes.put(session, FAVOURITES, seen)
    return entry


async def unlike(ask: Ask, refusal: str) -> hub.Entry:
    """The way back."""
    session = ask.session
    entry = await _changed(ask, session.backend.unfavourite, refusal)
    for seen in await ask.gateway.cards.read(session.backend, [entry]):
        await ask.gateway.indexes.drop(session, FAVOURITES, seen.card.key)
    return entry


async def _changed(ask: Ask, change: Callable[[str], Awaitable[hub.Entry]], refusal: str) -> hub.Entry:
    record = await record_of(ask, refusal)
    try:
        return await change(record.boosted or record.native)
    except Missing:
        raise ApiError(400, refusal, NO_STATUS) from None
