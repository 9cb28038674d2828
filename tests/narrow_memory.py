"""A narrow space in sorted lists: what the stores must agree with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from mappings.narrow import NEAR, SPACES, Around, Pair, place


class NarrowMemory:
    """`mappings.narrow.Slots` without a store."""

    def __init__(self, space: str = "status") -> None:
        self.space = SPACES[space]
        self.ids: dict[int, int] = {}
        self._wides: list[int] = []
        self._taken: list[Pair] = []

    def around(self, wide: int) -> Around:
        at = bisect_left(self._wides, wide)
        below, above = self._wides[max(at - NEAR, 0) : at], self._wides[at : at + NEAR]
        low, high = max((self.ids[w] for w in below), default=0), min((self.ids[w] for w in above), default=0)
        return Around(low, high, above[0] if above else 0)

    def free(self, id: int) -> int:
        at = bisect_left(self._taken, Pair(id, 0))
        while at < len(self._taken) and self._taken[at].id == id:
            id, at = id + 1, at + 1
        return id

    def free_below(self, id: int) -> int:
        at = bisect_right(self._taken, Pair(id, 1 << 60)) - 1
        while id > 0 and at >= 0 and self._taken[at].id == id:
            id, at = id - 1, at - 1
        return max(id, 0)

    def put(self, pair: Pair) -> None:
        insort(self._wides, pair.wide)
        insort(self._taken, pair)
        self.ids[pair.wide] = pair.id

    def give(self, wides: Iterable[int], named: int = 0) -> dict[int, int]:
        """As `Store.narrow`."""
        asked = sorted(set(wides))
        place(self, self.space, [wide for wide in asked if wide not in self.ids], named)
        return {wide: self.ids[wide] for wide in asked if wide in self.ids}

    def beside(self, id: int) -> tuple[Pair | None, Pair | None]:
        """As `Store.widened`, of one."""
        at = bisect_right(self._taken, Pair(id, 1 << 60))
        return (self._taken[at - 1] if at else None), (self._taken[at] if at < len(self._taken) else None)


__all__ = ["NarrowMemory"]
