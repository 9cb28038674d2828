"""Groups: the documented errors, odd names, failures half-way, upstream calls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import BackendError, OutcomeUnknown, RateLimited, Refused, Rejected, Slow, TokenGone, Unavailable
from gateway.errors import LINK_AGAIN
from gateway.groups import AT_ONCE
from gateway.members import HALF_DONE
from tests.gateway.test_groups import group, on_list, shown
from tests.gateway_harness import BASE, Ground, gateway_on

SHOW, CREATE = "friendica/group_show", "friendica/group_create"
UPDATE, DELETE = "friendica/group_update", "friendica/group_delete"

ERRORS: list[tuple[str, dict[str, Any], str]] = [
    (SHOW, {"gid": 99}, "gid not available"),
    (SHOW, {"gid": "abc"}, "gid not available"),
    (SHOW, {"gid": 2**62}, "gid not available"),
    (SHOW, {"gid": "-7"}, "gid not available"),
    (CREATE, {}, "group name not specified"),
    (CREATE, {"name": ""}, "group name not specified"),
    (CREATE, {"name": " \t "}, "group name not specified"),
    (CREATE, {"name": "\x00\x01"}, "group name not specified"),
    (CREATE, {"name": "Crew"}, "group name already exists"),
    (CREATE, {"name": " Crew "}, "group name already exists"),
    (CREATE, {"name": "x" * 1001}, "name is too long: at most 1000 characters."),
    (CREATE, {"name": "n", "json": "{broken"}, "The list of members is not valid JSON."),
    (CREATE, {"name": "n", "json": '{"user":"bob"}'}, "The JSON holds no list of members."),
    (UPDATE, {"gid": 1}, "group name not specified"),
    (UPDATE, {"name": "Crew"}, "gid not specified"),
    (UPDATE, {"name": "Crew", "gid": 0}, "gid not specified"),
    (UPDATE, {"name": "Crew", "gid": 99}, "gid not available"),
    (UPDATE, {"name": "Crew", "gid": "one"}, "gid not available"),
    (UPDATE, {"name": "Other", "gid": 1}, "wrong group name"),
    (UPDATE, {"name": "Crew", "gid": 1, "json": "[{]"}, "The list of members is not valid JSON."),
    (UPDATE, {"name": "Crew", "gid": 1, "json": '{"gid":1,"name":"Crew"}'}, "The JSON holds no list of members."),
    (DELETE, {}, "gid or name not specified"),
    (DELETE, {"gid": 1}, "gid or name not specified"),
    (DELETE, {"name": "Crew"}, "gid or name not specified"),
    (DELETE, {"name": "Crew", "gid": 99}, "gid not available"),
    (DELETE, {"name": "crew", "gid": 1}, "wrong group name"),
    (DELETE, {"name": "Other", "gid": 1}, "wrong group name"),
]


@pytest.mark.anyio
async def test_documented_errors_change_nothing(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    for call, given, text in ERRORS:
        for format in ("json", "xml"):
            reply = await ground.post(call, format=format, **given)
            assert (reply.status, reply.error) == (400, text), (call, given)
    assert (len(ground.world.lists), on_list(ground, "Crew")) == (1, [["bob"]])


@pytest.mark.anyio
async def test_methods(ground: Ground) -> None:
    for call, methods in ((CREATE, "POST, PUT"), (UPDATE, "POST"), (DELETE, "POST, DELETE")):
        reply = await ground.request("GET", call)
        assert (reply.status, reply.headers["allow"]) == (405, methods)
    await group(ground, "Crew")
    gone = await ground.request("DELETE", DELETE, params={"gid": 1, "name": "Crew"})
    assert gone.json["status"] == "deleted"
    assert (await ground.request("GET", SHOW, user=None)).status == 401


@pytest.mark.anyio
async def test_a_read_only_login_changes_no_group(ground: Ground) -> None:
    password = await ground.login("alice", read_only=True)
    assert (await ground.request("GET", SHOW, password=password)).status == 200
    for call in (CREATE, UPDATE, DELETE):
        assert (await ground.request("POST", call, password=password, data={"name": "x", "gid": 1})).status == 403
    assert not ground.world.lists


@pytest.mark.anyio
@pytest.mark.parametrize(
    "name", ['"quotes" & <tags>', "a/b\\c", "наши 👩‍👩‍👧 家族", "x" * 1000, "0", "~", "[]", "line\nend", "%00", "عائلة"]
)
async def test_odd_names(ground: Ground, name: str) -> None:
    made = await group(ground, name, "bob")
    assert made.json["name"] == name
    assert await shown(ground) == {name: ["bob"]}
    gone = await ground.post(DELETE, gid=made.json["gid"], name=name)
    assert gone.json["name"] == name
    assert (await group(ground, name)).json["status"] == "reactivated"


@pytest.mark.anyio
async def test_a_server_without_lists_says_so(tmp_path: Path) -> None:
    capabilities = Capabilities(software="takahe", label="Takahē 0.11", lists=False, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        for call, given in ((SHOW, {}), (CREATE, {"name": "x"}), (UPDATE, {"name": "x", "gid": 1}),
                            (DELETE, {"name": "x", "gid": 1})):  # fmt: skip
            reply = await ground.post(call, **given)
            assert (reply.status, reply.error) == (501, "Takahē 0.11 has no lists of contacts.")


@pytest.mark.anyio
async def test_a_name_that_the_server_refuses(ground: Ground) -> None:
    ground.wire.fail(Rejected("Title is too long."), "create_group")
    reply = await ground.post(CREATE, name="x" * 900)
    assert (reply.status, reply.error) == (400, "other API error")


LOST = [Slow("late"), Unavailable("away"), OutcomeUnknown("?"), RateLimited("much", 7)]


@pytest.mark.anyio
@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
async def test_members_that_were_put_although_the_answer_was_lost_are_no_error(
    ground: Ground, error: BackendError
) -> None:
    bob = await ground.number("bob")
    ground.wire.fail(error, "add_to_group", after=True)
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob}]")
    assert (reply.json["status"], on_list(ground, "Crew")) == ("ok", [["bob"]])


@pytest.mark.anyio
@pytest.mark.parametrize(("error", "status"), list(zip(LOST, (504, 503, 504, 429), strict=True)))
async def test_members_that_were_not_put_are_told(ground: Ground, error: BackendError, status: int) -> None:
    bob = await ground.number("bob")
    ground.wire.fail(error, "add_to_group")
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob}]")
    assert (reply.status, reply.error) == (status, HALF_DONE)
    assert on_list(ground, "Crew") == [[]]


@pytest.mark.anyio
async def test_a_server_that_takes_only_some_is_told_truthfully(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers add one after the other and stop at the first they refuse."""
    bob, carol = await ground.number("bob"), await ground.number("carol")
    backend = ground.connections.of("alice")

    async def first_only(native: str, accounts: tuple[str, ...]) -> None:
        ground.world.lists[native][1].append(accounts[0])
        raise Refused("no more")

    monkeypatch.setattr(backend, "add_to_group", first_only)
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob},{carol}]")
    assert (reply.json["status"], reply.json["wrong users"]) == ("missing user", [carol])
    assert on_list(ground, "Crew") == [["bob"]]


