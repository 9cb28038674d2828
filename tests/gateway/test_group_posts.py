"""Posts for a group reach its members and nobody else (DESIGN section 8)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import Unavailable
from tests.gateway.test_groups import group
from tests.gateway_harness import Answer, Ground, gateway_on


async def posted(ground: Ground, user: str = "alice", **given: Any) -> Answer:
    return await ground.post("statuses/update", user=user, **{"status": "psst, not @dave"} | given)


def last(ground: Ground) -> Any:
    return list(ground.world.posts.values())[-1]


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["group_allow[]", "group_allow", "circle_allow[]"])
async def test_members_read_it_and_a_third_account_does_not(ground: Ground, name: str) -> None:
    gid = (await group(ground, "Crew", "bob", "carol")).json["gid"]
    reply = await posted(ground, **{name: gid})
    assert (reply.status, reply.json["friendica_private"]) == (200, True)
    assert (last(ground).visibility, set(last(ground).to)) == ("direct", {"p:bob", "p:carol"})
    assert (await ground.get("statuses/home_timeline", user="bob")).ids == [reply.json["id"]]
    for path in ("statuses/home_timeline", "statuses/public_timeline", "statuses/mentions"):
        assert (await ground.get(path, user="dave")).ids == []
    assert (await ground.get("statuses/show", user="dave", id=reply.json["id"])).status == 400


@pytest.mark.anyio
@pytest.mark.parametrize("list_addressing", [False, True])
async def test_groups_that_are_not_mine_now_post_nothing(tmp_path: Path, *, list_addressing: bool) -> None:
    capabilities = Capabilities(software="fake", list_addressing=list_addressing, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        await group(ground, "Gone", "bob")
        await group(ground, "Taken away", "bob")
        await ground.post("friendica/group_delete", gid=1, name="Gone")
        native = next(iter(ground.world.lists))
        del ground.world.lists[native]
        theirs = await ground.post("friendica/group_create", user="bob", name="Bob's")
        for gid in (1, 2, 3, 0, -1, "x", "1.0", 2**31, 2**64, "<1>", await ground.number("bob")):
            assert (await posted(ground, group_allow=gid)).status == 400, gid
            mixed: dict[str, Any] = {"group_allow[]": [gid, "~"]}
            assert (await posted(ground, **mixed)).status == 400, gid
        assert theirs.json["gid"] == 1
        assert not ground.world.posts


@pytest.mark.anyio
async def test_a_revived_group_is_addressed_as_the_new_list(tmp_path: Path) -> None:
    capabilities = Capabilities(software="fake", list_addressing=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        await group(ground, "Crew", "bob")
        await ground.post("friendica/group_delete", gid=1, name="Crew")
        await group(ground, "Crew", "carol")
        assert (await posted(ground, group_allow=1)).status == 200
        (draft,) = [sent.args[0] for sent in ground.wire.sent if sent.name == "post"]
        assert draft.lists == tuple(ground.world.lists)


@pytest.mark.anyio
async def test_denied_groups_narrow(ground: Ground) -> None:
    await group(ground, "All", "bob", "carol")
    await group(ground, "Not these", "carol")
    assert (await posted(ground, group_allow=1, group_deny=2)).status == 200
    assert last(ground).to == ["p:bob"]
    contacts = f"{await ground.number('bob')},{await ground.number('carol')}"
    assert (await posted(ground, contact_allow=contacts, circle_deny=2, status="again")).status == 200
    assert last(ground).to == ["p:bob"]
    number = len(ground.world.posts)
    nobody: tuple[dict[str, Any], ...] = (
        {"group_allow": 2, "group_deny": 2}, {"group_allow": 1, "group_deny": 9}, {"group_deny": 2},
    )  # fmt: skip
    for given in nobody:
        assert (await posted(ground, status="no", **given)).status == 400
    assert len(ground.world.posts) == number


@pytest.mark.anyio
async def test_a_denied_group_that_goes_meanwhile_lets_nobody_in(ground: Ground) -> None:
    await group(ground, "Not these", "carol")
    contacts = f"{await ground.number('bob')},{await ground.number('carol')}"
    gate = ground.wire.hold("group_members")
    asked = asyncio.create_task(posted(ground, contact_allow=contacts, group_deny=1))
    await gate.reached.wait()
    ground.world.lists.clear()
    gate.go.set()
    assert (await asked).status == 400
    assert not ground.world.posts


@pytest.mark.anyio
async def test_members_that_cannot_be_read_stop_the_post(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    for call in ("groups", "group_members"):
        ground.wire.fail(Unavailable("away"), call)
        assert (await posted(ground, group_allow=1)).status == 503
    assert not ground.world.posts
    await group(ground, "Empty")
    assert (await posted(ground, group_allow=2)).error == "Nobody is left to read this post."


@pytest.mark.anyio
async def test_calls_of_a_post_for_a_group(ground: Ground) -> None:
    await group(ground, "Crew", "bob", "carol")
    ground.wire.clear()
    await posted(ground, group_allow=1)
    assert sorted(ground.wire.names) == ["group_members", "groups", "me", "post"]
