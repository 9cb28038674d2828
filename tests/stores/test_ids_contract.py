"""What every store's id map keeps (the placing itself: test_placement, test_same_placement)."""

from __future__ import annotations

import asyncio

import pytest

from gateway.stores.store import StatusRecord, Store
from mappings.hub import Sighting
from mappings.order import account_number, position
from tests.stores.conftest import NOW, Place
from tests.stores.samples import DAY, SCOPE, IdForm, counted, flake, in_order, loose, seen

pytestmark = pytest.mark.anyio

BASE = NOW - 10**9


async def ids_of(store: Store, *sightings: Sighting, day: int = DAY) -> list[int]:
    assigned = await store.assign(SCOPE, sightings, [], day)
    return [assigned.statuses[s.key] for s in sightings]


async def test_known_keys_keep_their_ids(store: Store):
    first = await ids_of(store, flake(BASE), counted(5, BASE), loose("a", BASE))
    assert await ids_of(store, flake(BASE), counted(5, BASE), loose("a", BASE)) == first


async def test_a_reopened_store_knows_everything(place: Place):
    sighting = seen(IdForm.SNOWFLAKE, str(BASE << 16), BASE, parent="7", boosted="8")
    async with place.opened() as store:
        before = await store.assign(SCOPE, [sighting, seen(IdForm.SNOWFLAKE, "7")], ["p"], DAY)
    async with place.opened() as store:
        assert await store.assign(SCOPE, [sighting], ["p"], DAY) == only(before, sighting.key)
        record = await store.status_by_id(SCOPE, before.statuses[sighting.key])
    s = sighting
    assert record == StatusRecord(
        id=position(s.ms, s.sub), key=s.key, native=s.native, sort=s.sort, parent="7", boosted="8", booster="7"
    )


def only(assigned, key: str):
    return type(assigned)(
        statuses={key: assigned.statuses[key]}, roots={key: assigned.roots[key]}, accounts=assigned.accounts
    )


async def test_a_lost_map_gives_the_same_timed_ids_and_people(place: Place, tmp_path):
    statuses = [flake(BASE + n, n) for n in range(0, 500, 7)]
    async with place.opened() as store:
        there = await store.assign(SCOPE, statuses, ["a", "b"], DAY)
        elsewhere = await store.assign(SCOPE + "/new", statuses[::-1], ["b", "a"], DAY)
    assert elsewhere.statuses == there.statuses
    assert there.accounts == {n: account_number(SCOPE, n) for n in ("a", "b")}


async def test_backends_have_spaces_of_their_own(store: Store):
    await ids_of(store, flake(BASE, 1))
    other = await store.assign("https://other.example", [flake(BASE, 2)], [], DAY)
    assert other.statuses[flake(BASE, 2).key] == position(BASE)
    assert await store.status_by_key("https://other.example", flake(BASE, 1).key) is None


async def test_records_are_found_by_id_and_by_key(store: Store):
    sighting = seen(IdForm.ULID, "01ARZ3NDEKTSV4RRFFQ69G5FAV", BASE, parent="p")
    (id,) = await ids_of(store, sighting)
    by_id = await store.status_by_id(SCOPE, id)
    assert by_id == await store.status_by_key(SCOPE, sighting.key)
    assert by_id.native == by_id.key == sighting.key
    assert await store.status_by_id(SCOPE, id + 1) is None
    assert await store.status_by_key(SCOPE, "none") is None


@pytest.mark.parametrize("id", [-1, 0, 1, 2**53, 2**63 - 1])
async def test_ids_that_cannot_be_are_no_trouble(store: Store, id: int):
    await ids_of(store, flake(BASE))
    assert await store.status_by_id(SCOPE, id) is None
    assert await store.account_by_id(SCOPE, id) is None


async def test_neighbours(store: Store):
    assert await store.neighbours(SCOPE, position(BASE)) == (None, None)
    low, high = await ids_of(store, flake(BASE), flake(BASE + 10))
    for id, below, above in [(low - 1, None, low), (low, low, high), (high - 1, low, high), (high, high, None)]:
        found = await store.neighbours(SCOPE, id)
        assert tuple(record and record.id for record in found) == (below, above)


async def test_people_have_31_bits_and_take_the_next_number_when_theirs_is_taken(store: Store, monkeypatch):
    given = (await store.assign(SCOPE, [], [str(n) for n in range(300)], DAY)).accounts
    assert len(set(given.values())) == 300
    assert all(1 <= id < 2**31 for id in given.values())
    for module in ("sqlite_ids", "redis_ids"):
        monkeypatch.setattr(f"gateway.stores.{module}.account_number", lambda backend, native: 2**31 - 1)
    taken = (await store.assign("https://full.example", [], ["a", "b", "c"], DAY)).accounts
    assert taken == {"a": 2**31 - 1, "b": 1, "c": 2}
    assert await store.account_by_id("https://full.example", 2) == "c"


