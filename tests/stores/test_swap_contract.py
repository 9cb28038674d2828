"""Replacing what is still as it was read, on every store."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from gateway.stores.store import Store
from tests.stores.conftest import Place
from tests.stores.test_logins_contract import ALICE, PHONE, settled

pytestmark = pytest.mark.anyio

SEALED = msgspec.structs.replace(PHONE, sealed=b"\xffanew", secret=b"\x00too")


async def test_a_login_still_as_it_was_is_replaced(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    assert await store.swap_login(PHONE, SEALED)
    assert await store.login("aa") == (SEALED, ALICE)
    assert await store.logins("1") == (SEALED,)


async def test_its_last_use_does_not_matter_and_is_kept(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.touch_login("aa", 777)
    assert await store.swap_login(PHONE, SEALED)
    assert (await store.login("aa"))[0] == msgspec.structs.replace(SEALED, last_used=777)


async def test_a_revoked_login_does_not_come_back(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.remove_login("1", "phone")
    assert not await store.swap_login(PHONE, SEALED)
    assert await store.login("aa") is None
    assert await store.logins("1") == ()


async def test_a_login_changed_meanwhile_stays_as_it_is(store: Store):
    await store.put_account(ALICE)
    linked_again = msgspec.structs.replace(PHONE, sealed=b"new token")
    await store.put_login(linked_again)
    assert not await store.swap_login(PHONE, SEALED)
    assert (await store.login("aa"))[0] == linked_again


async def test_a_swapped_login_is_noticed_by_every_process(place: Place):
    async with place.opened() as here, place.opened() as there:
        await here.put_login(PHONE)
        before = there.logins_version()
        await here.swap_login(PHONE, SEALED)
        await settled(there, before)


async def test_a_record_still_as_it_was_is_replaced(store: Store):
    await store.put_records("", "consumer", {"a": b"\xffold", "b": b"b"})
    assert await store.swap_record("", "consumer", "a", b"\xffold", b"\x00new")
    assert not await store.swap_record("", "consumer", "b", b"old", b"new")
    assert not await store.swap_record("", "consumer", "none", b"", b"new")
    assert await store.records("", "consumer") == {"a": b"\x00new", "b": b"b"}


async def test_one_of_several_swaps_wins(place: Place):
    async with place.opened() as here, place.opened() as there:
        await here.put_records("", "consumer", {"a": b"old"})
        swaps = [store.swap_record("", "consumer", "a", b"old", b"new") for store in [here, there] * 10]
        assert sum(await asyncio.gather(*swaps)) == 1
