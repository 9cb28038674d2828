"""Where the backend tells of messages (reference/backend-facts.md section 8), read from the head and further back.

Servers with conversations: those and the mention notifications. Others (snac, Takahe): the notifications and what is
`direct` in the home timeline, where own ones stand too. Each is one call a poll that finds nothing new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from adapters.backend import Backend, Window
from gateway.cards import Cards
from gateway.mailbox import Found, Letter, Mailbox
from gateway.paging import HIGHEST, Span
from gateway.trail import Trail
from mappings import hub

HEAD_PAGES = 5
"""Upstream pages of one list in one request, until something known comes."""

Row = tuple[hub.Entry, bool]
Fetch = Callable[[Backend, str | None], Awaitable[hub.Page[Row]]]


async def _conversations(backend: Backend, cursor: str | None) -> hub.Page[Row]:
    page = await backend.conversations(cursor)
    return hub.Page(items=tuple((one.last, not one.unread) for one in page.items if one.last), older=page.older)


async def _mentions(backend: Backend, cursor: str | None) -> hub.Page[Row]:
    page = await backend.mentions(cursor)
    return hub.Page(items=tuple((one.status, False) for one in page.items if one.status), older=page.older)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A list with cursors. `arrivals`: new statuses come at its head in the order they arrive. `whole`: what is older
    is looked for in it."""

    name: str
    fetch: Fetch
    arrivals: bool = False
    whole: bool = True


CONVERSATIONS = Source(name="conversations", fetch=_conversations)
MENTIONS = Source(name="mentions", fetch=_mentions, arrivals=True)
LATE_MENTIONS = Source(name="mentions", fetch=_mentions, arrivals=True, whole=False)
HOME = "home.newest"


class Lists:
    """The lists of one account, for one request."""

    def __init__(self, backend: Backend, mailbox: Mailbox, cards: Cards) -> None:
        self._backend = backend
        self._mailbox = mailbox
        self._cards = cards
        has_conversations = backend.capabilities.conversations
        self._home = not has_conversations
        self._sources = (CONVERSATIONS, LATE_MENTIONS) if has_conversations else (MENTIONS,)

    async def heads(self) -> tuple[list[Found], dict[str, str]]:
        """What is new in all lists, and the state to keep then. Raises BackendError, StoreDown."""
        if self._home:
            parts = [await self._timeline(), await self._head(MENTIONS)]
        else:
            parts = await asyncio.gather(*(self._head(source) for source in self._sources))
        found = [one for some, _ in parts for one in some]
        return found, {name: value for _, state in parts for name, value in state.items()}

    def lacking(self, span: Span, selected: Sequence[Letter]) -> tuple[Source, ...]:
        """The lists that may hold more of what is asked for, further back than they were read."""
        lowest = selected[-1].id if selected and len(selected) == span.count else 0
        return tuple(source for source in self._sources if source.whole and self._lacks(source, span, lowest))

    def _lacks(self, source: Source, span: Span, lowest: int) -> bool:
        trail = self._trail(source)
        return bool(trail.cursor) and (trail.has_gap or self._number(source, "bottom") > max(span.above, lowest))

    async def older(self, source: Source) -> tuple[list[Found], dict[str, str]]:
        """One page further back."""
        trail = self._trail(source)
        page = await source.fetch(self._backend, trail.cursor)
        found = await self._found(page)
        ids = [one.seen.card.id for one in found]
        joins = bool(ids) and min(ids) <= self._number(source, "floor")
        state = trail.reached(page.older, joins=joins)
        if not trail.has_gap:
            state[f"{source.name}.bottom"] = str(min(ids, default=self._number(source, "bottom")))
        return found, state

    async def _head(self, source: Source) -> tuple[list[Found], dict[str, str]]:
        top, cursor, joined, found = self._number(source, "top"), None, False, list[Found]()
        for _ in range(HEAD_PAGES):
            page = await source.fetch(self._backend, cursor)
            some = await self._found(page, head=source.arrivals and cursor is None)
            found += some
            joined = bool(some) and some[-1].seen.card.id <= top
            repeated, cursor = page.older == cursor, page.older
            if joined or repeated or cursor is None:
                break
        ids = [one.seen.card.id for one in found]
        state = {f"{source.name}.top": str(max([top, *ids]))}
        if not (joined and self._trail(source).begun):
            state |= self._opened(source, cursor, ids)
        return found, state

    def _opened(self, source: Source, cursor: str | None, ids: Sequence[int]) -> dict[str, str]:
        trail = self._trail(source)
        state = trail.opened(cursor)
        if not trail.begun:
            state[f"{source.name}.bottom"] = str(min(ids, default=HIGHEST))
        elif not trail.has_gap:
            state[f"{source.name}.floor"] = str(self._number(source, "top"))
        return state

    async def _timeline(self) -> tuple[list[Found], dict[str, str]]:
        """What is new in the home timeline. It is numbered at once and before the mentions, so that ids that have no
        order of their own get that of their arrival."""
        newest, limit = self._mailbox.state.get(HOME), self._backend.capabilities.page_size
        window, entries = Window(limit=limit, newer_than=newest), list[hub.Entry]()
        for _ in range(HEAD_PAGES):
            page = await self._backend.home(window)
            entries += page.items
            if page.older in {None, window.older_than} or (newest is not None and len(page.items) < limit):
                break
            window = msgspec.structs.replace(window, older_than=page.older)
        seen = await self._cards.read(self._backend, entries, head=True, joined=newest is not None)
        state = {HOME: seen[0].card.native} if seen else {}
        return [Found(seen=one) for one in seen], state

    async def _found(self, page: hub.Page[Row], *, head: bool = False) -> list[Found]:
        was_read = {entry.raw: read for entry, read in page.items}
        seen = await self._cards.read(self._backend, [entry for entry, _ in page.items], head=head)
        return [Found(seen=one, read=was_read[one.entry.raw]) for one in seen]

    def _trail(self, source: Source) -> Trail:
        return Trail(self._mailbox.state, f"{source.name}.")

    def _number(self, source: Source, name: str) -> int:
        return int(self._mailbox.state.get(f"{source.name}.{name}", "0"))
