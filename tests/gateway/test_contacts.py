"""The contact set: read once, refreshed in time, never stale."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from adapters.backend import Backend, Person
from adapters.errors import Unavailable
from gateway.background import Background
from gateway.contacts import NOBODY, Contacts
from gateway.dialects import FRIENDICA
from gateway.session import Session
from gateway.stores.store import AccountRecord, LoginRecord
from mappings import hub


class People:
    """A backend with two pages of followed people and one follower."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None

    async def me(self) -> Person:
        return Person(account=_person("9", "alice"))

    async def following(self, cursor: str | None) -> hub.Page[hub.Account]:
        self.calls += 1
        if self.error:
            raise self.error
        if cursor is None:
            return hub.Page(items=(_person("3", "carol"), _person("2", "bob@far.example")), older="next")
        return hub.Page(items=(_person("1", "bob"),))

    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        return hub.Page(items=(_person("4", "dave"),))


def _person(native: str, acct: str) -> hub.Account:
    return hub.Account(native=native, username=acct.partition("@")[0], acct=acct)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


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
async def test_read_once_and_told_apart(background: Background) -> None:
    people, contacts = People(), Contacts(background, seconds=600, clock=Clock())
    found = await contacts.of(_session(people))
    assert await contacts.of(_session(people)) is found
    assert people.calls == 2
    relation = found.relationship("1")
    assert relation is not None
    assert (relation.following, relation.followed_by) == (True, False)
    assert "4" in found
    assert found.relationship("5") is None


@pytest.mark.anyio
async def test_names_resolve_to_the_oldest_follow_first(background: Background) -> None:
    found = await Contacts(background, seconds=600, clock=Clock()).of(_session(People()))
    assert [a.native for a in found.named("bob")] == ["1", "2"]
    assert [a.native for a in found.named("BOB@far.example")] == ["2"]
    assert found.named("nobody") == []


@pytest.mark.anyio
async def test_a_set_is_never_used_when_older_than_its_limit(background: Background) -> None:
    people, clock = People(), Clock()
    contacts = Contacts(background, seconds=600, clock=clock)
    first = await contacts.of(_session(people))
    clock.now += 601
    assert await contacts.of(_session(people)) is not first
    assert people.calls == 4


@pytest.mark.anyio
async def test_from_half_its_age_it_is_refreshed_beside_the_request(background: Background) -> None:
    people, clock = People(), Clock()
    contacts = Contacts(background, seconds=600, clock=clock)
    first = await contacts.of(_session(people))
    clock.now += 301
    assert await contacts.of(_session(people)) is first
    await contacts.warm(_session(people))
    assert people.calls == 4


@pytest.mark.anyio
async def test_a_failing_backend_leaves_no_contacts_but_an_exact_list_fails(background: Background) -> None:
    people, contacts = People(), Contacts(background, seconds=600, clock=Clock())
    people.error = Unavailable("down")
    assert await contacts.of(_session(people)) is NOBODY
    with pytest.raises(Unavailable):
        await contacts.exact(_session(people))
