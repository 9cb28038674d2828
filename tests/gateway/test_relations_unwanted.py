"""blocks/*, mutes/*, users/report_spam, users/suggestions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Unavailable
from tests import shapes
from tests.gateway.test_relations import names, numbers
from tests.gateway_harness import Ground, gateway_on

pytestmark = pytest.mark.anyio
BOB, DAVE = ("p:alice", "p:bob"), ("p:alice", "p:dave")


# blocks


async def test_a_block_ends_everything_at_once(ground: Ground) -> None:
    (bob,) = await numbers(ground, "bob")
    assert "bob" in await names(ground, "friends/list")
    assert (await ground.get("blocks/exists", user_id=bob)).error == "You are not blocking this user."
    ground.wire.clear()
    user = (await ground.post("blocks/create", user_id=bob)).json
    assert (user["screen_name"], user["statusnet_blocking"], user["following"], user["cid"]) == ("bob", True, False, 0)
    assert ground.wire.names == ["block"]
    assert "bob" not in [*await names(ground, "friends/list"), *await names(ground, "followers/list")]
    found = await ground.get("blocks/exists", id="bob")
    assert (found.json["id"], found.json["statusnet_blocking"]) == (bob, True)
    assert (await ground.post("blocks/create", screen_name="bob")).status == 200, "who is blocked stays so"
    answer = await ground.request("POST", "blocks/destroy/bob", format="xml")
    assert shapes.parse_xml(answer.body).findtext("{*}blocking") == "false"
    assert ground.world.blocks == []
    assert (await ground.get("blocks/exists", format="xml", screen_name="bob")).status == 404


@pytest.mark.parametrize("path", ["blocks/blocking", "blocks/blocking/ids", "blocks/ids"])
async def test_the_lists_of_the_blocked(ground: Ground, path: str) -> None:
    ground.world.blocks += [DAVE, ("p:alice", "p:erik@far.test"), ("p:bob", "p:carol")]
    dave, erik = await numbers(ground, "dave", "erik@far.test")
    bare = path != "blocks/ids"

    def ids(found: Any) -> list[int]:
        rows = found if isinstance(found, list) else found.get("ids", found.get("users"))
        return [row["id"] if isinstance(row, dict) else row for row in rows]

    ground.wire.clear()
    found = (await ground.get(path)).json
    assert ground.wire.count("blocks") == 1
    assert isinstance(found, list) is bare
    assert sorted(ids(found)) == sorted([dave, erik])
    answer = await ground.request("GET", f"/1.1/{path}.json")
    assert isinstance(answer.json, list) is bare
    first = (await ground.get(path, cursor=-1, count=1)).json
    last = (await ground.get(path, cursor=first["next_cursor_str"], count=1)).json
    assert sorted(ids(first) + ids(last)) == sorted([dave, erik])
    assert (first["previous_cursor"], last["next_cursor_str"]) == (0, "0")
    assert (first["total_count"], last["total_count"]) == (2, 2)
    if bare:
        assert len(ids((await ground.get(path, count=1, page=2)).json)) == 1


async def test_long_lists_lead_on_and_are_not_read_twice(ground: Ground) -> None:
    """40 a page: a page of 1,000 stops at 12 calls with a cursor, and goes on from there."""
    for number in range(700):
        ground.world.person(f"troll{number:03}")
        ground.world.blocks.append(("p:alice", f"p:troll{number:03}"))
    ground.wire.clear()
    first = (await ground.get("blocks/ids", cursor=-1, twin=False)).json
    assert (len(first["ids"]), first["next_cursor"], ground.wire.count("blocks")) == (480, 481, 12)
    assert first["total_count"] == 480, "what was read: the server does not say how many there are"
    ground.wire.clear()
    rest = (await ground.get("blocks/ids", cursor=481, twin=False)).json
    assert (len(rest["ids"]), rest["next_cursor"], ground.wire.count("blocks")) == (220, 0, 6)
    assert rest["total_count"] == 700
    assert len({*first["ids"], *rest["ids"]}) == 700
    assert len((await ground.get("blocks/blocking/ids")).json) == 700


async def test_a_server_that_does_not_say(tmp_path: Path) -> None:
    silent = Capabilities(
        software="s", label="Silent", blocks_list=False, mutes_list=False, reports=False, suggestions=False
    )
    async with gateway_on(tmp_path, capabilities=silent) as ground:
        for path in ("blocks/list", "blocks/blocking", "blocks/ids", "blocks/blocking/ids"):
            assert (await ground.get(path)).error == "Silent does not say whom its people block."
        for path in ("mutes/users/ids", "mutes/users/list"):
            assert (await ground.get(path)).error == "Silent does not say whom its people mute."
        assert (await ground.get("users/suggestions")).error == "Silent proposes nobody to follow."
        reply = await ground.post("users/report_spam", screen_name="bob")
        assert (reply.status, reply.error) == (501, "Silent takes no reports.")
        assert ground.world.blocks == []
        assert (await ground.post("blocks/create", screen_name="bob")).status == 200


# mutes


async def test_a_server_that_only_blocks(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=Capabilities(software="s", label="Stern", mutes=False)) as ground:
        reply = await ground.post("mutes/users/create", screen_name="bob")
        assert (reply.status, reply.error) == (501, "Stern mutes nobody: block them.")
        assert ground.world.mutes == []


async def test_a_mute_and_its_end(ground: Ground) -> None:
    assert (await ground.get("mutes/users/ids")).json["ids"] == []
    (bob,) = await numbers(ground, "bob")
    user = (await ground.post("mutes/users/create", screen_name="bob")).json
    assert (user["id"], user["following"]) == (bob, True)
    assert ground.world.mutes == [BOB]
    assert (await ground.get("mutes/users/ids")).json["ids"] == [bob]
    assert (await ground.get("mutes/users/ids", stringify_ids="1")).json["ids"] == [str(bob)]
    page = (await ground.get("mutes/users/list")).json
    assert ([user["screen_name"] for user in page["users"]], page["next_cursor_str"]) == (["bob"], "0")
    answer = await ground.request("POST", "mutes/users/destroy", format="xml", params={"user_id": str(bob)})
    assert shapes.parse_xml(answer.body).findtext("{*}screen_name") == "bob"
    assert ground.world.mutes == []
    again = await ground.post("mutes/users/destroy", user_id=bob)
    assert (again.status, again.json["errors"][0]["code"]) == (403, 272)
    myself = await ground.post("mutes/users/create", screen_name="alice")
    assert (myself.status, myself.json["errors"][0]["code"]) == (403, 271)


async def test_mentions_of_the_muted_go_with_the_servers_list(ground: Ground) -> None:
    ground.world.post("bob", "@alice one")
    ground.world.post("carol", "@alice two")
    assert (await ground.get("statuses/mentions")).texts == ["@alice two", "@alice one"]
    kept = ground.world.mentions
    await ground.post("mutes/users/create", screen_name="bob")
    ground.world.mentions = [row for row in kept if ground.world.posts[row[1]].author != "p:bob"]
    assert (await ground.get("statuses/mentions")).texts == ["@alice two"]
    ground.world.mentions = kept
    await ground.post("mutes/users/destroy", screen_name="bob")
    assert (await ground.get("statuses/mentions")).texts == ["@alice two", "@alice one"]


async def test_a_change_that_did_not_happen_is_never_ok(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = ground.connections.of("alice")

    async def deaf(native: str) -> Any:
        return (await backend.relationships([native]))[0]

    for name in ("block", "mute"):
        ground.wire.fail(Unavailable("Down."), name)
        path = {"block": "blocks/create", "mute": "mutes/users/create"}[name]
        assert (await ground.post(path, screen_name="bob")).status == 503
        monkeypatch.setattr(backend, name, deaf)
        assert (await ground.post(path, screen_name="bob")).status == 502
    assert "bob" in await names(ground, "friends/list")


async def test_a_lost_store_does_not_hide_a_change(ground: Ground) -> None:
    await ground.get("friends/list")
    await numbers(ground, "bob", "alice")
    ground.store.away = True
    assert (await ground.post("mutes/users/create", screen_name="bob")).status == 200
    assert ground.world.mutes == [BOB]


# reports


async def test_spam_is_blocked_and_reported(ground: Ground) -> None:
    user = (await ground.post("users/report_spam", screen_name="bob")).json
    assert (user["screen_name"], user["statusnet_blocking"]) == ("bob", True)
    assert ground.world.reports == [(*BOB, "")]
    assert "bob" not in await names(ground, "friends/list")
    answer = await ground.request("POST", "report_spam/dave", format="xml", params={"perform_block": "false"})
    assert shapes.parse_xml(answer.body).findtext("{*}blocking") == "false"
    assert ground.world.blocks == [BOB]
    assert ground.world.reports[1:] == [(*DAVE, "")]


async def test_a_report_that_failed_is_an_error_and_can_be_repeated(ground: Ground) -> None:
    ground.wire.fail(Unavailable("Down."), "report")
    assert (await ground.post("users/report_spam", screen_name="bob")).status == 503
    assert (ground.world.reports, ground.world.blocks) == ([], [BOB])
    assert (await ground.post("users/report_spam", screen_name="bob")).status == 200
    assert len(ground.world.reports) == 1


async def test_nobody_is_reported_twice_by_an_impatient_client(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("Cut."), "report", after=True)
    assert (await ground.post("users/report_spam", screen_name="bob")).status == 504
    assert (await ground.post("users/report_spam", screen_name="bob")).status == 504
    gate = ground.wire.hold("report")
    form = {"screen_name": "dave", "perform_block": "false"}
    both = [asyncio.create_task(ground.post("users/report_spam", **form)) for _ in range(2)]
    await gate.reached.wait()
    gate.go.set()
    assert [answer.status for answer in await asyncio.gather(*both)] == [200, 200]
    assert (await ground.post("report_spam", **form)).status == 200
    assert ground.world.reports == [(*BOB, ""), (*DAVE, "")]


# suggestions


async def test_whom_the_server_proposes(ground: Ground) -> None:
    assert (await ground.get("users/suggestions")).json == []
    ground.world.proposals += [
        ("p:dave", "most_followed"), ("p:erik@far.test", ""), ("p:dave", "featured"), ("p:carol", "most_followed"),
    ]  # fmt: skip
    ground.wire.clear()
    assert (await ground.get("users/suggestions")).json == [
        {"name": "Most followed", "slug": "most_followed", "size": 2},
        {"name": "Suggested", "slug": "suggested", "size": 1},
    ]
    assert ground.wire.names == ["suggestions"]
    one = (await ground.get("users/suggestions/most_followed")).json
    assert [user["screen_name"] for user in one["users"]] == ["dave", "carol"]
    for path in ("users/suggestions/featured", "users/suggestions/most_followed/others"):
        assert (await ground.get(path)).status == 404
    answer = await ground.request("GET", "users/suggestions/most_followed/members")
    shapes.validate("users/suggestions", "json", answer.body)
    assert [user["screen_name"] for user in answer.json] == ["dave", "carol"]
    answer = await ground.request("GET", "users/suggestions/most_followed/members", format="xml")
    root = shapes.parse_xml(answer.body)
    assert [user.findtext("{*}screen_name") for user in root] == ["dave", "carol"]
