"""friendica/activity/<verb>, and what statuses/show tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from adapters.backend import Capabilities
from adapters.errors import Missing, Rejected, Unavailable
from gateway.activities import THUMBS_DOWN, is_dislike
from mappings import hub
from mappings.hub import ACTIVITIES
from tests.gateway_harness import Answer, Ground, gateway_on

VERBS = ("like", "dislike", "attendyes", "attendno", "attendmaybe")
ERROR = "Error adding activity"
PLEROMA = Capabilities(software="pleroma", label="Pleroma", reactions=True, statuses_by_id=True)


@pytest.fixture
async def reacting(tmp_path: Path) -> AsyncIterator[Ground]:
    """A server with reactions."""
    async with gateway_on(tmp_path, capabilities=PLEROMA) as ground:
        yield ground


@pytest.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[Ground]:
    """An operator who lets the gateway keep what the server cannot."""
    async with gateway_on(tmp_path, local_activities=True) as ground:
        yield ground


async def done(ground: Ground, verb: str, id: int, **given: Any) -> Answer:
    reply = await ground.post(f"friendica/activity/{verb}", id=id, **given)
    assert reply.status == 200, reply.body
    return reply


async def told(ground: Ground, id: int, user: str = "alice") -> dict[str, list[str]]:
    """Names by activity, without the empty ones."""
    found = (await ground.get("statuses/show", user=user, id=id)).json["friendica_activities"]
    assert tuple(found) == ACTIVITIES
    return {name: [person["screen_name"] for person in people] for name, people in found.items() if people}


@pytest.mark.anyio
async def test_like_is_the_favourite_and_each_undoes_the_other(ground: Ground) -> None:
    post = ground.world.post("bob", "hello")
    (id,) = await ground.know(post)
    reply = await done(ground, "like", id)
    assert reply.body == b'"ok"'
    assert (await done(ground, "like", id, format="xml")).body.endswith(b"<ok>true</ok>\n")
    assert ground.world.favourites == [("p:alice", post)]
    assert (await ground.get("favorites")).ids == [id]
    assert await told(ground, id) == {"like": ["alice"]}
    assert (await ground.get("statuses/home_timeline")).json[0]["favorited"] is True
    await ground.post("favorites/destroy", id=id)
    assert (await ground.get("favorites")).ids == []
    await ground.post("favorites/create", id=id)
    for _ in range(2):
        await done(ground, "unlike", id)
    assert not ground.world.favourites
    assert (await ground.get("favorites")).ids == []


@pytest.mark.anyio
async def test_an_activity_on_a_boost_is_one_on_its_original(keeping: Ground) -> None:
    post = keeping.world.post("bob", "hello")
    original, boost = await keeping.know(post, keeping.world.boost("carol", post))
    await done(keeping, "like", boost)
    await done(keeping, "attendyes", boost)
    assert keeping.world.favourites == [("p:alice", post)]
    assert await told(keeping, original) == {"like": ["alice"], "attendyes": ["alice"], "announce": ["carol"]}
    assert await told(keeping, boost) == await told(keeping, original)
    await done(keeping, "unattendyes", original)
    assert "attendyes" not in await told(keeping, boost)


@pytest.mark.anyio
async def test_the_id_in_query_body_and_path_on_every_mount(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "hello"))
    for mount in ("/api", "/api/1", "/api/1.1", "/1", "/1.1", ""):
        for path in (f"like?id={id}", f"like.json?id={id}", f"like/{id}", f"like/{id}.json", f"LIKE.json?id={id}"):
            ground.world.favourites.clear()
            reply = await ground.request("POST", f"{mount}/friendica/activity/{path}")
            assert (reply.status, reply.body, len(ground.world.favourites)) == (200, b'"ok"', 1), (mount, path)
    xml = await ground.request("PUT", f"/api/friendica/activity/unlike/{id}.xml")
    assert xml.body.endswith(b"<ok>true</ok>\n")
    sent = await ground.request("PUT", "friendica/activity/like", content=f'{{"id":{id}}}')
    assert (sent.status, len(ground.world.favourites)) == (200, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("id", ["", "0", "-1", "abc", "1.5", "99999999", str(2**63), "💥"])
@pytest.mark.parametrize("verb", ["like", "unlike", "dislike", "undislike", "attendno", "unattendno"])
async def test_unknown_ids(keeping: Ground, verb: str, id: str) -> None:
    for format in ("json", "xml"):
        reply = await keeping.post(f"friendica/activity/{verb}", format=format, id=id)
        assert (reply.status, reply.error) == (400, ERROR)


@pytest.mark.anyio
async def test_unknown_verbs_and_methods(keeping: Ground) -> None:
    (id,) = await keeping.know(keeping.world.post("bob", "hello"))
    for verb in ("love", "un", "ununlike", "likes", "attend", "announce", "like%20all"):
        for path in (f"{verb}.json?id={id}", f"{verb}/{id}.json"):
            reply = await keeping.request("POST", f"/api/friendica/activity/{path}")
            assert (reply.status, reply.error) == (400, ERROR), path
    bare = await keeping.post("friendica/activity", id=id)
    assert (bare.status, bare.error) == (400, ERROR)
    assert (await keeping.request("GET", f"friendica/activity/like?id={id}")).status == 405
    assert (await keeping.request("POST", "/api/friendica/activity/like/1/2.json")).status == 501
    assert not keeping.world.favourites


@pytest.mark.anyio
async def test_what_somebody_may_not_read_takes_no_activity(keeping: Ground) -> None:
    (id,) = await keeping.know(keeping.world.post("bob", "for @carol", visibility="direct"), user="bob")
    for verb in ("like", "dislike", "attendyes"):
        reply = await keeping.post(f"friendica/activity/{verb}", id=id)
        assert (reply.status, reply.error) == (400, ERROR)
    assert not keeping.world.favourites
    assert await told(keeping, id, user="bob") == {}


@pytest.mark.anyio
@pytest.mark.parametrize("verb", [f"{un}{verb}" for verb in VERBS[1:] for un in ("", "un")])
async def test_what_the_server_lacks_is_refused_by_name(ground: Ground, verb: str) -> None:
    (id,) = await ground.know(ground.world.post("bob", "hello"))
    lacks = "dislikes" if verb.endswith("dislike") else "answers to events"
    for format in ("json", "xml"):
        reply = await ground.post(f"friendica/activity/{verb}", id=id, format=format)
        assert (reply.status, reply.error) == (501, f"Fake has no {lacks}.")


@pytest.mark.anyio
async def test_dislike_is_a_reaction_where_there_are_any(reacting: Ground) -> None:
    post = reacting.world.post("bob", "hello")
    reacting.world.react("carol", post, "\N{THUMBS DOWN SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}")
    reacting.world.react("carol", post, "❤")
    (id,) = await reacting.know(post)
    for _ in range(2):
        await done(reacting, "dislike", id)
    assert ("p:alice", post, THUMBS_DOWN) in reacting.world.reactions
    assert await told(reacting, id) == {"dislike": ["carol", "alice"]}
    await done(reacting, "like", id)
    assert await told(reacting, id) == {"like": ["alice"], "dislike": ["carol", "alice"]}
    for _ in range(2):
        await done(reacting, "undislike", id)
    assert await told(reacting, id) == {"like": ["alice"], "dislike": ["carol"]}
    assert (await reacting.post("friendica/activity/attendno", id=id)).error == "Pleroma has no answers to events."


@pytest.mark.anyio
async def test_a_dislike_of_another_colour_is_taken_back_too(reacting: Ground) -> None:
    post = reacting.world.post("bob", "hello")
    reacting.world.react("alice", post, "\N{THUMBS DOWN SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}")
    (id,) = await reacting.know(post)
    await done(reacting, "undislike", id)
    assert reacting.world.reactions == []


@pytest.mark.anyio
async def test_a_server_that_counts_reactions_and_names_nobody(
    reacting: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As glitch and snac do; some do not even tell which are one's own."""
    post = reacting.world.post("bob", "hello")
    reacting.world.react("carol", post, THUMBS_DOWN)
    (id,) = await reacting.know(post)
    backend = reacting.connections.of("alice")
    named = backend.reactions
    changes: dict[str, Any] = {"accounts": ()}

    async def unnamed(native: str) -> tuple[hub.Reaction, ...]:
        return tuple(msgspec.structs.replace(reaction, **changes) for reaction in await named(native))

    monkeypatch.setattr(backend, "reactions", unnamed)
    assert await told(reacting, id) == {}
    await done(reacting, "dislike", id)
    assert await told(reacting, id) == {"dislike": ["alice"]}
    await done(reacting, "undislike", id)
    assert [who for who, _, _ in reacting.world.reactions] == ["p:carol"]
    changes["me"] = False
    await done(reacting, "dislike", id)
    await done(reacting, "undislike", id)
    assert [who for who, _, _ in reacting.world.reactions] == ["p:carol"]
    reacting.wire.fail(Missing("none of yours"), "unreact")
    await done(reacting, "undislike", id)


