"""Media, kinds, small indexes, post-once and counts, on every store."""

from __future__ import annotations

import asyncio

import pytest

from gateway.stores.store import IndexEntry, Store, StoreDown
from mappings.order import position
from tests.stores.conftest import NOW, Place
from tests.stores.samples import DAY, SCOPE, flake, loose
from tests.stores.test_logins_contract import ALICE, PHONE

pytestmark = pytest.mark.anyio


def entries(*numbers: int) -> list[IndexEntry]:
    return [IndexEntry(id=n, key=f"k{n}", native=f"n{n}", row=f"{n:03}") for n in numbers]


async def page(store: Store, name: str = "favourites", **asked: int) -> list[int]:
    found = await store.index_page("1", name, **({"below": 2**53, "above": 0, "offset": 0, "limit": 50} | asked))
    assert found == tuple(entries(*(e.id for e in found)))
    return [e.id for e in found]


async def test_media_get_new_integers_that_only_their_account_can_use(store: Store):
    ids = [await store.put_media("1", f"file {n}", NOW) for n in range(3)]
    assert ids == [position(NOW), position(NOW) + 1, position(NOW) + 2]
    found = await store.media_by_ids("1", [*ids[::-1], 5, -1, 2**60])
    assert found == {id: f"file {n}" for n, id in enumerate(ids)}
    assert await store.media_by_ids("2", ids) == {}
    assert await store.media_by_ids("1", []) == {}


async def test_kinds_may_be_set_before_the_status_has_an_integer(store: Store):
    await store.set_kind(SCOPE, "a", "photo")
    await store.set_kind(SCOPE, "b", "limited")
    await store.set_kind(SCOPE, "b", "message")
    assert await store.kinds(SCOPE, ["a", "b", "c"]) == {"a": "photo", "b": "message"}
    assert await store.kinds("https://other.example", ["a"]) == {}
    assert await store.kinds(SCOPE, []) == {}


async def test_an_index_is_read_by_position_highest_first(store: Store):
    await store.index_add("1", "favourites", entries(5, 9, 7, 3), {})
    assert await page(store) == [9, 7, 5, 3]
    assert await page(store, below=7, above=3) == [7, 5]
    assert await page(store, offset=1, limit=2) == [7, 5]
    assert await page(store, limit=0) == []
    assert await page(store, name="mentions") == []


async def test_an_entry_added_again_is_replaced(store: Store):
    await store.index_add("1", "favourites", [IndexEntry(id=4, key="k5", native="old", row="1")], {})
    await store.index_add("1", "favourites", entries(5), {})
    assert await page(store) == [5]


async def test_the_state_of_an_index_is_merged(store: Store):
    assert await store.index_state("1", "favourites") == ({}, 0)
    await store.index_add("1", "favourites", entries(1, 2), {"older": "x", "head": "1"})
    await store.index_add("1", "favourites", [], {"older": ""})
    assert await store.index_state("1", "favourites") == ({"older": "", "head": "1"}, 2)
    assert await store.index_state("2", "favourites") == ({}, 0)


async def test_dropped_entries_are_gone(store: Store):
    await store.index_add("1", "favourites", entries(1, 2, 3), {"older": "x"})
    await store.index_drop("1", "favourites", ["k2", "none"])
    assert await page(store) == [3, 1]
    assert await store.index_state("1", "favourites") == ({"older": "x"}, 2)


async def test_a_reservation_is_won_by_exactly_one(place: Place):
    async with place.opened() as here, place.opened() as there:
        answers = await asyncio.gather(*(store.reserve("key", 60) for store in [here, there] * 20))
    assert (answers.count(None), answers.count(b"")) == (1, 39)


async def test_a_finished_reply_is_what_the_others_get(store: Store):
    assert await store.reserve("key", 60) is None
    await store.finish("key", b"\x00reply?", 60)
    assert await store.reserve("key", 60) == b"\x00reply?"


async def test_an_empty_finished_reply_reads_as_somebody_at_it(store: Store):
    await store.finish("key", b"", 60)
    assert await store.reserve("key", 60) == b""


async def test_a_released_key_is_free(store: Store):
    assert await store.reserve("key", 60) is None
    await store.release("key")
    assert await store.reserve("key", 60) is None
    await store.release("none")


async def test_counts_name_every_kind_of_record(store: Store):
    empty = await store.counts()
    await store.assign(SCOPE, [flake(10**12), loose("x", NOW)], ["p", "q", "r"], DAY)
    await store.assign("https://other.example", [flake(10**12)], [], DAY)
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.set_kind(SCOPE, "a", "photo")
    await store.put_media("1", "file", NOW)
    await store.index_add("1", "favourites", entries(1, 2), {"older": "x"})
    await store.index_add("1", "mentions", entries(1, 2), {})
    await store.number("1", "group", ["a", "b"])
    await store.number("", "photo", ["a"])
    await store.narrow("1", "status", [position(NOW), position(NOW + 1), position(NOW)])
    await store.narrow("1", "message", [position(NOW)])
    await store.put_records("1", "odd}:kind", {"a": b"1", "b": b"2"})
    await store.reserve("key", 60)
    await store.keep("key", b"value", 60)
    await store.claim("key", 60)
    await store.claim("other", 60)
    counts = await store.counts()
    assert counts.pop("bytes") > 0
    assert counts == {
        "statuses": 3, "people": 3, "accounts": 1, "logins": 1, "kinds": 1, "media": 1, "index_entries": 4,
        "numbers": 3, "narrow": 3, "records": 2, "once": 1, "kept": 1, "claims": 2,
    }  # fmt: skip
    assert empty.keys() == {*counts, "bytes"}
    assert {empty[name] for name in counts} == {0}


async def test_a_closed_store_says_so(place: Place):
    store = place.store()
    with pytest.raises(StoreDown):
        await store.ping()
    await store.close()
