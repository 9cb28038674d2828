"""`forget_days`: once a day, drop the status ids nobody asked for. Positions keep working without them.

What is kept finished in memory would show ids without asking for them, so it is dropped first: every id in use is asked
for at least once a day.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from gateway.stores.store import Store, StoreDown

log = logging.getLogger("oldbird")

DAY = 86_400
PATIENCE = 600.0
"""Seconds before a store that was down is asked again."""


def today() -> int:
    """Days since 1970 UTC."""
    return int(time.time() // DAY)


async def forget_daily(store: Store, days: int, clear: Callable[[], None]) -> None:
    """Until cancelled: now, and after each midnight UTC."""
    while True:
        clear()
        await asyncio.sleep(await forget_once(store, days))


async def forget_once(store: Store, days: int) -> float:
    """Drop what was not asked for in `days` days; the seconds until the next time."""
    try:
        number = await store.forget(today() - days)
    except StoreDown:
        return PATIENCE
    log.info("Forgot %d status ids not asked for in %d days.", number, days)
    return DAY - time.time() % DAY + 1