@pytest.mark.anyio
async def test_reactions_that_the_server_refuses(reacting: Ground) -> None:
    post = reacting.world.post("bob", "hello")
    (id,) = await reacting.know(post)
    for error in (Missing("gone"), Rejected("too many")):
        reacting.wire.fail(error, "react")
        reply = await reacting.post("friendica/activity/dislike", id=id)
        assert (reply.status, reply.error) == (400, ERROR)
    reacting.world.react("alice", post, THUMBS_DOWN)
    reacting.wire.fail(Rejected("twice"), "react")
    await done(reacting, "dislike", id)
    reacting.wire.fail(Unavailable("away"), "react")
    assert (await reacting.post("friendica/activity/dislike", id=id)).status == 503
    (gone,) = await reacting.know(deleted := reacting.world.post("bob", "soon gone"))
    reacting.world.delete(deleted)
    for verb in ("dislike", "undislike"):
        assert (await reacting.post(f"friendica/activity/{verb}", id=gone)).error == ERROR


@pytest.mark.anyio
async def test_kept_activities_exclude_each_other_and_are_the_accounts_own(keeping: Ground) -> None:
    (id,) = await keeping.know(keeping.world.post("bob", "party"))
    await done(keeping, "dislike", id)
    for verb in ("attendyes", "attendno", "attendno", "attendmaybe"):
        await done(keeping, verb, id)
        assert await told(keeping, id) == {"dislike": ["alice"], verb: ["alice"]}
    await done(keeping, "unattendyes", id)
    assert await told(keeping, id) == {"dislike": ["alice"], "attendmaybe": ["alice"]}
    assert await told(keeping, id, user="carol") == {}
    for _ in range(2):
        await done(keeping, "undislike", id)
        await done(keeping, "unattendmaybe", id)
    assert await told(keeping, id) == {}


