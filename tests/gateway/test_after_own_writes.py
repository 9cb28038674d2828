"""What a client reads right after it changed something is what it made, whatever was kept or on its way before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

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


# several processes on one store


async def friends(ground: Ground) -> set[str]:
    """Whom alice follows, as both lists say it."""
    users = (await ground.get("statuses/friends", twin=False)).json
    assert sorted(user["id"] for user in users) == sorted((await ground.get("friends/ids", twin=False)).json)
    return {user["screen_name"] for user in users}


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_whom_i_follow_is_the_same_over_every_process(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    place: dict[str, Any] = {} if kind == "sqlite" else {"store": request.getfixturevalue("redis_url")}
    async with (
        gateway_on(tmp_path, **place) as one,
        gateway_on(tmp_path, world=one.world, people=(), **place) as two,
    ):
        two.passwords = one.passwords
        users = (await two.get("statuses/friends", twin=False)).json
        ids = {user["screen_name"]: user["id"] for user in users}
        assert await friends(one) == ids.keys() == {"bob", "carol", "dora"}
        allowed = {"status": "for you", "contact_allow": ids["dora"]}
        for path, name, expected in (
            ("friendships/destroy", "dora", {"bob", "carol"}),
            ("blocks/create", "carol", {"bob"}),
            ("friendships/create", "dave", {"bob", "dave"}),
        ):
            user = {"user_id": ids[name]} if name in ids else {"screen_name": name}
            one.wire.clear()
            two.wire.clear()
            assert (await one.post(path, **user)).status == 200
            assert await friends(two) == await friends(one) == expected
            assert (one.wire.count("following"), two.wire.count("following")) == (0, 1)
            assert (await two.post("statuses/update", **allowed)).status == 400


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("friendships/create", {"screen_name": "dave"}),
        ("friendships/destroy", {"screen_name": "bob"}),
        ("blocks/create", {"screen_name": "bob"}),
        ("account/update_profile", {"name": "New"}),
    ],
)
async def test_a_store_lost_after_the_write_does_not_hide_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, path: str, given: dict[str, str]
) -> None:
    for name in ("bob", "dave"):
        await ground.get("users/show", screen_name=name)
    await ground.get("statuses/friends")
    told, tell = list[str](), ground.gateway.contacts._tell

    async def lost(account: str) -> None:
        ground.store.away = True
        await tell(account)
        told.append(account)
        ground.store.away = False

    monkeypatch.setattr(ground.gateway.contacts, "_tell", lost)
    assert (await ground.post(path, **given)).status == 200
    assert len(told) == 1
    assert (await ground.get("statuses/friends")).status == 200
