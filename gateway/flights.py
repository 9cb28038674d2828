"""Equal reads at the same moment are one read (DESIGN section 12).

Only within a login and a form of asking, and never across a write of that account: what is asked for after a write must
show it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from cachetools import LRUCache

Outcome = tuple[bytes, None] | tuple[None, Exception]


class Flights:
    """Reads under way, by what makes them equal."""

    def __init__(self) -> None:
        self._going: dict[Hashable, asyncio.Future[Outcome | None]] = {}
        self._writes: LRUCache[str, int] = LRUCache(10_000)

    async def read(self, account: str, asked: Hashable, work: Callable[[], Awaitable[bytes]]) -> bytes:
        """The result of `work`, or of the equal read that is under way. Raises what it raises."""
        key = (account, self._writes.get(account, 0), asked)
        going = self._going.get(key)
        if going is not None:
            outcome = await asyncio.shield(going)
            if outcome is not None:
                return _unpacked(outcome)
            return await work()  # whoever led was cancelled
        return await self._lead(key, work)

    async def _lead(self, key: Hashable, work: Callable[[], Awaitable[bytes]]) -> bytes:
        going = self._going[key] = asyncio.get_running_loop().create_future()
        outcome: Outcome | None = None
        try:
            body = await work()
        except Exception as error:
            outcome = (None, error)
            raise
        else:
            outcome = (body, None)
            return body
        finally:
            del self._going[key]
            going.set_result(outcome)

    def wrote(self, account: str) -> None:
        """Reads that began before this moment are not for those who ask from now on."""
        self._writes[account] = self._writes.get(account, 0) + 1


def _unpacked(outcome: Outcome) -> bytes:
    body, error = outcome
    if error is not None:
        raise error
    assert body is not None
    return body
