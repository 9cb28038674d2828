"""Status ids nobody asks for are forgotten, what is in use is not, and positions stay exact."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from gateway import forgetting
from gateway.stores.store import Store, StoreDown
from tests.gateway_harness import Ground


class Records:
    """A store that only forgets."""

    def __init__(self) -> None:
        self.days: list[int] = []
        self.away = False

    async def forget(self, before_day: int) -> int:
        if self.away:
            raise StoreDown
        self.days.append(before_day)
        return 3


@pytest.mark.anyio
async def test_once_a_day_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    records, cleared = Records(), []
    monkeypatch.setattr(forgetting, "today", lambda: 20_000)
    task = asyncio.create_task(forgetting.forget_daily(cast("Store", records), 30, lambda: cleared.append(1)))
    while not records.days:  # noqa: ASYNC110  steps of the loop, not time
        await asyncio.sleep(0)
    task.cancel()
    assert (records.days, cleared) == ([19_970], [1])


@pytest.mark.anyio
async def test_the_next_time_is_midnight_or_soon_when_the_store_was_down() -> None:
    records = Records()
    assert 0 < await forgetting.forget_once(cast("Store", records), 30) <= forgetting.DAY + 1
    records.away = True
    assert await forgetting.forget_once(cast("Store", records), 30) == forgetting.PATIENCE


@pytest.mark.anyio
async def test_positions_of_forgotten_ids_keep_working(ground: Ground) -> None:
    posts = [ground.world.post("bob", f"post {number}") for number in range(4)]
    before = (await ground.get("statuses/home_timeline")).ids
    assert await ground.gateway.store.forget(forgetting.today() + 1) >= len(posts)
    ground.gateway.clear()
    later = await ground.get("statuses/home_timeline", since_id=before[2], max_id=before[0] - 1)
    assert later.texts == ["post 2"]
    assert later.ids == [before[1]]
