"""One at a time, in all processes: a short reservation in the store, given back afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from gateway.stores.store import Store, StoreDown

PAUSE = 0.02


class Busy(Exception):
    """Somebody else is at it."""


@asynccontextmanager
async def turn(
    store: Store,
    key: str,
    seconds: int,
    *,
    patience: float = 0.0,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> AsyncIterator[None]:
    """Nobody else has this turn meanwhile; it ends by itself after so many `seconds`. Others are waited for so many
    seconds of `patience`. Raises Busy, StoreDown."""
    waited = 0.0
    while await store.reserve(key, seconds) is not None:
        if waited >= patience:
            raise Busy
        await sleep(PAUSE)
        waited += PAUSE
    try:
        yield
    finally:
        with suppress(StoreDown):
            await store.release(key)
