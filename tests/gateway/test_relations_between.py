"""friendships/exists, show, lookup, outgoing, no_retweets/ids: how people stand to each other; BitlBee's login."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from tests import shapes
from tests.gateway.test_relations import numbers
from tests.gateway_harness import Ground, gateway_on
from tests.shapes_statuses import forms, twitters

pytestmark = pytest.mark.anyio
NOTHING = [
    "following_received", "following_requested", "blocking", "blocked_by", "muting", "notifications_enabled",
    "live_following",
]  # fmt: skip


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ("alice", "dora@far.test", True), ("dora@far.test", "alice", False), ("bob", "alice", True),
        ("alice", "dave", False), ("alice@fedi.test", "@bob", True), ("alice", "alice", False),
    ],
)  # fmt: skip
async def test_whether_one_follows_the_other(ground: Ground, a: str, b: str, found: bool) -> None:
    assert (await ground.get("friendships/exists", user_a=a, user_b=b)).json is found
    first, second = await numbers(ground, a.removesuffix("@fedi.test"), b.removeprefix("@"))
    assert (await ground.get("friendships/exists", user_a=first, user_b=second)).json is found
    ground.wire.clear()
    reply = await ground.get("friendships/exists", user_id_a=first, user_id_b=second)
    assert reply.json is found
    assert ground.wire.count("relationships") == (a != b)
    named = await ground.get("friendships/exists", screen_name_a=a, screen_name_b=b, format="xml")
    assert named.body.splitlines()[1] == f"<friends>{str(found).lower()}</friends>".encode()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"user_a": "alice"}, 400),
        ({"user_a": "alice", "user_b": "nobody"}, 400),
        ({"user_a": "99999999", "user_b": "alice"}, 400),
        ({"user_a": "9" * 40, "user_b": "alice"}, 400),
        ({"user_a": "bob", "user_b": "carol"}, 501),
    ],
)
async def test_what_exists_cannot_tell(ground: Ground, asked: dict[str, str], status: int) -> None:
    for format in ("json", "xml"):
        assert (await ground.get("friendships/exists", format=format, **asked)).status == status


async def test_a_friendship_from_both_ends(ground: Ground) -> None:
    alice, bob, dora = await numbers(ground, "alice", "bob", "dora@far.test")
    await ground.get("friends/list")
    ground.wire.clear()
    ends = (await ground.get("friendships/show", target_screen_name="dora")).json["relationship"]
    assert ground.wire.names == ["relationships"]
    source, target = ends["source"], ends["target"]
    assert (source["id"], source["screen_name"], target["id"]) == (alice, "alice", dora)
    assert (source["following"], source["followed_by"], source["can_dm"]) == (True, False, True)
    assert source["want_retweets"] is True
    assert not any(source[name] for name in NOTHING)
    turned = (await ground.get("friendships/show", source_id=dora, target_id=alice)).json["relationship"]
    assert (turned["source"]["screen_name"], turned["target"]["screen_name"]) == ("dora", "alice")
    assert (turned["source"]["following"], turned["target"]["following"]) == (False, True)
    assert turned["source"]["muting"] is turned["source"]["want_retweets"] is None
    both = (await ground.get("friendships/show", source_screen_name="alice", target_id=bob)).json["relationship"]
    assert both["source"]["following"] is both["source"]["followed_by"] is True
    short = await ground.get("friendships/show", user_id=bob)
    assert short.json["relationship"] == both


async def test_everything_that_can_be_between_two(ground: Ground) -> None:
    world = ground.world
    world.requests += [("p:alice", "p:dave"), ("p:dave", "p:alice")]
    world.mutes.append(("p:alice", "p:bob"))
    world.listeners.append(("p:alice", "p:bob"))
    world.no_reblogs.append(("p:alice", "p:bob"))
    world.block("alice", "carol")
    world.block("erik@far.test", "alice")

    async def between(name: str, **asked: str) -> set[str]:
        ends = (await ground.get("friendships/show", target_screen_name=name, **asked)).json
        return {name for name, value in ends["relationship"]["source"].items() if value is True}

    assert await between("dave") == {"following_requested", "following_received", "can_dm"}
    assert await between("bob") == {"following", "followed_by", "muting", "notifications_enabled", "can_dm"}
    assert await between("carol") == {"blocking"}
    assert await between("erik@far.test") == {"blocked_by"}
    assert await between("alice", source_screen_name="erik@far.test") == {"blocking"}
    assert await between("alice") == {"can_dm"}


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 404, 50),
        ({"target_screen_name": "nobody"}, 404, 50),
        ({"target_id": "99999999"}, 404, 50),
        ({"source_id": "abc", "target_screen_name": "bob"}, 404, 163),
        ({"source_screen_name": "bob", "target_screen_name": "carol"}, 501, 163),
    ],
)
async def test_what_show_cannot_tell(ground: Ground, asked: dict[str, str], status: int, code: int) -> None:
    reply = await ground.get("friendships/show", **asked)
    assert (reply.status, reply.json["errors"][0]["code"]) == (status, code)


async def test_several_at_once(ground: Ground) -> None:
    world = ground.world
    world.requests.append(("p:alice", "p:dave"))
    world.mutes.append(("p:alice", "p:bob"))
    alice, bob, dave, erik = await numbers(ground, "alice", "bob", "dave", "erik@far.test")
    await ground.get("friends/list")
    ground.wire.clear()
    asked = {"user_id": f"{bob},99999999,{alice},{dave}", "screen_name": "dora,nobody"}
    rows = (await ground.get("friendships/lookup", **asked)).json
    assert [(row["id"], row["connections"]) for row in rows[:3]] == [
        (bob, ["following", "followed_by", "muting"]), (alice, ["none"]), (dave, ["following_requested"]),
    ]  # fmt: skip
    assert (rows[3]["screen_name"], rows[3]["name"], rows[3]["connections"]) == ("dora", "Dora", ["following"])
    assert ground.wire.count("relationships") == 1
    assert (await ground.get("friendships/lookup", user_id=erik)).json[0]["connections"] == ["none"]
    assert (await ground.get("friendships/lookup", user_id="99999999")).json == []
    too_many = await ground.get("friendships/lookup", user_id=",".join(["1"] * 101))
    assert too_many.status == 400


async def test_nobody_found_has_twitters_number(ground: Ground) -> None:
    friendica = await ground.get("users/lookup", user_id="99999999")
    assert (friendica.status, friendica.error, friendica.json["errors"][0]["code"]) == (404, "Not Found", 17)
    twitter = await ground.request("POST", "/1.1/users/lookup.json", data={"screen_name": "nobody"})
    [error] = twitter.json["errors"]
    assert (twitter.status, error) == (404, {"code": 17, "message": "No user matches for specified terms."})


async def test_whom_the_reader_asked(ground: Ground, tmp_path: Path) -> None:
    ground.world.requests += [("p:alice", "p:dave"), ("p:bob", "p:dave")]
    (dave,) = await numbers(ground, "dave")
    assert (await ground.get("friendships/outgoing")).json == [dave]
    page = (await ground.get("friendships/outgoing", cursor=-1)).json
    assert (page["ids"], page["next_cursor"]) == ([dave], 0)
    async with gateway_on(tmp_path / "other", capabilities=Capabilities(software="c", label="Mute")) as silent:
        reply = await silent.get("friendships/outgoing")
        assert (reply.status, reply.error) == (501, "Mute does not say whom its people asked to follow.")


async def test_whose_boosts_are_not_seen(ground: Ground) -> None:
    assert (await ground.get("friendships/no_retweets/ids")).json == []
    ground.world.no_reblogs += [("p:alice", "p:bob"), ("p:alice", "p:dave"), ("p:carol", "p:bob")]
    (bob,) = await numbers(ground, "bob")
    ground.wire.clear()
    assert (await ground.get("friendships/no_retweets/ids")).json == [bob]
    assert ground.wire.names == ["relationships"]
    assert (await ground.get("friendships/no_retweets/ids", stringify_ids="true")).json == [str(bob)]


async def test_too_many_to_ask_about(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.handlers.friendships.MOST_ASKED", 2)
    assert (await ground.get("friendships/no_retweets/ids")).status == 501
    assert ground.wire.count("relationships") == 0


@pytest.mark.parametrize("mount", ["/api", "/1.1"])
async def test_bitlbee_logs_in(ground: Ground, mount: str) -> None:
    """clients.md section 9: any other status to friends/ids or users/lookup ends its login."""
    ground.world.post("bob", "@alice hello")
    ground.world.mutes.append(("p:alice", "p:bob"))
    bob, carol, dora = await numbers(ground, "bob", "carol", "dora@far.test")

    async def ask(path: str, method: str = "GET", **fields: str) -> Any:
        given: dict[str, Any] = {"params": fields} if method == "GET" else {"data": fields}
        answer = await ground.request(method, f"{mount}/{path}.json", **given)
        assert answer.status == 200, answer.body
        twitter = mount == "/1.1"
        with twitters() if twitter else nullcontext(), forms(extended="tweet_mode" in fields):
            shapes.validate("statuses/mentions" if path == "statuses/mentions_timeline" else path, "json", answer.body)
        return answer.json

    friends = await ask("friends/ids", cursor="-1")
    assert (sorted(friends["ids"]), friends["next_cursor"]) == (sorted([bob, carol, dora]), 0)
    mutes = await ask("mutes/users/ids", cursor="-1")
    assert (mutes["ids"], mutes["next_cursor"]) == ([bob], 0)
    assert await ask("friendships/no_retweets/ids", cursor="-1") == [], "it reads a bare list only"
    users = await ask("users/lookup", "POST", user_id=",".join(map(str, friends["ids"])))
    assert {user["screen_name"] for user in users} == {"bob", "carol", "dora"}
    timeline = {"include_entities": "true", "tweet_mode": "extended", "cursor": "-1", "count": "20"}
    [post] = await ask("statuses/home_timeline", **timeline)
    assert (post["user"]["screen_name"], type(post["id"])) == ("bob", int)
    assert [mention["id"] for mention in await ask("statuses/mentions_timeline", **timeline)] == [post["id"]]