async def test_repeated_people_are_no_trouble(store: Store):
    assert len((await store.assign(SCOPE, [], ["a", "a", "b"], DAY)).accounts) == 2


async def test_roots_follow_parents_to_the_oldest_known(store: Store):
    chain = [counted(n, BASE + n, parent=str(n - 1)) for n in range(1, 60)]
    assigned = await store.assign(SCOPE, [*chain[::-1], counted(0)], [], DAY)
    assert set(assigned.roots.values()) == {assigned.statuses["0"]}
    again = await store.assign(SCOPE, [chain[-1]], [], DAY)
    assert again.roots == {"59": assigned.statuses["0"]}


async def test_a_parent_that_has_no_id_ends_the_thread(store: Store):
    assigned = await store.assign(SCOPE, [counted(5, BASE, parent="gone")], [], DAY)
    assert assigned.roots == assigned.statuses


async def test_a_circle_of_parents_ends(store: Store):
    circle = [counted(1, BASE, parent="3"), counted(2, BASE, parent="1"), counted(3, BASE, parent="2")]
    assigned = await store.assign(SCOPE, circle, [], DAY)
    assert set(assigned.roots.values()) <= set(assigned.statuses.values())


async def test_links_that_were_empty_are_filled_and_others_kept(store: Store):
    await ids_of(store, counted(2, BASE))
    full = changed(counted(2, BASE, parent="1"), boosted="b", booster="who")
    assigned = await store.assign(SCOPE, [full, counted(1)], [], DAY)
    assert assigned.roots["2"] == assigned.statuses["1"]
    await ids_of(store, changed(full, parent="9", boosted="c", booster="x"))
    record = await store.status_by_key(SCOPE, "2")
    assert (record.parent, record.boosted, record.booster) == ("1", "b", "who")


async def test_filling_one_link_keeps_the_other(store: Store):
    await ids_of(store, counted(2, BASE, parent="1"))
    await ids_of(store, changed(counted(2, BASE, parent="9"), boosted="b", booster="who"))
    record = await store.status_by_key(SCOPE, "2")
    assert (record.parent, record.boosted, record.booster) == ("1", "b", "who")


def changed(sighting: Sighting, **changes: str) -> Sighting:
    return Sighting(**{name: getattr(sighting, name) for name in sighting.__struct_fields__} | changes)


async def test_what_nobody_asks_for_is_forgotten_and_comes_back_in_its_place(store: Store):
    statuses = [flake(BASE + n) for n in range(3)]
    before = await ids_of(store, *statuses, day=DAY)
    await ids_of(store, statuses[1], day=DAY + 5)
    assert await store.forget(DAY + 5) == 2
    assert await store.status_by_id(SCOPE, before[0]) is None
    assert (await store.status_by_id(SCOPE, before[1])).native == statuses[1].native
    assert await ids_of(store, *statuses, day=DAY + 6) == before
    assert await store.forget(DAY + 5) == 0


async def test_an_earlier_day_does_not_make_a_status_older(store: Store):
    await ids_of(store, flake(BASE), counted(2, BASE), day=DAY)
    await ids_of(store, flake(BASE), counted(2, BASE, parent="1"), day=DAY - 3)
    assert await store.forget(DAY) == 0


async def test_forgotten_statuses_leave_the_order_intact(store: Store):
    statuses = [counted(10**12 + n, BASE) for n in range(40)]
    await ids_of(store, *statuses, day=DAY)
    await ids_of(store, *statuses[::3], day=DAY + 1)
    await store.forget(DAY + 1)
    assigned = await store.assign(SCOPE, statuses, [], DAY + 1)
    assert in_order(assigned.statuses, statuses)


async def test_concurrent_batches_agree(store: Store):
    statuses = [flake(BASE, low) for low in range(200)]
    parts = [statuses[n : n + 60] for n in range(0, 200, 20)]
    found = await asyncio.gather(*(store.assign(SCOPE, part, ["p", "q"], DAY) for part in parts))
    final = await store.assign(SCOPE, statuses, ["p", "q"], DAY)
    assert len(set(final.statuses.values())) == 200
    for part in found:
        assert part.statuses.items() <= final.statuses.items()
        assert part.accounts == final.accounts


async def test_an_empty_batch_is_no_trouble(store: Store):
    assigned = await store.assign(SCOPE, [], [], DAY)
    assert (assigned.statuses, assigned.roots, assigned.accounts) == ({}, {}, {})
