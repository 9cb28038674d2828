"""What a client reads right after it changed something is what it made, whatever was kept or on its way before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway_harness import Ground, gateway_on


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    async with gateway_on(tmp_path) as made:
        yield made


@pytest.mark.anyio
async def test_who_was_unfollowed_is_not_followed_by_a_list_that_was_on_its_way(ground: Ground) -> None:
    ground.world.post("bob", "hello")
    gate = ground.wire.hold("followers")
    reading = asyncio.create_task(ground.get("statuses/friends", twin=False))
    await gate.reached.wait()
    assert (await ground.post("friendships/destroy", screen_name="bob")).status == 200
    gate.go.set()
    await reading
    found = (await ground.get("statuses/friends", twin=False)).json
    assert [user["screen_name"] for user in found] == ["carol", "dora"]


@pytest.mark.anyio
async def test_a_new_name_is_told_everywhere_at_once(ground: Ground) -> None:
    ground.world.favour("alice", ground.world.post("bob", "hello"))
    ground.world.post("bob", "@alice psst", visibility="direct")
    ground.world.post("alice", "my own")
    for path in ("statuses/home_timeline", "direct_messages/all"):
        assert (await ground.get(path)).status == 200
    assert (await ground.post("account/update_profile", name="New")).json["name"] == "New"
    for path in ("statuses/home_timeline", "statuses/friends"):
        assert "Alice" not in (await ground.get(path)).body.decode(), path
    for message in (await ground.get("direct_messages/all")).json:
        people = {message[side]["screen_name"]: message[side]["name"] for side in ("sender", "recipient")}
        assert people == {"alice": "New", "bob": "Bob"}


@pytest.mark.anyio
@pytest.mark.parametrize("users", ["true", "false"])
async def test_a_message_whose_recipient_is_gone_is_still_shown(ground: Ground, users: str) -> None:
    post = ground.world.post("alice", "@dave hush", visibility="direct")
    assert (await ground.get("direct_messages/sent", getUserObjects=users)).status == 200
    ground.gateway.clear()
    del ground.world.people["p:dave"]
    ground.world.posts[post].to = []
    found = (await ground.get("direct_messages/sent", getUserObjects=users)).json
    assert [one["sender_screen_name"] for one in found] == ["alice"]
