"""Own boosts: the key under which one is made once, and the id of one that stands."""

from __future__ import annotations

from adapters.backend import Window
from gateway.ask import Ask
from gateway.cards import decoded
from gateway.stores.store import StatusRecord
from mappings import hub

LOOKS = 3
"""Pages of own posts that are looked through for a boost: the backend does not tell its id otherwise."""


def boost_key(ask: Ask, original: str) -> str:
    """Of the boost of a post by this account, for `Once`."""
    return ask.gateway.once.key(ask.session.account.id, "statuses/retweet", [original.encode()])


async def own_boost(ask: Ask, record: StatusRecord, status: hub.Status) -> int:
    """The integer of the reader's own boost of `status`, which `record` names; 0 where there is none to be found.

    At most three calls, as far back as the post is old.
    """
    me, original = ask.session.account.native, status.original
    if record.booster == me:
        return record.id
    if not original.reblogged:
        return 0
    backend, cursor = ask.session.backend, None
    for _ in range(LOOKS):
        window = Window(limit=backend.capabilities.page_size, older_than=cursor)
        page = await backend.user(me, window, replies=True)
        found = next((entry for entry in page.items if _boosts(entry, original)), None)
        if found:
            return next(iter(await ask.gateway.cards.read(backend, [found]))).card.id
        if page.older in {None, cursor} or _is_before(page, original):
            break
        cursor = page.older
    return 0


def _boosts(entry: hub.Entry, original: hub.Status) -> bool:
    status = decoded(entry)
    return status is not None and status.reblog_of is not None and status.reblog_of.native == original.native


def _is_before(page: hub.Page[hub.Entry], original: hub.Status) -> bool:
    """The page reaches below the date of the post: no boost of it can follow."""
    last = decoded(page.items[-1]) if page.items else None
    return last is not None and last.created_at < original.created_at
