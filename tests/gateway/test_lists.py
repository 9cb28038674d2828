"""lists/*: the groups in Twitter's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import Rejected, Unsupported
from tests.gateway.test_groups import group
from tests.gateway_harness import Ground, gateway_on


@pytest.mark.anyio
async def test_other_peoples_lists_are_none(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    for path in ("lists/list", "lists/subscriptions"):
        ground.wire.clear()
        assert (await ground.get(path)).json == []
        assert not ground.wire.count("groups")


@pytest.mark.anyio
async def test_own_lists_are_the_groups(ground: Ground) -> None:
    assert (await ground.get("lists/ownerships")).json == {"lists": []}
    await group(ground, "Crew", "bob")
    made = await ground.post("lists/create", name="Friends")
    assert (made.json["name"], made.json["id"]) == ("Friends", 2)
    ground.wire.clear()
    reply = await ground.get("lists/ownerships", twin=False)
    assert [(found["id"], found["name"], found["mode"]) for found in reply.json["lists"]] == [
        (1, "Crew", "private"), (2, "Friends", "private"),
    ]  # fmt: skip
    assert sorted(ground.wire.names) == ["groups", "me"]
    assert {found["user"]["screen_name"] for found in reply.json["lists"]} == {"alice"}
    xml = await ground.get("lists/ownerships", format="xml")
    assert xml.body.count(b"<list>") == 2


@pytest.mark.anyio
async def test_a_list_is_made_renamed_and_deleted(ground: Ground) -> None:
    await ground.post("lists/create", name="One")
    renamed = await ground.post("lists/update", list_id=1, name="Two")
    assert (renamed.json["name"], renamed.json["id"]) == ("Two", 1)
    assert (await ground.get("friendica/group_show")).json == [{"name": "Two", "gid": 1, "user": []}]
    gone = await ground.request("DELETE", "lists/destroy", params={"list_id": 1})
    assert (gone.json["name"], gone.json["id_str"]) == ("Two", "1")
    assert not ground.world.lists
    for format in ("json", "xml"):
        back = await ground.post("lists/create", name="Two", format=format)
        assert b"1" in back.body
        await ground.post("lists/destroy", list_id=1)


@pytest.mark.anyio
async def test_documented_errors(ground: Ground) -> None:
    await ground.post("lists/create", name="One")
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("create", {}, "group name not specified"),
        ("create", {"name": " "}, "group name not specified"),
        ("create", {"name": "One"}, "group name already exists"),
        ("update", {"name": "x"}, "gid not specified"),
        ("update", {"name": "x", "list_id": 9}, "gid not available"),
        ("update", {"list_id": 1}, "group name not specified"),
        ("destroy", {}, "gid not specified"),
        ("destroy", {"list_id": "x"}, "gid not available"),
        ("statuses", {}, "list_id not specified"),
        ("statuses", {"list_id": 9}, "gid not available"),
        ("statuses", {"list_id": "nine"}, "gid not available"),
    ]
    for call, given, text in cases:
        for format in ("json", "xml"):
            reply = await ground.post(f"lists/{call}", format=format, **given)
            assert (reply.status, reply.error) == (400, text), (call, given)
    ground.wire.fail(Rejected("Too long."), "rename_group")
    assert (await ground.post("lists/update", list_id=1, name="x")).error == "other API error"
    assert [name for name, _ in ground.world.lists.values()] == ["One"]
    stolen = await ground.post("lists/destroy", user="bob", list_id=1)
    assert (stolen.status, len(ground.world.lists)) == (400, 1)


@pytest.mark.anyio
async def test_a_server_that_renames_no_lists_says_so(ground: Ground) -> None:
    await ground.post("lists/create", name="One")
    ground.wire.fail(Unsupported("snac does not rename lists."), "rename_group")
    reply = await ground.post("lists/update", list_id=1, name="Two")
    assert (reply.status, reply.error) == (501, "snac does not rename lists.")


@pytest.mark.anyio
async def test_a_server_without_lists_says_so(tmp_path: Path) -> None:
    capabilities = Capabilities(software="takahe", label="Takahē", lists=False, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        assert (await ground.get("lists/list")).json == []
        for call in ("ownerships", "create", "update", "destroy"):
            reply = await ground.post(f"lists/{call}", name="x", list_id=1)
            assert (reply.status, reply.error) == (501, "Takahē has no lists of contacts.")


@pytest.mark.anyio
async def test_the_timeline_of_a_list(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    ground.world.post("bob", "for you @alice", visibility="direct")
    root = ground.world.post("bob", "one")
    ground.world.post("carol", "elsewhere")
    ground.world.post("bob", "answer", reply_to=root)
    ground.world.post("carol", "carol answers", reply_to=root)
    assert (await ground.get("lists/statuses", list_id=1)).texts == ["answer", "one"]
    ground.wire.clear()
    reply = await ground.get("lists/statuses", list_id=1, count=2, twin=False)
    assert ground.wire.names == ["group_timeline"]
    newest, oldest = reply.ids
    assert (await ground.get("lists/statuses", list_id=1, count=1)).ids == [newest]
    assert (await ground.get("lists/statuses", list_id=1, count=1, page=2)).ids == [oldest]
    assert (await ground.get("lists/statuses", list_id=1, since_id=oldest)).ids == [newest]
    assert (await ground.get("lists/statuses", list_id=1, max_id=oldest)).ids == [oldest]
    assert (await ground.get("lists/statuses", list_id=1, exclude_replies="true")).ids == [oldest]
    assert (await ground.get("lists/statuses", list_id=1, conversation_id=newest)).texts == ["answer", "one"]
    assert (await ground.get("lists/statuses", list_id=1, format="rss")).status == 200
    ground.world.lists.clear()
    gone: list[dict[str, Any]] = [{}, {"conversation_id": newest}]
    for params in gone:
        assert (await ground.get("lists/statuses", list_id=1, **params)).error == "gid not available"
