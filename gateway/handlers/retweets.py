"""statuses/retweets, retweeted_by, retweeters/ids, retweets_of_me, retweeted_by_me, retweeted_to_me, unretweet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from adapters.backend import Window
from adapters.errors import Missing
from gateway.ask import Ask
from gateway.boosts import boost_key
from gateway.errors import NO_STATUS, ApiError
from gateway.found import NO_SUCH_STATUS, record_of
from gateway.handlers.people import cut, reach
from gateway.paging import Fetch, Keep, timeline
from gateway.replies import Ids, OneStatus, Reply, Statuses, Users
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.hub import Visibility
from mappings.trees import Cursors

MOST_CALLS = 5
"""Upstream calls of one request: 200 posts at 40 a page, 400 people at 80."""


async def retweets(ask: Ask) -> Reply:
    """The boosts of a status as statuses, newest first."""
    backend, native = ask.session.backend, await _original(ask)
    try:
        entries = await backend.reblogs(native)
    except Missing:
        raise _lost() from None
    seen = [one for one in await ask.gateway.cards.read(backend, entries) if one.card.listed]
    seen.sort(key=lambda one: one.card.id, reverse=True)
    return Statuses(entries=tuple(one.entry for one in seen[: ask.number("count")]), title="Retweets")


async def retweeted_by(ask: Ask) -> Reply:
    """Who boosted a status, the latest first."""
    people, cursors = await _boosters(ask, always=False)
    return Users(accounts=tuple(people), cursors=cursors)


async def retweeted_by_ids(ask: Ask) -> Reply:
    """Their ids, bare."""
    return await _ids(ask, always=False)


async def retweeters_ids(ask: Ask) -> Reply:
    """Their ids in the cursor envelope."""
    return await _ids(ask, always=True)


async def _ids(ask: Ask, *, always: bool) -> Reply:
    people, cursors = await _boosters(ask, always=always)
    natives = tuple(account.native for account in people)
    return Ids(natives=natives, stringify=ask.flag("stringify_ids"), cursors=cursors)


async def _boosters(ask: Ask, *, always: bool) -> tuple[Sequence[hub.Account], Cursors | None]:
    """The asked part; one call for a first page. The total counts who was read: of more it is not known."""
    backend, native = ask.session.backend, await _original(ask)
    people: dict[str, hub.Account] = {}
    cursor, wanted = None, reach(ask, always=always)
    for _ in range(MOST_CALLS):
        try:
            page, known = await backend.reblogged_by(native, cursor), len(people)
        except Missing:
            raise _lost() from None
        people.update((account.native, account) for account in page.items)
        cursor = page.older
        if cursor is None or len(people) > wanted or len(people) == known:
            break
    return cut(ask, tuple(people.values()), always=always)


async def _original(ask: Ask) -> str:
    record = await record_of(ask)
    return record.boosted or record.native


def _lost() -> ApiError:
    return ApiError(400, NO_SUCH_STATUS, NO_STATUS)


async def of_me(ask: Ask) -> Reply:
    """Own posts that others boosted. From the own posts and their counts, not from the notifications: those forget,
    and say nothing of boosts that were taken back."""
    return await _walked(ask, ask.session.backend.own_boosted, lambda card: not card.boost, "Retweets of me")


async def by_me(ask: Ask) -> Reply:
    """Own boosts."""
    backend, me = ask.session.backend, ask.session.account.native

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.user(me, window, replies=True)

    return await _walked(ask, fetch, lambda card: card.boost, "Retweeted by me")


async def to_me(ask: Ask) -> Reply:
    """What the people the reader follows boosted."""
    backend, me = ask.session.backend, ask.session.account.native
    return await _walked(ask, backend.home, lambda card: card.boost and card.author != me, "Retweeted to me")


async def _walked(ask: Ask, fetch: Fetch, keep: Keep, title: str) -> Reply:
    """What is wanted of a timeline that mostly holds other things, within a bound."""
    size, left = ask.session.backend.capabilities.page_size, MOST_CALLS

    async def bounded(window: Window) -> hub.Page[hub.Entry]:
        nonlocal left
        page: hub.Page[hub.Entry] = hub.Page(items=())
        while left > 0:
            left -= 1
            page = await fetch(replace(window, limit=size))
            if page.items or page.older in {None, window.older_than}:
                break
            window = replace(window, older_than=page.older, before_ms=None)
        return page if left else replace(page, older=None)

    return Statuses(entries=await timeline(ask, bounded, lambda card: card.listed and keep(card)), title=title)


async def unretweet(ask: Ask) -> Reply:
    """Take the own boost of a status back; answers the status as it is now. Doing it twice changes nothing."""
    original, session = await _original(ask), ask.session
    try:
        await session.backend.unreblog(original)
        entry = await session.backend.status(original)
    except Missing:
        raise _lost() from None
    with suppress(StoreDown):  # it is taken back; only boosting again at once would be answered with the old boost
        await ask.gateway.once.undone(session.account.id, original, boost_key(ask, original))
    if entry.status.visibility == Visibility.DIRECT:
        raise _lost()
    return OneStatus(entry=entry)
