"""Groups over the whole gateway: shown, made, changed, deleted, and brought back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway_harness import Answer, Ground, gateway_on, village

UNKNOWN = 99999


async def group(ground: Ground, name: str, *people: str, format: str = "json") -> Answer:
    """A new group of alice's."""
    users = [{"cid": await ground.number(person)} for person in people]
    reply = await ground.post("friendica/group_create", format=format, name=name, json=json.dumps({"user": users}))
    assert reply.status == 200, reply.body
    return reply


async def shown(ground: Ground, **params: Any) -> dict[str, list[str]]:
    """Names of the members by name of the group."""
    reply = await ground.get("friendica/group_show", **params)
    assert reply.status == 200, reply.body
    return {found["name"]: [user["screen_name"] for user in found["user"]] for found in reply.json}


def on_list(ground: Ground, name: str) -> list[list[str]]:
    """Who stands on the backend's lists of that name."""
    found = [people for called, people in ground.world.lists.values() if called == name]
    return [[who.removeprefix("p:") for who in people] for people in found]


@pytest.mark.anyio
async def test_no_groups(ground: Ground) -> None:
    assert (await ground.get("friendica/group_show")).json == []
    xml = await ground.get("friendica/group_show", format="xml")
    assert xml.body.rstrip().endswith(b'xmlns:georss="http://www.georss.org/georss"/>')


@pytest.mark.anyio
async def test_groups_are_shown_with_their_members_by_name(ground: Ground) -> None:
    reply = await group(ground, "Builders", "carol", "bob")
    assert reply.json == {"success": True, "gid": 1, "name": "Builders", "status": "ok", "wrong users": []}
    await group(ground, "Empty")
    assert await shown(ground) == {"Builders": ["bob", "carol"], "Empty": []}
    assert await shown(ground, gid=0) == await shown(ground)
    assert await shown(ground, gid=2) == {"Empty": []}
    (found,) = (await ground.get("friendica/group_show", gid=1)).json
    assert found["user"][0]["cid"] == found["user"][0]["id"] == await ground.number("bob")
    xml = (await ground.get("friendica/group_show", format="xml", gid=1)).body
    assert b"<group><name>Builders</name><gid>1</gid><users><user><id>" in xml


@pytest.mark.anyio
async def test_circles_are_groups(ground: Ground) -> None:
    for action, given in (("create", {"name": "Ring"}), ("update", {"name": "Ring", "gid": 1})):
        assert (await ground.post(f"friendica/circle_{action}", **given)).json["gid"] == 1
    assert (await ground.get("friendica/circle_show")).json == [{"name": "Ring", "gid": 1, "user": []}]
    assert (await ground.post("friendica/circle_delete", name="Ring", gid=1)).json["status"] == "deleted"


@pytest.mark.anyio
@pytest.mark.parametrize("mount", ["api", "api/1.1", "1.1", "api/1"])
async def test_every_mount_serves_groups(ground: Ground, mount: str) -> None:
    reply = await ground.post(f"/{mount}/friendica/group_create.json", name="x")
    assert (reply.status, reply.json["gid"]) == (200, 1)


@pytest.mark.anyio
async def test_members_who_are_nobody_or_not_followed_are_told(ground: Ground) -> None:
    bob, dave, own = [await ground.number(name) for name in ("bob", "dave", "alice")]
    posted = [bob, str(dave), UNKNOWN, 0, float(bob), own, "x", None, UNKNOWN]
    document = json.dumps({"name": "n", "gid": 0, "user": [{"cid": one} for one in posted]})
    reply = await ground.post("friendica/group_create", name="Some", json=document)
    assert reply.json["status"] == "missing user"
    assert reply.json["wrong users"] == [str(dave), UNKNOWN, 0, own, "x", None]
    assert on_list(ground, "Some") == [["bob"]]
    xml = await ground.post("friendica/group_create", format="xml", name="Two", json='{"user":[{"cid":77},{"cid":0}]}')
    assert b"<wrong_users><cid>77</cid><cid>0</cid></wrong_users>" in xml.body


@pytest.mark.anyio
async def test_somebody_followed_a_moment_ago_is_taken(ground: Ground) -> None:
    await ground.get("statuses/friends")
    dave = await ground.number("dave")
    ground.world.follow("alice", "dave")
    reply = await ground.post("friendica/group_create", name="New", json=json.dumps([dave]))
    assert (reply.json["status"], on_list(ground, "New")) == ("ok", [["dave"]])


