"""Short-lived things on every store: kept for a while, taken once, claimed once."""

from __future__ import annotations

import asyncio

import pytest

from gateway.stores.store import Store, StoreDown
from tests.stores.conftest import Place

pytestmark = pytest.mark.anyio

VALUE = b"\x00\xffvalue"


async def test_what_is_kept_is_read_again_and_again(store: Store):
    await store.keep("key", VALUE, 60)
    assert [await store.kept("key") for _ in range(2)] == [VALUE, VALUE]
    assert await store.kept("other") is None


async def test_a_later_value_takes_the_place_of_the_former(store: Store):
    await store.keep("key", b"old", 60)
    await store.keep("key", b"", 60)
    assert await store.kept("key") == b""


async def test_what_is_taken_is_gone(store: Store):
    await store.keep("key", VALUE, 60)
    assert await store.take("key") == VALUE
    assert await store.take("key") is None
    assert await store.kept("key") is None


async def test_one_of_several_takers_gets_it(place: Place):
    async with place.opened() as here, place.opened() as there:
        await here.keep("key", VALUE, 60)
        taken = await asyncio.gather(*(store.take("key") for store in [here, there] * 10))
    assert sorted(taken, key=bool) == [None] * 19 + [VALUE]


async def test_one_of_several_claims_wins(place: Place):
    async with place.opened() as here, place.opened() as there:
        won = await asyncio.gather(*(store.claim("key", 60) for store in [here, there] * 10))
    assert won.count(True) == 1


async def test_claims_and_kept_things_are_apart(store: Store):
    assert await store.claim("key", 60)
    assert await store.kept("key") is None
    await store.keep("key", VALUE, 60)
    assert not await store.claim("key", 60)
    assert await store.reserve("key", 60) is None
    assert await store.take("key") == VALUE
    assert not await store.claim("key", 60), "taking does not free a claim"


async def test_a_restart_forgets_nothing(place: Place):
    async with place.opened() as store:
        await store.keep("key", VALUE, 60)
        await store.keep("spent", VALUE, 60)
        await store.take("spent")
        await store.claim("nonce", 60)
    async with place.opened() as store:
        assert await store.kept("key") == VALUE
        assert await store.take("spent") is None
        assert not await store.claim("nonce", 60)


async def test_short_lived_things_do_not_move_the_version_of_logins(store: Store):
    before = store.logins_version()
    await store.keep("key", VALUE, 60)
    await store.take("key")
    await store.claim("key", 60)
    assert store.logins_version() == before


@pytest.mark.parametrize("ask", ["kept", "take", "claim", "keep"])
async def test_a_closed_store_says_so(place: Place, ask: str):
    store = place.store()
    asked = {"keep": ("key", b"", 60), "claim": ("key", 60)}.get(ask, ("key",))
    with pytest.raises(StoreDown):
        await getattr(store, ask)(*asked)
