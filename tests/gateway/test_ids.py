"""One reply, one round trip; positions that were never handed out; what memory keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.backend import Capabilities, Window
from gateway.ids import MARGIN_MS, Ids
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.order import SLOTS, IdForm, account_number, position, sighting_for, time_of

pytestmark = pytest.mark.anyio

NOW = 1_790_000_000_000
BASE = NOW - 10**9
FORMS = {hub.Order.TIMED: IdForm.SNOWFLAKE, hub.Order.ORDERED: IdForm.COUNTER, hub.Order.UNORDERED: IdForm.SNAC}
scopes = count()


class Far:
    """The little of a `Backend` that ids need. A status's date is its `created_at`, in milliseconds."""

    def __init__(self, order: hub.Order = hub.Order.TIMED, form: IdForm | None = None) -> None:
        self.base_url = f"https://{next(scopes)}.example"
        self.capabilities = Capabilities(software="fake", order=order)
        self.form = form or FORMS[order]
        self.sighted: list[str] = []

    def sighting(self, status: hub.Status) -> hub.Sighting:
        self.sighted.append(status.native)
        placed = self.parent_sighting(status.native, None, int(status.created_at))
        original = status.reblog_of
        return msgspec.structs.replace(
            placed,
            parent=self.key(status.in_reply_to or ""),
            boosted=original.native if original else "",
            booster=status.account.native if original else "",
        )

    def parent_sighting(self, native: str, child: hub.Sighting | None, ms: int = 0) -> hub.Sighting:
        order, ms, sub, sort = sighting_for(self.form, native, ms, NOW)
        return hub.Sighting(key=self.key(native), native=native, order=order, ms=ms, sub=sub, sort=sort)

    def key(self, native: str) -> str:
        return native[10:] if self.form is IdForm.SNAC else native


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite", clock=lambda: NOW)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def ids(store: SqliteStore) -> Ids:
    return fresh(store)


def fresh(store: SqliteStore, *, entries: int = 10_000, forget_days: int = 0, day: list[int] | None = None) -> Ids:
    """Ids with nothing in memory."""
    today = day or [20_000]
    return Ids(store, entries=entries, forget_days=forget_days, today=lambda: today[0])


def person(native: str) -> hub.Account:
    return hub.Account(native=native, username=native, acct=native)


def flake(ms: int, low: int = 0) -> str:
    return str(ms << 16 | low)


def post(native: str, ms: int = BASE, author: str = "1", **fields: object) -> hub.Status:
    return hub.Status(native=native, account=person(author), created_at=str(ms), **fields)


# one batch ----------------------------------------------------------------------------------------------------------


async def test_everything_in_a_reply_is_numbered_in_one_round_trip(ids: Ids):
    quoted = post(flake(BASE - 9), author="q")
    original = post(flake(BASE - 5), author="o", in_reply_to=flake(BASE - 8), in_reply_to_account="p", quote_of=quoted)
    boost = post(flake(BASE), author="b", reblog_of=original)
    mentions = tuple(hub.Mention(native=native) for native in ("m", "0", ""))
    named = post(flake(BASE - 1), author="n", mentions=mentions)
    far = Far()
    numbers = await ids.number(far, [boost, named], ["extra"])
    assert ids.trips == 1
    assert numbers.statuses == {flake(ms): position(ms) for ms in (BASE, BASE - 1, BASE - 5, BASE - 8, BASE - 9)}
    assert numbers.accounts == {n: account_number(far.base_url, n) for n in ("q", "o", "p", "b", "n", "m", "extra")}


async def test_known_ids_cost_nothing(ids: Ids):
    far, page = Far(), [post(flake(BASE + n), in_reply_to=flake(BASE - n), author=str(n)) for n in range(20)]
    first = await ids.number(far, page)
    far.sighted.clear()
    again = await ids.number(far, page)
    assert (again, ids.trips, far.sighted) == (first, 1, [])


async def test_an_empty_reply_costs_nothing(ids: Ids):
    numbers = await ids.number(Far(), [])
    assert (numbers.statuses, numbers.accounts, ids.trips) == ({}, {}, 0)


