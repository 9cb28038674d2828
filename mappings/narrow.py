"""Narrow ids: a second space for clients that keep ids in 32-bit integers, or messages in 16 (DESIGN section 6). Pure.

A narrow id stands for one wide id (`mappings.order`) of one account and never for another. In the timed spaces it is
the second of the wide id's time since 2010-01-01, or the nearest number that is free there.

What holds:
- no narrow id is given twice, and none ever changes;
- a new one goes between those of the known neighbours of its wide id, as near to its own second as they leave room, so
  narrow ids sort as the wide ones do for as long as a free number is left between two neighbours. A batch is laid out
  as a whole around its seconds: a burst of 7,200 wide ids of one second stays within an hour of it, in order;
- where none is left (more posts than seconds between two that were handed out before) the new one takes the next free
  number above its lower neighbour. It is unique and stable, and sorts above posts that are newer by at most as many
  numbers as are taken there. Pages by `max_id` go on below such a number all the same, they never turn in a circle.

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


class Slots(Protocol):
    """One space of one account inside an open transaction."""

    def below(self, wide: int) -> Pair | None:
        """The known one with the greatest wide id below."""

    def above(self, wide: int) -> Pair | None:
        """The known one with the smallest wide id above."""

    def free(self, id: int) -> int:
        """The first free narrow id from `id` up."""

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


def place(slots: Slots, space: Space, wides: Sequence[int]) -> dict[int, int]:
    """Give narrow ids to wide ones that have none: wide -> narrow, without those for which nothing is left.

    `wides` ascends. `narrow.lua` is the same in Lua; a test compares them.
    """
    given: dict[int, int] = {}
    for run, below, above in _runs(slots, wides):
        low, high = below.id if below else 0, above.id if above else space.most + 1
        wanted = wishes(space, run) if not space.start else _next(space, len(run), below, above)
        last = low
        for wide, want in zip(run, lay(wanted, low, high) or [low + 1] * len(run), strict=True):
            id = _free(slots, space, max(want, last + 1))
            if id:
                slots.put(Pair(id, wide))
                given[wide] = last = id
    return given


def _runs(slots: Slots, wides: Sequence[int]) -> Iterator[tuple[Sequence[int], Pair | None, Pair | None]]:
    """Neighbouring wide ids with no known one between them."""
    start = 0
    while start < len(wides):
        above = slots.above(wides[start])
        end = start + 1
        while end < len(wides) and (above is None or wides[end] < above.wide):
            end += 1
        yield wides[start:end], slots.below(wides[start]), above
        start = end


def _next(space: Space, count: int, below: Pair | None, above: Pair | None) -> list[int]:
    """In a sequence: behind the lower neighbour, else before the upper one."""
    first = below.id + 1 if below else above.id - count if above else space.start
    return list(range(first, first + count))


def _free(slots: Slots, space: Space, id: int) -> int:
    """The next free id above, else the first of all; 0: the space is used up."""
    found = slots.free(id)
    if found > space.most:
        found = slots.free(1)
    return found if found <= space.most else 0


class Bound(NamedTuple):
    """`wide`: the same position in the wide space. `exact`: told by neighbours, not by the time in the narrow one."""

    wide: int
    exact: bool


def boundary(space: Space, id: int, below: Pair | None, above: Pair | None, *, upper: bool) -> Bound:
    """Where a narrow position lies among the wide ids: what was handed out up to `id` is at most that, the rest above.

    `below` is the known one at or below `id`, `above` the next one. `upper`: for `max_id`, else for `since_id`. An id
    that was never handed out (`id - 1`, `id + 1`) lies beside its neighbour; one that is far from any, as after the map
    was lost, at its second. In doubt the position takes more in.
    """
    if below and below.id == id:
        return Bound(below.wide, exact=True)
    low, high = below.wide if below else 0, above.wide - 1 if above else LIMIT - 1
    if low > high:
        return Bound(low if upper else high, exact=True)
    under, over = below is not None and below.id == id - 1, above is not None and above.id == id + 1
    if over and (upper or not under):
        return Bound(high, exact=True)
    if under:
        return Bound(low, exact=True)
    if space.start:
        return Bound(high if upper else low, exact=True)
    at = position(EPOCH_MS + (min(id, MOST) + upper) * SECOND_MS) - 1
    return Bound(min(max(at, low), high), exact=False)

