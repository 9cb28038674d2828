"""search, search/tweets (reference/wire-statuses-users.md section 6.4)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from adapters.backend import Window
from gateway.ask import Ask
from gateway.cards import Card, Seen
from gateway.errors import ApiError
from gateway.narrow import STATUS
from gateway.paging import Span, timeline
from gateway.replies import Post, Reply, Statuses, Tree
from mappings import hub
from mappings.dates import day
from mappings.order import position
from mappings.site import search_metadata

MOST_CALLS = 5
"""Upstream calls of one search: 200 posts at 40 a page."""
TAG = re.compile(r"[#＃](\w{1,200})")


async def statuses(ask: Ask) -> Reply:
    """Posts that match `q`, newest first. What the server does not search is not found."""
    return Statuses(entries=await _matching(ask), title=f"Search: {_query(ask)}")


async def tweets(ask: Ask) -> Reply:
    """The same, with `search_metadata` beside it for Twitter's clients (reference/clients.md section 7)."""
    entries = await _matching(ask)
    if not ask.session.dialect.cursors or ask.format not in {"json", "xml"}:
        return Statuses(entries=entries, title=f"Search: {_query(ask)}")
    ids = [seen.card.id for seen in await ask.gateway.cards.read(ask.session.backend, entries)]
    shown = await ask.gateway.narrow.shown(ask.session, STATUS, ids)
    metadata = search_metadata(
        [shown[id] for id in ids],
        query=_query(ask),
        count=ask.number("count"),
        since_id=max(ask.sent_id("since_id") or 0, 0),
    )
    return Tree(json={"statuses": [Post(entry) for entry in entries], "search_metadata": metadata}, root="search")


def _query(ask: Ask) -> str:
    """Raises ApiError 400 without words to look for."""
    query = ask.text("q").strip()
    if not query:
        raise ApiError(400, "q parameter is required.")
    return query


async def _matching(ask: Ask) -> tuple[hub.Entry, ...]:
    query, ask = _query(ask), _dated(ask)
    tag = TAG.fullmatch(unquote(query))
    return await tagged(ask, tag[1]) if tag else await holding(ask, query)


def _dated(ask: Ask) -> Ask:
    """With the days `since` and `until` as ids: those carry the time."""
    since, until = day(ask.text("since")), day(ask.text("until"))
    if since is not None:
        ask = ask.other(since_id=max(position(since) - 1, ask.id("since_id") or 0))
    if until is not None:
        last = ask.id("max_id") or 0
        ask = ask.other(max_id=min(position(until) - 1, last) if last > 0 else position(until) - 1)
    return ask


async def tagged(ask: Ask, tag: str) -> tuple[hub.Entry, ...]:
    """A tag has a timeline of its own, complete also where the server searches no texts."""
    backend = ask.session.backend

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.tagged(tag, window)

    return await timeline(ask, fetch, lambda card: _wanted(ask, card), subject=tag.casefold())


async def holding(ask: Ask, query: str) -> tuple[hub.Entry, ...]:
    """Posts with these words. One call when the first page fills the asked part; what is left out of it adds a bounded
    number."""
    backend, span = ask.session.backend, Span.of(ask)
    size, wanted = backend.capabilities.page_size, span.skip + span.count
    found: dict[str, Seen] = {}
    known: set[str] = set()
    for call in range(MOST_CALLS):
        entries = await backend.search_statuses(query, size, call * size)
        seen = await ask.gateway.cards.read(backend, entries)
        keys = {one.card.key for one in seen}
        found.update((one.card.key, one) for one in seen if span.holds(one.card.id) and _wanted(ask, one.card))
        if len(found) >= wanted or len(entries) < size or keys <= known or _passed(seen, span):
            break
        known |= keys  # a server that does not know offsets gives the same page again
    return span.cut(found.values())


def _wanted(ask: Ask, card: Card) -> bool:
    return card.listed and not (ask.flag("exclude_replies") and card.reply)


def _passed(seen: list[Seen], span: Span) -> bool:
    """Servers search newest first: behind a page wholly below the lower bound nothing can be inside."""
    return bool(seen) and max(one.card.id for one in seen) <= span.above
