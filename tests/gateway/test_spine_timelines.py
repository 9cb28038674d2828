"""Which statuses a timeline shows, for every order of native ids (DESIGN sections 4, 5 and 9)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities, Window
from mappings import hub
from mappings.hub import Order
from tests.gateway_harness import Ground, gateway_on, village

SMALL = 5
"""Posts in an upstream page, so that a reply needs several."""


@pytest.fixture(params=list(Order))
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway over each order of ids, with small upstream pages."""
    capabilities = Capabilities(software="fake", order=request.param, page_size=SMALL, statuses_by_id=True)
    async with gateway_on(tmp_path, world=village(request.param), capabilities=capabilities) as ground:
        yield ground


def numbered(ground: Ground, count: int, who: str = "bob") -> list[str]:
    """`count` posts with the texts "0", "1", ..."""
    return [ground.world.post(who, str(number)) for number in range(count)]


def texts(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last - 1, -1)]


@pytest.mark.anyio
async def test_count_is_filled_while_the_backend_has_more(ground: Ground) -> None:
    numbered(ground, 30)
    assert (await ground.get("statuses/home_timeline", count=17)).texts == texts(29, 13)
    assert (await ground.get("statuses/home_timeline")).texts == texts(29, 10)
    assert (await ground.get("statuses/home_timeline", count=200)).texts == texts(29, 0)


@pytest.mark.anyio
@pytest.mark.parametrize("count", ["0", "-1", "abc", "", "1e3", "99999999999999999999"])
async def test_a_count_that_is_none_means_the_default_and_a_huge_one_the_cap(ground: Ground, count: str) -> None:
    numbered(ground, 22)
    expected = 22 if count.startswith("9") else 20
    assert len((await ground.get("statuses/home_timeline", count=count)).json) == expected


@pytest.mark.anyio
async def test_since_id_is_exclusive_and_max_id_inclusive(ground: Ground) -> None:
    numbered(ground, 12)
    ids = (await ground.get("statuses/home_timeline")).ids
    assert ids == sorted(ids, reverse=True)
    reply = await ground.get("statuses/home_timeline", since_id=ids[8], max_id=ids[2])
    assert reply.ids == ids[2:8]


@pytest.mark.anyio
async def test_bounds_are_positions_not_keys(ground: Ground) -> None:
    numbered(ground, 12)
    ids = (await ground.get("statuses/home_timeline")).ids
    assert (await ground.get("statuses/home_timeline", max_id=ids[4] - 1, count=3)).ids == ids[5:8]
    assert (await ground.get("statuses/home_timeline", since_id=ids[4] + 1)).ids == ids[:4]
    assert (await ground.get("statuses/home_timeline", since_id=ids[4] - 1, max_id=ids[4])).ids == [ids[4]]
    assert (await ground.get("statuses/home_timeline", since_id=ids[0])).json == []
    assert (await ground.get("statuses/home_timeline", max_id=1)).json == []


@pytest.mark.anyio
async def test_zero_and_empty_bounds_are_no_bounds(ground: Ground) -> None:
    numbered(ground, 3)
    for bound in ("0", ""):
        assert (await ground.get("statuses/home_timeline", since_id=bound, max_id=bound)).texts == texts(2, 0)


@pytest.mark.anyio
async def test_an_old_position_still_cuts_after_new_posts_came(ground: Ground) -> None:
    numbered(ground, 4)
    newest = (await ground.get("statuses/home_timeline")).ids[0]
    for number in range(4, 14):
        ground.world.post("carol", str(number))
    assert (await ground.get("statuses/home_timeline", since_id=newest)).texts == texts(13, 4)
    assert (await ground.get("statuses/home_timeline", max_id=newest)).texts == texts(3, 0)


@pytest.mark.anyio
async def test_pages_follow_each_other_without_gap_or_repetition(ground: Ground) -> None:
    numbered(ground, 17)
    pages = [(await ground.get("statuses/home_timeline", count=4, page=page)).texts for page in range(1, 6)]
    assert [text for page in pages for text in page] == texts(16, 0)
    assert (await ground.get("statuses/home_timeline", count=4, page=3)).texts == texts(8, 5)
    assert (await ground.get("statuses/home_timeline", count=4, page=9)).texts == []


@pytest.mark.anyio
async def test_posts_that_arrive_between_two_pages_repeat_nothing(ground: Ground) -> None:
    numbered(ground, 12)
    first = (await ground.get("statuses/home_timeline", count=4)).texts
    for number in range(3):
        ground.world.post("carol", f"new {number}")
    second = (await ground.get("statuses/home_timeline", count=4, page=2)).texts
    assert first + second == texts(11, 4)
    assert (await ground.get("statuses/home_timeline", count=4)).texts == ["new 2", "new 1", "new 0", "11"]
    assert (await ground.get("statuses/home_timeline", count=4, page=2)).texts == texts(10, 7)


@pytest.mark.anyio
async def test_a_page_in_the_middle_can_be_asked_for_first(ground: Ground) -> None:
    numbered(ground, 17)
    assert (await ground.get("statuses/home_timeline", count=4, page=3)).texts == texts(8, 5)


@pytest.mark.anyio
async def test_pages_lie_within_the_bounds(ground: Ground) -> None:
    numbered(ground, 17)
    ids = (await ground.get("statuses/home_timeline")).ids
    pages = [
        (await ground.get("statuses/home_timeline", count=3, page=page, max_id=ids[2], since_id=ids[10])).ids
        for page in (1, 2, 3, 4)
    ]
    assert pages == [ids[2:5], ids[5:8], ids[8:10], []]


