"""Numbers of an account's own things, and its records, on every store."""

from __future__ import annotations

import asyncio

import pytest

from gateway.stores.store import Store, StoreDown
from tests.stores.conftest import Place
from tests.stores.samples import DAY, SCOPE, flake

pytestmark = pytest.mark.anyio

ODD = (
    "", " ", "last", "0", "a\nb", "a\0b", "a\0c", "a:b", "}:{a:2}", "*", "%_", "'; DROP TABLE records; --",
    "\N{BIRD}\u0301", "https://backend.example/@alice?x=1&y=\u00e9#z", "\\u0000", "x" * 5000,
)  # fmt: skip
BINARY = {"nothing": b"", "zero": b"\0", "every": bytes(range(256)), "number": b"17", "not text": b"\xff\xfe\x80"}


async def test_numbers_start_at_one_and_grow_in_the_order_asked(store: Store):
    assert await store.number("1", "group", ["b", "a", "b", "c"]) == {"b": 1, "a": 2, "c": 3}
    assert await store.number("1", "group", ["d", "a", "e"]) == {"d": 4, "a": 2, "e": 5}
    assert await store.number("1", "group", ("c",)) == {"c": 3}


async def test_the_way_back_leaves_out_what_was_never_given(store: Store):
    await store.number("1", "group", ["a", "b"])
    assert await store.numbered("1", "group", [2, 1, 2, 3, 0, -1, 2**31, 2**70]) == {1: "a", 2: "b"}


async def test_numbers_are_of_one_account_and_one_kind(store: Store):
    scopes = [(account, kind) for account in ("1", "2", "") for kind in ("group", "notification", "")]
    for account, kind in scopes:
        assert await store.number(account, kind, [f"of {account} {kind}", "shared"]) == {
            f"of {account} {kind}": 1,
            "shared": 2,
        }
    for account, kind in scopes:
        assert await store.numbered(account, kind, [1]) == {1: f"of {account} {kind}"}
    assert await store.numbered("3", "group", [1]) == {}
    assert await store.numbered("1", "photo", [1]) == {}


async def test_many_numbers_at_once(store: Store):
    names = [f"name {n}" for n in range(5000)]
    await store.number("1", "group", names[2000:2003])
    given = await store.number("1", "group", names)
    assert sorted(given.values()) == list(range(1, 5001))
    assert list(given) == names
    assert await store.numbered("1", "group", list(given.values())) == {id: name for name, id in given.items()}
    assert await store.number("1", "group", names) == given


async def test_odd_names_are_told_apart(store: Store):
    given = await store.number("1", "odd}:kind", ODD)
    assert given == {name: id for id, name in enumerate(ODD, 1)}
    assert await store.numbered("1", "odd}:kind", list(given.values())) == dict(enumerate(ODD, 1))
    assert await store.number("1", "odd}:kind", ODD[::-1]) == given


async def test_records_come_back_as_they_were(store: Store):
    assert await store.records("1", "album") == {}
    await store.put_records("1", "album", BINARY)
    assert await store.records("1", "album") == BINARY
    assert await store.records("1", "album", ["every", "never", "zero", "zero"]) == {
        "every": BINARY["every"],
        "zero": b"\0",
    }


async def test_a_record_put_again_is_replaced_and_the_others_stay(store: Store):
    await store.put_records("1", "seen", {"a": b"1", "b": b"2"})
    await store.put_records("1", "seen", {"b": b"", "c": b"3"})
    assert await store.records("1", "seen") == {"a": b"1", "b": b"", "c": b"3"}


async def test_dropped_records_are_gone(store: Store):
    await store.put_records("1", "seen", {"a": b"1", "b": b"2", "c": b"3"})
    await store.put_records("2", "seen", {"a": b"1"})
    await store.drop_records("1", "seen", ["a", "never", "a", "b"])
    assert await store.records("1", "seen") == {"c": b"3"}
    await store.drop_records("1", "seen", ["c"])
    await store.drop_records("1", "seen", ["c"])
    assert await store.records("1", "seen") == {}
    assert await store.records("2", "seen") == {"a": b"1"}


async def test_records_are_of_one_account_and_one_kind(store: Store):
    scopes = [(account, kind) for account in ("1", "2", "") for kind in ("seen", "album", "")]
    for account, kind in scopes:
        await store.put_records(account, kind, {"key": f"{account} {kind}".encode()})
    for account, kind in scopes:
        assert await store.records(account, kind) == {"key": f"{account} {kind}".encode()}
    assert await store.records("1", "hidden") == await store.records("3", "seen") == {}


