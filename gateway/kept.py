"""A cache bounded by weight, at the price of a dict: two generations, an LRU in effect.

cachetools' LRUCache weighs and reorders on every use, which costs a page of new statuses as much as decoding them
(reference/performance.md, finding 6). Here what is used again moves up only when it has grown old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")


class Kept(MutableMapping[K, V]):
    """What was used lately; all of it weighs at most `most`. A value above a quarter of that is not kept."""

    __slots__ = ("_most", "_old", "_weigh", "_weight", "_young")

    def __init__(self, most: int, weigh: Callable[[V], int]) -> None:
        self._most = most // 2
        self._weigh = weigh
        self._weight = 0
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: Any = None) -> Any:
        """As in every mapping; what was old becomes young again."""
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                return default
            self[key] = found
        return found

    def __setitem__(self, key: K, value: V) -> None:
        weight = self._weigh(value)
        if weight * 2 > self._most:
            return
        self._weight += weight
        if self._weight > self._most:
            self._old, self._young, self._weight = self._young, {}, weight
        self._young[key] = value

    def __getitem__(self, key: K) -> V:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __delitem__(self, key: K) -> None:
        in_young, in_old = self._young.pop(key, None), self._old.pop(key, None)
        if in_young is None and in_old is None:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return key in self._young or key in self._old

    def __iter__(self) -> Iterator[K]:
        yield from self._young
        yield from (key for key in self._old if key not in self._young)

    def __len__(self) -> int:
        return sum(1 for _ in self)