@pytest.mark.anyio
async def test_members_that_could_not_be_taken_off_are_told(ground: Ground) -> None:
    await group(ground, "Crew", "bob", "carol")
    for error, status in ((Unavailable("away"), 503), (Refused("no"), 502)):
        ground.wire.fail(error, "remove_from_group")
        reply = await ground.post(UPDATE, gid=1, name="Crew")
        assert (reply.status, reply.error) == (status, HALF_DONE)
    ground.wire.fail(Slow("late"), "remove_from_group", after=True)
    assert (await ground.post(UPDATE, gid=1, name="Crew")).json["status"] == "ok"
    assert on_list(ground, "Crew") == [[]]


@pytest.mark.anyio
async def test_members_that_cannot_even_be_read_again(ground: Ground) -> None:
    bob = await ground.number("bob")
    ground.wire.fail(Slow("late"), "add_to_group", after=True)
    ground.wire.fail(Unavailable("away"), "group_members")
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob}]")
    assert (reply.status, reply.error) == (504, HALF_DONE)
    gate = ground.wire.hold("remove_from_group")
    asked = asyncio.create_task(ground.post(UPDATE, name="Crew", gid=1))
    await gate.reached.wait()
    ground.wire.fail(Slow("late"), "group_members")
    ground.connections.of("alice").world.lists.clear()
    gate.go.set()
    reply = await asked
    assert (reply.status, reply.error) == (504, HALF_DONE)


