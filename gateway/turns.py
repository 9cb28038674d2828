"""One at a time, in all processes: a short reservation in the store, given back afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from gateway.background import to_its_end
from gateway.stores.store import Store, StoreDown

PAUSE = 0.02
MARGIN = 0.5
"""Seconds that giving a turn back may take."""


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
    waited, began = 0.0, time.monotonic()
    while await store.reserve(key, seconds) is not None:
        if waited >= patience:
            raise Busy
        await sleep(PAUSE)
        waited, began = waited + PAUSE, time.monotonic()
    try:
        yield
    finally:
        if time.monotonic() - began < seconds - MARGIN:  # else it may be somebody else's by now
            with suppress(StoreDown):
                await to_its_end(store.release(key))
