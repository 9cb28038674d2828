"""Both stores place exactly as the algorithm in memory does, for any batches."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.stores.store import Store
from mappings.hub import Sighting
from tests.stores.conftest import NOW
from tests.stores.samples import DAY, IdForm, MemorySlots, counted, flake, in_order, loose, seen

scopes = count()
BASE = NOW - 10**9

offsets, small = st.integers(-3, 3), st.integers(0, 60)
MOCK, SPARSE = 10**12, 9 * 10**16
sighting = st.one_of(
    st.builds(lambda ms, low: flake(BASE + ms, low), offsets, st.integers(0, 40)),
    st.builds(lambda ms, low: flake(NOW + 10**8 + ms, low), offsets, st.integers(0, 5)),
    st.builds(lambda n, ms: counted(MOCK + n, BASE + ms), small, offsets),
    st.builds(lambda n, ms: counted(SPARSE + n * 10**9, BASE + ms), small, offsets),
    st.builds(lambda n, up: counted(MOCK + n + 60, BASE, parent=str(MOCK + n + up)), small, small),
    st.builds(lambda n: counted(MOCK + n), small),
    st.builds(lambda n, ms, new: loose(f"post {n}", BASE + ms * 1000, newest=new), small, offsets, st.booleans()),
    st.builds(lambda n: loose(f"post {n}", 0), small),
    st.builds(lambda n, ms: seen(IdForm.ULID, f"01{n:024d}", ms), st.integers(0, 9), st.just(BASE)),
)
batches = st.lists(st.lists(sighting, min_size=1, max_size=12), min_size=1, max_size=6)


@pytest.mark.anyio
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=batches)
async def test_the_stores_place_as_the_algorithm_does(store: Store, batches: list[list[Sighting]]):
    memory, scope = MemorySlots(), f"https://{next(scopes)}.example"
    for batch in batches:
        assigned = await store.assign(scope, batch, [], DAY)
        assert assigned.statuses == memory.assign(batch)


@pytest.mark.anyio
@pytest.mark.parametrize("make", [lambda n: flake(BASE, n), lambda n: counted(10**12 + n, BASE)])
async def test_five_thousand_in_one_millisecond_keep_order_in_one_batch(store: Store, make):
    statuses = [make(n) for n in range(5000)]
    assigned = await store.assign("https://many.example", statuses[::-1], [], DAY)
    assert in_order(assigned.statuses, statuses)
    assert (await store.assign("https://many.example", statuses, [], DAY)).statuses == assigned.statuses