async def test_records_under_odd_keys(store: Store):
    kept = {key: key.encode() for key in ODD}
    await store.put_records("1", "odd}:kind", kept)
    assert await store.records("1", "odd}:kind") == kept
    for key in ODD:
        assert await store.records("1", "odd}:kind", [key]) == {key: key.encode()}
    await store.drop_records("1", "odd}:kind", ODD[::2])
    assert await store.records("1", "odd}:kind") == {key: key.encode() for key in ODD[1::2]}


async def test_five_thousand_records(store: Store):
    many = {f"key {n}": f"value {n}".encode() * 20 for n in range(5000)}
    await store.put_records("1", "album", many)
    assert await store.records("1", "album") == many
    assert await store.records("1", "album", list(many)) == many
    assert (await store.counts())["records"] == 5000
    await store.drop_records("1", "album", list(many))
    assert await store.records("1", "album") == {}


async def test_nothing_asked_for_is_nothing_done(store: Store):
    await store.put_records("1", "seen", {"a": b"1"})
    await store.put_records("1", "seen", {})
    await store.drop_records("1", "seen", [])
    assert await store.records("1", "seen", []) == {}
    assert await store.records("1", "seen") == {"a": b"1"}
    assert await store.number("1", "group", []) == {}
    assert await store.numbered("1", "group", []) == {}
    assert (await store.counts())["numbers"] == 0


async def test_records_that_cannot_all_be_written_are_not_written_at_all(store: Store):
    await store.put_records("1", "album", {"a": b"old"})
    with pytest.raises(StoreDown):
        await store.put_records("1", "album", {"a": b"new", "b": b"new", "c": None, "d": b"new"})
    assert await store.records("1", "album") == {"a": b"old"}


async def test_a_reader_sees_all_of_one_change_or_nothing_of_it(place: Place):
    keys = [f"k{n}" for n in range(200)]
    seen = []

    async def read(store: Store) -> None:
        for _ in range(15):
            seen.extend([await store.records("1", "album"), await store.records("1", "album", keys)])

    async def write(store: Store) -> None:
        for n in range(30):
            await store.put_records("1", "album", dict.fromkeys(keys, b"%d" % n))

    async with place.opened() as here, place.opened() as there:
        await here.put_records("1", "album", dict.fromkeys(keys, b"first"))
        await asyncio.gather(write(here), read(there))
    assert {(len(found), len(set(found.values()))) for found in seen} == {(200, 1)}


async def test_two_who_number_the_same_things_at_once_agree(place: Place):
    names = [f"name {n}" for n in range(60)]
    async with place.opened() as here, place.opened() as there:
        asked = ((store, names[at : at + 20]) for at in range(0, 41, 4) for store in (here, there))
        answers = await asyncio.gather(*(store.number("1", "group", some) for store, some in asked))
        final = await here.number("1", "group", names)
    assert sorted(final.values()) == list(range(1, 61))
    assert all(answer.items() <= final.items() for answer in answers)


async def test_numbers_and_records_survive_a_restart(place: Place):
    async with place.opened() as store:
        given = await store.number("", "photo", ["a", "b"])
        await store.put_records("1", "seen", BINARY)
    async with place.opened() as store:
        assert await store.number("", "photo", ["c", "b", "a"]) == {**given, "c": 3}
        assert await store.records("1", "seen") == BINARY


async def test_forgetting_statuses_leaves_numbers_and_records(store: Store):
    await store.assign(SCOPE, [flake(10**12)], [], DAY)
    given = await store.number("1", "group", ["a"])
    await store.put_records("1", "seen", {flake(10**12).key: b"yes"})
    assert await store.forget(DAY + 1) == 1
    assert await store.number("1", "group", ["a"]) == given
    assert await store.records("1", "seen") == {flake(10**12).key: b"yes"}


async def test_a_closed_store_has_no_records(place: Place):
    store = place.store()
    for lost in (store.number("1", "g", ["a"]), store.numbered("1", "g", [1]), store.records("1", "g"),
                 store.put_records("1", "g", {"a": b""}), store.drop_records("1", "g", ["a"])):  # fmt: skip
        with pytest.raises(StoreDown):
            await lost
