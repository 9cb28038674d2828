"""Slows down who guesses passwords.

Wrong logins are counted by the name that was tried and by the address they came from, an IPv6 address by its /64:
whoever has one has all of it. An address is also counted over an hour, whatever names it tries. Who was counted too
often is told to wait; a right password is let in all the same, so nobody can lock out somebody else. Counters are per
process and bounded; those not touched for longest go first.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import NamedTuple

from cachetools import LRUCache

COUNTERS = 4096
"""Names, and as many addresses, that are counted at once: a flood of the ones leaves the others alone."""
NETWORK_BITS = 64
MAX_NAME = 200


class Limit(NamedTuple):
    """So many different wrong logins in a window of so many seconds, which begins with the first."""

    failures: int
    seconds: float


PER_NAME = (Limit(20, 60.0),)
PER_ADDRESS = (Limit(20, 60.0), Limit(100, 3600.0))


class Window(NamedTuple):
    """When counting began (seconds of the clock), and how many failures there were."""

    start: float
    failures: int


class Throttle:
    """Failures per name and per address."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._names: LRUCache[str, list[Window]] = LRUCache(COUNTERS)
        self._addresses: LRUCache[str, list[Window]] = LRUCache(COUNTERS)

    def failed(self, name: str, address: str) -> int:
        """Count a wrong login; seconds to wait when there were too many, else 0. "": not known, not counted."""
        wait = 0
        if name:
            wait = self._count(self._names, name.lower()[:MAX_NAME], PER_NAME)
        if address:
            wait = max(wait, self._count(self._addresses, place(address), PER_ADDRESS))
        return wait

    def _count(self, counters: LRUCache[str, list[Window]], key: str, limits: tuple[Limit, ...]) -> int:
        now, wait = self._clock(), 0
        windows = counters.get(key) or [Window(now, 0)] * len(limits)
        for number, (window, limit) in enumerate(zip(windows, limits, strict=True)):
            start, failures = window
            if not start <= now < start + limit.seconds:
                start, failures = now, 0
            windows[number] = Window(start, failures + 1)
            if failures >= limit.failures:
                wait = max(wait, int(start + limit.seconds - now) + 1)
        counters[key] = windows
        return wait


def place(address: str) -> str:
    """What an address is counted as: an IPv4 one (also inside an IPv6 one) itself, an IPv6 one its /64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:MAX_NAME]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is None:
            return str(ipaddress.IPv6Network((int(found), NETWORK_BITS), strict=False))
        found = found.ipv4_mapped
    return str(found)
