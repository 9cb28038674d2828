"""statusnet/groups/*: joining is following, the timeline is what the group passed on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.errors import Slow
from tests.gateway_harness import Ground, gateway_on, village

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    world = village()
    world.person("birds@groups.test", group=True, note="<p>For the <b>birds</b></p>", followers_count=7)
    world.person("bees@groups.test", group=True)
    world.follow("alice", "bees@groups.test")
    async with gateway_on(tmp_path, world=world) as ground:
        yield ground


async def test_a_group_is_shown(ground: Ground) -> None:
    found = (await ground.get("statusnet/groups/show", group_name="birds@groups.test")).json
    assert (found["nickname"], found["fullname"], found["member_count"]) == ("birds", "Birds", 7)
    assert (found["description"], found["member"]) == ("For the birds", False)
    for named in (f"show/{found['id']}", "show/!birds@groups.test"):
        assert (await ground.get(f"statusnet/groups/{named}")).json == found
    assert (await ground.get("statusnet/groups/show", id=found["id"])).json == found


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_people_and_lists_are_no_groups(ground: Ground, format: str) -> None:
    for call in ("show", "timeline", "join", "leave", "is_member"):
        for name in ("bob", "nobody", "9999"):
            answer = await ground.post(f"statusnet/groups/{call}", format=format, group_name=name)
            assert (answer.status, answer.error) == (404, "Group not found."), (call, name)
        assert (await ground.post(f"statusnet/groups/{call}", format=format)).status == 400
    assert (await ground.get("statusnet/groups/list_all")).status == 501


async def test_joining_follows_and_leaving_ends_it(ground: Ground) -> None:
    name = "birds@groups.test"
    assert (await ground.get("statusnet/groups/is_member", group_name=name)).json == {"is_member": False}
    assert (await ground.post("statusnet/groups/join", group_name=name)).json["member"] is True
    assert ("p:alice", f"p:{name}") in ground.world.follows
    assert [one["nickname"] for one in (await ground.get("statusnet/groups/list")).json] == ["bees", "birds"]
    again = await ground.post("statusnet/groups/join", group_name=name)
    assert (again.status, again.error) == (403, "You are already a member of that group.")
    assert (await ground.get("statusnet/groups/is_member", group_name=name, screen_name="alice")).json["is_member"]
    left = await ground.post("statusnet/groups/leave", group_name=name, format="xml")
    assert b"<member>false</member>" in left.body
    assert (await ground.post("statusnet/groups/leave", group_name=name)).status == 403
    assert [one["nickname"] for one in (await ground.get("statusnet/groups/list", count=5)).json] == ["bees"]


async def test_the_timeline_of_a_group(ground: Ground) -> None:
    post = ground.world.post("bob", "about birds")
    ground.world.post("bob", "about bees")
    ground.world.boost("birds@groups.test", post)
    ground.world.post("birds@groups.test", "Welcome")
    reply = await ground.get("statusnet/groups/timeline", group_name="birds@groups.test")
    assert reply.json[0]["text"] == "Welcome"
    assert "about birds" in reply.json[1]["text"]
    assert len(reply.json) == 2
    number = (await ground.get("statusnet/groups/show", group_name="birds@groups.test")).json["id"]
    assert (await ground.get(f"statusnet/groups/timeline/{number}", count=1)).ids == reply.ids[:1]
    assert (await ground.get("statusnet/groups/timeline", id=number, format="atom")).status == 200


async def test_nothing_is_said_of_others(ground: Ground) -> None:
    for call in ("list", "is_member"):
        answer = await ground.get(f"statusnet/groups/{call}", group_name="bees@groups.test", screen_name="bob")
        assert answer.status == 403


async def test_a_server_that_fails_is_no_membership(ground: Ground) -> None:
    ground.wire.fail(Slow("late"), "follow")
    assert (await ground.post("statusnet/groups/join", group_name="birds@groups.test")).status == 504
    assert (await ground.get("statusnet/groups/is_member", group_name="birds@groups.test")).json["is_member"] is False
