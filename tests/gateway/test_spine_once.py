"""Post once: an impatient client never doubles a post, and never loses one (DESIGN section 8)."""

from __future__ import annotations

import asyncio
import time

import pytest

from adapters.errors import BackendError, OutcomeUnknown, RateLimited, Refused, Rejected, Unavailable
from tests.gateway_harness import Ground

DEFINITE = (
    (Refused("no"), 403),
    (Rejected("no"), 400),
    (RateLimited("slow down", 30), 429),
    (Unavailable("down"), 503),
)


@pytest.fixture(autouse=True)
def today(ground: Ground) -> None:
    """Posts are found again by their date, so the world's clock is ours."""
    ground.world.now, ground.world.step = int(time.time() * 1000) - 1000, 1


@pytest.mark.anyio
async def test_an_equal_request_gives_the_same_reply(ground: Ground) -> None:
    replies = [await ground.post("statuses/update", status="hello", source="old client") for _ in range(3)]
    assert {reply.body for reply in replies} == {replies[0].body}
    assert ground.wire.count("post") == len(ground.world.posts) == 1
    xml = await ground.post("statuses/update", format="xml", status="hello", source="old client")
    assert str(replies[0].json["id"]).encode() in xml.body
    assert ground.wire.count("post") == 1


@pytest.mark.anyio
async def test_another_text_person_or_file_is_another_post(ground: Ground) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(40)
    await ground.post("statuses/update", status="hello")
    await ground.post("statuses/update", status="hello", title="t")
    await ground.post("statuses/update", status="hello", user="bob")
    await ground.post("statuses/update", status="hello", files={"media": ("a.png", picture)})
    await ground.post("statuses/update", status="hello", files={"media": ("a.png", picture + b"x")})
    await ground.post("statuses/update", status="hello", files={"media": ("a.png", picture)})
    assert ground.wire.count("post") == 5


@pytest.mark.anyio
async def test_equal_requests_at_the_same_time_wait_for_one_post(ground: Ground) -> None:
    gate = ground.wire.hold("post")
    waiting = [asyncio.ensure_future(ground.post("statuses/update", status="now")) for _ in range(3)]
    await gate.reached.wait()
    gate.go.set()
    replies = await asyncio.gather(*waiting)
    assert {reply.status for reply in replies} == {200}
    assert {reply.json["id"] for reply in replies} == {replies[0].json["id"]}
    assert ground.wire.count("post") == 1


@pytest.mark.anyio
@pytest.mark.parametrize(("error", "status"), DEFINITE)
async def test_a_definite_failure_frees_the_key(ground: Ground, error: BackendError, status: int) -> None:
    ground.wire.fail(error, "post")
    assert (await ground.post("statuses/update", status="again")).status == status
    assert (await ground.post("statuses/update", status="again")).status == 200
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
async def test_a_lost_answer_is_found_among_the_own_newest(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("no answer"), "post", after=True)
    reply = await ground.post("statuses/update", status="Was it sent? <yes> & @bob")
    assert (reply.status, ground.wire.count("post"), ground.wire.count("own_newest")) == (200, 1, 1)
    again = await ground.post("statuses/update", status="Was it sent? <yes> & @bob")
    assert (again.json["id"], ground.wire.count("post")) == (reply.json["id"], 1)


@pytest.mark.anyio
async def test_a_lost_post_that_is_not_found_keeps_its_key(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("no answer"), "post")
    for _ in range(2):
        assert (await ground.post("statuses/update", status="lost")).status == 504
    assert (ground.wire.count("post"), len(ground.world.posts)) == (1, 0)


@pytest.mark.anyio
async def test_a_lost_post_that_turns_up_later_is_found_by_the_retry(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("no answer"), "post")
    assert (await ground.post("statuses/update", status="late")).status == 504
    native = ground.world.post("alice", "late")
    reply = await ground.post("statuses/update", status="late")
    assert (reply.status, reply.json["id"]) == (200, await ground.id_of(native))
    assert ground.wire.count("post") == 1


@pytest.mark.anyio
async def test_an_older_equal_post_is_not_taken_for_the_lost_one(ground: Ground) -> None:
    ground.world.post("alice", "good morning", at=int(time.time() * 1000) - 86_400_000)
    ground.wire.fail(OutcomeUnknown("no answer"), "post")
    assert (await ground.post("statuses/update", status="good morning")).status == 504


@pytest.mark.anyio
async def test_looking_that_fails_too_is_a_504_and_not_a_second_post(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("no answer"), "post", after=True)
    ground.wire.fail(Unavailable("down"), "own_newest")
    assert (await ground.post("statuses/update", status="dark")).status == 504
    assert (await ground.post("statuses/update", status="dark")).status == 200
    assert (ground.wire.count("post"), len(ground.world.posts)) == (1, 1)


@pytest.mark.anyio
async def test_a_client_that_goes_away_neither_doubles_nor_loses_its_post(ground: Ground) -> None:
    """The legacy client gives up after some seconds and sends the same again."""
    gate = ground.wire.hold("post")
    first = asyncio.ensure_future(ground.post("statuses/update", status="impatient"))
    await gate.reached.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.ensure_future(ground.post("statuses/update", status="impatient"))
    gate.go.set()
    reply = await second
    assert reply.status == 200
    assert [post.text for post in ground.world.posts.values()] == ["impatient"]


@pytest.mark.anyio
async def test_boosts_are_guarded_too(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "boost me"))
    ground.wire.fail(OutcomeUnknown("no answer"), "reblog", after=True)
    replies = [await ground.post("statuses/retweet", id=id) for _ in range(2)]
    assert {reply.status for reply in replies} == {200}
    assert (replies[0].json["id"], ground.wire.count("reblog")) == (replies[1].json["id"], 1)


@pytest.mark.anyio
async def test_every_post_carries_an_idempotency_key_of_its_own(ground: Ground) -> None:
    for text in ("one", "two"):
        await ground.post("statuses/update", status=text)
    keys = {sent.args[0].idempotency_key for sent in ground.wire.sent if sent.name == "post"}
    assert len(keys) == 2
    assert all(len(key) >= 20 for key in keys)


@pytest.mark.anyio
async def test_a_key_tells_accounts_calls_and_parts_apart(ground: Ground) -> None:
    once = ground.gateway.once
    key = once.key("a", "statuses/update", [b"x", b"y"])
    assert key == once.key("a", "statuses/update", [b"x", b"y"])
    others = [("b", "statuses/update", [b"x", b"y"]), ("a", "statuses/retweet", [b"x", b"y"])]
    others += [("a", "statuses/update", [b"xy"]), ("a", "statuses/update", [b"y", b"x"])]
    assert key not in {once.key(*other) for other in others}
