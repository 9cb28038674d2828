"""Pages of statuses taken apart. Most polls bring what the one before brought, or a few new statuses above it: what
stands there byte for byte as it came before is recognised, not read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import msgspec
from cachetools import LRUCache

from adapters.mastodon.decode import ID_FIRST, id_of, split
from adapters.mastodon.wire import BROKEN
from mappings import hub

Item = tuple[str, hub.Entry]
"""An id and what it belongs to."""

BEGINNING = 100
"""Bytes that tell lists apart: the id of the first item is among them."""
START = 40
"""Bytes of an item that hold its id or the beginning of it."""
MOST_ENDS = 4
"""Places where an item seems to end that are tried: each is read up to there, and an item can hold any number."""
MOST_NEW = 3
"""Items not seen before in one page: with more of them it is quicker taken apart as a whole."""

RAW = msgspec.json.Decoder(msgspec.Raw)
NEXT = b"}," + ID_FIRST


class Listed(NamedTuple):
    """The items of a list by id, each once, in their order. `repeats`: some came more than once."""

    body: bytes
    entries: dict[str, hub.Entry]
    repeats: bool


class Pages:
    """The last pages by the bytes they came as. `most` bytes are kept."""

    def __init__(self, entry: Callable[[bytes], hub.Entry], *, most: int = 4 << 20) -> None:
        self._entry = entry
        self._most = most
        self._kept: LRUCache[bytes, Listed] = LRUCache(most // 2, lambda page: len(page.body))
        self._items = Items(entry, most // 2)

    def read(self, body: bytes) -> Listed:
        """The items of a list. Raises BadAnswer."""
        start = body[:BEGINNING]
        page = self._kept.get(start)
        if page is None or page.body != body:
            page = self._listed(body)
            if len(body) * 2 <= self._most:
                self._kept[start] = page
        return page

    def _listed(self, body: bytes) -> Listed:
        entries, repeats = dict[str, hub.Entry](), False
        for native, entry in self._items.read(body):
            if native in entries:
                repeats = True
            elif native:
                entries[native] = entry
        return Listed(body, entries, repeats)


class Items:
    """Items of late, in two generations of about `most` bytes together. Where a page stands beginning with one of
    them, this is the item: what is whole JSON cannot go on."""

    def __init__(self, entry: Callable[[bytes], hub.Entry], most: int) -> None:
        self._entry = entry
        self._most = most // 2
        self._size = 0
        self._young: dict[bytes, Item] = {}
        self._old: dict[bytes, Item] = {}

    def remembered(self, raws: list[bytes]) -> list[Item]:
        """Items with their ids, to be recognised from now on."""
        items = [(id_of(raw), self._entry(raw)) for raw in raws]
        self._size += sum(map(len, raws))
        if self._size > self._most:
            self._old, self._young, self._size = self._young, {}, 0
        self._young.update(zip([raw[:START] for raw in raws], items, strict=True))
        return items

    def read(self, body: bytes) -> list[Item]:
        """The items of a page, taken apart as a whole from where too many are new. Raises BadAnswer."""
        at, new, found = 1, 0, list[Item]()
        while new < MOST_NEW and body[:1] == b"[":
            item = self._known(body, at)
            if item is None:
                raw = _whole(body, at)
                if raw is None:
                    break
                (item,), new = self.remembered([raw]), new + 1
            end = at + len(item[1].raw)
            if body[end : end + 1] != b",":
                if body[end:] != b"]":
                    break
                return [*found, item]
            found.append(item)
            at = end + 1
        return [*found, *self.remembered(split(b"[" + body[at:] if found else body))]

    def _known(self, body: bytes, at: int) -> Item | None:
        start = body[at : at + START]
        item = self._young.get(start)
        if item is None:
            item = self._old.get(start)
            if item is None:
                return None
            self._young[start] = item
        return item if body.startswith(item[1].raw, at) else None


def _whole(body: bytes, at: int) -> bytes | None:
    """The object that begins there: up to the first place where it is complete and one like it begins, or up to the
    end. None when it is none, or after too many tries."""
    if not body.startswith(ID_FIRST, at):
        return None
    for end in islice(_ends(body, at), MOST_ENDS):
        try:
            return bytes(RAW.decode(body[at:end]))
        except BROKEN:
            continue
    return None


def _ends(body: bytes, at: int) -> Iterator[int]:
    """Where the object may end: before what begins as it does, and at the end of the page."""
    end, second = at, _second_key(body, at)
    while (end := body.find(NEXT, end + 1)) >= 0:
        if _second_key(body, end + 2) == second:
            yield end + 1
    yield len(body) - 1


def _second_key(body: bytes, at: int) -> bytes:
    """What stands between the first value of the object, a text, and the second: media and names inside a status begin
    with an id, too, but go on otherwise."""
    quote = body.find(b'"', at + len(ID_FIRST))
    return body[quote : body.find(b":", quote) + 1]