@pytest.mark.anyio
async def test_exclude_replies_leaves_answers_out_and_still_fills_the_count(ground: Ground) -> None:
    first = ground.world.post("bob", "start")
    for number in range(10):
        ground.world.post("carol", f"answer {number}", reply_to=first)
        ground.world.post("bob", str(number))
    reply = await ground.get("statuses/home_timeline", exclude_replies="true", count=9)
    assert reply.texts == texts(9, 1)
    second = await ground.get("statuses/home_timeline", exclude_replies="1", count=9, page=2)
    assert second.texts == ["0", "start"]
    assert len((await ground.get("statuses/home_timeline", exclude_replies="false", count=9)).texts) == 9
    assert "answer 9" in (await ground.get("statuses/home_timeline", exclude_replies="false")).texts


@pytest.mark.anyio
async def test_conversation_id_is_any_id_of_the_thread(ground: Ground) -> None:
    root = ground.world.post("alice", "root")
    answer = ground.world.post("bob", "answer", reply_to=root)
    deep = ground.world.post("carol", "deep", reply_to=answer)
    side = ground.world.post("carol", "side", reply_to=root)
    numbered(ground, 7)
    ids = await ground.know(root, answer, deep, side)
    for id in ids:
        reply = await ground.get("statuses/home_timeline", conversation_id=id)
        assert reply.texts == ["side", "deep", "answer", "root"]
        assert {status["statusnet_conversation_id"] for status in reply.json} == {ids[0]}
    top = await ground.get("statuses/home_timeline", conversation_id=ids[2], exclude_replies="true")
    assert top.texts == ["root"]
    for id in ids:
        assert (await ground.get("statuses/user_timeline/bob", conversation_id=id)).texts == ["answer"]
    assert (await ground.get("statuses/home_timeline", conversation_id=99999999)).json == []


@pytest.mark.anyio
async def test_what_the_backend_says_twice_is_shown_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """GoToSocial delivers an unfilled home page twice, and ignores `since_id` in places (backend-facts section 2)."""
    posts = numbered(ground, 3)
    ids = await ground.know(*posts)
    backend = ground.connections.of("alice")
    home = backend.home

    async def twice(window: Window) -> hub.Page[hub.Entry]:
        page = await home(Window(limit=window.limit, older_than=window.older_than))
        return hub.Page(items=page.items * 2, older=page.older)

    monkeypatch.setattr(backend, "home", twice)
    assert (await ground.get("statuses/home_timeline")).texts == ["2", "1", "0"]
    assert (await ground.get("statuses/home_timeline", since_id=ids[0])).texts == ["2", "1"]


@pytest.mark.anyio
async def test_public_shows_public_posts_of_this_server_only(ground: Ground) -> None:
    ground.world.post("dave", "here")
    ground.world.post("dora@far.test", "elsewhere")
    ground.world.post("dave", "unlisted", visibility="unlisted")
    ground.world.post("bob", "friends", visibility="private")
    assert (await ground.get("statuses/public_timeline")).texts == ["here"]


@pytest.mark.anyio
async def test_user_timeline_names_its_person_in_every_way(ground: Ground) -> None:
    post = ground.world.post("bob", "of bob")
    ground.world.post("alice", "of alice")
    await ground.know(post)
    bob = (await ground.get("users/show", screen_name="bob")).json
    ways: list[dict[str, Any]] = [
        {"screen_name": "bob"},
        {"screen_name": "bob@fedi.test"},
        {"screen_name": "@bob"},
        {"screen_name": "BOB"},
        {"user_id": bob["id"]},
        {"profileurl": bob["url"]},
    ]
    for way in ways:
        assert (await ground.get("statuses/user_timeline", **way)).texts == ["of bob"], way
    assert (await ground.get("statuses/user_timeline/bob")).texts == ["of bob"]
    assert (await ground.get(f"statuses/user_timeline/{bob['id']}")).texts == ["of bob"]
    assert (await ground.get("statuses/user_timeline")).texts == ["of alice"]


@pytest.mark.anyio
@pytest.mark.parametrize("way", [{"screen_name": "nobody"}, {"user_id": 99999999}, {"user_id": "abc"}])
async def test_user_timeline_of_nobody_is_a_400(ground: Ground, way: dict[str, Any]) -> None:
    reply = await ground.get("statuses/user_timeline", **way)
    assert (reply.status, "not found" in reply.error) == (400, True)


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["users/show", "statuses/user_timeline"])
@pytest.mark.parametrize(
    ("id", "text"),
    [("abc", "User not found."), ("-7", "User not found."), ("12345678901234567890", "User not found."),
     ("9" * 400, "User not found."), (99999999, "User ID 99999999 not found."), (2**62, f"User ID {2**62} not found.")],
)  # fmt: skip
async def test_an_error_names_no_id_that_was_not_sent(ground: Ground, path: str, id: str | int, text: str) -> None:
    reply = await ground.get(path, user_id=id)
    assert (reply.status, reply.error) == (400, text)


@pytest.mark.anyio
async def test_a_person_filter_hides_or_warns(ground: Ground) -> None:
    ground.world.post("bob", "plain")
    hidden = ground.world.post("bob", "hidden", hidden_for={"p:alice"})
    warned = ground.world.post("bob", "warned", warned={"p:alice": ("spoilers",)})
    ground.world.boost("carol", hidden)
    listed = (await ground.get("statuses/home_timeline")).texts
    assert len(listed) == 2
    assert listed[1] == "plain"
    assert "spoilers" in listed[0].splitlines()[0]
    assert "warned" in listed[0]
    await ground.know(warned)
    assert "plain" in (await ground.get("statuses/home_timeline", user="carol")).texts
    assert "hidden" in (await ground.get("statuses/home_timeline", user="carol")).texts