async def test_only_what_is_missing_is_asked_for(ids: Ids, store: SqliteStore):
    far = Far()
    await ids.number(far, [post(flake(BASE), author="1")])
    asked = []
    whole = store.assign

    async def spy(backend, statuses, accounts, today):
        asked.append(([s.native for s in statuses], list(accounts)))
        return await whole(backend, statuses, accounts, today)

    store.assign = spy
    await ids.number(far, [post(flake(BASE), author="1"), post(flake(BASE + 1), author="2")])
    assert asked == [([flake(BASE + 1)], ["2"])]


async def test_a_parent_in_the_same_reply_is_itself_and_not_a_bare_one(ids: Ids, store: SqliteStore):
    far = Far(hub.Order.ORDERED)
    parent, child = post("100", BASE - 5000), post("200", BASE, in_reply_to="100")
    numbers = await ids.number(far, [child, parent])
    assert numbers.statuses == {"200": position(BASE), "100": position(BASE - 5000)}


async def test_snac_ids_that_changed_are_the_same_status(ids: Ids):
    far = Far(hub.Order.UNORDERED)
    before, after = "1700000000" + "ab" * 16, "1700009999" + "ab" * 16
    first = await ids.number(far, [post(before, key="ab" * 16)])
    edited = await ids.number(far, [post(after, key="ab" * 16)])
    assert edited.statuses == {after: first.statuses[before]}
    assert ids.trips == 1
    child = post("1700010000" + "cd" * 16, key="cd" * 16, in_reply_to=after)
    assert (await ids.number(far, [child])).statuses[after] == first.statuses[before]


async def test_concurrent_replies_agree(ids: Ids):
    far = Far()
    pages = [[post(flake(BASE + n), author=str(n)) for n in range(start, start + 10)] for start in range(6)]
    found = await asyncio.gather(*(ids.number(far, page) for page in pages))
    merged: dict[str, int] = {}
    for numbers in found:
        assert all(merged.setdefault(native, id) == id for native, id in numbers.statuses.items())
    assert len(set(merged.values())) == 15


async def test_a_lost_store_is_said_but_known_ids_still_work(ids: Ids, store: SqliteStore):
    far, page = Far(), [post(flake(BASE))]
    numbers = await ids.number(far, page)
    await store.close()
    assert await ids.number(far, page) == numbers
    with pytest.raises(StoreDown):
        await ids.number(far, [post(flake(BASE + 1))])


# threads ------------------------------------------------------------------------------------------------------------


async def test_roots_are_the_oldest_ancestor_known(ids: Ids):
    far = Far()
    chain = [flake(BASE + n) for n in range(4)]
    numbers = await ids.number(far, [post(chain[1], in_reply_to=chain[0]), post(chain[2], in_reply_to=chain[1])])
    assert [ids.root(far.base_url, native) for native in chain[:3]] == [numbers.statuses[chain[0]]] * 3
    assert ids.root(far.base_url, chain[3]) is None


async def test_an_ancestor_learnt_later_moves_the_root_of_what_is_in_memory(ids: Ids):
    far, chain = Far(), [flake(BASE + n) for n in range(3)]
    await ids.number(far, [post(chain[2], in_reply_to=chain[1])])
    assert ids.root(far.base_url, chain[2]) == position(BASE + 1)
    await ids.number(far, [post(chain[1], in_reply_to=chain[0])])
    assert ids.root(far.base_url, chain[2]) == position(BASE)
    again = await ids.number(far, [post(chain[2], in_reply_to=chain[1])])
    assert (again.statuses[chain[2]], ids.trips) == (position(BASE + 2), 2)


async def test_the_link_of_a_bare_parent_is_stored_when_it_is_seen(ids: Ids, store: SqliteStore):
    far = Far()
    await ids.number(far, [post(flake(BASE + 2), in_reply_to=flake(BASE + 1))])
    await ids.number(far, [post(flake(BASE + 1), in_reply_to=flake(BASE))])
    record = await store.status_by_key(far.base_url, flake(BASE + 1))
    assert record.parent == flake(BASE)


