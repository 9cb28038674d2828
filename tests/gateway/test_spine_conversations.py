"""conversation/show, statusnet/conversation and statuses/show?conversation=1 (DESIGN section 9)."""

from __future__ import annotations

import pytest

from adapters.errors import BackendError, Missing, Refused
from mappings import hub
from tests.gateway_harness import Ground

CALLS = ("conversation/show", "statusnet/conversation")


def thread(ground: Ground) -> dict[str, str]:
    """root <- first <- deep, root <- second; and a post beside it."""
    world = ground.world
    named = {"root": world.post("alice", "root")}
    named["first"] = world.post("bob", "first", reply_to=named["root"])
    named["second"] = world.post("carol", "second", reply_to=named["root"])
    named["deep"] = world.post("alice", "deep", reply_to=named["first"], to=("bob",))
    world.post("bob", "beside")
    return named


@pytest.mark.anyio
@pytest.mark.parametrize("call", CALLS)
async def test_all_answers_newest_first_without_the_post_itself(ground: Ground, call: str) -> None:
    named = thread(ground)
    ids = dict(zip(named, await ground.know(*named.values()), strict=True))
    assert (await ground.get(call, id=ids["root"])).texts == ["deep", "second", "first"]
    assert (await ground.get(call, id=ids["first"])).texts == ["deep"]
    assert (await ground.get(f"{call}/{ids['root']}")).texts == ["deep", "second", "first"]


@pytest.mark.anyio
@pytest.mark.parametrize("call", CALLS)
async def test_no_answers_are_an_empty_list_and_no_thread_is_a_400(ground: Ground, call: str) -> None:
    named = thread(ground)
    (id,) = await ground.know(named["deep"])
    assert (await ground.get(call, id=id)).json == []
    for given in ({"id": 99999999}, {"id": "abc"}, {"id": -5}, {}):
        reply = await ground.get(call, **given)
        assert (reply.status, reply.error) == (400, "There is no status with this id."), given


@pytest.mark.anyio
async def test_answers_are_paged_and_bounded(ground: Ground) -> None:
    root = ground.world.post("alice", "root")
    for number in range(9):
        ground.world.post("bob", str(number), reply_to=root)
    (id,) = await ground.know(root)
    everything = await ground.get("conversation/show", id=id)
    assert everything.texts == [str(number) for number in range(8, -1, -1)]
    ids = everything.ids
    assert (await ground.get("conversation/show", id=id, count=4, page=2)).ids == ids[4:8]
    assert (await ground.get("conversation/show", id=id, since_id=ids[6], max_id=ids[2])).ids == ids[2:6]


@pytest.mark.anyio
async def test_show_with_conversation_holds_the_whole_thread(ground: Ground) -> None:
    named = thread(ground)
    ids = dict(zip(named, await ground.know(*named.values()), strict=True))
    for name in named:
        ground.wire.clear()
        reply = await ground.get("statuses/show", id=ids[name], conversation="1", twin=False)
        assert reply.texts == ["deep", "second", "first", "root"]
        assert ground.wire.count("thread") == (1 if name == "root" else 2)
    assert isinstance((await ground.get("statuses/show", id=ids["root"], conversation="0")).json, dict)
    missing = await ground.get("statuses/show", id=99999999, conversation="1")
    assert missing.status == 400


@pytest.mark.anyio
@pytest.mark.parametrize("error", [Missing("gone"), Refused("not for you")])
async def test_branches_that_cannot_be_read_are_left_out(ground: Ground, error: BackendError) -> None:
    named = thread(ground)
    (deep,) = await ground.know(named["deep"])
    read = ground.connections.of("alice").thread

    async def once(native: str) -> hub.Thread:
        if native == named["root"]:
            raise error
        return await read(native)

    ground.connections.of("alice").thread = once  # type: ignore[method-assign]
    assert (await ground.get("statuses/show", id=deep, conversation="1")).texts == ["deep", "first", "root"]


@pytest.mark.anyio
async def test_branches_hold_nothing_that_is_not_listed(ground: Ground) -> None:
    named = thread(ground)
    ground.world.post("bob", "@alice secret", reply_to=named["root"], visibility="direct")
    ground.world.post("bob", "filtered", reply_to=named["root"], hidden_for={"p:alice"})
    (deep,) = await ground.know(named["deep"])
    shown = await ground.get("statuses/show", id=deep, conversation="1")
    assert shown.texts == ["deep", "second", "first", "root"]


@pytest.mark.anyio
async def test_every_status_of_a_thread_carries_the_same_number(ground: Ground) -> None:
    named = thread(ground)
    (root,) = await ground.know(named["root"])
    listed = (await ground.get("statuses/show", id=root, conversation="1")).json
    assert {status["statusnet_conversation_id"] for status in listed} == {root}
    assert [s["in_reply_to_status_id"] for s in listed if s["text"] == "root"] == [None]
    home = {status["text"]: status for status in (await ground.get("statuses/home_timeline")).json}
    assert home["deep"]["statusnet_conversation_id"] == root
    assert home["deep"]["in_reply_to_status_id"] == home["first"]["id"]
    assert home["deep"]["in_reply_to_screen_name"] == "bob"
    assert home["beside"]["statusnet_conversation_id"] == home["beside"]["id"]


@pytest.mark.anyio
async def test_a_thread_number_works_also_when_only_an_answer_was_ever_seen(ground: Ground) -> None:
    root = ground.world.post("dave", "unseen root")
    answer = ground.world.post("bob", "seen answer", reply_to=root)
    shown = (await ground.get("statuses/home_timeline")).json[0]
    assert shown["text"] == "seen answer"
    parent = shown["in_reply_to_status_id"]
    assert shown["statusnet_conversation_id"] == parent < shown["id"]
    assert (await ground.get("statuses/show", id=parent)).json["text"] == "unseen root"
    assert (await ground.get("conversation/show", id=parent)).ids == [shown["id"]]
    assert await ground.id_of(answer) == shown["id"]
