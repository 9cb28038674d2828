"""friendships/create, destroy, update, notifications/follow and leave: who is followed, and what is chosen of them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Refused, Unavailable
from tests import shapes
from tests.gateway.test_relations import names, numbers
from tests.gateway_harness import Ground, gateway_on

pytestmark = pytest.mark.anyio
DAVE = ("p:alice", "p:dave")


async def test_a_new_friend_is_known_at_once(ground: Ground) -> None:
    (dave,) = await numbers(ground, "dave")
    ground.world.post("dave", "hello")
    [before] = (await ground.get("statuses/user_timeline", screen_name="dave")).json
    assert before["user"]["following"] is False
    ground.wire.clear()
    user = (await ground.post("friendships/create", user_id=dave)).json
    assert (user["id"], user["following"], user["follow_request_sent"], user["cid"]) == (dave, True, False, dave)
    assert sorted(ground.wire.names) == ["account", "follow", "relationships"]
    assert DAVE in ground.world.follows
    ground.wire.clear()
    [status] = (await ground.get("statuses/user_timeline", screen_name="dave", twin=False)).json
    assert (status["user"]["following"], status["user"]["cid"]) == (True, dave)
    assert (await names(ground, "friends/list"))[-1] == "dave"
    assert {"me", "following", "followers"}.isdisjoint(ground.wire.names), "the contact set is not read anew"


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("friendships/create/dave", {}),
        ("friendships/create", {"params": {"screen_name": "dave"}}),
        ("friendships/create", {"params": {"id": "dave"}}),
        ("friendships/create", {"data": {"screen_name": "@dave@fedi.test"}}),
        ("friendships/create", {"data": {"id": "dave"}}),
        ("friendships/create/{}", {}),
        ("friendships/create", {"params": {"id": "{}"}}),
        ("friendships/create", {"params": {"user_id": "{}", "screen_name": "bob"}}),
        ("friendships/create", {"data": {"user_id": "0", "screen_name": "dave"}}),
    ],
)
async def test_whom_is_meant(ground: Ground, path: str, given: dict[str, Any]) -> None:
    (dave,) = await numbers(ground, "dave")
    filled = {where: {name: value.format(dave) for name, value in fields.items()} for where, fields in given.items()}
    answer = await ground.request("POST", path.format(dave), format="xml", **filled)
    assert answer.status == 200, answer.body
    shapes.validate("friendships/create", "xml", answer.body)
    root = shapes.parse_xml(answer.body)
    assert (root.findtext("{*}screen_name"), root.findtext("{*}following")) == ("dave", "true")
    assert DAVE in ground.world.follows


async def test_a_locked_account_is_asked(ground: Ground) -> None:
    ground.world.people["p:dave"] = replace(ground.world.people["p:dave"], locked=True)
    user = (await ground.post("friendships/create", screen_name="dave")).json
    assert (user["following"], user["follow_request_sent"], user["protected"]) == (False, True, True)
    assert ground.world.requests == [DAVE]
    again = await ground.post("friendships/create", screen_name="dave")
    assert (again.status, again.json["errors"][0]["code"]) == (403, 160)
    assert "dave" not in await names(ground, "friends/list")
    assert ground.wire.count("follow") == 1


async def test_who_is_followed_already(ground: Ground) -> None:
    for format in ("json", "xml"):
        reply = await ground.post("friendships/create", format=format, screen_name="bob")
        assert (reply.status, reply.error) == (403, "Could not follow user: bob is already on your list.")
    answer = await ground.request("POST", "/1.1/friendships/create.json", data={"screen_name": "bob"})
    assert (answer.status, answer.json["screen_name"], answer.json["following"]) == (200, "bob", True)
    assert ground.wire.count("follow") == 0
    told = {"screen_name": "bob", "follow": "true"}
    answer = await ground.request("POST", "/1.1/friendships/create.json", params=told)
    assert (answer.status, answer.json["notifications"]) == (200, True)
    assert ("p:alice", "p:bob") in ground.world.listeners


async def test_the_follow_flag_asks_to_be_told(ground: Ground) -> None:
    user = (await ground.post("friendships/create", screen_name="dave", follow="true")).json
    assert user["notifications"] is True
    assert DAVE in ground.world.listeners
    user = (await ground.post("friendships/create", screen_name="erik@far.test", follow="False")).json
    assert (user["following"], user["notifications"]) == (True, False)


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, 214),
        ({"user_id": "", "screen_name": ""}, 400, 214),
        ({"user_id": "99999999"}, 404, 50),
        ({"user_id": "abc"}, 404, 50),
        ({"user_id": "9" * 30}, 404, 50),
        ({"id": "9" * 30}, 404, 50),
        ({"screen_name": "nobody"}, 404, 50),
        ({"screen_name": "alice"}, 403, 158),
    ],
)
async def test_who_cannot_be_followed(ground: Ground, form: dict[str, str], status: int, code: int) -> None:
    for path in ("friendships/create", "blocks/create", "mutes/users/create", "users/report_spam"):
        reply = await ground.post(path, **form)
        assert reply.status == status, path
        if status != 403 or path == "friendships/create":
            assert reply.json["errors"][0]["code"] == code
        assert (await ground.post(path, format="xml", **form)).error == reply.error
    assert {"follow", "block", "mute", "report"}.isdisjoint(ground.wire.names)


async def test_a_blocked_reader_is_told(ground: Ground) -> None:
    ground.world.block("dave", "alice")
    reply = await ground.post("friendships/create", screen_name="dave")
    assert (reply.status, reply.json["errors"][0]["code"]) == (403, 162)


async def test_a_failed_follow_is_never_ok(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    for error, status in ((Refused("No."), 403), (Unavailable("Down."), 503), (OutcomeUnknown("Late."), 504)):
        ground.wire.fail(error, "follow")
        assert (await ground.post("friendships/create", screen_name="dave")).status == status
    backend = ground.connections.of("alice")

    async def deaf(native: str, **options: Any) -> Any:
        assert set(options) <= {"reblogs", "notify"}
        return (await backend.relationships([native]))[0]

    monkeypatch.setattr(backend, "follow", deaf)
    assert (await ground.post("friendships/create", screen_name="dave")).status == 502
    assert (await ground.post("friendships/update", screen_name="bob", retweets="false")).status == 501
    assert (await ground.post("notifications/follow", screen_name="bob")).status == 501
    assert "dave" not in await names(ground, "friends/list")


async def test_only_posts_change_anything(ground: Ground) -> None:
    password = await ground.login("alice", read_only=True)
    ground.wire.clear()
    for path in (
        "friendships/create", "friendships/update", "notifications/follow", "notifications/leave", "blocks/create",
        "blocks/destroy", "mutes/users/create", "mutes/users/destroy", "users/report_spam",
    ):  # fmt: skip
        assert (await ground.get(path, screen_name="bob")).status == 405
        answer = await ground.request("POST", path, password=password, data={"screen_name": "bob"})
        assert answer.status == 403
    assert ground.wire.names == []


async def test_unfollowing_is_known_without_reading_the_contacts_anew(ground: Ground) -> None:
    assert "bob" in await names(ground, "friends/list")
    ground.wire.clear()
    assert (await ground.request("POST", "friendships/destroy/bob")).json["rel"] == 1
    answer = await ground.request("POST", "friendships/destroy", params={"id": "carol"})
    assert answer.json["screen_name"] == "carol"
    assert await names(ground, "friends/list") == ["dora"]
    assert sorted(await names(ground, "followers/list")) == ["bob", "carol"]
    assert ground.wire.names == ["relationships", "unfollow"] * 2


# choices


async def test_choices_about_a_friend(ground: Ground) -> None:
    await ground.get("friends/list")
    ground.wire.clear()
    reply = await ground.post("friendships/update", screen_name="bob", device="true", retweets="false")
    source = reply.json["relationship"]["source"]
    assert (source["notifications_enabled"], source["want_retweets"], source["screen_name"]) == (True, False, "alice")
    assert ground.wire.names == ["relationships", "follow"]
    ground.wire.clear()
    same = await ground.post("friendships/update", screen_name="bob", device="1", format="xml")
    root = shapes.parse_xml(same.body)
    assert (root.tag, root.findtext("source/want_retweets")) == ("relationship", "false")
    assert root.findtext("target/screen_name") == "bob"
    assert ground.wire.names == ["relationships"]
    back = await ground.post("friendships/update", screen_name="bob", retweets="t")
    assert back.json["relationship"]["source"]["want_retweets"] is True
    assert ("p:alice", "p:bob") in ground.world.listeners


async def test_being_told_and_told_no_longer(ground: Ground) -> None:
    user = (await ground.post("notifications/follow", screen_name="bob")).json
    assert (user["screen_name"], user["notifications"]) == ("bob", True)
    answer = await ground.request("POST", "notifications/leave/bob", format="xml")
    assert shapes.parse_xml(answer.body).findtext("{*}notifications") == "false"
    assert ground.world.listeners == []


@pytest.mark.parametrize("path", ["friendships/update", "notifications/follow", "notifications/leave"])
async def test_choices_need_a_friend_and_a_server_that_keeps_them(ground: Ground, path: str) -> None:
    assert (await ground.post(path, screen_name="dave", device="true")).status == 403
    assert ground.wire.count("follow") == 0


async def test_a_server_that_keeps_no_choices(tmp_path: Any) -> None:
    plain = Capabilities(software="plain", label="Plain", follow_options=False)
    async with gateway_on(tmp_path, capabilities=plain) as ground:
        for path in ("friendships/update", "notifications/follow", "notifications/leave"):
            reply = await ground.post(path, screen_name="bob")
            assert (reply.status, reply.error) == (501, "Plain keeps no choices about the people who are followed.")
        user = (await ground.post("friendships/create", screen_name="dave", follow="true")).json
        assert (user["following"], user["notifications"]) == (True, False)
        ground.wire.clear()
        assert (await ground.get("friendships/no_retweets/ids")).json == []
        assert ground.wire.names == []
