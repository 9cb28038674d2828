"""What every backend tells of boosts."""

from __future__ import annotations

import pytest

from adapters.backend import Window
from tests.contract.conftest import Pair, until
from tests.contract.test_backend import natives, unique

pytestmark = pytest.mark.anyio


async def test_who_boosted_a_post_is_told(pair: Pair) -> None:
    status, two = await pair.one.post(unique()), pair.two.me.account.native
    await pair.two.backend.reblog(status.native)
    backend = pair.one.backend
    page = await until(lambda: backend.reblogged_by(status.native, None), lambda page: page.items)
    assert [person.native for person in page.items] == [two]
    boosts = await until(lambda: backend.reblogs(status.native), bool)
    [boost] = [entry.status for entry in boosts]
    assert (boost.account.native, boost.original.native) == (two, status.native)
    seen = backend.sighting(boost)
    assert (seen.boosted, seen.booster) == (status.native, two)
    asked = [await backend.status(status.native), *(await backend.statuses([status.native])).values()]
    assert [entry.status.reblog_of for entry in asked] == [None, None]
    again = [backend.sighting(entry.status).key for entry in await backend.reblogs(status.native)]
    assert again == [seen.key]


async def test_own_posts_that_others_boosted_are_found(pair: Pair) -> None:
    boosted, plain = await pair.one.post(unique()), await pair.one.post(unique())
    await pair.two.backend.reblog(boosted.native)

    async def found() -> list[str]:
        return natives(await pair.one.backend.own_boosted(Window(limit=20)))

    own = await until(found, lambda own: boosted.native in own)
    assert plain.native not in own
    assert boosted.native not in natives(await pair.one.backend.own_boosted(Window(newer_than=plain.native)))
    await pair.two.backend.unreblog(boosted.native)
    left = await until(found, lambda own: boosted.native not in own)
    assert boosted.native not in left
