"""What was used lately, at the price of a dict: two generations, an LRU in effect.

cachetools' LRUCache weighs and reorders on every use, which costs a page of new statuses as much as decoding them
(reference/performance.md, finding 6). Here what is used again moves up only when it has grown old.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")


class Recent(MutableMapping[K, V]):
    """Two generations of plain dicts, turned by whoever bounds it. Hot paths write to `young` themselves."""

    __slots__ = ("old", "young")

    def __init__(self) -> None:
        self.young: dict[K, V] = {}
        self.old: dict[K, V] = {}

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: Any = None) -> Any:
        """As in every mapping; what was old becomes young again."""
        found = self.young.get(key)
        if found is None:
            found = self.old.get(key)
            if found is None:
                return default
            self[key] = found
        return found

    def turn(self) -> None:
        """The young generation grows old, the old one is forgotten."""
        self.old, self.young = self.young, {}

    def clear(self) -> None:
        """Forget all."""
        self.old, self.young = {}, {}

    def __setitem__(self, key: K, value: V) -> None:
        self.young[key] = value

    def __getitem__(self, key: K) -> V:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __delitem__(self, key: K) -> None:
        in_young, in_old = self.young.pop(key, None), self.old.pop(key, None)
        if in_young is None and in_old is None:
            raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return key in self.young or key in self.old

    def __iter__(self) -> Iterator[K]:
        yield from self.young
        yield from (key for key in self.old if key not in self.young)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Kept(Recent[K, V]):
    """The same, all of it weighing at most `most`. A value above a quarter of that is not kept."""

    __slots__ = ("_most", "_weigh", "_weight")

    def __init__(self, most: int, weigh: Callable[[V], int]) -> None:
        super().__init__()
        self._most = most // 2
        self._weigh = weigh
        self._weight = 0

    def __setitem__(self, key: K, value: V) -> None:
        weight = self._weigh(value)
        if weight * 2 > self._most:
            return
        before = self.young.get(key)
        self._weight += weight if before is None else weight - self._weigh(before)
        if self._weight > self._most:
            self.turn()
            self._weight = weight
        self.young[key] = value

    def __delitem__(self, key: K) -> None:
        if (before := self.young.get(key)) is not None:
            self._weight -= self._weigh(before)
        super().__delitem__(key)

    def clear(self) -> None:
        """Forget all."""
        super().clear()
        self._weight = 0
