"""Narrow ids: a second space for clients that keep ids in 32-bit integers, or messages in 16 (DESIGN section 6). Pure.

A narrow id stands for one wide id (`mappings.order`) of one account and never for another. In the timed spaces it is
the second of the wide id's time since 2010-01-01, or the nearest number that is free there.

What holds:
- no narrow id is given twice, and none ever changes;
- a new one goes between those of the known neighbours of its wide id, as near to its own second as they leave room, so
  narrow ids sort as the wide ones do for as long as a free number is left between two neighbours. A batch is laid out
  as a whole around its seconds: a burst of 7,200 wide ids of one second stays within an hour of it, in order, also when
  it is read page by page. Posts that are only named by a page, as parents and boosted ones, keep away from it (up to
  half an hour further, at most half way to what is known below), for what lies between is read later;
- where none is left (more posts than seconds between two that were handed out before) the new ones take the next free
  numbers below their upper neighbour, else above it: unique and stable, below everything newer, but also below some
  posts that are older and were handed out too early. Pages by `max_id` go on through them and come to an end; those
  early ones they leave out.

The space of short messages ("message") is a sequence: it begins at SHORT_START, newer messages count up from there,
older ones that are seen later count down. When all 32,767 are given no more are: a number is never used again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from mappings.order import EPOCH_MS, LIMIT, position, time_of

MOST = 2**31 - 1
SHORT_MOST, SHORT_START = 2**15 - 1, 2**13
SECOND_MS = 1000
STRETCH, AWAY = 16, 1800
"""A post that is only named keeps away from the page that names it: so many numbers for each second between them, and
so many seconds further than it is at most."""

NEAR = 256
"""Known neighbours on either side that are looked at: as many may be out of order."""


class Space(NamedTuple):
    """Ids from 1 to `most`. `start`: where a sequence begins; 0: ids are seconds."""

    most: int
    start: int = 0


SPACES: dict[str, Space] = {
    "status": Space(MOST),
    "note": Space(MOST),
    "media": Space(MOST),
    "message": Space(SHORT_MOST, SHORT_START),
}
"""By what the ids are of. Messages of clients that read 31 bits of them are in the space of statuses."""


class Pair(NamedTuple):
    """A narrow id and the wide one it stands for."""

    id: int
    wide: int


class Around(NamedTuple):
    """What is known around a wide id: the highest narrow id of the NEAR below, the lowest of the NEAR above, and the
    next wide one above; 0 for none."""

    low: int
    high: int
    following: int


class Slots(Protocol):
    """One space of one account inside an open transaction."""

    def around(self, wide: int) -> Around:
        """The known neighbours of a wide id that has no narrow one."""

    def free(self, id: int) -> int:
        """The first free narrow id from `id` up."""

    def free_below(self, id: int) -> int:
        """The first free narrow id from `id` down, 0 for none."""

    def put(self, pair: Pair) -> None:
        """Take it."""


def second(wide: int) -> int:
    """The narrow id that a wide one is nearest to: seconds since 2010-01-01."""
    return min(max((time_of(wide) - EPOCH_MS) // SECOND_MS, 1), MOST)


def wishes(space: Space, wides: Iterable[int]) -> list[int]:
    """The wanted narrow ids; none in a sequence."""
    return [0 if space.start else second(wide) for wide in wides]


def lay(wanted: Sequence[int], low: int, high: int) -> list[int] | None:
    """Ascending ids strictly between `low` and `high`, around the wanted ones; None without room for all.

    `wanted` ascends. Crowded ones move apart to both sides alike, each by at most half as far as to one side alone.
    """
    count = len(wanted)
    if high - low - 1 < count:
        return None
    up: list[int] = []
    for want in wanted:
        up.append(max(want, up[-1] + 1) if up else want)
    out = [0] * count
    down = 0
    for at in range(count - 1, -1, -1):
        down = wanted[at] if at == count - 1 else min(wanted[at], down - 1)
        out[at] = min(max((up[at] + down) // 2, low + 1 + at), high - count + at)
    return out


def place(slots: Slots, space: Space, wides: Sequence[int], named: int = 0) -> dict[int, int]:
    """Give narrow ids to wide ones that have none: wide -> narrow, without those for which nothing is left.

    `wides` ascends; those below `named` are only named by what is shown. `narrow.lua` is the same in Lua; a test
    compares them.
    """
    given: dict[int, int] = {}
    for run, around in _runs(slots, wides):
        low, high = around.low, around.high or space.most + 1
        laid = lay(_wanted(space, run, around, named), low, high) or _squeezed(slots, len(run), high)
        last = 0
        for wide, want in zip(run, laid, strict=True):
            id = slots.free(max(want, last + 1))  # one that is out of order may have it
            if id <= space.most:
                slots.put(Pair(id, wide))
                given[wide] = last = id
    return given


def _runs(slots: Slots, wides: Sequence[int]) -> Iterator[tuple[Sequence[int], Around]]:
    """Neighbouring wide ids with no known one between them."""
    start = 0
    while start < len(wides):
        around = slots.around(wides[start])
        end = start + 1
        while end < len(wides) and (not around.following or wides[end] < around.following):
            end += 1
        yield wides[start:end], around
        start = end


def _wanted(space: Space, run: Sequence[int], around: Around, named: int) -> list[int]:
    """Seconds; in a sequence: behind the lower neighbour, else before the upper one."""
    if space.start:
        first = around.low + 1 if around.low else around.high - len(run) if around.high else space.start
        return list(range(first, first + len(run)))
    wanted, page = wishes(space, run), second(named)
    return [
        want - min(AWAY, STRETCH * (page - want + 1), max(want - around.low, 0) // 2) if wide < named else want
        for wide, want in zip(run, wanted, strict=True)
    ]


def _squeezed(slots: Slots, count: int, high: int) -> list[int]:
    """Without room: the next free ids below the upper neighbour; where there are too few, it is the first of all."""
    ids: list[int] = []
    id = high
    while len(ids) < count and (id := slots.free_below(id - 1)):
        ids.insert(0, id)
    return ids + [high] * (count - len(ids))


class Bound(NamedTuple):
    """`wide`: the same position in the wide space. `exact`: told by neighbours, not by the time in the narrow one."""

    wide: int
    exact: bool


def boundary(space: Space, id: int, below: Pair | None, above: Pair | None, *, upper: bool) -> Bound:
    """Where a narrow position lies among the wide ids: what was handed out up to `id` is at most that, the rest above.

    `below` is the known one at or below `id`, `above` the next one. `upper`: for `max_id`, else for `since_id`. An id
    that was never handed out (`id - 1`, `id + 1`) lies beside its neighbour; where there is no room between two, an
    upper position is below the upper one; far from any, as after the map was lost, it lies at its second. In doubt the
    position takes more in.
    """
    low, high = below.wide if below else 0, above.wide - 1 if above else LIMIT - 1
    itself, over = below is not None and below.id == id, above is not None and above.id == id + 1
    under = below is not None and below.id == id - 1
    if itself and not (upper and over and high > low):
        return Bound(low, exact=True)
    if low > high:
        return Bound(low if upper else high, exact=True)
    if over and (upper or not under):
        return Bound(high, exact=True)
    if under:
        return Bound(low, exact=True)
    if space.start:
        return Bound(high if upper else low, exact=True)
    at = position(EPOCH_MS + (min(id, MOST) + upper) * SECOND_MS) - 1
    return Bound(min(max(at, low), high), exact=False)
