"""Lists of people that the backend pages: blocks, mutes, requests. Read only as far as a reply needs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from gateway.ask import Ask
from gateway.handlers.people import position
from gateway.replies import Ids, Reply
from mappings import hub
from mappings.trees import Cursors

MOST_CALLS, WHOLE = 12, 63
"""Upstream calls of one request: in the cursor envelope, which leads on; of a bare list, which has to be all that is
asked for (5,000 people of 80 a page)."""

Fetch = Callable[[str | None], Awaitable[hub.Page[hub.Account]]]


class Part(NamedTuple):
    """Some people of a list, and the cursors of the envelope."""

    people: tuple[hub.Account, ...]
    cursors: Cursors | None


async def part(ask: Ask, fetch: Fetch, *, always: bool | None = None) -> Part:
    """The asked part: one call for a first page. `always`: in the cursor envelope whatever was sent, None: as the
    dialect has it.

    A cursor is the number of people before the page plus one. Where the backend goes on is remembered for a while, so
    that a next page need not be read from the start. The total counts the people up to where this was read: no server
    says how many it has.
    """
    envelope = ask.has("cursor") or (ask.session.dialect.cursors if always is None else always)
    size = ask.number("count")
    start = position(ask.text("cursor") or "-1") - 1 if envelope else (max(ask.params.get("page") or 1, 1) - 1) * size
    walk = (ask.session.account.id, ask.call.path)
    before, cursor = ask.gateway.walks.place(walk, start)
    people: dict[str, hub.Account] = {}
    for _ in range(MOST_CALLS if envelope else WHOLE):
        page, known = await fetch(cursor), len(people)
        people.update((account.native, account) for account in page.items)
        cursor = page.older
        if cursor is None or len(people) == known:  # the end, or a server that gives the same page again
            cursor = None
            break
        ask.gateway.walks.placed(walk, before + len(people), cursor)
        if before + len(people) >= start + size:
            break
    return _cut(tuple(people.values()), start - before, size, Span(start, cursor is not None, envelope))


class Span(NamedTuple):
    """What a part needs for its cursors: how many people come before it, whether the list goes on behind what was
    read, whether there are cursors."""

    start: int
    goes_on: bool
    envelope: bool


def _cut(people: tuple[hub.Account, ...], at: int, size: int, span: Span) -> Part:
    chosen = people[at : at + size]
    if not span.envelope:
        return Part(chosen, None)
    after = span.start + len(chosen)
    further = len(people) > at + size or (span.goes_on and bool(chosen))
    before = -(max(span.start - size, 0) + 1) if span.start else 0
    return Part(chosen, Cursors(after + 1 if further else 0, before, span.start - at + len(people)))


async def ids(ask: Ask, fetch: Fetch, *, always: bool | None = None) -> Reply:
    """The same as integers."""
    found = await part(ask, fetch, always=always)
    natives = tuple(account.native for account in found.people)
    return Ids(natives=natives, stringify=ask.flag("stringify_ids"), cursors=found.cursors)
