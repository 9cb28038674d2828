"""Removing an account takes everything kept for it, and nothing else."""

from __future__ import annotations

import msgspec
import pytest

from gateway.stores.store import IndexEntry, Store
from tests.stores.conftest import NOW, Place
from tests.stores.samples import DAY, SCOPE, flake
from tests.stores.test_logins_contract import ALICE, PHONE, TABLET

pytestmark = pytest.mark.anyio

ENTRY = IndexEntry(id=5, key="k", native="n")
PATTERN = "[1]*"
"""An account whose id reads as a pattern that matches the account 1."""


async def fill(store: Store, account: str, *logins: str) -> None:
    """One of everything that an account keeps."""
    await store.put_account(msgspec.structs.replace(ALICE, id=account))
    for hash in logins:
        await store.put_login(msgspec.structs.replace(PHONE, hash=hash, id=hash, account=account))
    await store.put_media(account, "file", NOW)
    await store.index_add(account, "favourites", [ENTRY], {"head": "1"})
    await store.number(account, "group", ["a"])
    await store.narrow(account, "status", [5])
    await store.put_records(account, "seen", {"a": b"yes"})


async def held(store: Store, account: str) -> tuple[object, ...]:
    """What is there of it."""
    return (
        await store.account(account),
        await store.logins(account),
        await store.index_state(account, "favourites"),
        await store.numbered(account, "group", [1]),
        await store.widened(account, "status", [9]),
        await store.records(account, "seen"),
    )


NOTHING = (None, (), ({}, 0), {}, {9: (None, None)}, {})


async def test_all_of_an_account_goes_and_nothing_of_others(store: Store):
    await fill(store, "1", "aa", "bb")
    await fill(store, "11", "cc")
    await fill(store, "2", "dd")
    await store.number("", "photo", ["a"])
    await store.put_records("", "consumer", {"a": b"yes"})
    given = await store.assign(SCOPE, [flake(NOW)], ["p"], DAY)
    before = await held(store, "11"), await held(store, "2")
    assert await store.remove_account("1")
    assert await held(store, "1") == NOTHING
    assert [await store.login(hash) for hash in ("aa", "bb")] == [None, None]
    assert (await held(store, "11"), await held(store, "2")) == before
    assert (await store.login("cc"))[1].id == "11"
    assert await store.numbered("", "photo", [1]) == {1: "a"}
    assert await store.records("", "consumer") == {"a": b"yes"}
    assert await store.assign(SCOPE, [flake(NOW)], ["p"], DAY) == given
    counts = await store.counts()
    left = ("accounts", "logins", "media", "index_entries", "numbers", "narrow", "records")
    assert [counts[name] for name in left] == [2, 2, 2, 2, 3, 2, 3]


@pytest.mark.parametrize("id", ["1", ""])
async def test_an_account_that_is_not_there_is_not_removed(store: Store, id: str):
    await store.put_records("", "consumer", {"a": b"yes"})
    assert not await store.remove_account(id)
    assert await store.records("", "consumer") == {"a": b"yes"}


async def test_an_id_is_no_pattern(store: Store):
    await fill(store, "1", "aa")
    await fill(store, PATTERN, "bb")
    before = await held(store, "1")
    assert await store.remove_account(PATTERN)
    assert await held(store, "1") == before
    assert await held(store, PATTERN) == NOTHING


async def test_a_removed_account_stays_away_and_can_come_again(place: Place):
    async with place.opened() as store:
        await fill(store, "1", "aa")
        await store.remove_account("1")
        assert not await store.remove_account("1")
    async with place.opened() as store:
        assert await held(store, "1") == NOTHING
        await store.put_account(ALICE)
        await store.put_login(TABLET)
        assert await store.logins("1") == (TABLET,)
