"""Devices that read 31 bits: their numbers reach the right things, in every order of reading, and stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.narrow import STATUS
from mappings.hub import Order
from mappings.narrow import second
from tests.fake_notices import START, picture
from tests.gateway.narrow_ground import all_pages, too_wide, use
from tests.gateway_harness import Ground, gateway_on, village

pytestmark = pytest.mark.anyio

ORDERS = [Order.TIMED, Order.ORDERED, Order.UNORDERED]


def crowded(order: Order) -> tuple[Any, list[str]]:
    """Sixty posts, many of them in one second, with boosts and answers among them."""
    world = village(order)
    natives: list[str] = []
    for n in range(60):
        at = START + 10**7 + (n // 7) * 1500 + n
        if n % 10 == 4:
            natives.append(world.boost("bob", natives[0], at=at))
        else:
            answered = natives[-1] if n % 3 == 1 and n % 10 != 5 else None
            natives.append(world.post(("bob", "carol")[n % 2], f"post {n}", at=at, reply_to=answered))
    return world, natives


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 20])
async def test_a_whole_timeline_is_paged_exactly_by_narrow_ids(tmp_path: Path, order: Order, size: int):
    world, natives = crowded(order)
    async with gateway_on(tmp_path, world=world) as ground:
        wide = [post["text"] for post in (await ground.get("statuses/home_timeline", count=200, twin=False)).json]
        await use(ground, "dica")
        found = await all_pages(ground, "statuses/home_timeline", size)
        assert [post["text"] for post in found] == wide
        assert len(found) == len(natives)
        ids = [post["id"] for post in found]
        assert ids == sorted(set(ids), reverse=True)
        assert max(ids) < 2**31
        assert all([abs(id - second(await wide_of(ground, id))) < 3600 for id in ids])


async def wide_of(ground: Ground, id: int) -> int:
    (account,) = [one for one in await ground.gateway.store.accounts() if one.login == "alice"]
    below, _ = (await ground.gateway.store.widened(account.id, STATUS, [id]))[id]
    assert below is not None
    assert below.id == id
    return below.wide


@pytest.mark.parametrize("order", ORDERS)
async def test_polls_with_since_id_give_each_new_post_once(tmp_path: Path, order: Order):
    world, _ = crowded(order)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        seen = (await ground.get("statuses/home_timeline", count=200)).json
        highest = seen[0]["id"]
        for round in range(4):
            new = [world.post("bob", f"new {round} {n}", at=world.now + 100) for n in range(5)]
            page = (await ground.get("statuses/home_timeline", count=200, since_id=highest)).json
            assert [post["text"] for post in page] == [f"new {round} {n}" for n in reversed(range(5))]
            assert len(page) == len(new)
            again = (await ground.get("statuses/home_timeline", count=200, since_id=highest)).json
            assert again == page
            highest = page[0]["id"]
        assert (await ground.get("statuses/home_timeline", since_id=highest)).json == []
        last_two = await ground.get("statuses/home_timeline", since_id=page[2]["id"], max_id=highest - 1)
        assert last_two.ids == [page[1]["id"]]


async def test_what_is_between_two_pages_is_found_where_it_belongs(tmp_path: Path):
    world, natives = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        newest = (await ground.get("statuses/home_timeline", count=5, twin=False)).ids
        thread = (await ground.get("statuses/user_timeline/bob", count=200, twin=False)).ids
        gap = (await ground.get("statuses/home_timeline", count=200, max_id=newest[-1] - 1, twin=False)).ids
        assert len(newest) + len(gap) == len(natives)
        assert set(thread) <= {*newest, *gap}
        assert [*newest, *gap] == sorted({*newest, *gap}, reverse=True)


async def test_ids_stay_over_restarts_and_are_the_same_for_all_devices_of_a_person(tmp_path: Path):
    world, _ = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        first = (await ground.get("statuses/home_timeline", count=9)).ids
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        await ground.get("statuses/home_timeline", count=50, page=1)
        assert (await ground.get("statuses/home_timeline", count=9)).ids == first


async def test_after_a_lost_map_positions_are_their_seconds(tmp_path: Path):
    world = village()
    for n in range(40):
        world.post("bob", f"post {n}", at=START + 10**7 + n * 30_000)
    async with gateway_on(tmp_path / "one", world=world) as ground:
        await use(ground, "dica")
        page = (await ground.get("statuses/home_timeline", count=20)).json
    async with gateway_on(tmp_path / "other", world=world) as ground:
        await use(ground, "dica")
        older = await ground.get("statuses/home_timeline", count=5, max_id=page[-1]["id"] - 1, twin=False)
        assert older.texts == [f"post {n}" for n in (19, 18, 17, 16, 15)]
        newer = await ground.get("statuses/home_timeline", count=50, since_id=page[5]["id"], twin=False)
        assert newer.texts[:5] == [post["text"] for post in page[:5]]
        assert len(newer.texts) <= 6, "in doubt the post itself comes again"


async def test_two_kinds_of_devices_beside_each_other_never_get_each_others_ids(tmp_path: Path):
    world, _ = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        usual = ground.passwords["alice"]
        for _ in range(3):  # made, kept, finished
            ground.passwords["alice"] = usual
            wide = (await ground.get("statuses/home_timeline")).json
            await use(ground, "dica")
            narrow = (await ground.get("statuses/home_timeline")).json
            assert [post["text"] for post in narrow] == [post["text"] for post in wide]
            assert min(post["id"] for post in wide) > 2**31 > max(post["id"] for post in narrow)
            assert all(post["id_str"] == str(post["id"]) for post in narrow)
            by_wide = {post["id"]: new["id"] for post, new in zip(wide, narrow, strict=True)}
            for post, new in zip(wide, narrow, strict=True):
                for name in ("in_reply_to_status_id", "statusnet_conversation_id"):
                    if post[name] in by_wide:
                        assert int(new[name]) == by_wide[post[name]]


async def test_an_id_of_one_space_is_nothing_in_the_other(tmp_path: Path):
    world, natives = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        (wide,) = await ground.know(natives[0])
        await use(ground, "dica")
        (narrow,) = (await ground.get("statuses/home_timeline", count=1)).ids
        for call in ("statuses/show", "conversation/show"):
            assert (await ground.get(call, id=wide)).status == 400
        assert (await ground.post("favorites/create", id=wide)).status == 400
        assert (await ground.post("statuses/update", status="x", in_reply_to_status_id=wide)).status == 404
        ground.passwords["alice"] = await ground.login("alice")
        assert (await ground.get("statuses/show", id=narrow)).status == 400


async def test_narrow_ids_reach_the_right_posts(tmp_path: Path):
    world, natives = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        page = (await ground.get("statuses/home_timeline", count=60, twin=False)).json
        boost = next(post for post in page if "retweeted_status" in post)
        plain = next(post for post in page if post["text"] == "post 8")
        assert (await ground.get(f"statuses/show/{plain['id']}")).json["text"] == "post 8"
        liked = (await ground.post("favorites/create", id=boost["id"])).json
        assert liked["text"] == "post 0"
        assert ("p:alice", natives[0]) in world.favourites
        assert liked["id"] == boost["retweeted_status"]["id"]
        answer = (await ground.post("statuses/update", status="@carol yes", in_reply_to_status_id=plain["id"])).json
        assert answer["in_reply_to_status_id"] == plain["id"]
        assert world.posts[next(reversed(world.posts))].reply_to == natives[8]
        shown = (await ground.get("conversation/show", id=plain["id"])).ids
        assert answer["id"] in shown
        whole = (await ground.get("statuses/home_timeline", conversation_id=answer["id"])).ids
        assert {answer["id"], plain["id"]} <= set(whole)
        assert (await ground.post("friendica/activity/like", id=plain["id"])).json == "ok"
        assert ("p:alice", natives[8]) in world.favourites
        boosted = (await ground.post("statuses/retweet", id=plain["id"])).json
        assert boosted["retweeted_status"]["id"] == plain["id"]
        mine = (await ground.get("statuses/show", id=plain["id"], include_my_retweet="true", twin=False)).json
        assert mine["current_user_retweet"]["id"] == boosted["id"]
        gone = (await ground.post("statuses/destroy", id=answer["id"])).json
        assert gone["text"].endswith("yes")
        assert (await ground.get("statuses/show", id=answer["id"])).status == 400
        assert (await ground.get("favorites", max_id=liked["id"])).ids == [liked["id"]]


async def test_uploads_are_posted_by_their_narrow_id(tmp_path: Path):
    async with gateway_on(tmp_path) as ground:
        await use(ground, "dica")
        file = {"media": ("a.png", picture(), "image/png")}
        uploaded = (await ground.post("media/upload", files=file)).json
        assert not too_wide(await ground.post("media/upload", format="xml", files=file))
        assert uploaded["media_id"] < 2**31
        assert uploaded["media_id_string"] == str(uploaded["media_id"])
        about = {"media_id": uploaded["media_id"], "alt_text": '{"text":"a cat"}'}
        described = await ground.post("media/metadata/create", **about)
        assert described.status == 200
        posted = await ground.post("statuses/update", status="see", media_ids=uploaded["media_id"])
        assert posted.json["attachments"][0]["mimetype"] == "image/png"
        wrong = await ground.post("statuses/update", status="see", media_ids="77")
        assert (wrong.status, "77" in wrong.error) == (400, True)


async def test_known_ids_cost_no_trip_and_new_ones_one(tmp_path: Path):
    world, _ = crowded(Order.TIMED)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        for _ in range(2):  # the first one writes the width of the device down
            await ground.get("statuses/home_timeline", count=20, twin=False)
        ground.store.trips.clear()
        page = (await ground.get("statuses/home_timeline", count=20, twin=False)).ids
        assert ground.store.trips == []
        await ground.get("statuses/home_timeline", count=20, since_id=page[3], max_id=page[0], twin=False)
        assert ground.store.trips == []
        world.post("bob", "one more")
        await ground.get("statuses/home_timeline", count=20, twin=False)
        assert ground.store.trips == ["assign", "narrow"]
        ground.passwords["alice"] = await ground.login("alice")
        await ground.get("statuses/home_timeline", count=20, twin=False)
        ground.store.trips.clear()
        await ground.get("statuses/home_timeline", count=20, twin=False)
        assert ground.store.trips == []


async def test_a_thread_gets_its_narrow_number_also_when_its_beginning_is_learnt_later(tmp_path: Path):
    world = village()
    first = world.post("bob", "first")
    answer = world.post("carol", "answer", reply_to=first)
    world.post("bob", "more", reply_to=answer)
    async with gateway_on(tmp_path, world=world) as ground:
        await use(ground, "dica")
        newest = (await ground.get("statuses/home_timeline", count=1, twin=False)).json[0]
        parent = newest["in_reply_to_status_id"]
        assert int(newest["statusnet_conversation_id"]) == parent
        for _ in range(3):
            page = (await ground.get("statuses/home_timeline", count=3)).json
            assert {int(post["statusnet_conversation_id"]) for post in page} == {page[-1]["id"]}
        assert page[1]["id"] == parent
