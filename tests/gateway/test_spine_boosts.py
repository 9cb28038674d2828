"""A boost has its own id, and whatever is done to it reaches the right object (DESIGN section 5)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

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


async def reboosted(ground: Ground) -> tuple[int, int, str]:
    """(id of a boost of alice's that was taken back, id of her newer one of the same post, native of the post)."""
    original = ground.world.post("carol", "original")
    (id,) = await ground.know(original)
    first = (await ground.post("statuses/retweet", id=id)).json["id"]
    assert (await ground.post("statuses/destroy", id=first)).status == 200
    return first, (await ground.post("statuses/retweet", id=id)).json["id"], original


async def check_gone(ground: Ground, id: int) -> None:
    """Nothing answers to the id, and asking changes nothing (wire-statuses-users section 7)."""
    posts, lost = list(ground.world.posts), "There is no status with this id."
    ground.wire.clear()
    for reply in (await ground.get("statuses/show", id=id), await ground.post("statuses/destroy", id=id)):
        assert (reply.status, reply.error) == (400, lost)
    assert (list(ground.world.posts), ground.wire.count("unreblog", "remove")) == (posts, 0)


@pytest.mark.anyio
async def test_a_boost_that_was_taken_back_is_gone_and_a_newer_one_stays(ground: Ground) -> None:
    first, second, original = await reboosted(ground)
    assert first != second
    await check_gone(ground, first)
    assert (await ground.get("statuses/show", id=second)).json["text"] == "RT @carol: original"
    assert (await ground.post("statuses/destroy", id=second)).json["id"] == second
    assert list(ground.world.posts) == [original]


@pytest.mark.anyio
@pytest.mark.parametrize("other", [False, True])
async def test_a_boost_whose_id_the_server_goes_on_answering_is_gone_too(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, other: bool
) -> None:
    """snac's boosts share one id, under which the original is read when nobody boosts it any more."""
    first, second, original = await reboosted(ground)
    await ground.post("statuses/destroy", id=second)
    left = ground.world.boost("bob", original) if other else original
    backend = ground.connections.of("alice")
    fetch = backend.status
    monkeypatch.setattr(backend, "status", lambda _: fetch(left))
    await check_gone(ground, first)


def like_takahe(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its wrappers have an id in timelines that GET knows nothing of (backend-facts section 7)."""
    backend = ground.connections.of("alice")
    fetch = backend.status

    async def status(native: str) -> object:
        post = ground.world.posts.get(native)
        return await fetch("none" if post and post.boosted else native)

    backend.capabilities = replace(backend.capabilities, boosts_by_id=False)
    monkeypatch.setattr(backend, "status", status)


@pytest.mark.anyio
async def test_an_own_boost_that_the_backend_cannot_fetch_stands_as_long_as_the_post_says_so(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    like_takahe(ground, monkeypatch)
    original = ground.world.post("carol", "original")
    (id,) = await ground.know(original)
    boost = (await ground.post("statuses/retweet", id=id)).json["id"]
    assert (await ground.get("statuses/show", id=boost)).json["text"] == "original"
    assert (await ground.post("statuses/destroy", id=boost)).status == 200
    assert list(ground.world.posts) == [original]
    await check_gone(ground, boost)
    assert (await ground.post("statuses/retweet", id=boost)).json["retweeted_status"]["id"] == id


@pytest.mark.anyio
async def test_a_boost_that_the_backend_cannot_fetch_is_shown_as_its_original(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = ground.world.post("dave", "original")
    boost = ground.world.boost("bob", original)
    (id,) = await ground.know(boost)
    like_takahe(ground, monkeypatch)
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
