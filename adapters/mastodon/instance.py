"""One instance as it was detected, and the reading of its lists."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlsplit

from cachetools import LRUCache

from adapters.backend import Window
from adapters.errors import BadAnswer, Missing
from adapters.files import Files
from adapters.mastodon.decode import Reader, id_of, split
from adapters.mastodon.detect import Detected
from adapters.mastodon.pages import Pages
from adapters.transport import Answer
from adapters.upstream import Upstream
from mappings import hub
from mappings.order import cursor_after, cursor_before

T = TypeVar("T")
U = TypeVar("U")

LINK = re.compile(r'<([^<>]*)>\s*;[^,<]*rel="?next"?')
AT_ONCE = 4
PEOPLE = 4096


class Instance:
    """What all backends of one instance share. `sleep` waits between looks at an upload."""

    def __init__(
        self,
        upstream: Upstream,
        detected: Detected,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.upstream, self.sleep, self.clock = upstream, sleep, clock
        self.software, self.capabilities, hosts = detected
        self.reader = Reader(self.software, hosts)
        self.pages = Pages(self.reader.entry)
        self.files = Files(upstream.transport)
        self.listing = asyncio.Lock()
        self.own_ids: LRUCache[str, str] = LRUCache(PEOPLE)

    def path(self, form: str, native: str) -> str:
        """`form` with an id in it. Raises Missing for what cannot be an id here."""
        if not self.software.ids.fullmatch(native):
            raise Missing("There is nothing with such an id on this server.")
        return form.format(quote(native, safe=""))

    def query(self, window: Window) -> list[tuple[str, str]]:
        """Cursors and limit; both always sent, and no larger than a page."""
        query = [("limit", str(max(1, min(window.limit, self.capabilities.page_size))))]
        older, newer = self.bounds(window)
        if older:
            query.append(("max_id", older))
        if newer:
            query.append(("since_id", newer))
        return query

    def bounds(self, window: Window) -> tuple[str | None, str | None]:
        """(upper, lower), both exclusive native ids; from a time where ids carry one."""
        form, older, newer = self.software.form, window.older_than, window.newer_than
        if older is None and window.before_ms is not None:
            older = cursor_before(form, window.before_ms)
        if newer is None and window.after_ms is not None:
            newer = cursor_after(form, window.after_ms)
        return older, newer

    def page(self, answer: Answer, window: Window) -> hub.Page[hub.Entry]:
        """A timeline page: each status once, none outside the bounds. It goes on below its last item; only an empty
        page is the end.

        GoToSocial 0.20 gives short home pages twice in one reply, the first time perhaps not in order: 2 1 2 3, seen.
        Others ignore `since_id`.
        """
        _, found, repeats = self.pages.read(answer.body)
        ids = list(found)
        if repeats and self.capabilities.order is not hub.Order.UNORDERED:
            ids.sort(key=rank, reverse=True)
        kept = self.inside(ids, *self.bounds(window))
        return hub.Page(items=tuple([found[native] for native in kept]), older=ids[-1] if ids else None)

    def inside(self, ids: Sequence[str], older: str | None, newer: str | None) -> Sequence[str]:
        """The ids strictly between two others."""
        if self.capabilities.order is hub.Order.UNORDERED:
            return self.above(ids, newer)
        if older:
            ids = [native for native in ids if rank(native) < rank(older)]
        if newer:
            ids = [native for native in ids if rank(native) > rank(newer)]
        return ids

    def above(self, ids: Sequence[str], newer: str | None) -> Sequence[str]:
        """Unordered ids that come before a known one in a list, newest first."""
        keys = [self.reader.key(native) for native in ids]
        last = self.reader.key(newer) if newer else ""
        return ids[: keys.index(last)] if last in keys else ids


def rank(native: str) -> tuple[int, str]:
    """Compares as ids of one ordered form do: numbers, ULIDs and flakes grow in length, then in the alphabet."""
    return len(native), native


def unique(answer: Answer) -> dict[str, bytes]:
    """The items of a list by id, each once, in their order. Raises BadAnswer."""
    return by_id(split(answer.body))


def by_id(raws: Iterable[bytes]) -> dict[str, bytes]:
    """Items by id; those without one are dropped."""
    found: dict[str, bytes] = {}
    for raw in raws:
        native = id_of(raw)
        if native:
            found.setdefault(native, raw)
    return found


def next_cursor(answer: Answer) -> str | None:
    """`max_id` of the next page in the Link header, for lists paged by rows of their own. Only the value is used, never
    the address it stands in."""
    found = LINK.search(answer.headers.get("link", ""))
    values = parse_qs(urlsplit(found[1]).query).get("max_id") if found else None
    return values[0] if values else None


def readable(raws: Iterable[bytes], read: Callable[[bytes], T]) -> tuple[T, ...]:
    """What can be read of a list; the rest is dropped."""
    found = []
    for raw in raws:
        try:
            found.append(read(raw))
        except BadAnswer:
            continue
    return tuple(found)


def where(entries: Iterable[hub.Entry], wanted: Callable[[hub.Status], bool]) -> tuple[hub.Entry, ...]:
    """The entries whose statuses are wanted; those that cannot be read are dropped."""
    found = []
    for entry in entries:
        try:
            if wanted(entry.status):
                found.append(entry)
        except BadAnswer:
            continue
    return tuple(found)


async def each(items: Iterable[T], work: Callable[[T], Awaitable[U]]) -> list[U]:
    """`work` on every item, a few at a time; the first failure ends the rest."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> U:
        async with turns:
            return await work(item)

    tasks = [asyncio.ensure_future(one(item)) for item in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
