"""Bounds are positions: any integers, also ones that were never handed out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.backend import Window
from gateway.ids import MARGIN_MS, Ids
from mappings import hub
from mappings.order import SLOTS, position, time_of
from tests.gateway.ids_far import BASE, Far, flake, fresh, ids, post, store

__all__ = ["ids", "store"]

pytestmark = pytest.mark.anyio


async def test_ids_in_memory_are_exact_cursors(ids: Ids):
    far = Far()
    await ids.number(far, [post(flake(BASE)), post(flake(BASE + 9))])
    window = await ids.bounds(far, position(BASE), position(BASE + 9) - 1)
    assert window == Window(newer_than=flake(BASE), older_than=flake(BASE + 9))
    assert ids.trips == 1


async def test_timed_ids_that_are_not_in_memory_are_times(ids: Ids):
    far = Far()
    await ids.number(far, [post(flake(BASE))])
    window = await ids.bounds(far, position(BASE + 50, 7), position(BASE + 90, 7))
    assert window == Window(after_ms=BASE + 50 - MARGIN_MS, before_ms=BASE + 90 + MARGIN_MS)
    assert ids.trips == 1


async def test_ids_of_an_ordered_backend_are_found_between_their_neighbours(ids: Ids):
    far = Far(hub.Order.ORDERED)
    await ids.number(far, [post("100", BASE), post("200", BASE + 9)])
    window = await ids.bounds(far, position(BASE + 5), position(BASE + 5))
    assert window == Window(newer_than="100", older_than="200")
    assert ids.trips == 3


async def test_counters_of_a_server_that_should_be_timed_are_not_read_as_times(ids: Ids):
    """A third-party server that calls itself Mastodon: a cursor made of a time would be above every one of its ids."""
    far = Far(hub.Order.TIMED)
    await ids.number(far, [post("1758000000100", BASE), post("1758000000200", BASE + 9)])
    window = await ids.bounds(far, position(BASE + 5), position(BASE + 5))
    assert (window.newer_than, window.older_than) == ("1758000000100", "1758000000200")


async def test_after_a_lost_map_time_leads_where_ids_have_it(ids: Ids):
    window = await ids.bounds(Far(), None, position(BASE))
    assert window == Window(before_ms=BASE + MARGIN_MS)
    assert await ids.bounds(Far(hub.Order.ORDERED), position(BASE), position(BASE)) == Window()


@pytest.mark.parametrize("since", [None, 0, -1])
async def test_no_bound_is_no_bound(ids: Ids, since):
    assert await ids.bounds(Far(), since, None) == Window()
    assert ids.trips == 0


@pytest.mark.parametrize("extreme", [1, 2**53, 2**63 - 1])
async def test_extreme_bounds_are_no_trouble(ids: Ids, extreme: int):
    far = Far()
    for _ in range(2):
        window = await ids.bounds(far, extreme, extreme)
        assert time_of(0) - MARGIN_MS <= window.before_ms <= time_of(2**53) + MARGIN_MS
        await ids.number(far, [post(flake(BASE))])


def page(far: Far, statuses: list[hub.Status], window: Window) -> list[hub.Status]:
    """What a server gives for a window, in its own order; times as the adapter makes cursors of them."""
    at = [s.native for s in statuses]
    if far.capabilities.order is hub.Order.UNORDERED:
        older = at.index(window.older_than) if window.older_than in at else -1
        newer = at.index(window.newer_than) if window.newer_than in at else len(at)
        return statuses[older + 1 : newer]
    low = int(window.newer_than) if window.newer_than else -1
    high = int(window.older_than) if window.older_than else 2**70
    if window.after_ms is not None and not window.newer_than:
        low = (window.after_ms << 16) - 1
    if window.before_ms is not None and not window.older_than:
        high = (window.before_ms + 1) << 16
    return [s for s in statuses if low < int(s.native) < high]


bound = st.none() | st.tuples(st.integers(0, 24), st.sampled_from([-1, 0, 1, SLOTS, -SLOTS])) | st.integers(1, 2**53)
"""None, beside the n-th status, or anywhere."""


def integer(bound: tuple[int, int] | int | None, given: list[int]) -> int | None:
    return max(given[bound[0] % len(given)] + bound[1], 1) if isinstance(bound, tuple) else bound


def listed(far: Far, times: list[int]) -> list[hub.Status]:
    """Newest first, as a server lists them."""
    makers = {
        hub.Order.TIMED: lambda ms: flake(BASE + ms, ms % 4),
        hub.Order.ORDERED: lambda ms: str(10**12 + ms),
        hub.Order.UNORDERED: lambda ms: f"17000{ms:05d}{ms:032x}",
    }
    natives = [makers[far.capabilities.order](ms) for ms in sorted(times, reverse=True)]
    return [post(n, BASE + ms, key=far.key(n)) for n, ms in zip(natives, sorted(times, reverse=True), strict=True)]


@pytest.mark.parametrize("order", list(hub.Order))
@pytest.mark.parametrize("lost", [False, True], ids=["kept", "lost"])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    times=st.sets(st.integers(0, 300), min_size=2, max_size=25),
    step=st.none() | st.integers(1, 5),
    since=bound,
    most=bound,
)
async def test_bounds_select_exactly_what_comparing_integers_selects(store, order, lost, times, step, since, most):
    """For any integers: every `step`-th in memory, all in the store, or the map lost."""
    far = Far(order)
    statuses = listed(far, list(times))
    numbers = (await fresh(store).number(far, statuses)).statuses
    if lost and order is hub.Order.TIMED:  # the others' positions are stored facts
        far.base_url = Far().base_url
    reader = fresh(store)
    if step:
        await reader.number(far, statuses[::step])
    low, high = (integer(asked, list(numbers.values())) for asked in (since, most))
    wanted = {n: id for n, id in numbers.items() if (low or 0) < id <= (high or 2**53)}
    got = page(far, statuses, await reader.bounds(far, low, high))
    given = (await reader.number(far, got)).statuses
    assert {n: id for n, id in given.items() if (low or 0) < id <= (high or 2**53)} == wanted


async def test_bounds_around_five_thousand_in_one_millisecond(ids: Ids):
    far, statuses = Far(), [post(flake(BASE, low)) for low in range(5000)]
    for start in range(4960, -1, -40):
        await ids.number(far, statuses[start : start + 40][::-1])
    given = (await ids.number(far, statuses)).statuses
    window = await ids.bounds(far, min(given.values()) - 1, max(given.values()) + SLOTS)
    assert len(page(far, statuses, window)) == 5000
