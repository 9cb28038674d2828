"""Which slot a new status gets: the algorithm of both stores (`assign.lua` is the same in Lua; a test compares them).

Timed and ordered statuses are taken in the backend's own order. Those that fall between the same two known neighbours
are laid out together (`mappings.order.lay`), so a page read newest first fits below what is known as well as a page
read oldest first fits above it. A timed status keeps its own position wherever that is free and near; an ordered one
always goes between its neighbours while there is room. Unordered statuses go by date and arrival (DESIGN section 5 c).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from mappings.hub import Order, Sighting
from mappings.order import CLOSE, LIMIT, SLOTS, lay, position, room


class Neighbour(NamedTuple):
    """A known status beside a new one."""

    id: int
    sort: str


class Slots(Protocol):
    """The id map of one backend inside an open transaction."""

    def below(self, sort: str) -> Neighbour | None:
        """The known status with the greatest sort text below."""

    def above(self, sort: str) -> Neighbour | None:
        """The known status with the smallest sort text above."""

    def free(self, id: int) -> int:
        """The first free id from `id` up."""

    def ends(self) -> tuple[int, int] | None:
        """The lowest and the highest id given."""

    def put(self, sighting: Sighting, id: int) -> None:
        """Take `id` for `sighting`."""


def merged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """One per key: a status seen itself beats the same one known only as a parent."""
    chosen: dict[str, Sighting] = {}
    for sighting in sightings:
        old = chosen.get(sighting.key)
        if old is None or (not old.parent and sighting.parent) or (not old.ms and sighting.ms):
            chosen[sighting.key] = sighting
    return list(chosen.values())


def arranged(sightings: Iterable[Sighting]) -> list[Sighting]:
    """In the order of placing. Timed and ordered ones as the backend orders them. Lists come newest first, so of the
    unordered ones new heads are taken oldest first, backfill newest first, parents known only by id after both."""
    return [sighting for _, _, sighting in sorted((*_rank(s, i), s) for i, s in enumerate(sightings))]


def _rank(s: Sighting, index: int) -> tuple[tuple[int, str, int, int], int]:
    if s.order is not Order.UNORDERED:
        return (0, s.sort, s.ms, s.sub), index
    if not s.ms:
        return (3, "", 0, 0), index
    return ((1, "", s.ms, -index), 0) if s.newest else ((2, "", -s.ms, index), 0)


def children(sightings: Iterable[Sighting]) -> dict[str, Sighting]:
    """The first status of the batch that answers each key."""
    found: dict[str, Sighting] = {}
    for sighting in sightings:
        if sighting.parent:
            found.setdefault(sighting.parent, sighting)
    return found


class Placement:
    """One batch, arranged. `known` holds the ids of keys that had one before; the new ones are added to it."""

    def __init__(self, slots: Slots, sightings: Sequence[Sighting], known: dict[str, int], now_ms: int) -> None:
        self._slots = slots
        self._known = known
        self._now = position(now_ms)
        self._children = children(sightings)
        self._new = [s for s in sightings if s.key not in known]

    def run(self) -> None:
        """Place everything new."""
        for run, below, above in self._runs([s for s in self._new if s.order is not Order.UNORDERED]):
            self._lay(run, below, above)
        loose = [s for s in self._new if s.order is Order.UNORDERED]
        if loose:
            self._place_loose(loose)

    def _runs(self, rows: list[Sighting]) -> Iterator[tuple[list[Sighting], Neighbour | None, Neighbour | None]]:
        """Neighbouring sightings of one class with no known status between them."""
        start = 0
        while start < len(rows):
            first = rows[start]
            above = self._slots.above(first.sort)
            end = start + 1
            while end < len(rows) and rows[end].order is first.order and (not above or rows[end].sort < above.sort):
                end += 1
            yield rows[start:end], self._slots.below(first.sort), above
            start = end

    def _lay(self, run: list[Sighting], below: Neighbour | None, above: Neighbour | None) -> None:
        wanted = [self._wanted(s) for s in run]
        if run[0].order is Order.TIMED:  # a neighbour that lies elsewhere in time says nothing
            below = below if below and below.id < wanted[0] + CLOSE else None
            above = above if above and above.id > wanted[-1] - CLOSE else None
            steps = [1] * (len(run) + 1)
        else:
            sorts = [below.sort if below else "", *(s.sort for s in run), above.sort if above else ""]
            steps = [room(a, b) for a, b in pairwise(sorts)]
        low, high = below.id if below else 0, above.id if above else LIMIT
        last = 0
        for sighting, id in zip(run, lay(wanted, steps, low, high) or [low + 1] * len(run), strict=True):
            last = self._put(sighting, max(id, last + 1))

    def _put(self, sighting: Sighting, id: int) -> int:
        id = self._slots.free(id)
        self._slots.put(sighting, id)
        self._known[sighting.key] = id
        return id

    def _wanted(self, sighting: Sighting) -> int:
        """The position of its date; a parent known only by its id goes 1 ms below its answer."""
        if sighting.ms:
            return position(sighting.ms, sighting.sub)
        child = self._children.get(sighting.key)
        if child is None:
            return self._now
        answer = self._known.get(child.key) or position(child.ms, child.sub)
        return max(answer - SLOTS, 1)

    def _place_loose(self, loose: list[Sighting]) -> None:
        ends = self._slots.ends()
        for sighting in loose:
            wanted = self._wanted(sighting)
            if sighting.ms and ends:
                wanted = self._head(wanted, ends[1]) if sighting.newest else _backfill(wanted, ends[0])
            id = self._put(sighting, wanted)
            ends = (min(ends[0], id), max(ends[1], id)) if ends else (id, id)

    def _head(self, date: int, highest: int) -> int:
        return max(date, min(highest + SLOTS, self._now), highest + 1)


def _backfill(date: int, lowest: int) -> int:
    return date if date > lowest else max(min(date, lowest - SLOTS), 1)
