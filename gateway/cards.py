"""What lists need to know of a status without decoding it again: its integer, kind and flags.

Kept under the upstream bytes, so a status seen before costs one look-up (DESIGN section 12).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from adapters.backend import Backend
from adapters.errors import BadAnswer
from gateway.ids import Ids
from gateway.kept import Kept
from gateway.stores.store import Store
from mappings import hub


class Card(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`kind` is empty unless the status is `direct` (hub.Kind); `reply` is false for boosts."""

    id: int
    key: str
    native: str
    author: str
    visibility: str
    reply: bool
    boost: bool
    hidden: bool
    kind: str = ""

    @property
    def listed(self) -> bool:
        """May appear in timelines, mentions, favourites and conversations (DESIGN section 4)."""
        return not self.hidden and self.kind in {"", hub.Kind.LIMITED}


class Seen(NamedTuple):
    """An entry and its card."""

    entry: hub.Entry
    card: Card


class Cards:
    """Cards of entries. `entries` bounds them."""

    def __init__(self, store: Store, ids: Ids, *, entries: int) -> None:
        self._store = store
        self._ids = ids
        self._kept: Kept[tuple[str, bytes], Card] = Kept(entries, _one)

    async def read(
        self, backend: Backend, entries: Iterable[hub.Entry], *, head: bool = False, joined: bool = False
    ) -> list[Seen]:
        """Entries with their cards, in the same order; what cannot be decoded is dropped.

        `head`: they are the first page of the home timeline, so what comes above a known status in it arrived later;
        `joined`: the page ends at a known one. Raises StoreDown.
        """
        entries = list(entries)
        scope, kept = backend.base_url, self._kept
        cards = [kept.get((scope, entry.raw)) for entry in entries]
        if None in cards:
            known = next((i for i, card in enumerate(cards) if card), len(cards) if joined else 0)
            cards = await self._fill(backend, entries, cards, known if head else 0)
        return [Seen(entry, card) for entry, card in zip(entries, cards, strict=True) if card is not None]

    async def _fill(
        self, backend: Backend, entries: list[hub.Entry], cards: list[Card | None], arrived: int
    ) -> list[Card | None]:
        """The first `arrived` entries came above all that is known."""
        new = {i: status for i, card in enumerate(cards) if card is None and (status := decoded(entries[i]))}
        newest = {status.native for i, status in new.items() if i < arrived}
        numbers = await self._ids.number(backend, new.values(), newest=newest)
        kinds = await self._kinds(backend, new.values())
        for i, status in new.items():
            raw, key = entries[i].raw, status.key or status.native
            card = _card(status, numbers.statuses[status.native], key, kinds.get(key, ""))
            cards[i] = self._kept[backend.base_url, raw] = card
            entries[i] = hub.Entry(raw=raw, read=entries[i].read, known=status, numbers=numbers)
        return cards

    async def _kinds(self, backend: Backend, statuses: Iterable[hub.Status]) -> dict[str, str]:
        direct = {s.key or s.native: s for s in statuses if s.original.visibility == "direct"}
        if not direct:
            return {}
        known = await self._store.kinds(backend.base_url, tuple(direct))
        return {key: known.get(key) or _guess(status) for key, status in direct.items()}

    def clear(self) -> None:
        """Drop all."""
        self._kept.clear()

    def drop(self, scope: str, raw: bytes) -> None:
        """Forget a card whose kind was set after it was read."""
        self._kept.pop((scope, raw), None)


def decoded(entry: hub.Entry) -> hub.Status | None:
    """The status, or None when the backend's bytes make none: one bad item never fails a list."""
    try:
        return entry.status
    except BadAnswer:
        return None


def _one(_: Card) -> int:
    return 1


def _card(status: hub.Status, id: int, key: str, kind: str) -> Card:
    return Card(
        id=id,
        key=key,
        native=status.native,
        author=status.account.native,
        visibility=status.original.visibility,
        reply=status.in_reply_to is not None,
        boost=status.reblog_of is not None,
        hidden=status.hidden or status.original.hidden,
        kind=kind,
    )


def _guess(status: hub.Status) -> str:
    """Without a record: no mentions and a file is a photo carrier, anything else a message."""
    return hub.Kind.PHOTO if status.media and not status.mentions else hub.Kind.MESSAGE
