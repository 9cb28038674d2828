"""Messages where two processes serve one account, and two devices ask at once: no mark is lost, nothing stays stale."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.gateway_harness import Ground, gateway_on

ALL, DESTROY, SEEN = "direct_messages/all", "direct_messages/destroy", "friendica/direct_messages_setseen"


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[Ground, Ground]]:
    """Two processes on one store, before one far side. The second has the logins of the first."""
    async with AsyncExitStack() as both:
        one = await both.enter_async_context(gateway_on(tmp_path))
        two = await both.enter_async_context(gateway_on(tmp_path, world=one.world, people=()))
        two.passwords = one.passwords
        yield one, two


async def marks(ground: Ground) -> dict[str, int]:
    """The seen mark of each message, by text."""
    found = (await ground.get(ALL, getText="plain", twin=False)).json
    return {one["text"]: one["friendica_seen"] for one in found}


@pytest.mark.anyio
async def test_what_one_process_marks_while_the_other_reads_stays_marked(pair: tuple[Ground, Ground]) -> None:
    one, two = pair
    world = one.world
    first = world.post("bob", "@alice hide me", visibility="direct")
    world.post("carol", "@alice read me", visibility="direct")
    assert await marks(one) == await marks(two) == {"hide me": 0, "read me": 0}
    world.post("bob", "@alice answer", visibility="direct", reply_to=first)
    gate = two.wire.hold("conversations")
    poll = asyncio.create_task(marks(two))
    await gate.reached.wait()
    seen, hidden = (await one.get(ALL, twin=False)).ids[-2:]
    assert (await one.post(DESTROY, id=hidden)).status == 200
    assert (await one.post(SEEN, id=seen)).json["result"] == "ok"
    world.post("carol", "@alice one more", visibility="direct")
    gate.go.set()
    await poll
    expected = {"answer": 0, "read me": 1, "one more": 0}
    for ground in (two, one, two):
        assert await marks(ground) == expected


@pytest.mark.anyio
async def test_a_message_both_find_at_once_keeps_its_mark(pair: tuple[Ground, Ground]) -> None:
    one, two = pair
    one.world.post("bob", "@alice hide me", visibility="direct")
    gate = two.wire.hold("conversations")
    poll = asyncio.create_task(marks(two))
    await gate.reached.wait()
    (hidden,) = (await one.get(ALL, twin=False)).ids
    await one.post(DESTROY, id=hidden)
    gate.go.set()
    await poll
    assert await marks(one) == await marks(two) == {}


@pytest.mark.anyio
async def test_what_the_other_process_deleted_can_be_sent_again(pair: tuple[Ground, Ground]) -> None:
    one, two = pair
    message = {"screen_name": "bob", "text": "hello"}
    first = (await one.post("direct_messages/new", **message)).json["id"]
    assert (await two.post(DESTROY, id=first)).status == 200
    assert (await one.post("direct_messages/new", **message)).json["id"] != first
    assert [post.text for post in one.world.posts.values()] == ["@bob hello"]
