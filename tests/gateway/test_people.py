"""Which person a call means, by every form of a name, and for callers without a login (DESIGN sections 6, 8 and 9)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.errors import Unavailable
from mappings import hub
from tests.gateway_harness import Ground, gateway_on

OWN = ("alice", "@alice", "ALICE", "alice@fedi.test", "Alice@FEDI.test", "alice@gateway.test", " alice ")
MINE = ("statuses/friends", "statuses/followers", "favorites")


@pytest.fixture
async def open_ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway whose operator lets everybody read one backend."""
    async with gateway_on(tmp_path, anonymous="https://fedi.test") as ground:
        yield ground


@pytest.mark.anyio
@pytest.mark.parametrize("name", OWN)
async def test_my_own_name_in_every_form_is_me(ground: Ground, name: str) -> None:
    ground.world.favour("alice", ground.world.post("bob", "liked"))
    for path in MINE:
        assert (await ground.get(path, screen_name=name)).json == (await ground.get(path)).json != [], path
    assert (await ground.get("users/show", screen_name=name)).json["screen_name"] == "alice"
    assert (await ground.get("friends/ids", screen_name=name)).json != []


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["bob", "bob@fedi.test", "alice@far.test", "nobody", "99999999", "fedi.test"])
async def test_a_name_in_the_path_that_is_not_mine_shows_nothing(ground: Ground, name: str) -> None:
    """`favorites/bob.json` are not my favourites."""
    ground.world.favour("alice", ground.world.post("bob", "liked"))
    for path in MINE:
        reply = await ground.request("GET", f"/api/{path}/{name}.json")
        assert (reply.status, reply.json) == (200, []), path
        own = await ground.request("GET", f"/api/{path}/alice.json")
        assert own.json != []
    assert len((await ground.request("GET", "/api/favorites/list.json")).json) == 1


@pytest.mark.anyio
async def test_names_with_dots_and_hosts_in_the_path(ground: Ground) -> None:
    ground.world.person("j.doe")
    ground.world.follow("alice", "j.doe")
    for tail, name in (("dora@far.test", "dora"), ("j.doe", "j.doe"), ("bob@fedi.test", "bob"), ("BOB", "bob")):
        for path in (f"/api/users/show/{tail}.json", f"/api/users/show/{tail}"):
            reply = await ground.request("GET", path)
            assert (reply.status, reply.json.get("screen_name")) == (200, name), path


@pytest.mark.anyio
@pytest.mark.parametrize("id", ["99999999999999999999", "9" * 300, "٣", "-5", "1e3", "0x10", "9223372036854775807"])
async def test_numbers_that_are_nobodys(ground: Ground, id: str) -> None:
    assert (await ground.get("users/show", user_id=id)).status == 400
    assert (await ground.request("GET", f"/api/users/show/{id}.json")).status == 400
    assert (await ground.get("statuses/friends", user_id=id)).json == []


@pytest.mark.anyio
async def test_zero_and_nothing_name_nobody(ground: Ground) -> None:
    for value in ("0", ""):
        assert (await ground.get("users/show", user_id=value)).json["screen_name"] == "alice"
        assert len((await ground.get("statuses/friends", user_id=value, screen_name="")).json) == 3


@pytest.mark.anyio
async def test_the_host_of_the_server_may_stand_behind_a_contact(ground: Ground) -> None:
    await ground.get("statuses/friends")
    ground.wire.clear()
    assert (await ground.get("users/show", screen_name="bob@Fedi.test", twin=False)).json["screen_name"] == "bob"
    assert ground.wire.count("lookup") == 0


@pytest.mark.anyio
async def test_a_caller_without_login_makes_no_server_fetch_anything(open_ground: Ground) -> None:
    far: list[dict[str, Any]] = [
        {"screen_name": "stranger@evil.test"}, {"screen_name": "dora@far.test"},
        {"profileurl": "https://evil.test/@stranger"}, {"profileurl": "https://far.test/@dora"},
    ]  # fmt: skip
    for params in far:
        reply = await open_ground.get("users/show", user=None, **params)
        assert (reply.status == 200) == ("dora" in str(params)), params
    for query in ("stranger@evil.test", "https://evil.test/@stranger"):
        await open_ground.get("users/search", user=None, q=query)
    assert open_ground.wire.count("lookup", "lookup_url") == 0


@pytest.mark.anyio
async def test_a_caller_without_login_sees_public_things_only(open_ground: Ground) -> None:
    open_ground.world.post("bob", "for all")
    open_ground.world.post("bob", "friends", visibility="private")
    bob = (await open_ground.get("users/show", user=None, screen_name="bob")).json
    assert (bob["status"]["text"], bob["following"], bob["cid"], bob["verified"]) == ("for all", False, 0, False)
    assert (await open_ground.get("users/show", user=None, user_id=bob["id"])).json["id"] == bob["id"]
    found = await open_ground.get("externalprofile/show", user=None, profileurl=bob["url"])
    assert found.json["id"] == bob["id"]
    assert [user["id"] for user in (await open_ground.get("users/search", user=None, q="bob")).json] == [bob["id"]]
    assert open_ground.wire.count("relationships", "following", "followers") == 0


@pytest.mark.anyio
async def test_a_caller_without_login_who_names_nobody_must_log_in(open_ground: Ground) -> None:
    reply = await open_ground.get("users/show", user=None)
    assert (reply.status, "basic" in reply.headers["www-authenticate"].lower()) == (401, True)


@pytest.mark.anyio
async def test_ids_in_the_twitter_way_go_on_after_the_first_page(ground: Ground) -> None:
    ids = (await ground.get("friends/ids")).json
    first = (await ground.request("GET", "/1.1/friends/ids.json?count=2")).json
    assert (first["ids"], first["next_cursor"] > 0) == (ids[:2], True)
    rest = (await ground.request("GET", f"/1.1/friends/ids.json?count=2&cursor={first['next_cursor']}")).json
    assert (rest["ids"], rest["next_cursor"]) == (ids[2:], 0)


# contacts under trouble
@pytest.mark.anyio
async def test_contacts_that_cannot_be_read_are_not_asked_for_with_every_reply(ground: Ground) -> None:
    ground.world.post("bob", "x")
    ground.wire.fail(Unavailable("down"), "following", "followers", times=20)
    for count in (1, 2, 3):
        assert (await ground.get("statuses/home_timeline", twin=False, count=count)).status == 200
    assert ground.wire.count("following") == 1


@pytest.mark.anyio
async def test_contacts_that_come_slowly_do_not_hold_up_a_timeline(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ground.gateway.contacts, "_patience", 0.01)
    ground.world.post("bob", "x")
    gate = ground.wire.hold("following")
    first = (await ground.get("statuses/home_timeline", twin=False)).json
    assert first[0]["user"]["following"] is False
    gate.go.set()
    await asyncio.gather(*ground.gateway.contacts._loading.values())
    assert (await ground.get("statuses/home_timeline", twin=False)).json[0]["user"]["following"] is True


@pytest.mark.anyio
async def test_a_server_that_repeats_a_page_of_contacts_is_not_read_for_ever(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = ground.connections.of("alice")
    following = backend.following

    async def stuck(cursor: str | None) -> hub.Page[hub.Account]:
        return hub.Page(items=(await following(None)).items, older="same")

    monkeypatch.setattr(backend, "following", stuck)
    assert len((await ground.get("friends/ids", twin=False)).json) == 3
