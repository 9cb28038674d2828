"""Late arrivals: a post dated before others that reaches the home timeline after them (DESIGN section 5, class c)."""

from __future__ import annotations

import pytest

from mappings.hub import Order
from tests.gateway_harness import gateway_on, village

HOUR = 3_600_000


@pytest.mark.anyio
@pytest.mark.parametrize("by_since_id", [True, False])
async def test_a_late_arrival_is_placed_above_what_was_seen(
    by_since_id: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with gateway_on(tmp_path_factory.mktemp("late"), world=village(Order.UNORDERED)) as ground:
        for text in ("one", "two"):
            ground.world.now += HOUR
            ground.world.post("bob", text)
        seen = (await ground.get("statuses/home_timeline")).ids[0]
        ground.world.now += HOUR
        ground.world.post("bob", "late", at=ground.world.now - 2 * HOUR)
        params = {"since_id": seen} if by_since_id else {}
        reply = await ground.get("statuses/home_timeline", **params)
        assert reply.texts[0] == "late"
        assert reply.ids[0] > seen
        assert (await ground.get("statuses/home_timeline")).texts == ["late", "two", "one"]


@pytest.mark.anyio
async def test_old_posts_found_elsewhere_stay_at_their_date(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with gateway_on(tmp_path_factory.mktemp("old"), world=village(Order.UNORDERED)) as ground:
        ground.world.post("dave", "long ago")
        ground.world.now += HOUR
        ground.world.post("bob", "today")
        newest = (await ground.get("statuses/home_timeline")).ids[0]
        reply = await ground.get("statuses/user_timeline", screen_name="dave")
        assert reply.texts == ["long ago"]
        assert reply.ids[0] < newest
