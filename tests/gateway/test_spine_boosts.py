"""A boost has its own id, and whatever is done to it reaches the right object (DESIGN section 5)."""

from __future__ import annotations

import pytest

from mappings.hub import Order
from tests.gateway_harness import Ground, gateway_on, village

DAY = 86_400_000


@pytest.mark.anyio
async def test_a_boost_shows_the_original_under_an_id_of_its_own(ground: Ground) -> None:
    original = ground.world.post("dave", "old and good")
    boost = ground.world.boost("bob", original)
    status = (await ground.get("statuses/home_timeline")).json[0]
    assert status["text"] == "RT @dave: old and good"
    assert (status["user"]["screen_name"], status["retweeted_status"]["user"]["screen_name"]) == ("bob", "dave")
    assert status["id"] == await ground.id_of(boost)
    assert status["retweeted_status"]["id"] == await ground.id_of(original)
    assert status["id"] > status["retweeted_status"]["id"]
    plain = (await ground.get("statuses/show", id=status["retweeted_status"]["id"])).json
    assert "retweeted_status" not in plain


@pytest.mark.anyio
@pytest.mark.parametrize("order", list(Order))
async def test_an_old_post_boosted_today_appears_above_since_id(
    order: Order, tmp_path_factory: pytest.TempPathFactory
) -> None:
    async with gateway_on(tmp_path_factory.mktemp("boosts"), world=village(order)) as ground:
        old = ground.world.post("dave", "old")
        ground.world.now += 400 * DAY
        ground.world.post("bob", "news")
        seen = (await ground.get("statuses/home_timeline")).ids[0]
        ground.world.boost("bob", old)
        reply = await ground.get("statuses/home_timeline", since_id=seen)
        assert reply.texts == ["RT @dave: old"]
        assert reply.ids[0] > seen > reply.json[0]["retweeted_status"]["id"]


@pytest.mark.anyio
async def test_actions_through_the_boost_reach_the_original(ground: Ground) -> None:
    original = ground.world.post("dave", "original")
    boost = ground.world.boost("bob", original)
    (id,) = await ground.know(boost)
    assert (await ground.post("favorites/create", id=id)).json["favorited"] is True
    assert ground.world.favourites == [("p:alice", original)]
    assert (await ground.post("favorites/destroy", id=id)).json["favorited"] is False
    assert ground.world.favourites == []
    answer = await ground.post("statuses/update", status="@dave yes", in_reply_to_status_id=id)
    assert answer.json["in_reply_to_status_id"] == await ground.id_of(original)
    assert (await ground.post("statuses/retweet", id=id)).status == 200
    mine = [post for post in ground.world.posts.values() if post.boosted and post.author == "p:alice"]
    assert [post.boosted for post in mine] == [original]


@pytest.mark.anyio
async def test_a_retweet_answers_the_new_boost_and_destroying_it_takes_it_back(ground: Ground) -> None:
    original = ground.world.post("dave", "original")
    (id,) = await ground.know(original)
    reply = await ground.post("statuses/retweet", id=id)
    assert reply.json["retweeted_status"]["id"] == id != reply.json["id"]
    assert reply.json["user"]["screen_name"] == "alice"
    gone = await ground.post("statuses/destroy", id=reply.json["id"])
    assert gone.json["id"] == reply.json["id"]
    assert list(ground.world.posts) == [original]
    assert ground.wire.count("remove") == 0


@pytest.mark.anyio
async def test_somebody_elses_boost_and_post_cannot_be_destroyed(ground: Ground) -> None:
    original = ground.world.post("alice", "mine")
    ids = await ground.know(ground.world.boost("bob", original), ground.world.post("bob", "his"))
    for id in ids:
        assert (await ground.post("statuses/destroy", id=id)).status == 403
    assert len(ground.world.posts) == 3
    assert ground.wire.count("remove", "unreblog") == 0


@pytest.mark.anyio
async def test_own_posts_are_destroyed_and_answered_as_they_were(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("alice", "going"))
    assert (await ground.post(f"statuses/destroy/{id}")).json["text"] == "going"
    assert not ground.world.posts
    for path in ("statuses/destroy", "statuses/show"):
        again = await (ground.post if "destroy" in path else ground.get)(path, id=id)
        assert (again.status, again.error) == (400, "There is no status with this id.")


@pytest.mark.anyio
async def test_what_may_not_be_boosted_is_refused_before_asking(ground: Ground) -> None:
    private = ground.world.post("bob", "friends", visibility="private")
    direct = ground.world.post("bob", "for @alice", visibility="direct")
    for id in [*await ground.know(private, direct), 99999999]:
        reply = await ground.post("statuses/retweet", id=id)
        assert (reply.status, reply.error) == (403, "Forbidden")
    assert (await ground.post("statuses/retweet")).status == 403
    assert ground.wire.count("reblog") == 0
    (own,) = await ground.know(ground.world.post("alice", "own private", visibility="private"))
    assert (await ground.post("statuses/retweet", id=own)).status == 200


@pytest.mark.anyio
async def test_a_boost_that_the_backend_cannot_fetch_is_shown_as_its_original(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Takahe's wrappers have an id in timelines that GET knows nothing of (backend-facts section 7)."""
    original = ground.world.post("dave", "original")
    boost = ground.world.boost("bob", original)
    (id,) = await ground.know(boost)
    backend = ground.connections.of("alice")
    fetch = backend.status

    async def takahe(native: str) -> object:
        return await fetch("none" if native == boost else native)

    monkeypatch.setattr(backend, "status", takahe)
    assert "original" in (await ground.get("statuses/show", id=id)).json["text"]
    assert (await ground.post("favorites/create", id=id)).status == 200
    assert ground.world.favourites == [("p:alice", original)]
    assert (await ground.post("statuses/update", status="@dave yes", in_reply_to_status_id=id)).status == 200
    assert (await ground.post("statuses/retweet", id=id)).status == 200


@pytest.mark.anyio
async def test_a_quoted_post_stands_in_quoted_status(ground: Ground) -> None:
    quoted = ground.world.post("dave", "what was said")
    (id,) = await ground.know(ground.world.post("bob", "look at this", quote=quoted))
    status = (await ground.get("statuses/show", id=id)).json
    assert status["text"].startswith("look at this")
    assert status["quoted_status"]["text"] == "what was said"
    assert status["quoted_status"]["id"] == await ground.id_of(quoted)
