"""The contact set: read once, refreshed in time, never stale, and in lists never from before an own change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.backend import Backend, Person
from adapters.errors import Unavailable
from gateway.background import Background
from gateway.contacts import NOBODY, Contacts
from gateway.dialects import FRIENDICA
from gateway.session import Session
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import AccountRecord, LoginRecord, StoreDown
from mappings import hub
from tests.gateway_harness import CountingStore


class People:
    """A backend with two pages of followed people and one follower."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None
        self.gone: set[str] = set()
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def me(self) -> Person:
        return Person(account=_person("9", "alice"))

    async def following(self, cursor: str | None) -> hub.Page[hub.Account]:
        self.calls += 1
        if self.error:
            raise self.error
        people = (_person("3", "carol"), _person("2", "bob@far.example")) if cursor is None else (_person("1", "bob"),)
        page = hub.Page(
            items=tuple(one for one in people if one.native not in self.gone), older=None if cursor else "next"
        )
        self.asked.set()
        await self.go.wait()  # what it says is settled before
        return page

    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        return hub.Page(items=(_person("4", "dave"),))


def _person(native: str, acct: str) -> hub.Account:
    return hub.Account(native=native, username=acct.partition("@")[0], acct=acct)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Any]:
    opened = SqliteStore(tmp_path / "store.sqlite")
    await opened.open()
    yield CountingStore(opened)
    await opened.close()


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    background = Background()
    yield background
    await background.close()


def _session(people: People) -> Session:
    account = AccountRecord(
        id="a1", login="alice", backend="https://b.example", software="x", native="9", username="alice", created=0
    )
    login = LoginRecord(hash="h", id="1", account="a1", name="d")
    return Session(
        account=account, login=login, backend=cast("Backend", people), screen_name="alice", dialect=FRIENDICA
    )


@pytest.mark.anyio
async def test_read_once_and_told_apart(store: Any, background: Background) -> None:
    people, contacts = People(), Contacts(store, background, seconds=600, clock=Clock())
    found = await contacts.of(_session(people))
    assert await contacts.of(_session(people)) is found
    assert people.calls == 2
    relation = found.relationship("1")
    assert relation is not None
    assert (relation.following, relation.followed_by) == (True, False)
    assert "4" in found
    assert found.relationship("5") is None


@pytest.mark.anyio
async def test_names_resolve_to_the_oldest_follow_first(store: Any, background: Background) -> None:
    found = await Contacts(store, background, seconds=600, clock=Clock()).of(_session(People()))
    assert [a.native for a in found.named("bob")] == ["1", "2"]
    assert [a.native for a in found.named("BOB@far.example")] == ["2"]
    assert found.named("nobody") == []


@pytest.mark.anyio
async def test_a_set_is_never_used_when_older_than_its_limit(store: Any, background: Background) -> None:
    people, clock = People(), Clock()
    contacts = Contacts(store, background, seconds=600, clock=clock)
    first = await contacts.of(_session(people))
    clock.now += 601
    assert await contacts.of(_session(people)) is not first
    assert people.calls == 4


@pytest.mark.anyio
async def test_from_half_its_age_it_is_refreshed_beside_the_request(store: Any, background: Background) -> None:
    people, clock = People(), Clock()
    contacts = Contacts(store, background, seconds=600, clock=clock)
    first = await contacts.of(_session(people))
    clock.now += 301
    assert await contacts.of(_session(people)) is first
    await contacts.warm(_session(people))
    assert people.calls == 4


@pytest.mark.anyio
async def test_a_failing_backend_leaves_no_contacts_but_an_exact_list_fails(store: Any, background: Background) -> None:
    people, contacts = People(), Contacts(store, background, seconds=600, clock=Clock())
    people.error = Unavailable("down")
    assert await contacts.of(_session(people)) is NOBODY
    with pytest.raises(Unavailable):
        await contacts.exact(_session(people))


# several processes on one store


@pytest.fixture
def pair(store: Any, background: Background) -> tuple[Contacts, Contacts]:
    return Contacts(store, background, seconds=600), Contacts(store, background, seconds=600)


@pytest.mark.anyio
async def test_an_own_change_is_in_the_lists_of_all_processes(pair: tuple[Contacts, Contacts]) -> None:
    people, (one, two) = People(), pair
    for contacts in pair:
        assert "1" in (await contacts.exact(_session(people))).following
    people.gone.add("1")
    await one.left("a1", "1")
    people.calls = 0
    assert [*(await one.exact(_session(people))).following] == ["3", "2"]
    assert people.calls == 0, "it knows of its own changes"
    assert [*(await two.exact(_session(people))).following] == ["3", "2"]
    assert people.calls == 2
    people.gone.clear()
    await two.followed("a1", _person("1", "bob"))
    assert "1" in (await one.exact(_session(people))).following
    await one.renew("a1", _person("9", "alicia"))
    people.calls = 0
    for contacts, calls in ((one, 0), (two, 2), (two, 2)):
        assert "1" in (await contacts.exact(_session(people))).following
        assert people.calls == calls


@pytest.mark.anyio
async def test_changes_of_two_processes_at_once_are_seen_by_both(pair: tuple[Contacts, Contacts]) -> None:
    people, (one, two) = People(), pair
    for contacts in pair:
        await contacts.exact(_session(people))
    people.gone |= {"1", "3"}
    await asyncio.gather(one.left("a1", "1"), two.left("a1", "3"))
    for contacts in pair:
        assert [*(await contacts.exact(_session(people))).following] == ["2"]


@pytest.mark.anyio
@pytest.mark.parametrize("known", [True, False])
async def test_a_set_on_its_way_during_a_change_of_another_process_is_not_listed(
    pair: tuple[Contacts, Contacts], known: bool
) -> None:
    people, (one, two) = People(), pair
    if known:
        await one.exact(_session(people))
    people.asked.clear()
    people.go.clear()
    for_timeline = two.warm(_session(people))
    await people.asked.wait()
    people.gone.add("3")
    await one.left("a1", "3")
    listing = asyncio.create_task(two.exact(_session(people)))
    await asyncio.sleep(0.01)
    people.go.set()
    assert [*(await for_timeline).following] == ["3", "2", "1"]
    assert [*(await listing).following] == ["2", "1"]


@pytest.mark.anyio
async def test_timelines_ask_no_store_and_a_lost_one_hides_no_change(
    store: Any, pair: tuple[Contacts, Contacts]
) -> None:
    people, (one, two) = People(), pair
    await one.exact(_session(people))
    store.trips.clear()
    assert "1" in await one.of(_session(people))
    assert store.trips == []
    store.away = True
    await one.left("a1", "1")
    assert "1" not in (await one.of(_session(people))).following
    assert "1" in await two.of(_session(people)), "read without the store"
    for contacts in pair:
        with pytest.raises(StoreDown):
            await contacts.exact(_session(people))
    store.away = False
    people.gone.add("1")
    assert "1" not in (await two.exact(_session(people))).following, "its version was not known"
