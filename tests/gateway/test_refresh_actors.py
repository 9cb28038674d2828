"""The background refresh of a whole gateway before real servers of actors; ten minutes go by at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.activitypub.credentials import Credential
from gateway.logins import Logins
from gateway.refresh import say
from tests.adapters.activitypub.test_credentials import KEY
from tests.c2s.bovine import Herd, bovine_server, eventually, herd
from tests.c2s.dialect.tokens import issue
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway.actors import Gate, gate_on

pytestmark = pytest.mark.anyio
__all__ = ["bovine_server", "embedded", "embedded_server", "herd"]
HOME = "statuses/home_timeline"
MINUTES, LATER = 10, 661
"""So many seconds are later than any wait of ten minutes."""


async def minutes_later(gate: Gate) -> None:
    """Ten minutes go by: for the refresh, for claims in the store, and since alice's client asked."""
    gateway: Any = gate.gateway
    now = max(gateway.refresh._clock(), time.time()) + LATER
    gateway.refresh._clock = lambda: now
    gateway.store._clock = lambda: int(now * 1000)
    for one in gateway.refresh._watched.values():
        one.seen = now
    (await gate.backend("a")).link.sync.read_at.clear()
    await asyncio.gather(*await gateway.refresh.tick())


async def consent(gate: Gate) -> None:
    """Alice's."""
    account = await gate.gateway.store.account_by_login(gate.parties["a"].name)
    assert account is not None
    await say(gate.gateway.store, account.id, yes=True)


@pytest.fixture(params=["embedded", "herd"])
async def gate(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Gate]:
    """On either server; alice follows bob and has read his first post."""
    people = request.getfixturevalue(request.param)
    server = request.getfixturevalue(f"{request.param}_server" if request.param == "embedded" else "bovine_server")
    async with gate_on(tmp_path / "data", server, people, refresh_minutes=MINUTES) as gate:
        await gate.befriend("ab")
        await gate.post("b", "statuses/update", status="Before")
        await gate.until("a", HOME, bool)
        yield gate


async def shelved(gate: Gate) -> int:
    """How much of alice's is kept here."""
    return len((await gate.backend("a")).link.mirror.log.rows)


async def test_what_came_between_two_polls_is_there_without_asking(gate: Gate) -> None:
    await consent(gate)
    [before] = await gate.get("a", HOME)
    gone = await gate.post("b", "statuses/update", status="A mistake")
    await gate.post("b", "statuses/update", status="After")
    known = await shelved(gate)

    async def read(number: int) -> int:
        await minutes_later(gate)
        return (await shelved(gate)) >= known + number

    await eventually(lambda: read(2))
    await gate.post("b", "statuses/destroy", id=gone["id"])
    await eventually(lambda: read(3))
    gate.server.requests()
    answer = await gate.answer("GET", "a", HOME, "json", params={"since_id": before["id"]})
    assert [post["text"] for post in answer.json] == ["After"]
    assert [method for method, _ in gate.server.requests()] == ["GET"]


async def test_nothing_new_costs_a_request_for_each_collection_that_is_needed(gate: Gate) -> None:
    await consent(gate)
    for _ in range(2):
        await minutes_later(gate)
    gate.server.requests()
    await minutes_later(gate)
    both_in_one = isinstance(gate.server, EmbeddedServer)  # its inboxes have what their owners did, too
    assert [method for method, _ in gate.server.requests()] == ["GET"] * (1 if both_in_one else 2)


async def test_without_a_yes_the_server_is_asked_nothing(gate: Gate) -> None:
    gate.server.requests()
    await minutes_later(gate)
    assert gate.server.requests() == []


async def test_off_means_nothing_runs(tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer) -> None:
    async with gate_on(tmp_path / "data", embedded_server, embedded) as gate:
        await consent(gate)
        await gate.get("a", HOME)
        embedded_server.requests()
        await minutes_later(gate)
        assert embedded_server.requests() == []
        assert (len(gate.gateway.refresh), gate.gateway.refresh._loop) == (0, None)


async def test_tokens_that_end_are_renewed_as_for_requests(
    tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    world, alice = embedded_server.world, embedded.alice
    async with gate_on(tmp_path / "data", embedded_server, embedded, refresh_minutes=MINUTES) as gate:
        logins: Any = Logins(gate.gateway.store, gate.gateway.vault, gate.gateway.connections)
        credential = Credential(
            token=alice.token, refresh=issue(world, "refresh", alice.actor, "read write"), client="c", key=KEY,
            endpoint=f"{embedded.base_url}/endpoint/oauth/token", actor=alice.actor,
        )  # fmt: skip
        await logins.link(embedded.base_url, credential.text(), actor=alice.actor)
        await consent(gate)
        await gate.get("a", HOME)
        world.expired.add(alice.token)
        embedded_server.requests()
        await minutes_later(gate)
        asked = [path for method, path in embedded_server.requests() if method == "POST"]
        assert asked == ["/endpoint/oauth/token"]
        (account, _) = await gate.gateway.store.accounts()
        assert not account.broken
        await gate.get("a", HOME)


async def test_a_server_that_asks_for_a_pause_gets_it(
    tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    async with gate_on(tmp_path / "data", embedded_server, embedded, refresh_minutes=MINUTES) as gate:
        await consent(gate)
        await gate.get("a", HOME)
        embedded_server.strange.limit("/orderedcollection", seconds=3600)
        await minutes_later(gate)
        (watched,) = gate.gateway.refresh._watched.values()
        assert 3500 <= watched.due - gate.gateway.refresh._clock() <= 3600