async def test_a_circle_of_answers_ends(ids: Ids):
    far, a, b = Far(), flake(BASE), flake(BASE + 1)
    await ids.number(far, [post(a, in_reply_to=b)])
    await ids.number(far, [post(b, in_reply_to=a)])
    assert ids.root(far.base_url, a) in {position(BASE), position(BASE + 1)}


# back ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cold", [False, True])
async def test_a_status_is_found_by_its_integer(ids: Ids, store: SqliteStore, cold: bool):
    far = Far()
    boost = post(flake(BASE), author="b", reblog_of=post(flake(BASE - 1)))
    await ids.number(far, [boost])
    reader = fresh(store) if cold else ids
    record = await reader.status(far.base_url, position(BASE))
    assert (record.native, record.boosted, record.booster, record.sort) == (
        boost.native, flake(BASE - 1), "b", boost.native.zfill(20),
    )  # fmt: skip
    assert reader.trips == 1
    assert await reader.status(far.base_url, position(BASE) + 5) is None


async def test_a_bare_parent_is_looked_up_where_all_is_known(ids: Ids, store: SqliteStore):
    far = Far()
    await fresh(store).number(far, [post(flake(BASE), author="b", reblog_of=post(flake(BASE - 1)))])
    await ids.number(far, [post(flake(BASE + 1), in_reply_to=flake(BASE))])
    assert (await ids.status(far.base_url, position(BASE))).booster == "b"


@pytest.mark.parametrize("cold", [False, True])
async def test_an_account_is_found_by_its_integer(ids: Ids, store: SqliteStore, cold: bool):
    far = Far()
    numbers = await ids.number(far, [], ["somebody"])
    reader = fresh(store) if cold else ids
    for _ in range(2):
        assert await reader.account(far.base_url, numbers.accounts["somebody"]) == "somebody"
    assert reader.trips == 1
    assert await reader.account(far.base_url, 3) is None


# bounds -------------------------------------------------------------------------------------------------------------


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
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


# memory -------------------------------------------------------------------------------------------------------------


async def test_memory_is_bounded_and_keeps_what_is_used(store: SqliteStore):
    ids, far = fresh(store, entries=200), Far()
    used = [post(flake(BASE), author="used")]
    for n in range(1, 100):
        await ids.number(far, [*used, *(post(flake(BASE + 100 * n + k), author=f"{n}.{k}") for k in range(10))])
        assert ids.remembered <= 200 + 2 * 21
    trips = ids.trips
    await ids.number(far, used)
    assert ids.trips == trips
    await ids.number(far, [post(flake(BASE + 100), author="1.0")])
    assert ids.trips == trips + 1


async def test_many_backends_share_the_bound(store: SqliteStore):
    ids = fresh(store, entries=100)
    for _ in range(50):
        await ids.number(Far(), [post(flake(BASE + k), author=str(k)) for k in range(5)])
    assert ids.remembered <= 120


async def test_ids_in_use_are_asked_for_once_a_day_when_unused_ones_are_forgotten(store: SqliteStore):
    day, far = [20_000], Far()
    ids, page = fresh(store, forget_days=30, day=day), [post(flake(BASE))]
    for today in (20_000, 20_000, 20_001, 20_001):
        day[0] = today
        await ids.number(far, page)
    assert ids.trips == 2
    assert await store.forget(20_001) == 0


async def test_without_forgetting_a_new_day_costs_nothing(store: SqliteStore):
    day, far = [20_000], Far()
    ids, page = fresh(store, day=day), [post(flake(BASE))]
    await ids.number(far, page)
    day[0] += 1
    await ids.number(far, page)
    assert ids.trips == 1


async def test_five_thousand_in_one_millisecond_keep_order(ids: Ids):
    far, natives = Far(), [flake(BASE, low) for low in range(5000)]
    for start in range(4960, -1, -40):
        await ids.number(far, [post(native) for native in natives[start : start + 40][::-1]])
    given = (await ids.number(far, [post(native) for native in natives])).statuses
    assert [given[native] for native in natives] == sorted(set(given.values()))
    window = await ids.bounds(far, min(given.values()) - 1, max(given.values()) + SLOTS)
    assert len(page(far, [post(native) for native in natives], window)) == 5000
