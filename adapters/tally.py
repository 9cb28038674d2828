"""What became of the calls to all servers, counted for whoever watches the process. Knows kinds, never addresses."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Awaitable
from typing import Final, Protocol, TypeVar

from adapters.errors import BadAnswer, OutcomeUnknown, Slow, Unavailable

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds."""

FAILURES: Final[dict[type[BaseException], str]] = {
    BadAnswer: "unreadable",
    OutcomeUnknown: "unknown",
    Slow: "slow",
    Unavailable: "unreachable",
}
ENDED: Final = "ended"
"""Whoever waited has gone, or it was our own fault."""
STATUSES: Final = {401: "token", 429: "pause"}
CLASSES: Final = {4: "refused", 5: "error"}
OUTCOMES: Final = ("ok", *STATUSES.values(), *CLASSES.values(), *FAILURES.values(), ENDED)


class HasStatus(Protocol):
    """An answer."""

    @property
    def status(self) -> int:
        """Its number."""


A = TypeVar("A", bound=HasStatus)


class Histogram:
    """How many took at most so long. `counts` has one place a bucket and one for what took longer."""

    __slots__ = ("counts", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds


class Tally:
    """`ended`: (whether it reads, outcome) -> calls."""

    def __init__(self) -> None:
        self.ended: dict[tuple[bool, str], int] = {(reads, word): 0 for reads in (True, False) for word in OUTCOMES}
        self.seconds = Histogram()

    async def watched(self, call: Awaitable[A], *, reads: bool) -> A:
        """The answer, counted. Raises what the call raises."""
        began, word = time.perf_counter(), ENDED
        try:
            answer = await call
            word = outcome(answer.status)
        except tuple(FAILURES) as error:
            word = FAILURES.get(type(error), ENDED)
            raise
        else:
            return answer
        finally:
            self.ended[reads, word] += 1
            self.seconds.add(time.perf_counter() - began)


def outcome(status: int) -> str:
    """The word for a status number."""
    return STATUSES.get(status) or CLASSES.get(status // 100, "ok")
