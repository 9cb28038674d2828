"""A narrow space in sorted lists: what the stores must agree with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

from mappings.narrow import SPACES, Pair, place


class NarrowMemory:
    """`mappings.narrow.Slots` without a store."""

    def __init__(self, space: str = "status") -> None:
        self.space = SPACES[space]
        self.ids: dict[int, int] = {}
        self._wides: list[int] = []
        self._taken: list[Pair] = []

    def below(self, wide: int) -> Pair | None:
        at = bisect_left(self._wides, wide)
        return self._pair(at - 1) if at else None

    def above(self, wide: int) -> Pair | None:
        at = bisect_right(self._wides, wide)
        return self._pair(at) if at < len(self._wides) else None

    def _pair(self, at: int) -> Pair:
        wide = self._wides[at]
        return Pair(self.ids[wide], wide)

    def free(self, id: int) -> int:
        at = bisect_left(self._taken, Pair(id, 0))
        while at < len(self._taken) and self._taken[at].id == id:
            id, at = id + 1, at + 1
        return id

    def put(self, pair: Pair) -> None:
        insort(self._wides, pair.wide)
        insort(self._taken, pair)
        self.ids[pair.wide] = pair.id

    def give(self, wides: Iterable[int]) -> dict[int, int]:
        """As `Store.narrow`."""
        asked = sorted(set(wides))
        place(self, self.space, [wide for wide in asked if wide not in self.ids])
        return {wide: self.ids[wide] for wide in asked if wide in self.ids}

    def beside(self, id: int) -> tuple[Pair | None, Pair | None]:
        """As `Store.widened`, of one."""
        at = bisect_right(self._taken, Pair(id, 1 << 60))
        return (self._taken[at - 1] if at else None), (self._taken[at] if at < len(self._taken) else None)


__all__ = ["NarrowMemory"]
