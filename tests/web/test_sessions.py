"""Sessions: what the store holds of them, how long they last, what ends them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import AccountRecord
from gateway.vault import Vault
from gateway.web.sessions import IDLE_SECONDS, LONGEST_SECONDS, RENEW_SECONDS, Sessions, new_secret
from tests.gateway.far_side import ALICE, BOB, HERE, KEY, START, Clock, Desk, desk_on

pytestmark = pytest.mark.anyio


class Hall:
    """Sessions on a store whose time the test moves."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.clock = desk, desk.clock
        self.sessions = Sessions(desk.store, desk.vault, desk.clock)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """Alice is linked."""
    async with desk_on(tmp_path / "s") as desk:
        await desk.alice()
        yield Hall(desk)


def contents(folder: Path) -> bytes:
    """All files of a folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def begun(hall: Hall) -> str:
    """A session of alice's."""
    account = await hall.desk.store.account_by_login("alice")
    assert account is not None
    return await hall.sessions.begin(account, ALICE)


async def test_a_session_has_its_account_and_token(hall: Hall) -> None:
    secret = await begun(hall)
    session = await hall.sessions.find(secret)
    assert session is not None
    assert (session.account.login, session.token) == ("alice", ALICE)
    assert await hall.sessions.find(new_secret()) is None
    assert await hall.sessions.find(secret[:-1]) is None
    assert ALICE not in repr(session)


async def test_a_stolen_store_opens_nothing(tmp_path: Path) -> None:
    file = tmp_path / "stolen"
    async with desk_on(file) as desk:
        account = (await desk.alice()).account
        secret = await Sessions(desk.store, desk.vault).begin(account, ALICE)
    raw = contents(tmp_path)
    assert ALICE.encode() not in raw
    assert secret.encode() not in raw
    store = SqliteStore(file)
    await store.open()
    try:
        assert await Sessions(store, Vault(b"x" * len(KEY))).find(secret) is None
        assert await Sessions(store, Vault(KEY)).find(secret) is not None
    finally:
        await store.close()


async def test_a_session_ends_when_it_is_not_used(hall: Hall) -> None:
    secret = await begun(hall)
    hall.clock.now += IDLE_SECONDS - 1
    assert await hall.sessions.find(secret)
    hall.clock.now += IDLE_SECONDS - 1
    assert await hall.sessions.find(secret)
    hall.clock.now += IDLE_SECONDS
    assert await hall.sessions.find(secret) is None
    hall.clock.now = START
    assert await hall.sessions.find(secret) is None


async def test_a_session_ends_however_much_it_is_used(hall: Hall) -> None:
    secret = await begun(hall)
    while hall.clock.now < START + LONGEST_SECONDS - IDLE_SECONDS / 2:
        assert await hall.sessions.find(secret)
        hall.clock.now += IDLE_SECONDS / 2
    hall.clock.now = START + LONGEST_SECONDS
    assert await hall.sessions.find(secret) is None


async def test_a_use_is_written_down_now_and_then(hall: Hall) -> None:
    secret = await begun(hall)
    hall.desk.store.trips.clear()
    for _ in range(5):
        await hall.sessions.find(secret)
    assert "keep" not in hall.desk.store.trips
    hall.clock.now += RENEW_SECONDS
    await hall.sessions.find(secret)
    assert hall.desk.store.trips.count("keep") == 1


async def test_signing_out_and_removing_the_account_end_it(hall: Hall) -> None:
    first, second = await begun(hall), await begun(hall)
    await hall.sessions.end(first)
    assert await hall.sessions.find(first) is None
    session = await hall.sessions.find(second)
    assert session is not None
    await hall.desk.store.remove_account(session.account.id)
    assert await hall.sessions.find(second) is None


async def test_sessions_of_two_people_are_apart(hall: Hall) -> None:
    bob = (await hall.desk.logins.link(HERE, BOB)).account
    mine, theirs = await begun(hall), await hall.sessions.begin(bob, BOB)
    found = [await hall.sessions.find(secret) for secret in (mine, theirs)]
    assert [(one.account.username, one.token) for one in found if one] == [("alice", ALICE), ("bob", BOB)]
    assert isinstance(hall.clock, Clock)


async def test_linking_again_ends_the_sessions_before(hall: Hall) -> None:
    """Their token may have been ended at the server: a program let in with it would break the account."""
    before = await begun(hall)
    hall.clock.now += 1
    await hall.desk.alice()
    after = await begun(hall)
    assert await hall.sessions.find(before) is None
    assert await hall.sessions.find(after) is not None


async def test_a_page_on_its_way_does_not_undo_signing_out(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = await begun(hall)
    hall.clock.now += RENEW_SECONDS
    account = hall.desk.store.account

    async def leaving(id: str) -> AccountRecord | None:
        await hall.sessions.end(secret)
        return await account(id)

    with monkeypatch.context() as patch:
        patch.setattr(hall.desk.store, "account", leaving)
        assert await hall.sessions.find(secret) is None
    assert await hall.sessions.find(secret) is None
