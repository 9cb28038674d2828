"""users/lookup, blocks/list, friendships/incoming, friendships/destroy, followers/list, friends/list."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from adapters.backend import Person
from adapters.errors import OutcomeUnknown, Refused, Unavailable
from tests import shapes
from tests.gateway_harness import Ground


async def numbers(ground: Ground, *accts: str) -> list[int]:
    """Integers of people, as if a reply had shown them."""
    found = await ground.gateway.ids.number(ground.connections.of("alice"), (), [f"p:{acct}" for acct in accts])
    return [found.accounts[f"p:{acct}"] for acct in accts]


async def names(ground: Ground, path: str, **params: Any) -> list[str]:
    reply = await ground.get(path, **params)
    assert reply.status == 200, reply.body
    users = reply.json if isinstance(reply.json, list) else reply.json["users"]
    return [user["screen_name"] for user in users]


# users/lookup


@pytest.mark.anyio
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_people_are_found_in_the_order_they_were_asked_for(ground: Ground, method: str) -> None:
    carol, dave, alice, bob = await numbers(ground, "carol", "dave", "alice", "bob")
    asked = {"user_id": f"{carol},{dave},99999999,{alice},{carol},nonsense,0,{'9' * 40}", "screen_name": "bob,nobody"}
    given: dict[str, Any] = {"params": asked} if method == "GET" else {"data": asked}
    for format in ("json", "xml"):
        answer = await ground.request(method, "users/lookup", format=format, **given)
        assert answer.status == 200, answer.body
        shapes.validate("users/lookup", format, answer.body)
    users = (await ground.request(method, "users/lookup", **given)).json
    assert [user["id"] for user in users] == [carol, dave, alice, bob]
    assert (users[0]["following"], users[1]["following"]) == (True, False)
    assert users[2]["screen_name"] == "alice"


@pytest.mark.anyio
async def test_contacts_cost_nothing_and_strangers_one_call(ground: Ground) -> None:
    await ground.get("statuses/friends")
    ground.wire.clear()
    ids = await numbers(ground, "bob", "carol", "dora@far.test")
    await ground.get("users/lookup", user_id=",".join(map(str, ids)), screen_name="bob,dora@far.test")
    assert ground.wire.names == []
    ids += await numbers(ground, "dave", "erik@far.test", "alice")
    await ground.get("users/lookup", user_id=",".join(map(str, ids)))
    assert ground.wire.names == ["accounts"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "asked", [{}, {"user_id": "99999999"}, {"screen_name": "nobody,at_all"}, {"user_id": "abc,-1,1.5,٣,"}]
)
async def test_nobody_is_an_error(ground: Ground, asked: dict[str, Any]) -> None:
    for format in ("json", "xml"):
        reply = await ground.get("users/lookup", format=format, **asked)
        assert (reply.status, reply.error) == (404, "Not Found")


@pytest.mark.anyio
async def test_a_lookup_has_an_end(ground: Ground) -> None:
    (bob,) = await numbers(ground, "bob")
    reply = await ground.get("users/lookup", user_id=",".join([str(bob)] * 100), screen_name="carol")
    assert reply.status == 400
    assert "100" in reply.error


# blocks/list, friendships/incoming


@pytest.mark.anyio
async def test_blocked_people_are_listed_by_nick_one_call_a_page(ground: Ground) -> None:
    world = ground.world
    assert (await ground.get("blocks/list")).json == []
    for number in range(45):
        world.person(f"troll{number:02}")
        world.blocks.append(("p:alice", f"p:troll{number:02}"))
    world.blocks.append(("p:bob", "p:dave"))
    ground.wire.clear()
    pages = [await names(ground, "blocks/list", count=20, page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert sorted(name for page in pages for name in page) == [f"troll{number:02}" for number in range(45)]
    assert all(page == sorted(page) for page in pages)
    ground.wire.clear()
    await ground.get("blocks/list")
    assert ground.wire.count("blocks") == 1
    assert len(await names(ground, "blocks/list", count=200)) == 45


@pytest.mark.anyio
async def test_blocks_with_cursors(ground: Ground) -> None:
    for number in range(5):
        ground.world.person(f"troll{number}")
        ground.world.blocks.append(("p:alice", f"p:troll{number}"))
    first = (await ground.get("blocks/list", cursor=-1, count=3)).json
    second = (await ground.get("blocks/list", cursor=first["next_cursor"], count=3)).json
    assert (len(first["users"]), len(second["users"]), second["next_cursor"]) == (3, 2, 0)
    back = (await ground.get("blocks/list", cursor=second["previous_cursor"], count=3)).json
    assert back["users"] == first["users"]
    assert [page["total_count"] for page in (first, second, back)] == [5, 5, 5]


@pytest.mark.anyio
async def test_who_waits_to_be_let_in(ground: Ground) -> None:
    assert (await ground.get("friendships/incoming")).json == []
    ground.world.requests += [("p:dave", "p:alice"), ("p:erik@far.test", "p:alice"), ("p:alice", "p:dave")]
    dave, erik = await numbers(ground, "dave", "erik@far.test")
    ground.wire.clear()
    reply = await ground.get("friendships/incoming")
    assert sorted(reply.json) == sorted([dave, erik])
    assert ground.wire.names == ["follow_requests"]
    assert sorted((await ground.get("friendships/incoming", stringify_ids="true")).json) == sorted(
        [str(dave), str(erik)]
    )
    one = (await ground.get("friendships/incoming", cursor=-1, count=1)).json
    two = (await ground.get("friendships/incoming", cursor=one["next_cursor"], count=1)).json
    assert (sorted(one["ids"] + two["ids"]), two["next_cursor"]) == (sorted([dave, erik]), 0)
    assert (await ground.get("friendships/incoming", cursor="undefined")).json["ids"] == reply.json


# friendships/destroy


@pytest.mark.anyio
async def test_unfollowing_answers_the_contact_and_is_seen_at_once(ground: Ground) -> None:
    (bob,) = await numbers(ground, "bob")
    assert "bob" in await names(ground, "statuses/friends")
    ground.wire.clear()
    row = (await ground.post("friendships/destroy", user_id=bob)).json
    assert (row["id"], row["screen_name"], row["addr"], row["rel"]) == (bob, "bob", "bob@fedi.test", 1)
    assert ground.wire.names == ["relationships", "unfollow"]
    assert ("p:alice", "p:bob") not in ground.world.follows
    assert await names(ground, "statuses/friends") == ["carol", "dora"]
    assert "bob" in await names(ground, "statuses/followers")
    again = await ground.post("friendships/destroy", user_id=bob)
    assert (again.status, again.error) == (404, "Not following Contact")
    assert ground.wire.count("unfollow") == 1


@pytest.mark.anyio
async def test_the_contact_in_xml(ground: Ground) -> None:
    (carol,) = await numbers(ground, "carol")
    answer = await ground.request("PUT", "friendships/destroy", format="xml", data={"user_id": str(carol)})
    assert answer.status == 200, answer.body
    shapes.validate("friendships/destroy", "xml", answer.body)
    root = shapes.parse_xml(answer.body)
    assert root.findtext("{*}screen_name") == "carol"
    assert root.findtext("{*}manually-approve") == "0"


@pytest.mark.anyio
async def test_twitters_clients_get_the_user(ground: Ground) -> None:
    answer = await ground.request("POST", "/1.1/friendships/destroy.json", data={"screen_name": "dora@far.test"})
    assert answer.status == 200, answer.body
    shapes.validate("friendships/destroy", "json", answer.body)
    assert (answer.json["screen_name"], answer.json["following"]) == ("dora", False)


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["friendships/destroy/dora@far.test", "friendships/destroy/dora"])
async def test_the_name_may_be_in_the_path(ground: Ground, path: str) -> None:
    answer = await ground.request("DELETE", path)
    assert (answer.status, answer.json["addr"], answer.json["rel"]) == (200, "dora@far.test", 0)


@pytest.mark.anyio
async def test_a_request_to_follow_can_be_taken_back(ground: Ground) -> None:
    ground.world.requests.append(("p:alice", "p:dave"))
    (dave,) = await numbers(ground, "dave")
    row = (await ground.post("friendships/destroy", user_id=dave)).json
    assert (row["screen_name"], row["rel"], row["cid"]) == ("dave", 0, 0)
    assert ground.world.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({}, 400, "no user_id specified"),
        ({"user_id": ""}, 400, "no user_id specified"),
        ({"user_id": "0"}, 400, "no user_id specified"),
        ({"user_id": "99999999"}, 404, "no contact found to given ID"),
        ({"user_id": "abc"}, 404, "no contact found to given ID"),
        ({"user_id": "9" * 30}, 404, "no contact found to given ID"),
        ({"screen_name": "nobody"}, 404, "no contact found to given ID"),
        ({"screen_name": "alice"}, 404, "no contact found to given ID"),
        ({"screen_name": "dave"}, 404, "Not following Contact"),
    ],
)
async def test_who_cannot_be_unfollowed(ground: Ground, form: dict[str, Any], status: int, said: str) -> None:
    for format in ("json", "xml"):
        reply = await ground.post("friendships/destroy", format=format, **form)
        assert (reply.status, reply.error) == (status, said)
    assert ground.wire.count("unfollow") == 0


@pytest.mark.anyio
async def test_a_failed_unfollow_is_never_ok(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    (bob,) = await numbers(ground, "bob")
    for error, status in ((Refused("No."), 403), (Unavailable("Down."), 503), (OutcomeUnknown("Late."), 504)):
        ground.wire.fail(error, "unfollow")
        assert (await ground.post("friendships/destroy", user_id=bob)).status == status
    backend = ground.connections.of("alice")

    async def deaf(native: str) -> Any:
        return (await backend.relationships([native]))[0]

    monkeypatch.setattr(backend, "unfollow", deaf)
    assert (await ground.post("friendships/destroy", user_id=bob)).status == 502
    assert ("p:alice", "p:bob") in ground.world.follows


@pytest.mark.anyio
async def test_only_a_post_unfollows(ground: Ground) -> None:
    (bob,) = await numbers(ground, "bob")
    assert (await ground.get("friendships/destroy", user_id=bob)).status == 405
    password = await ground.login("alice", read_only=True)
    answer = await ground.request("POST", "friendships/destroy", password=password, data={"user_id": str(bob)})
    assert answer.status == 403
    assert ground.wire.count("unfollow") == 0


# followers/list, friends/list


@pytest.mark.anyio
async def test_lists_of_people_have_cursors(ground: Ground) -> None:
    for number in range(25):
        ground.world.person(f"fan{number:02}")
        ground.world.follow(f"fan{number:02}", "alice")
    seen: list[str] = []
    cursor = -1
    while cursor:
        page = (await ground.get("followers/list", cursor=cursor)).json
        assert len(page["users"]) <= 20
        seen += [user["screen_name"] for user in page["users"]]
        cursor = page["next_cursor"]
    assert seen == ["bob", "carol", *(f"fan{number:02}" for number in range(25))]
    assert (await ground.get("followers/list", count=200)).json["next_cursor_str"] == "0"
    assert (await ground.get("friends/list")).json["total_count"] == 3


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("path", "total"),
    [("followers/ids", 2), ("friends/ids", 3), ("followers/list", 2), ("friends/list", 3), ("statuses/followers", 2),
     ("statuses/friends", 3)],
)  # fmt: skip
async def test_the_total_is_of_the_list_and_not_of_the_page(ground: Ground, path: str, total: int) -> None:
    first = (await ground.get(path, cursor=-1, count=1)).json
    second = (await ground.get(path, cursor=first["next_cursor"], count=1)).json
    assert (first["total_count"], second["total_count"]) == (total, total)
    assert (await ground.get(path, cursor=99, count=1)).json["total_count"] == total
    nobody = (await ground.get(path, cursor=-1, screen_name="bob")).json
    assert (nobody["next_cursor"], nobody["total_count"]) == (0, 0)


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "total"), [("followers/ids", 70), ("friends/ids", 90)])
async def test_of_a_list_that_is_not_read_to_its_end_the_account_tells_the_total(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, path: str, total: int
) -> None:
    backend = ground.connections.of("alice")
    me = await backend.me()
    counted = replace(me, account=replace(me.account, followers_count=70, following_count=90))

    async def told() -> Person:
        return counted

    monkeypatch.setattr(backend, "me", told)
    monkeypatch.setattr("gateway.handlers.people.MOST", 2)
    assert (await ground.get(path, cursor=-1, count=1)).json["total_count"] == total


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["followers/list", "friends/list"])
async def test_lists_of_others_are_empty_and_ones_own_are_free(ground: Ground, path: str) -> None:
    await ground.get("statuses/friends")
    ground.wire.clear()
    assert (await ground.get(path, screen_name="bob")).json["users"] == []
    assert len((await ground.get(path, screen_name="alice")).json["users"]) >= 2
    assert ground.wire.names == []
    assert (await ground.post(path)).status == 405
