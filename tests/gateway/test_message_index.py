"""The index of messages: exact paging, gaps, bounds, restarts, servers without conversations (DESIGN section 5)."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.backend import Capabilities
from adapters.errors import TokenGone, Unavailable
from gateway.messages import THREADS, VERIFIED
from mappings.hub import Order
from tests.gateway_harness import Ground, gateway_on, village

ALL = "direct_messages/all"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway whose backend gives small pages."""
    capabilities = Capabilities(software="fake", page_size=5, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        yield ground


def direct(ground: Ground, who: str, text: str, **fields: Any) -> str:
    return ground.world.post(who, text, visibility="direct", **fields)


def talk(ground: Ground, length: int, other: str = "bob", first: int = 0) -> list[str]:
    """A thread of alice and another, each in turn."""
    made: list[str] = []
    for number in range(first, first + length):
        who, whom = ("alice", other) if number % 2 else (other, "alice")
        made.append(direct(ground, who, f"@{whom} {other} {number}", reply_to=made[-1] if made else None))
    return made


async def texts(ground: Ground, path: str = ALL, **params: Any) -> list[str]:
    asked: dict[str, Any] = {"getText": "plain", "count": 999} | params
    reply = await ground.get(path, twin=False, **asked)
    assert reply.status == 200, reply.body
    return [one["text"] for one in reply.json]


async def settled(ground: Ground, path: str = ALL, **params: Any) -> list[str]:
    """What a client has after as many polls as a bounded first fill takes."""
    before: list[str] | None = None
    while (found := await texts(ground, path, **params)) != before:
        before = found
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("conversations", [True, False])
async def test_pages_are_exact(tmp_path: Path, order: Order, conversations: bool) -> None:
    chance = random.Random(f"{order}{conversations}")
    capabilities = Capabilities(
        software="fake", order=order, page_size=7, statuses_by_id=chance.random() < 0.5, conversations=conversations
    )
    async with gateway_on(tmp_path, world=village(order), capabilities=capabilities) as ground:
        threads: dict[str, list[str]] = {"bob": [], "carol": []}
        for number in range(40):
            other, own = chance.choice(("bob", "carol")), chance.random() < 0.5
            who, whom = ("alice", other) if own else (other, "alice")
            known = threads[other]
            above = chance.choice([None, *known[-3:]]) if own else known[-1] if known else None
            threads[other].append(direct(ground, who, f"@{whom} {number}", reply_to=above))
            if chance.random() < 0.3:
                ground.world.post("bob", f"@alice public {number}")
            if chance.random() < 0.2:
                await texts(ground, count=5)
        whole = await settled(ground)
        assert whole == [str(number) for number in range(39, -1, -1)]
        ids = (await ground.get(ALL, count=999, twin=False)).ids
        for _ in range(25):
            since, last = chance.choice([0, *ids]), chance.choice([None, *ids])
            count, page = chance.randint(1, 12), chance.randint(1, 4)
            since += chance.randint(-1, 1)
            inside = [id for id in ids if since < id <= (last or ids[0])]
            found = await ground.get(ALL, count=count, page=page, since_id=since, max_id=last or "", twin=False)
            assert found.ids == inside[(page - 1) * count : page * count]


@pytest.mark.anyio
async def test_messages_between_two_polls_are_found_by_reading_their_thread(ground: Ground) -> None:
    posts = talk(ground, 3)
    await texts(ground)
    for number in range(3, 9):
        posts.append(direct(ground, "alice", f"@bob bob {number}", reply_to=posts[-1]))
    ground.wire.clear()
    assert await texts(ground) == [f"bob {number}" for number in range(8, -1, -1)]
    assert ground.wire.count("thread") == 2
    ground.wire.clear()
    await texts(ground)
    direct(ground, "bob", "@alice one more", reply_to=posts[-1])
    assert (await texts(ground))[0] == "one more"
    assert ground.wire.count("thread") == 0


@pytest.mark.anyio
async def test_a_thread_keeps_its_key(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        world = ground.world
        posts = talk(ground, 4)
        (key,) = {one["friendica_parent_uri"] for one in (await ground.get(ALL)).json}
        world.delete(posts[0])
        talk(ground, 2, "carol")
    async with gateway_on(tmp_path, world=world) as ground:
        direct(ground, "bob", "@alice late", reply_to=posts[3])
        keys = {one["friendica_parent_uri"] for one in (await ground.get(ALL, screen_name="bob")).json}
        assert keys == {key}
        other = {one["friendica_parent_uri"] for one in (await ground.get(ALL, screen_name="carol")).json}
        assert len(other) == 1
        assert other != keys
        assert len((await ground.get("direct_messages/conversation", uri=key)).json) == 4


@pytest.mark.anyio
async def test_a_thread_that_could_not_be_read_keeps_the_key_it_was_shown_with(ground: Ground) -> None:
    talk(ground, 5)
    ground.wire.fail(Unavailable("down"), "thread")
    (shown,) = (await ground.get(ALL, twin=False, count=1)).json
    found = (await ground.get(ALL, twin=False)).json
    assert len(found) == 5
    assert {one["friendica_parent_uri"] for one in found} == {shown["friendica_parent_uri"]}


@pytest.mark.anyio
async def test_a_link_that_broke_while_a_thread_was_read_is_said_so(ground: Ground) -> None:
    talk(ground, 5)
    ground.wire.fail(TokenGone("gone"), "thread")
    assert (await ground.get(ALL, twin=False)).status == 403


@pytest.mark.anyio
async def test_private_answers_to_a_public_post_are_conversations_of_their_own(ground: Ground) -> None:
    public = ground.world.post("alice", "who comes?")
    for who in ("bob", "carol"):
        answer = direct(ground, who, f"@alice {who} comes", reply_to=public)
        direct(ground, "alice", f"@{who} good", reply_to=answer)
    found = (await ground.get(ALL, getText="plain")).json
    assert [one["text"] for one in found] == ["good", "carol comes", "good", "bob comes"]
    keys = [one["friendica_parent_uri"] for one in found]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    ground.wire.clear()
    await texts(ground)
    assert ground.wire.count("thread") == 0


@pytest.mark.anyio
async def test_the_first_fill_is_bounded_and_goes_on(small: Ground) -> None:
    for number in range(40):
        small.world.person(f"p{number}")
        talk(small, 3, f"p{number}", first=0)
    await texts(small)
    assert small.wire.count("thread") <= 2 * THREADS
    assert small.wire.count("conversations") <= 12
    assert len(await settled(small)) == 120
    small.wire.clear()
    await texts(small, count=5)
    assert small.wire.names[:2] == ["conversations", "mentions"]
    assert small.wire.count("thread") == 0


@pytest.mark.anyio
async def test_more_new_conversations_than_one_request_reads_leave_no_gap(small: Ground) -> None:
    direct(small, "bob", "@alice old")
    await settled(small)
    for number in range(60):
        direct(small, "alice", f"@bob {number}")
    assert await settled(small) == [*(str(number) for number in range(59, -1, -1)), "old"]


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_restart(tmp_path: Path, kind: str, request: pytest.FixtureRequest) -> None:
    place = {} if kind == "sqlite" else {"store": request.getfixturevalue("redis_url")}
    async with gateway_on(tmp_path, **place) as ground:
        world = ground.world
        talk(ground, 6)
        direct(ground, "carol", "@alice hide me")
        ids = (await ground.get(ALL)).ids
        await ground.post("direct_messages/destroy", id=ids[0])
        before = (await ground.get(ALL)).json
        assert len(before) == 6
    async with gateway_on(tmp_path, world=world, **place) as ground:
        assert (await ground.get(ALL)).json == before
        assert ground.wire.count("thread") == 0


@pytest.mark.anyio
async def test_a_lost_store_is_filled_again(tmp_path: Path) -> None:
    async with gateway_on(tmp_path / "one") as ground:
        world = ground.world
        talk(ground, 6)
        await ground.post("direct_messages/new", screen_name="carol", text="from here")
        before = (await ground.get(ALL)).json
    async with gateway_on(tmp_path / "two", world=world) as ground:
        found = (await ground.get(ALL)).json
        keys = ("id", "text", "friendica_parent_uri", "sender_screen_name", "recipient_screen_name")
        assert [[one[key] for key in keys] for one in found] == [[one[key] for key in keys] for one in before]


@pytest.mark.anyio
async def test_two_workers_on_one_store_agree(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as one:
        talk(one, 4)
        async with gateway_on(tmp_path, world=one.world) as two:
            ids = (await one.get(ALL)).ids
            assert (await two.get(ALL)).ids == ids
            await one.post("direct_messages/destroy", id=ids[1])
            assert (await two.get(ALL)).ids == [ids[0], *ids[2:]]
            sent = await two.post("direct_messages/new", screen_name="bob", text="from two")
            await one.get("friendica/direct_messages_setseen", id=ids[3])
            assert (await one.get(ALL)).ids == [sent.json["id"], ids[0], *ids[2:]]
            assert [found["friendica_seen"] for found in (await two.get(ALL)).json][-1] == 1


@pytest.mark.anyio
async def test_a_server_without_conversations(tmp_path: Path) -> None:
    capabilities = Capabilities(software="snac", statuses_by_id=True, conversations=False)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        talk(ground, 4)
        direct(ground, "alice", "@carol from elsewhere")
        stranger = direct(ground, "dave", "@alice no contact")
        assert (await texts(ground))[:2] == ["no contact", "from elsewhere"]
        assert len(await texts(ground)) == 6
        ground.wire.clear()
        await texts(ground)
        assert sorted(ground.wire.names) == ["home", "mentions", "statuses"]
        direct(ground, "alice", "@dave answered elsewhere", reply_to=stranger)
        assert (await texts(ground))[0] == "answered elsewhere"
        assert ground.wire.count("thread") == 0
        for number in range(100):
            ground.world.post("bob", str(number))
        ground.wire.clear()
        await texts(ground)
        assert ground.wire.count("home") <= 5
        ground.wire.clear()
        assert await texts(ground, since_id=0, count=5) == (await texts(ground))[:5]


@pytest.mark.anyio
async def test_servers_without_a_batch_call_are_asked_for_whole_threads(tmp_path: Path) -> None:
    capabilities = Capabilities(software="gotosocial", statuses_by_id=False)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        world = ground.world
        talk(ground, 30)
        whole = await texts(ground)
        assert len(whole) == 30
    async with gateway_on(tmp_path, world=world, capabilities=capabilities) as ground:
        uri = (await ground.get(ALL, count=1, twin=False)).json[0]["friendica_parent_uri"]
        ground.wire.clear()
        assert await texts(ground, "direct_messages/conversation", uri=uri) == whole
        assert (ground.wire.count("thread"), ground.wire.count("statuses")) == (1, 0)
        ground.wire.clear()
        assert await texts(ground, "direct_messages/conversation", uri=uri) == whole
        assert (ground.wire.count("thread"), ground.wire.count("statuses")) == (0, 0)


@pytest.mark.anyio
async def test_own_messages_sent_here_hide_nothing_that_came_meanwhile(small: Ground) -> None:
    await texts(small)
    for number in range(30):
        direct(small, "carol", f"@alice {number}")
    for number in range(6):
        assert (await small.post("direct_messages/new", screen_name="bob", text=f"mine {number}")).status == 200
    found = await settled(small)
    assert found == [*(f"mine {n}" for n in range(5, -1, -1)), *(str(n) for n in range(29, -1, -1))]


@pytest.mark.anyio
async def test_groups_are_one_message_to_each_of_them(ground: Ground) -> None:
    first = direct(ground, "bob", "@alice @carol hello both")
    direct(ground, "carol", "@bob @alice hi", reply_to=first)
    direct(ground, "alice", "@bob @carol hey", reply_to=first)
    found = (await ground.get(ALL, getText="plain")).json
    assert [one["text"] for one in found] == ["hey", "hi", "hello both"]
    assert len({one["friendica_parent_uri"] for one in found}) == 1
    names = [(one["sender_screen_name"], one["recipient_screen_name"]) for one in found]
    assert names == [("alice", "bob"), ("carol", "alice"), ("bob", "alice")]
    assert await texts(ground, screen_name="carol") == ["hey", "hi"]
    assert await texts(ground, user="carol") == ["hey", "hi", "hello both"]


@pytest.mark.anyio
async def test_a_store_that_is_away_is_a_clear_503(ground: Ground) -> None:
    talk(ground, 2)
    await texts(ground)
    ground.store.away = True
    assert (await ground.get(ALL, twin=False)).status == 503
    ground.store.away = False
    assert len(await texts(ground)) == 2


@pytest.mark.anyio
async def test_a_client_that_asks_for_everything_costs_no_more_the_more_there_is(ground: Ground) -> None:
    for number in range(150):
        direct(ground, "alice", f"@bob {number}")
    assert len(await texts(ground)) == 150
    ground.wire.clear()
    assert len(await texts(ground)) == 150
    assert sorted(ground.wire.names) == ["conversations", "mentions", "statuses"]
    (batch,) = [sent.args[0] for sent in ground.wire.sent if sent.name == "statuses"]
    assert len(batch) == VERIFIED
    gone = direct(ground, "alice", "@bob gone soon")
    await texts(ground)
    ground.world.delete(gone)
    for _ in range(5):
        found = await texts(ground)
    assert found == [str(number) for number in range(149, -1, -1)]
