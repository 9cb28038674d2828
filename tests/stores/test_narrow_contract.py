"""Narrow ids in every store: as the algorithm in memory gives them, once for ever, also to several at once."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.stores.store import Store, StoreDown
from mappings.narrow import SPACES, Pair, Space, second
from mappings.order import position
from tests.narrow_memory import NarrowMemory
from tests.stores.conftest import NOW, Place

pytestmark = pytest.mark.anyio

accounts = count()
wide = st.builds(lambda ms, sub: position(NOW + ms * 400, sub), st.integers(-20, 40), st.integers(0, 2))
batch = st.tuples(st.lists(wide, min_size=1, max_size=12), wide | st.just(0))
batches = st.lists(batch, min_size=1, max_size=8)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=batches, space=st.sampled_from(["status", "message"]))
async def test_the_stores_give_what_the_algorithm_gives(store: Store, batches: list[tuple[list[int], int]], space: str):
    memory, account = NarrowMemory(space), f"account {next(accounts)}"
    for batch, named in batches:
        assert await store.narrow(account, space, batch, named) == memory.give(batch, named)
    asked = sorted({id + step for id in memory.ids.values() for step in (-1, 0, 1)})
    found = await store.widened(account, space, asked)
    assert found == {id: memory.beside(id) for id in asked}


async def test_spaces_and_accounts_know_nothing_of_each_other(store: Store):
    at = position(NOW)
    for account in ("1", "11"):
        for space, kind in SPACES.items():
            assert await store.narrow(account, space, [at]) == {at: kind.start or second(at)}
    assert await store.widened("1", "status", [SPACES["message"].start]) == {8192: (None, Pair(second(at), at))}


async def test_what_was_given_stays_when_the_store_was_closed(place: Place):
    wides = [position(NOW, n) for n in range(50)]
    async with place.opened() as store:
        given = await store.narrow("1", "status", wides)
    async with place.opened() as store:
        assert await store.narrow("1", "status", wides[::-1]) == given
        assert await store.narrow("1", "status", [*wides, *wides]) == given


async def test_the_largest_ids_come_back_as_they_went_in(store: Store):
    wides = [1, 2**53 - 2, 2**53 - 1]
    given = await store.narrow("1", "status", wides)
    found = await store.widened("1", "status", list(given.values()))
    assert [found[id][0].wide for id in given.values()] == wides


async def test_several_at_once_agree(place: Place):
    wides = [position(NOW + n * 300) for n in range(60)]
    async with place.opened() as here, place.opened() as there:
        stores = [here, there] * 8
        given = await asyncio.gather(
            *(store.narrow("1", "status", wides[n : n + 20]) for n, store in enumerate(stores))
        )
    known: dict[int, int] = {}
    for some in given:
        assert all(known.setdefault(wide, id) == id for wide, id in some.items())
    assert len(set(known.values())) == len(known)


async def test_five_thousand_of_one_second_keep_their_order_in_one_batch(store: Store):
    wides = [position(NOW + n % 1000, n // 1000) for n in range(5000)]
    given = await store.narrow("1", "status", wides)
    assert [given[wide] for wide in sorted(wides)] == sorted(set(given.values()))


async def test_short_numbers_end_and_none_is_given_twice(store: Store, monkeypatch):
    monkeypatch.setitem(SPACES, "message", Space(999, 250))
    wides = [position(NOW + n) for n in range(1002)]
    given = await store.narrow("1", "message", wides[:800]) | await store.narrow("1", "message", wides[800:])
    assert set(given.values()) == set(range(1, 1000))
    assert await store.narrow("1", "message", [position(NOW - 1), wides[0]]) == {wides[0]: given[wides[0]]}


async def test_nothing_is_asked_for_nothing(store: Store):
    assert await store.narrow("1", "status", []) == {}
    assert await store.widened("1", "status", []) == {}


async def test_a_closed_store_says_so(place: Place):
    store = place.store()
    with pytest.raises(StoreDown):
        await store.narrow("1", "status", [5])
    with pytest.raises(StoreDown):
        await store.widened("1", "status", [5])
