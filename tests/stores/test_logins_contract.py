"""What every store keeps of accounts and logins."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import msgspec
import pytest

from gateway.stores.store import AccountRecord, LoginRecord, Store
from tests.stores.conftest import Place
from tests.stores.samples import DAY, SCOPE, flake

pytestmark = pytest.mark.anyio

PATIENCE = 5.0

ALICE = AccountRecord(
    id="1", login="alice", backend=SCOPE, software="mastodon", native="10", username="alice", created=100
)
PHONE = LoginRecord(
    hash="aa", id="phone", account="1", name="Phone", created=200, public=b"\x00\xff", sealed=b"\x80sealed", dialect="x"
)
TABLET = msgspec.structs.replace(PHONE, hash="bb", id="tablet", name="Tablet", read_only=True, created=300)


async def settled(store: Store, before: int) -> None:
    """Until the version is another one."""
    with anyio.fail_after(PATIENCE):
        while store.logins_version() == before:
            await anyio.lowlevel.checkpoint()


async def test_accounts_come_back_whole(store: Store):
    assert await store.account("1") is None
    await store.put_account(ALICE)
    broken = msgspec.structs.replace(ALICE, broken=True)
    assert await store.account("1") == await store.account_by_login("alice") == ALICE
    await store.put_account(broken)
    assert await store.accounts() == (broken,)
    assert await store.account_by_login("bob") is None


async def test_a_renamed_account_leaves_its_old_login(store: Store):
    await store.put_account(ALICE)
    await store.put_account(msgspec.structs.replace(ALICE, login="alice@host"))
    assert await store.account_by_login("alice") is None
    assert (await store.account_by_login("alice@host")).id == "1"


async def test_accounts_are_listed_oldest_first_and_the_oldest_has_the_name(store: Store):
    second = msgspec.structs.replace(ALICE, id="0", created=101)
    await store.put_account(second)
    await store.put_account(ALICE)
    assert await store.accounts() == (ALICE, second)
    assert await store.account_by_login("alice") == ALICE


async def test_logins_come_back_whole_with_their_account(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    assert await store.login("aa") == (PHONE, ALICE)
    assert await store.login("none") is None


async def test_a_login_without_account_is_none(store: Store):
    await store.put_login(PHONE)
    assert await store.login("aa") is None


async def test_a_login_can_be_sealed_anew(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    anew = msgspec.structs.replace(PHONE, sealed=b"other")
    await store.put_login(anew)
    assert await store.logins("1") == (anew,)


async def test_logins_of_an_account_are_listed_oldest_first(store: Store):
    for login in (TABLET, PHONE, msgspec.structs.replace(PHONE, hash="cc", account="2")):
        await store.put_login(login)
    assert await store.logins("1") == (PHONE, TABLET)
    assert await store.logins("3") == ()


async def test_a_removed_login_is_gone_and_only_its_account_can_remove_it(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.put_login(TABLET)
    assert not await store.remove_login("2", "phone")
    assert await store.remove_login("1", "phone")
    assert not await store.remove_login("1", "phone")
    assert await store.login("aa") is None
    assert await store.logins("1") == (TABLET,)


async def test_the_last_use_is_noted_but_not_for_a_removed_login(store: Store):
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.touch_login("aa", 1234)
    await store.touch_login("none", 1234)
    assert (await store.login("aa"))[0].last_used == 1234
    assert (await store.logins("1"))[0].last_used == 1234
    await store.remove_login("1", "phone")
    await store.touch_login("aa", 1235)
    assert await store.login("aa") is None


async def removed(store: Store) -> None:
    await store.put_account(ALICE)
    assert await store.remove_account("1")


CHANGES = {
    "account": lambda store: store.put_account(ALICE),
    "login": lambda store: store.put_login(TABLET),
    "revoked": lambda store: store.remove_login("1", "phone"),
    "unlinked": removed,
}


@pytest.mark.parametrize("change", CHANGES)
async def test_changes_of_logins_reach_this_store_and_every_other(place: Place, change: str):
    async with place.opened() as here, place.opened() as there:
        before = there.logins_version()
        await here.put_login(PHONE)
        await settled(there, before)
        mine, theirs = here.logins_version(), there.logins_version()
        await CHANGES[change](here)
        assert here.logins_version() != mine
        await settled(there, theirs)


async def test_nothing_else_moves_the_version(place: Place):
    async with place.opened() as store:
        await store.put_login(PHONE)
    async with place.opened() as here, place.opened() as there:
        before = here.logins_version(), there.logins_version()
        await here.assign(SCOPE, [flake(10**12)], ["p"], DAY)
        await here.touch_login("aa", 5)
        await here.reserve("key", 60)
        assert not await here.remove_login("1", "none")
        assert (here.logins_version(), there.logins_version()) == before
