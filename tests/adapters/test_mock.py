"""The adapter against `mastodon_mock` over real HTTP, and what it makes of that server's faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.backend import Backend, Draft, Window
from adapters.connect import Connections
from adapters.errors import (
    BackendError,
    BadAnswer,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Slow,
    TokenGone,
    Unavailable,
)
from mappings import hub
from tests.adapters.conftest import AGENT, Clock
from tests.mock_server import TOKENS, MockServer, mock, mock_server

__all__ = ["mock", "mock_server"]
pytestmark = pytest.mark.anyio
HOME, STATUSES = "/api/v1/timelines/home", "/api/v1/statuses"
LATE = {"type": "latency", "delay_ms": 1500}
DRAFT = Draft(text="Once", visibility=hub.Visibility.PUBLIC)


@pytest.fixture
async def there(mock: MockServer, clock: Clock, patience: float) -> AsyncIterator[Connections]:
    """The way to it."""
    connections = Connections(AGENT, [mock.pair], patience, clock=clock)
    yield connections
    await connections.close()


@pytest.fixture
async def alice(mock: MockServer, there: Connections) -> Backend:
    """Her account."""
    return await there.backend(mock.url, TOKENS["alice"])


async def test_it_is_told_apart_from_mastodon(alice: Backend) -> None:
    told = alice.capabilities
    assert (told.software, told.order, told.statuses_by_id) == ("mastodon_mock", hub.Order.ORDERED, True)


async def test_the_seed_is_read(alice: Backend) -> None:
    page = await alice.home(Window())
    statuses = [entry.status for entry in page.items]
    assert [status.account.acct for status in statuses] == ["carol", "bob", "alice", "bob"]
    hello, look, answer, first = statuses
    assert (hello.visibility, [named.acct for named in hello.mentions]) == ("unlisted", ["alice"])
    assert look.quote_of
    assert look.quote_of.native == first.native == answer.in_reply_to
    sightings = [alice.sighting(status) for status in statuses]
    assert sorted(sightings, key=lambda sighting: sighting.sort, reverse=True) == sightings


async def test_contacts_and_strangers(alice: Backend) -> None:
    assert {person.acct for person in (await alice.following(None)).items} == {"bob", "carol"}
    assert [person.acct for person in (await alice.followers(None)).items] == ["bob"]
    assert (await alice.lookup("dora@remote.example")).host == "remote.example"
    assert (await alice.lookup_url((await alice.lookup("bob")).url)).acct == "bob"
    assert await alice.groups() == ()


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ({"type": "status", "status": 500}, BadAnswer),
        ({"type": "status", "status": 503, "headers": {"Retry-After": "7"}}, Unavailable),
        ({"type": "status", "status": 403}, Refused),
        ({"type": "status", "status": 401}, TokenGone),
        ({"type": "status", "status": 404}, Missing),
        ({"type": "ratelimit"}, RateLimited),
        ({"type": "malformed", "truncate": True}, BadAnswer),
        ({"type": "malformed", "truncate": False}, BadAnswer),
        pytest.param(LATE, Slow, marks=pytest.mark.hasty),
    ],
)
async def test_faults_of_a_read(
    mock: MockServer, alice: Backend, effect: dict[str, Any], error: type[BackendError]
) -> None:
    mock.fault(effect, path=HOME, count=1)
    with pytest.raises(error) as caught:
        await alice.home(Window())
    assert type(caught.value) is error


@pytest.mark.parametrize("effect", [{"type": "malformed"}, pytest.param(LATE, marks=pytest.mark.hasty)])
async def test_a_post_whose_answer_is_lost_took_effect_or_not(
    mock: MockServer, alice: Backend, effect: dict[str, Any]
) -> None:
    mock.fault(effect, path=STATUSES, count=1)
    with pytest.raises(OutcomeUnknown):
        await alice.post(DRAFT)


async def test_after_too_many_requests_the_server_is_left_alone(
    mock: MockServer, alice: Backend, there: Connections, clock: Clock
) -> None:
    mock.fault({"type": "ratelimit"}, path=HOME, count=1)
    bob = await there.backend(mock.url, TOKENS["bob"])
    for backend in (alice, alice, bob):
        with pytest.raises(RateLimited) as caught:
            await backend.home(Window())
        assert caught.value.retry_after == 300
    clock.now += 301
    assert (await bob.home(Window())).items
