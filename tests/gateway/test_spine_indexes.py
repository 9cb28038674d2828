"""Favourites and mentions: the backend's row order becomes ours, through a small index (DESIGN section 5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.backend import Capabilities
from tests.gateway_harness import Ground, gateway_on


def favourites(ground: Ground, count: int) -> list[str]:
    """Posts of bob, favoured from the newest to the oldest: the reverse of their own order."""
    posts = [ground.world.post("bob", str(number)) for number in range(count)]
    ground.world.favour("alice", *reversed(posts))
    return posts


def texts(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last - 1, -1)]


@pytest.mark.anyio
async def test_favourites_stand_in_the_order_of_their_ids(ground: Ground) -> None:
    favourites(ground, 8)
    reply = await ground.get("favorites")
    assert reply.texts == texts(7, 0)
    ids = reply.ids
    assert (await ground.get("favorites", since_id=ids[6], max_id=ids[1])).ids == ids[1:6]
    assert (await ground.get("favorites", max_id=ids[3] - 1, count=2)).ids == ids[4:6]
    assert (await ground.get("favorites", count=3, page=2)).texts == texts(4, 2)
    assert (await ground.get("favorites", count=3, page=4)).json == []


@pytest.mark.anyio
async def test_a_new_favourite_of_an_old_post_takes_its_place(ground: Ground) -> None:
    old = ground.world.post("bob", "old")
    favourites(ground, 3)
    assert "old" not in (await ground.get("favorites")).texts
    ground.world.favour("alice", old)
    assert (await ground.get("favorites")).texts == ["2", "1", "0", "old"]


@pytest.mark.anyio
async def test_what_was_taken_back_anywhere_is_gone(ground: Ground) -> None:
    posts = favourites(ground, 6)
    ids = (await ground.get("favorites")).ids
    ground.world.unfavour("alice", posts[4])
    ground.wire.clear()
    assert (await ground.get("favorites", twin=False)).texts == ["5", "3", "2", "1", "0"]
    assert ground.wire.names == ["favourites"]
    await ground.post("favorites/destroy", id=ids[5])
    assert (await ground.get("favorites")).texts == ["5", "3", "2", "1"]
    ground.world.delete(posts[2])
    assert (await ground.get("favorites")).texts == ["5", "3", "1"]


@pytest.mark.anyio
async def test_own_favourites_show_at_once(ground: Ground) -> None:
    first, second = await ground.know(ground.world.post("bob", "a"), ground.world.post("bob", "b"))
    assert (await ground.get("favorites")).json == []
    for id in (second, first, first):
        assert (await ground.post("favorites/create", id=id)).json["favorited"] is True
    assert (await ground.get("favorites")).texts == ["b", "a"]


@pytest.mark.anyio
async def test_more_favourites_than_the_first_fill_are_reached(tmp_path: Path) -> None:
    capabilities = Capabilities(software="fake", page_size=5, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        posts = [ground.world.post("bob", str(number)) for number in range(60)]
        ground.world.favour("alice", *posts)
        seen: list[str] = []
        for page in range(1, 8):
            seen += (await ground.get("favorites", count=10, page=page)).texts
        assert seen == texts(59, 0)


@pytest.mark.anyio
async def test_favourites_survive_a_restart(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        posts = favourites(ground, 4)
        ids = (await ground.get("favorites")).ids
    async with gateway_on(tmp_path, world=world) as ground:
        ground.world.unfavour("alice", posts[1])
        assert (await ground.get("favorites")).ids == [ids[0], ids[1], ids[3]]


@pytest.mark.anyio
async def test_mentions_are_posts_that_name_me(ground: Ground) -> None:
    world = ground.world
    for number in range(5):
        world.post("bob", f"{number} @alice")
        world.post("bob", f"{number} @carol")
    mine = world.post("alice", "to myself @alice")
    reply = await ground.get("statuses/mentions")
    assert [text.split()[0] for text in reply.texts] == texts(4, 0)
    ids = reply.ids
    for call in ("statuses/replies", "statuses/mentions_timeline"):
        assert (await ground.get(call)).ids == ids
    assert (await ground.get("statuses/mentions", since_id=ids[3], max_id=ids[1])).ids == ids[1:3]
    assert (await ground.get("statuses/mentions", count=2, page=2)).ids == ids[2:4]
    world.post("carol", "newest @alice")
    assert (await ground.get("statuses/mentions", since_id=ids[0])).texts == ["newest @alice"]
    world.delete(mine)


@pytest.mark.anyio
async def test_a_deleted_mention_is_gone(ground: Ground) -> None:
    posts = [ground.world.post("bob", f"{number} @alice") for number in range(3)]
    assert len((await ground.get("statuses/mentions")).json) == 3
    ground.world.delete(posts[1])
    assert [text[0] for text in (await ground.get("statuses/mentions")).texts] == ["2", "0"]


@pytest.mark.anyio
async def test_a_poll_of_a_known_list_costs_one_call(ground: Ground) -> None:
    favourites(ground, 10)
    ground.world.post("bob", "@alice hello")
    for call, name in (("favorites", "favourites"), ("statuses/mentions", "mentions")):
        await ground.get(call)
        ground.wire.clear()
        await ground.get(call, twin=False)
        assert ground.wire.names == [name]


@pytest.mark.anyio
async def test_favourites_of_others_are_not_mixed_in(ground: Ground) -> None:
    post = ground.world.post("bob", "liked by carol")
    ground.world.favour("carol", post)
    assert (await ground.get("favorites")).json == []
    assert (await ground.get("favorites", user="carol")).texts == ["liked by carol"]
    assert (await ground.get("favorites", screen_name="alice", user="carol")).json == []