@pytest.mark.anyio
async def test_kept_activities_survive_a_restart(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, local_activities=True) as ground:
        world = ground.world
        (id,) = await ground.know(world.post("bob", "party"))
        await done(ground, "attendyes", id)
    async with gateway_on(tmp_path, world=world, local_activities=True) as ground:
        assert await told(ground, id) == {"attendyes": ["alice"]}
    async with gateway_on(tmp_path, world=world) as ground:
        assert await told(ground, id) == {}


@pytest.mark.anyio
async def test_a_server_with_reactions_gets_the_dislike_and_the_store_the_rest(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=PLEROMA, local_activities=True) as ground:
        (id,) = await ground.know(ground.world.post("bob", "party"))
        await done(ground, "dislike", id)
        await done(ground, "attendyes", id)
        assert ground.world.reactions
        assert await told(ground, id) == {"dislike": ["alice"], "attendyes": ["alice"]}


@pytest.mark.anyio
async def test_a_status_is_shown_when_its_activities_cannot_be_read(reacting: Ground) -> None:
    post = reacting.world.post("bob", "hello")
    reacting.world.react("carol", post, THUMBS_DOWN)
    reacting.world.favour("carol", post)
    (id,) = await reacting.know(post)
    for names, left in (
        (("activities",), {"dislike": ["carol"]}), (("reactions",), {"like": ["carol"]}),
        (("activities", "reactions"), {}),
    ):  # fmt: skip
        for name in names:
            reacting.wire.fail(Unavailable("away"), name)
        reply = await reacting.get("statuses/show", id=id, twin=False)
        found = reply.json["friendica_activities"]
        assert {name: [p["screen_name"] for p in people] for name, people in found.items() if people} == left


@pytest.mark.anyio
async def test_show_costs_the_same_however_many_there_are(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, capabilities=PLEROMA, local_activities=True) as ground:
        post = ground.world.post("bob", "party")
        (id,) = await ground.know(post)
        await ground.get("statuses/show", id=id)
        for crowd in range(0, 120, 40):
            for place in range(crowd):
                ground.world.person(f"guest{place}")
                ground.world.favour(f"guest{place}", post)
                ground.world.react(f"guest{place}", post, THUMBS_DOWN)
            ground.wire.clear()
            reply = await ground.get("statuses/show", id=id, twin=False)
            assert len(reply.json["friendica_activities"]["like"]) == crowd
            assert sorted(ground.wire.names) == ["activities", "reactions", "status"]
        await done(ground, "attendyes", id)
        ground.wire.clear()
        await ground.get("statuses/show", id=id, twin=False)
        assert sorted(ground.wire.names) == ["activities", "me", "reactions", "status"]


@pytest.mark.anyio
async def test_calls_of_a_change(keeping: Ground) -> None:
    (id,) = await keeping.know(keeping.world.post("bob", "party"))
    for verb, calls in (("like", ["favourite"]), ("unlike", ["unfavourite"]), ("dislike", ["status"])):
        keeping.wire.clear()
        await done(keeping, verb, id)
        assert keeping.wire.names == calls


def test_thumbs_down_of_every_colour_are_dislikes() -> None:
    assert [is_dislike(emoji) for emoji in ("👎", "👎🏿", "👎\ufe0f", "👍", "")] == [True, True, True, False, False]


@pytest.mark.anyio
async def test_answers_go_to_a_server_that_has_events(tmp_path: Path) -> None:
    events = Capabilities(software="c2s", label="C2S", events=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=events, local_activities=True) as ground:
        (id,) = await ground.know(ground.world.post("bob", "party"))
        for verb in ("attendyes", "attendno", "attendmaybe"):
            await done(ground, verb, id)
            assert await told(ground, id) == {verb: ["alice"]}
            assert await told(ground, id, user="carol") == {verb: ["alice"]}
        await done(ground, "unattendno", id)
        assert await told(ground, id) == {"attendmaybe": ["alice"]}
        await done(ground, "unattendmaybe", id)
        assert await told(ground, id) == {}
