"""How often one address may start something that costs others work."""

from __future__ import annotations

import time
from collections.abc import Callable

from cachetools import LRUCache
from starlette.datastructures import State

from gateway.throttle import place

ADDRESSES = 4096


class Turns:
    """At most `most` turns in `seconds` for each address, of a bounded number of addresses."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: LRUCache[str, list[float]] = LRUCache(ADDRESSES)

    def take(self, address: str) -> int:
        """0 when there is a turn, else the seconds until the next one."""
        now, key = self._clock(), place(address)
        recent = [moment for moment in self._taken.get(key, ()) if moment > now - self._seconds]
        self._taken[key] = recent
        if len(recent) >= self._most:
            return int(recent[0] + self._seconds - now) + 1
        recent.append(now)
        return 0


def turns_of(state: State, name: str, most: int, seconds: float) -> Turns:
    """The count called `name` of this process; `state` is the application's."""
    if not hasattr(state, name):
        setattr(state, name, Turns(most, seconds))
    turns: Turns = getattr(state, name)
    return turns