@pytest.mark.anyio
async def test_somebody_unfollowed_a_moment_ago_is_told_and_the_rest_are_members(ground: Ground) -> None:
    await ground.get("statuses/friends")
    bob, carol = await ground.number("bob"), await ground.number("carol")
    ground.world.follows.remove(("p:alice", "p:bob"))
    reply = await ground.post("friendica/group_create", name="Rest", json=json.dumps([bob, carol]))
    assert (reply.json["status"], reply.json["wrong users"]) == ("missing user", [bob])
    assert on_list(ground, "Rest") == [["carol"]]


@pytest.mark.anyio
@pytest.mark.parametrize("way", ["form", "multipart", "query", "body", "plain body", "list body"])
async def test_members_come_in_a_field_or_as_the_body(ground: Ground, way: str) -> None:
    document = json.dumps({"name": "other", "gid": 0, "user": [{"cid": await ground.number("bob")}]})
    kind = {"content-type": "text/plain" if way == "plain body" else "application/json"}
    forms: dict[str, dict[str, Any]] = {
        "form": {"data": {"json": document}},
        "multipart": {"files": {"json": (None, document)}},
        "query": {"params": {"json": document, "name": "Named"}},
        "body": {"content": document, "headers": kind},
        "plain body": {"content": document, "headers": kind},
        "list body": {"content": f"[{document}]", "headers": kind},
    }
    given = forms[way]
    given.setdefault("params", {"name": "Named"})
    reply = await ground.request("POST", "friendica/group_create", **given)
    assert (reply.status, reply.json["name"], reply.json["status"]) == (200, "Named", "ok")
    reply = await ground.request("POST", "friendica/group_update", **given | {"params": given["params"] | {"gid": 1}})
    assert (reply.status, reply.json["status"]) == (200, "ok")
    assert on_list(ground, "Named") == [["bob"]]


@pytest.mark.anyio
async def test_a_body_alone_names_the_group_too(ground: Ground) -> None:
    document = json.dumps({"name": "Alone", "user": [{"cid": await ground.number("bob")}]})
    reply = await ground.request("PUT", "friendica/group_create", content=document)
    assert (reply.json["name"], on_list(ground, "Alone")) == ("Alone", [["bob"]])


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
async def test_a_broken_body_empties_no_group(ground: Ground, kind: str) -> None:
    await group(ground, "Kept", "bob")
    named = {"gid": 1, "name": "Kept"}
    given: dict[str, Any] = {"content": '{"user":[{"cid":1}', "headers": {"content-type": kind}, "params": named}
    reply = await ground.request("POST", "friendica/group_update", **given)
    assert reply.status == 400
    assert "JSON" in reply.error
    assert on_list(ground, "Kept") == [["bob"]]


@pytest.mark.anyio
async def test_update_replaces_the_members(ground: Ground) -> None:
    await group(ground, "Crew", "bob", "carol")
    carol, dora = await ground.number("carol"), await ground.number("dora@far.test")
    ground.wire.clear()
    reply = await ground.post("friendica/group_update", gid=1, name="Crew", json=json.dumps({"user": [carol, dora]}))
    assert reply.json == {"success": True, "gid": 1, "name": "Crew", "status": "ok", "wrong users": []}
    assert on_list(ground, "Crew") == [["carol", "dora@far.test"]]
    assert ground.wire.names == ["groups", "group_members", "add_to_group", "remove_from_group"]
    again = await ground.post("friendica/group_update", gid=1, name="Crew", json=json.dumps({"user": [carol, UNKNOWN]}))
    assert (again.json["status"], again.json["wrong users"]) == ("missing user", [UNKNOWN])
    assert on_list(ground, "Crew") == [["carol"]]


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["user", "users"])
async def test_members_stand_under_the_names_of_both_formats(ground: Ground, key: str) -> None:
    """group_show calls them `user` in JSON and `users` in XML."""
    bob, carol = await ground.number("bob"), await ground.number("carol")
    document = {"gid": 1, "name": "Crew", key: [{"cid": bob}, {"cid": carol}]}
    assert (await ground.post("friendica/group_create", name="Crew", json=json.dumps(document))).status == 200
    assert on_list(ground, "Crew") == [["bob", "carol"]]
    document[key] = [{"cid": carol}]
    reply = await ground.post("friendica/group_update", gid=1, name="Crew", json=json.dumps(document))
    assert (reply.json["status"], on_list(ground, "Crew")) == ("ok", [["carol"]])


