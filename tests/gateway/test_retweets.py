"""statuses/retweets, retweeted_by, retweeters/ids, retweets_of_me, retweeted_by_me and _to_me, unretweet, lookup."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.errors import Missing, Slow
from tests import shapes
from tests.gateway_harness import Ground
from tests.shapes_statuses import twitters

pytestmark = pytest.mark.anyio


async def quiet(ground: Ground) -> None:
    """The contacts are known, and the record of calls is empty."""
    await ground.get("statuses/home_timeline")
    ground.wire.clear()


async def test_the_boosts_of_a_post_are_statuses_of_their_own(ground: Ground) -> None:
    world = ground.world
    post = world.post("bob", "worth it")
    boosts = [world.boost(who, post) for who in ("carol", "dave", "alice")]
    (id,) = await ground.know(post)
    await quiet(ground)
    reply = await ground.get(f"statuses/retweets/{id}")
    assert ground.wire.names == ["reblogs"]
    assert reply.ids == [await ground.id_of(native) for native in reversed(boosts)]
    assert [one["user"]["screen_name"] for one in reply.json] == ["alice", "dave", "carol"]
    assert {one["retweeted_status"]["id"] for one in reply.json} == {id}
    assert (await ground.get(f"statuses/retweets/{id}", count=2)).ids == reply.ids[:2]
    assert (await ground.get(f"statuses/retweets/{reply.ids[0]}")).ids == reply.ids, "by the id of a boost"


@pytest.mark.parametrize("path", ["statuses/retweeted_by/{}", "statuses/{}/retweeted_by"])
async def test_who_boosted_a_post_with_the_id_in_the_middle_too(ground: Ground, path: str) -> None:
    post = ground.world.post("bob", "worth it")
    for who in ("carol", "dave"):
        ground.world.boost(who, post)
    (id,) = await ground.know(post)
    await quiet(ground)
    people = (await ground.get(path.format(id))).json
    assert [user["screen_name"] for user in people] == ["dave", "carol"]
    assert ground.wire.names == ["reblogged_by"]
    ids = path.replace("retweeted_by", "retweeted_by/ids").format(id)
    assert (await ground.get(ids)).json == [user["id"] for user in people]
    assert (await ground.get(path.format(id), count=1, page=2)).json[0]["screen_name"] == "carol"


async def test_ids_of_boosters_come_with_cursors(ground: Ground) -> None:
    post = ground.world.post("bob", "worth it")
    for number in range(50):
        ground.world.person(f"fan{number}")
        ground.world.boost(f"fan{number}", post)
    (id,) = await ground.know(post)
    await quiet(ground)
    first = (await ground.get("statuses/retweeters/ids", id=id, count=30, cursor=-1)).json
    assert ground.wire.names == ["reblogged_by"]
    second = (await ground.get("statuses/retweeters/ids", id=id, count=30, cursor=first["next_cursor"])).json
    assert (len(first["ids"]), len(second["ids"]), second["next_cursor"]) == (30, 20, 0)
    assert second["total_count"] == 50
    assert len({*first["ids"], *second["ids"]}) == 50
    texts = (await ground.get("statuses/retweeters/ids", id=id, count=30, stringify_ids="true")).json
    assert texts["ids"] == [str(number) for number in first["ids"]]


@pytest.mark.parametrize("path", ["statuses/retweets", "statuses/retweeted_by", "statuses/retweeters/ids"])
async def test_what_is_not_there_has_no_boosts(ground: Ground, path: str) -> None:
    for params in ({}, {"id": 5}, {"id": "nonsense"}):
        reply = await ground.get(path, **params)
        assert (reply.status, reply.json["errors"][0]["code"]) == (400, 144)
    gone = ground.world.post("bob", "gone")
    (id,) = await ground.know(gone)
    ground.wire.fail(Missing("gone"), "reblogs", "reblogged_by")
    assert (await ground.get(path, id=id)).status == 400


async def test_retweets_of_me_are_my_posts_that_others_boosted(ground: Ground) -> None:
    world = ground.world
    liked = [world.post("alice", f"{number}") for number in range(6)]
    for native in (liked[1], liked[4]):
        world.boost("bob", native)
    world.boost("alice", liked[2])  # by nobody else
    world.boost("alice", world.post("bob", "not mine"))
    world.post("alice", "@bob secret", visibility="direct")
    reply = await ground.get("statuses/retweets_of_me", count=20)
    assert reply.texts == ["4", "1"]
    assert all(one["retweet_count"] == 1 for one in reply.json)
    assert (await ground.get("statuses/retweets_of_me", since_id=reply.ids[1])).texts == ["4"]
    assert (await ground.get("statuses/retweets_of_me", max_id=reply.ids[0] - 1)).texts == ["1"]
    assert (await ground.get("statuses/retweets_of_me", count=1, page=2)).texts == ["1"]
    await quiet(ground)
    await ground.get("statuses/retweets_of_me", since_id=reply.ids[0], count=200)
    assert ground.wire.names == ["own_boosted"], "a poll costs one call"


async def test_the_walk_for_them_is_bounded(ground: Ground) -> None:
    for number in range(260):
        native = ground.world.post("alice", f"{number}")
        if number in {0, 70}:
            ground.world.boost("bob", native)
    await quiet(ground)
    assert (await ground.get("statuses/retweets_of_me")).texts == ["70"]
    assert ground.wire.count("own_boosted") == 5
    assert ground.wire.count() == 5


async def test_boosts_by_me_and_to_me(ground: Ground) -> None:
    world = ground.world
    theirs, mine = world.post("dora@far.test", "theirs"), world.post("alice", "mine")
    world.boost("alice", theirs)
    world.boost("bob", theirs)
    world.boost("carol", mine)
    world.post("bob", "no boost")
    (by_me,) = (await ground.get("statuses/retweeted_by_me")).json
    assert (by_me["user"]["screen_name"], by_me["retweeted_status"]["text"]) == ("alice", "theirs")
    to_me = await ground.get("statuses/retweeted_to_me")
    assert [one["user"]["screen_name"] for one in to_me.json] == ["carol", "bob"]
    assert (await ground.get("statuses/retweeted_to_me", format="atom")).status == 200


async def test_a_boost_is_taken_back_by_either_id(ground: Ground) -> None:
    post = ground.world.post("bob", "worth it")
    (id,) = await ground.know(post)
    boosted = (await ground.post("statuses/retweet", id=id)).json
    back = (await ground.post("statuses/unretweet", id=id)).json
    assert (back["id"], back["retweeted"]) == (id, False)
    assert ground.world.boosters(post) == ()
    again = (await ground.post("statuses/retweet", id=id)).json
    assert again["id"] != boosted["id"], "the guard does not answer with the boost that is gone"
    assert (await ground.post(f"statuses/unretweet/{again['id']}", format="xml")).status == 200
    assert ground.world.boosters(post) == ()
    assert (await ground.post("statuses/unretweet", id=id)).json["id"] == id, "twice changes nothing"
    assert (await ground.post("statuses/unretweet", id=77)).status == 400
    assert (await ground.request("GET", "statuses/unretweet", params={"id": id})).status == 405


async def test_several_posts_at_once(ground: Ground) -> None:
    world = ground.world
    posts = [world.post("bob", f"{number}") for number in range(5)]
    boost = world.boost("carol", posts[0])
    ids = await ground.know(*posts, boost)
    await quiet(ground)
    reply = await ground.get("statuses/lookup", id=",".join(map(str, [*ids, ids[0], 99, "x"])))
    assert ground.wire.names == ["statuses"]
    assert reply.ids == sorted(ids, reverse=True)
    posted = await ground.post("statuses/lookup", id=f"{ids[1]},{ids[3]}")
    assert posted.texts == ["3", "1"]
    assert (await ground.get("statuses/lookup", id="99")).json == []
    for odd in ("", "x", ",".join(map(str, range(1, 102)))):
        assert (await ground.get("statuses/lookup", id=odd)).status == 400


async def test_a_map_tells_what_is_not_there(ground: Ground) -> None:
    world = ground.world
    seen, secret = world.post("bob", "seen"), world.post("bob", "@alice secret", visibility="direct")
    photo = world.post("alice", "", visibility="direct", media=[world.attach()])
    filtered = world.post("bob", "unwanted", hidden_for={"p:alice"})
    friends = world.post("dave", "for friends", visibility="private")
    ids = await ground.know(seen, secret, photo, filtered, friends)
    params: dict[str, Any] = {"id": ",".join(map(str, ids)), "map": "true"}
    found = (await ground.get("statuses/lookup", twin=False, **params)).json["id"]
    assert list(found) == [str(id) for id in ids]
    assert [one and one["text"] for one in found.values()] == ["seen", None, None, None, None]
    xml = await ground.get("statuses/lookup", format="xml", twin=False, **params)
    assert xml.body.count(b"<status>") == 1


async def test_my_own_boost_is_named_where_it_is_asked_for(ground: Ground) -> None:
    world = ground.world
    post, other = world.post("bob", "worth it"), world.post("carol", "not boosted")
    boost = world.boost("alice", post)
    id, other_id, boost_id = await ground.know(post, other, boost)
    for asked in (id, boost_id):
        shown = (await ground.get("statuses/show", id=asked, include_my_retweet="true")).json
        assert shown["current_user_retweet"]["id"] == boost_id
    assert "current_user_retweet" not in (await ground.get("statuses/show", id=id)).json
    assert "current_user_retweet" not in (await ground.get("statuses/show", id=other_id, include_my_retweet=1)).json
    for number in range(130):
        world.post("alice", f"{number}")
    await quiet(ground)
    far = (await ground.get("statuses/show", id=id, include_my_retweet="t", twin=False)).json
    assert "current_user_retweet" not in far
    assert ground.wire.count("user") == 3


async def test_favourites_in_the_form_of_1_1(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "good"))
    for name, is_favourite in (("create", True), ("destroy", False)):
        answer = await ground.request("POST", f"/1.1/favorites/{name}.json", params={"id": id})
        with twitters():
            shapes.validate(f"favorites/{name}", "json", answer.body)
        assert answer.json["favorited"] is is_favourite


async def test_boosts_are_left_out_where_a_client_wants_none(ground: Ground) -> None:
    world = ground.world
    world.boost("bob", world.post("carol", "apple"))
    world.post("bob", "pear")
    assert len((await ground.get("statuses/home_timeline")).json) == 3
    assert (await ground.get("statuses/home_timeline", include_rts="false")).texts == ["pear", "apple"]
    assert (await ground.get("statuses/user_timeline/bob", include_rts=0)).texts == ["pear"]
    assert len((await ground.get("statuses/friends_timeline", include_rts=1)).json) == 3


async def test_trouble_upstream_is_told(ground: Ground) -> None:
    for path, name in (("statuses/retweets_of_me", "own_boosted"), ("statuses/retweeted_to_me", "home")):
        ground.wire.fail(Slow("late"), name)
        assert (await ground.get(path)).status == 504
