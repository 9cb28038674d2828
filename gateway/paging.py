"""`count`, `page`, `since_id` and `max_id` over lists that only know cursors (DESIGN sections 4 and 5).

`since_id` is exclusive, `max_id` inclusive; both are positions, so bounds are re-checked on every item. One upstream
call holds when the first page fills `count`; filtering adds a bounded number.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec
from cachetools import TTLCache
from msgspec.structs import replace

from adapters.backend import Window
from gateway.ask import EVERYWHERE, Ask
from gateway.cards import Card, Seen
from mappings import hub

MOST_CALLS = 12
"""Upstream calls of one request: 480 statuses at 40 a page."""

HIGHEST = 2**53

Fetch = Callable[[Window], Awaitable[hub.Page[hub.Entry]]]
Keep = Callable[[Card], bool]


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """What part of a list is asked for. Ids with above < id <= below, after `skip` of them, `count` at most."""

    above: int
    below: int
    count: int
    skip: int
    page: int

    @classmethod
    def of(cls, ask: Ask) -> Span:
        """From the request; an id that can be none matches nothing above (since) or below (max) it."""
        since, last = ask.id("since_id"), ask.id("max_id")
        count, page = ask.number("count"), max(ask.number("page"), 1)
        return cls(
            above=max(since or 0, 0),
            below=HIGHEST if last is None or last < 0 else last,
            count=count,
            skip=(page - 1) * count,
            page=page,
        )

    def holds(self, id: int) -> bool:
        """Within the bounds."""
        return self.above < id <= self.below

    def cut(self, seen: Iterable[Seen]) -> tuple[hub.Entry, ...]:
        """The asked part of a complete list, newest first."""
        inside = sorted((s for s in seen if self.holds(s.card.id)), key=lambda s: s.card.id, reverse=True)
        return tuple(s.entry for s in inside[self.skip : self.skip + self.count])


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page ended: the next one holds ids below `id`, upstream items older than `native`."""

    id: int
    native: str


class Walks:
    """Remembered ends of pages, so that page N+1 need not walk from the head again."""

    def __init__(self, *, seconds: int = 900, clock: Callable[[], float] = time.monotonic) -> None:
        self._marks: TTLCache[tuple[object, ...], Mark] = TTLCache(10_000, seconds, clock)
        self._places: TTLCache[tuple[object, ...], dict[int, str]] = TTLCache(1_000, seconds, clock)

    def start(self, walk: tuple[object, ...], page: int) -> Mark | None:
        """Where `page` begins, if the page before it was served lately."""
        return self._marks.get((*walk, page)) if page > 1 else None

    def end(self, walk: tuple[object, ...], page: int, last: Card) -> None:
        """`page` ended with `last`."""
        self._marks[(*walk, page + 1)] = Mark(id=last.id, native=last.native)

    def place(self, walk: tuple[object, ...], start: int) -> tuple[int, str | None]:
        """How many items of a list are left out, at most `start`, by reading it from which cursor on."""
        kept = self._places.get(walk, {}) if start else {}
        best = max((number for number in kept if number <= start), default=0)
        return best, kept.get(best)

    def placed(self, walk: tuple[object, ...], number: int, cursor: str) -> None:
        """So many items come before this cursor."""
        self._places[walk] = {**self._places.get(walk, {}), number: cursor}


async def timeline(
    ask: Ask, fetch: Fetch, keep: Keep, *, subject: str = "", arrivals: bool = False
) -> tuple[hub.Entry, ...]:
    """The asked part of an upstream timeline, newest first. `subject` tells walks of one call apart; `arrivals`: its
    head is where new statuses arrive (home).

    Raises BackendError, StoreDown.
    """
    span = Span.of(ask)
    filters = ask.flag("exclude_replies"), ask.params.get("include_rts") is False
    walk = (ask.session.account.id, ask.call.path, subject, span.count, span.above, span.below, filters)
    mark = ask.gateway.walks.start(walk, span.page)
    if mark:
        span = replace(span, below=min(span.below, mark.id - 1), skip=0)
    if ask.within is not EVERYWHERE:
        keep = _narrowed(ask, keep)
    window = await _first_window(ask, span, mark, filtered=True in filters)
    found = await _collect(ask, fetch, keep, span, window, arrivals=arrivals)
    chosen = found[span.skip : span.skip + span.count]
    if chosen:
        ask.gateway.walks.end(walk, span.page, chosen[-1].card)
    return tuple(seen.entry for seen in chosen)


def _narrowed(ask: Ask, keep: Keep) -> Keep:
    """Without what the renderer would leave out (`gateway.narrow`), so that a page is not short of it."""
    return lambda card: keep(card) and ask.gateway.narrow.may_hold(ask, card.id)


async def _collect(ask: Ask, fetch: Fetch, keep: Keep, span: Span, window: Window, *, arrivals: bool) -> list[Seen]:
    backend, wanted = ask.session.backend, span.skip + span.count
    found: dict[str, Seen] = {}
    for _ in range(MOST_CALLS):
        page = await fetch(window)
        head = arrivals and window.older_than is None and window.before_ms is None
        seen = await ask.gateway.cards.read(backend, page.items, head=head, joined=window.newer_than is not None)
        found.update((s.card.key, s) for s in seen if span.holds(s.card.id) and keep(s.card))
        if len(found) >= wanted or _ends(page, window, span) or _passed(seen, span):
            break
        window = replace(window, older_than=page.older, before_ms=None, limit=backend.capabilities.page_size)
    return sorted(found.values(), key=lambda s: s.card.id, reverse=True)


async def _first_window(ask: Ask, span: Span, mark: Mark | None, *, filtered: bool) -> Window:
    """Where reading begins; `filtered`: a whole page, for much of it may be left out."""
    backend = ask.session.backend
    most = backend.capabilities.page_size
    limit = most if filtered else min(max(span.skip + span.count, 1), most)
    bounds = await ask.gateway.ids.bounds(
        backend, span.above or None, None if mark or span.below == HIGHEST else span.below
    )
    if mark:
        bounds = replace(bounds, older_than=mark.native, before_ms=None)
    return replace(bounds, limit=limit)


def _ends(page: hub.Page[hub.Entry], window: Window, span: Span) -> bool:
    """Nothing comes behind this page. One without items may go on where the adapter filters (snac), but above a lower
    bound it is the end: a poll that finds nothing is one call."""
    return page.older in {None, window.older_than} or (not page.items and span.above > 0)


def _passed(seen: Sequence[Seen], span: Span) -> bool:
    """The page reached below the lower bound: nothing older can be inside."""
    return bool(seen) and span.above > 0 and max(s.card.id for s in seen) <= span.above
