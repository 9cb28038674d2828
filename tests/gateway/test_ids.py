"""One reply, one round trip; the way back from an integer; what memory keeps."""

from __future__ import annotations

import asyncio
import random

import pytest

from gateway.ids import Ids
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.order import account_number, position
from tests.gateway.ids_far import BASE, Far, flake, fresh, ids, post, store

__all__ = ["ids", "store"]

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize("entries", [10_000, 12])
@pytest.mark.parametrize("seed", range(20))
async def test_roots_stay_the_same_while_nothing_is_said_to_be_joined(store: SqliteStore, seed: int, entries: int):
    far, chance = Far(), random.Random(seed)
    ids, other = fresh(store, entries=entries), fresh(store)
    natives = [flake(BASE + n) for n in range(14)]
    posts = [post(natives[0])]
    posts += [post(native, in_reply_to=chance.choice(natives[:at])) for at, native in enumerate(natives[1:], 1)]
    told: dict[str, int | None] = {}
    quiet = joined = 0
    for _ in range(40):
        page = chance.sample(posts, chance.randint(1, 3))
        await chance.choice([ids, ids, other]).number(far, page)
        asked = chance.sample(natives, 8)
        now = {native: ids.root(far.base_url, native) for native in asked}
        if ids.joined == joined:
            for native, root in now.items():
                before = told.get(native, root)
                assert root == before or (before is None and root == position(BASE + natives.index(native)))
                quiet += root is not None and native in told
        else:
            told, joined = {}, ids.joined
        told |= now
    assert quiet > 0


async def test_a_new_answer_joins_nothing(ids: Ids):
    far = Far()
    await ids.number(far, [post(flake(BASE + 1), in_reply_to=flake(BASE))])
    assert ids.root(far.base_url, flake(BASE + 1)) == position(BASE)
    await ids.number(far, [post(flake(BASE + 2), in_reply_to=flake(BASE + 1)), post(flake(BASE + 3))])
    assert (ids.trips, ids.joined) == (2, 0)


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