@pytest.mark.anyio
async def test_a_token_that_ends_half_way(ground: Ground) -> None:
    bob = await ground.number("bob")
    ground.wire.fail(TokenGone("gone"), "add_to_group")
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob}]")
    assert (reply.status, reply.error) == (403, f"{LINK_AGAIN} {BASE}/connect")


@pytest.mark.anyio
async def test_two_equal_requests_at_once_make_one_group(ground: Ground) -> None:
    gate = ground.wire.hold("create_group")
    first = asyncio.create_task(ground.post(CREATE, name="Crew"))
    await gate.reached.wait()
    second = await ground.post(CREATE, name="Crew")
    gate.go.set()
    assert ((await first).status, second.error) == (200, "group name already exists")
    assert len(ground.world.lists) == 1
    assert (await ground.post(CREATE, name="Crew")).error == "group name already exists"


@pytest.mark.anyio
async def test_a_group_whose_making_was_not_answered_is_looked_for(ground: Ground) -> None:
    bob = await ground.number("bob")
    ground.wire.fail(OutcomeUnknown("?"), "create_group", after=True)
    reply = await ground.post(CREATE, name="Crew", json=f"[{bob}]")
    assert (reply.json["gid"], on_list(ground, "Crew")) == (1, [["bob"]])
    ground.wire.fail(Slow("late"), "create_group")
    assert (await ground.post(CREATE, name="Other")).status == 504
    assert (await ground.post(CREATE, name="Other")).status == 200


@pytest.mark.anyio
async def test_a_failed_deletion_leaves_the_group(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    ground.wire.fail(Unavailable("away"), "remove_group")
    assert (await ground.post(DELETE, gid=1, name="Crew")).status == 503
    assert await shown(ground) == {"Crew": ["bob"]}
    assert (await ground.post(CREATE, name="Crew")).error == "group name already exists"
    assert (await ground.post(DELETE, gid=1, name="Crew")).json["status"] == "deleted"


@pytest.mark.anyio
async def test_a_list_that_goes_while_it_is_shown_is_left_out(ground: Ground) -> None:
    await group(ground, "Crew", "bob")
    await group(ground, "Other")
    cases: list[tuple[dict[str, Any], list[str] | None]] = [({}, ["Other"]), ({"gid": 1}, None)]
    for given, left in cases:
        lists, gate = dict(ground.world.lists), ground.wire.hold("group_members")
        asked = asyncio.create_task(ground.get(SHOW, twin=False, **given))
        await gate.reached.wait()
        del ground.world.lists[next(iter(lists))]
        gate.go.set()
        reply = await asked
        names = [found["name"] for found in reply.json] if reply.status == 200 else None
        assert names == left, reply.body
        ground.world.lists = lists


@pytest.mark.anyio
@pytest.mark.parametrize("number", [1, 3, 3 * AT_ONCE])
async def test_group_show_asks_once_for_the_groups_and_once_for_each(ground: Ground, number: int) -> None:
    for name in range(number):
        ground.world.new_list("alice", str(name), "bob", "carol")
    await ground.get(SHOW)
    for members in (["p:bob"], [f"p:{name}" for name in more(ground, 120)]):
        for _, people in ground.world.lists.values():
            people[:] = members
        ground.wire.clear()
        ground.store.trips.clear()
        assert len((await ground.get(SHOW, twin=False)).json) == number
        assert sorted(ground.wire.names) == ["group_members"] * number + ["groups"]
        assert len(ground.store.trips) <= 3
    ground.wire.clear()
    await ground.get(SHOW, gid=1, twin=False)
    assert ground.wire.names == ["groups", "group_members"]


def more(ground: Ground, number: int) -> list[str]:
    names = [f"friend{place}" for place in range(number)]
    for name in names:
        ground.world.person(name)
        ground.world.follow("alice", name)
    return names


@pytest.mark.anyio
async def test_a_change_costs_as_many_calls_for_many_members_as_for_one(ground: Ground) -> None:
    more(ground, 120)
    cids = (await ground.get("friends/ids", twin=False)).json
    for name, members in (("One", cids[:1]), ("Many", cids)):
        ground.wire.clear()
        ground.store.trips.clear()
        reply = await ground.post(CREATE, name=name, json=str(members))
        assert reply.json["status"] == "ok"
        assert ground.wire.names == ["groups", "create_group", "add_to_group"]
        assert len(ground.store.trips) <= 6
    ground.wire.clear()
    await ground.post(DELETE, gid=1, name="One")
    assert ground.wire.names == ["groups", "remove_group"]
