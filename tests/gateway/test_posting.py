"""A post is made once, is told from other posts, and never answers for one that was not made (DESIGN section 8)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from adapters.backend import Capabilities
from adapters.errors import OutcomeUnknown, Unavailable
from gateway.stores.store import StoreDown
from tests.gateway_harness import Ground, gateway_on

PICTURE = {"media": ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))}


def now(ground: Ground, *, ago: int = 1) -> None:
    """The world's clock is ours, `ago` seconds behind."""
    ground.world.now, ground.world.step = int((time.time() - ago) * 1000), 1


@pytest.fixture(autouse=True)
def today(ground: Ground) -> None:
    now(ground)


async def lost(ground: Ground, *, stored: bool = False, **form: object) -> int:
    """Status of the reply to a post whose answer is lost."""
    ground.wire.fail(OutcomeUnknown("no answer"), "post", after=stored)
    return (await ground.post("statuses/update", **form)).status


@pytest.mark.anyio
async def test_what_changes_the_reply_only_makes_no_second_post(ground: Ground) -> None:
    await ground.post("statuses/update", status="hello", include_entities="true")
    await ground.post("statuses/update", status="hello")
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("before", "text"), [("something else", "👍"), ("👎", "👍"), ("Oh yes", "yes"), ("@bob hi", "@carol hi there")]
)
async def test_another_post_is_not_taken_for_the_lost_one(ground: Ground, before: str, text: str) -> None:
    gate = ground.wire.hold("post")
    sending = asyncio.ensure_future(lost(ground, status=text))
    await gate.reached.wait()
    ground.world.post("alice", before)
    gate.go.set()
    assert await sending == 504


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["👍", "yes", "@bob @dora hi *there* & <you>", "hi @bob", "a@b.test"])
async def test_the_lost_one_is_found(ground: Ground, text: str) -> None:
    assert await lost(ground, stored=True, status=text) == 200
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
async def test_a_lost_answer_is_found_with_the_names_it_was_given(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "psst @alice @carol", visibility="direct"))
    assert await lost(ground, stored=True, status="yes", in_reply_to_status_id=id) == 200


@pytest.mark.anyio
async def test_an_equal_answer_to_another_post_is_not_taken_for_it(ground: Ground) -> None:
    first, second = await ground.know(ground.world.post("bob", "one?"), ground.world.post("bob", "two?"))
    await ground.post("statuses/update", status="yes", in_reply_to_status_id=first)
    assert await lost(ground, status="yes", in_reply_to_status_id=second) == 504
    assert await lost(ground, status="yes") == 504


@pytest.mark.anyio
async def test_a_picture_alone_is_told_from_other_posts(ground: Ground) -> None:
    ground.world.post("alice", "text")
    assert await lost(ground, files=PICTURE) == 504
    assert await lost(ground, stored=True, files={"media": ("b.png", PICTURE["media"][1] + b"b")}) == 200


@pytest.mark.anyio
async def test_an_equal_post_of_a_minute_ago_is_not_taken_for_the_lost_one(ground: Ground) -> None:
    now(ground, ago=65)
    ground.world.post("alice", "good morning")
    assert await lost(ground, status="good morning") == 504


@pytest.mark.anyio
async def test_a_lost_upload_is_no_post_and_frees_the_key(ground: Ground) -> None:
    ground.wire.fail(OutcomeUnknown("no answer"), "upload")
    assert (await ground.post("statuses/update", status="see", files=PICTURE)).status == 504
    assert (await ground.post("statuses/update", status="see", files=PICTURE)).status == 200
    assert (await ground.post("statuses/update", status="see", files=PICTURE)).status == 200
    assert (ground.wire.count("upload"), ground.wire.count("post")) == (2, 1)


@pytest.mark.anyio
async def test_the_same_words_later_are_another_post(tmp_path: Path) -> None:
    """Mastodon remembers idempotency keys for an hour, the gateway for a minute."""
    capabilities = Capabilities(software="fake", idempotency=True, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        for _ in range(2):
            assert (await ground.post("statuses/update", status="good morning")).status == 200
            account = await ground.gateway.store.account_by_login("alice")
            assert account
            for post in ground.world.posts:
                await ground.gateway.once.undone(account.id, post)  # as if the minute was over
        assert len(ground.world.posts) == 2


@pytest.mark.anyio
async def test_what_was_deleted_can_be_posted_again_at_once(ground: Ground) -> None:
    first = (await ground.post("statuses/update", status="again")).json["id"]
    await ground.post("statuses/destroy", id=first)
    second = await ground.post("statuses/update", status="again")
    assert (second.json["id"] != first, len(ground.world.posts)) == (True, 1)


@pytest.mark.anyio
async def test_what_is_no_longer_boosted_can_be_boosted_again_at_once(ground: Ground) -> None:
    (id,) = await ground.know(ground.world.post("bob", "boost me"))
    for _ in range(2):
        boost = await ground.post("statuses/retweet", id=id)
        assert boost.status == 200
        assert len(ground.world.posts) == 2
        assert (await ground.post("statuses/destroy", id=boost.json["id"])).status == 200


@pytest.mark.anyio
async def test_contacts_that_cannot_be_read_never_send_a_name_to_a_stranger(ground: Ground) -> None:
    """`@dora` is dora@far.test; sent as it is it would be the dora of this server."""
    ground.wire.fail(Unavailable("down"), "following", "followers", times=4)
    assert (await ground.post("statuses/update", status="hi @dora")).status == 503
    assert not ground.world.posts
    assert (await ground.post("statuses/update", status="nobody named")).status == 200


@pytest.mark.anyio
async def test_a_plain_post_reads_no_contacts(ground: Ground) -> None:
    ground.wire.clear()
    await ground.post("statuses/update", status="hello")
    assert ground.wire.names[:2] == ["me", "post"]


@pytest.mark.anyio
async def test_who_waits_in_the_same_process_is_woken_at_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.once.POLL_SECONDS", 3600)
    gate = ground.wire.hold("post")
    waiting = [asyncio.ensure_future(ground.post("statuses/update", status="now")) for _ in range(3)]
    await gate.reached.wait()
    gate.go.set()
    assert {(await reply).status for reply in waiting} == {200}
    assert ground.wire.count("post") == 1


@pytest.mark.anyio
async def test_a_key_that_dies_in_the_store_while_its_post_is_sent_guards_it_still(ground: Ground) -> None:
    gate = ground.wire.hold("post")
    first = asyncio.ensure_future(ground.post("statuses/update", status="slow"))
    await gate.reached.wait()
    (key,) = ground.gateway.once._going
    await ground.gateway.store.release(key)
    second = asyncio.ensure_future(ground.post("statuses/update", status="slow"))
    await asyncio.sleep(0)
    gate.go.set()
    assert {(await first).status, (await second).status} == {200}
    assert len(ground.world.posts) == 1


@pytest.mark.anyio
async def test_a_store_lost_over_a_limited_post_never_doubles_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*args: object) -> None:
        raise StoreDown("away")

    bob = (await ground.get("users/show", screen_name="bob", twin=False)).json["id"]
    with monkeypatch.context() as patch:
        patch.setattr(ground.gateway.store._store, "set_kind", away)  # type: ignore[attr-defined]
        await ground.post("statuses/update", status="limited", contact_allow=bob)
    assert (await ground.post("statuses/update", status="limited", contact_allow=bob)).status == 200
    assert len(ground.world.posts) == 1