@pytest.mark.anyio
@pytest.mark.parametrize("document", ['{"gid":1,"name":"Crew"}', '[{"gid":1,"name":"Crew"}]', '{"members":[9]}'])
async def test_a_document_without_a_list_empties_no_group(ground: Ground, document: str) -> None:
    await group(ground, "Crew", "bob")
    for call, name in (("friendica/group_update", "Crew"), ("friendica/group_create", "New")):
        reply = await ground.post(call, gid=1, name=name, json=document)
        assert (reply.status, reply.error) == (400, "The JSON holds no list of members.")
    assert (on_list(ground, "Crew"), on_list(ground, "New")) == ([["bob"]], [])


@pytest.mark.anyio
async def test_update_without_members_removes_everybody(ground: Ground) -> None:
    await group(ground, "Crew", "bob", "carol")
    assert (await ground.post("friendica/group_update", gid=1, name="Crew")).json["status"] == "ok"
    assert on_list(ground, "Crew") == [[]]


@pytest.mark.anyio
async def test_a_member_who_is_not_followed_any_more_may_stay(ground: Ground) -> None:
    """snac and others keep such people on their lists."""
    await group(ground, "Crew", "bob", "carol")
    bob = await ground.number("bob")
    ground.world.follows.remove(("p:alice", "p:bob"))
    ground.gateway.contacts.forget((await account(ground)).id)
    reply = await ground.post("friendica/group_update", gid=1, name="Crew", json=json.dumps([bob]))
    assert (reply.json["status"], on_list(ground, "Crew")) == ("ok", [["bob"]])


async def account(ground: Ground) -> Any:
    return await ground.gateway.store.account_by_login("alice")


@pytest.mark.anyio
async def test_a_deleted_name_comes_back_with_its_number(ground: Ground) -> None:
    await group(ground, "Other")
    await group(ground, "Crew", "bob")
    reply = await ground.post("friendica/group_delete", gid=2, name="Crew")
    assert reply.json == {"success": True, "gid": 2, "name": "Crew", "status": "deleted", "wrong users": []}
    assert (await ground.get("friendica/group_show", gid=2)).status == 400
    assert await shown(ground) == {"Other": []}
    for _ in range(2):
        back = await group(ground, "Crew", "carol")
        assert (back.json["gid"], back.json["status"]) == (2, "reactivated")
        assert await shown(ground, gid=2) == {"Crew": ["carol"]}
        await ground.post("friendica/group_delete", gid=2, name="Crew")
    wrong = await ground.post("friendica/group_create", name="Crew", json="[99999]")
    assert (wrong.json["gid"], wrong.json["status"]) == (2, "missing user")
    assert (await group(ground, "Third")).json["gid"] == 3


@pytest.mark.anyio
async def test_a_revived_number_reaches_the_new_list(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    await ground.post("friendica/group_delete", gid=1, name="Crew")
    await group(ground, "Crew", "carol")
    bob, carol = ground.world.post("bob", "from bob"), ground.world.post("carol", "from carol")
    assert (await ground.get("lists/statuses", list_id=1)).texts == ["from carol"]
    allowed: dict[str, Any] = {"group_allow[]": 1}
    assert (await ground.post("statuses/update", status="psst", **allowed)).status == 200
    assert list(ground.world.posts.values())[-1].to == ["p:carol"]
    assert bob != carol


@pytest.mark.anyio
async def test_numbers_survive_a_restart_and_belong_to_one_account(tmp_path: Any) -> None:
    world = village()
    async with gateway_on(tmp_path, world=world) as ground:
        await group(ground, "Old")
        await group(ground, "New")
        await ground.post("friendica/group_delete", gid=1, name="Old")
    async with gateway_on(tmp_path, world=world) as ground:
        assert [found["gid"] for found in (await ground.get("friendica/group_show")).json] == [2]
        assert (await group(ground, "Old")).json["status"] == "reactivated"
        assert (await ground.get("friendica/group_show", user="bob")).json == []
        assert (await ground.get("friendica/group_show", user="bob", gid=2)).error == "gid not available"
        stolen = await ground.post("friendica/group_delete", user="bob", gid=2, name="New")
        assert (stolen.status, stolen.error) == (400, "gid not available")
        assert (await ground.post("statuses/update", user="bob", status="x", group_allow=2)).status == 400
        assert not world.posts
