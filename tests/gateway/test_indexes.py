"""The small indexes under trouble: changes elsewhere, gaps, messages among mentions, several workers.

Rule: DESIGN section 5.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.backend import Capabilities
from gateway.indexes import FAVOURITES, HEAD_PAGES, MENTIONS
from mappings import hub
from tests.gateway_harness import Ground, gateway_on

SMALL = 5
"""Posts in an upstream page."""


@pytest.fixture
async def ground(tmp_path: Path) -> AsyncIterator[Ground]:
    """A gateway whose backend gives small pages."""
    capabilities = Capabilities(software="fake", page_size=SMALL, statuses_by_id=True)
    async with gateway_on(tmp_path, capabilities=capabilities) as ground:
        yield ground


def favourites(ground: Ground, count: int, first: int = 0) -> list[str]:
    posts = [ground.world.post("bob", str(number)) for number in range(first, first + count)]
    ground.world.favour("alice", *posts)
    return posts


def mentioned(ground: Ground, count: int, **fields: object) -> list[str]:
    return [ground.world.post("bob", f"{number} @alice", **fields) for number in range(count)]


def texts(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last - 1, -1)]


async def pages(ground: Ground, call: str, count: int, most: int) -> list[str]:
    """Everything that paging through a list shows."""
    found = []
    for page in range(1, most + 1):
        found += (await ground.get(call, count=count, page=page, twin=False)).texts
    return found


@pytest.mark.anyio
async def test_an_old_favourite_made_anew_elsewhere_takes_no_other_with_it(ground: Ground) -> None:
    posts = favourites(ground, 30)
    assert await pages(ground, "favorites", 10, 3) == texts(29, 0)
    ground.world.unfavour("alice", posts[2])
    ground.world.favour("alice", posts[2])
    assert await pages(ground, "favorites", 10, 3) == texts(29, 0)


@pytest.mark.anyio
async def test_new_favourites_behind_an_old_one_made_anew_are_seen(ground: Ground) -> None:
    posts = favourites(ground, 12)
    assert await pages(ground, "favorites", 6, 2) == texts(11, 0)
    favourites(ground, 8, first=12)
    ground.world.unfavour("alice", posts[0])
    ground.world.favour("alice", posts[0])
    assert await pages(ground, "favorites", 10, 2) == texts(19, 0)


@pytest.mark.anyio
async def test_what_was_taken_back_deep_in_the_list_is_never_shown(ground: Ground) -> None:
    posts = favourites(ground, 30)
    await pages(ground, "favorites", 10, 3)
    for number in (1, 2, 3, 15):
        ground.world.unfavour("alice", posts[number])
    expected = [text for text in texts(29, 0) if text not in {"1", "2", "3", "15"}]
    assert await pages(ground, "favorites", 10, 3) == expected


@pytest.mark.anyio
@pytest.mark.parametrize("call", ["favorites", "statuses/mentions"])
async def test_more_new_entries_than_one_request_reads_leave_no_gap(ground: Ground, call: str) -> None:
    def more(count: int) -> None:
        ground.world.favour("alice", *mentioned(ground, count))

    more(10)
    await ground.get(call)
    more(SMALL * HEAD_PAGES + 35)
    await ground.get(call, count=3, twin=False)
    found = (await ground.get(call, count=200)).ids
    assert len(found) == SMALL * HEAD_PAGES + 45


@pytest.mark.anyio
@pytest.mark.parametrize(("call", "name"), [("favorites", "favourites"), ("statuses/mentions", "mentions")])
async def test_a_poll_that_finds_nothing_costs_one_call_and_no_trip(ground: Ground, call: str, name: str) -> None:
    """However much there is further back."""
    ground.world.favour("alice", *mentioned(ground, 100))
    newest = (await ground.get(call)).ids[0]
    for params in ({"since_id": newest}, {"since_id": newest - 1}, {"count": SMALL}):
        ground.wire.clear()
        ground.store.trips.clear()
        await ground.get(call, twin=False, **params)
        assert (ground.wire.names, ground.store.trips) == ([name], []), params


@pytest.mark.anyio
async def test_many_messages_among_the_mentions_cost_no_further_calls(ground: Ground) -> None:
    mentioned(ground, 3)
    mentioned(ground, SMALL * 2, visibility="direct")
    assert len((await ground.get("statuses/mentions")).json) == 3
    ground.wire.clear()
    assert len((await ground.get("statuses/mentions", count=1, twin=False)).json) == 1
    assert ground.wire.count("mentions") == 1


@pytest.mark.anyio
async def test_a_filter_made_later_hides_what_the_index_knows(ground: Ground) -> None:
    posts = mentioned(ground, 12)
    ground.world.favour("alice", *posts)
    for call in ("favorites", "statuses/mentions"):
        assert len((await ground.get(call)).json) == 12
    for native in (posts[11], posts[1]):
        ground.world.posts[native].hidden_for.add("p:alice")
    for call in ("favorites", "statuses/mentions"):
        shown = [text.split()[0] for text in (await ground.get(call)).texts]
        assert shown == [text for text in texts(11, 0) if text not in {"11", "1"}], call
    ground.world.posts[posts[1]].hidden_for.clear()
    ground.world.posts[posts[11]].hidden_for.clear()
    assert len((await ground.get("statuses/mentions")).json) == 12


@pytest.mark.anyio
async def test_mentions_outlive_cleared_notifications(ground: Ground) -> None:
    mentioned(ground, 8)
    assert len((await ground.get("statuses/mentions")).json) == 8
    ground.world.mentions.clear()
    assert len((await ground.get("statuses/mentions")).json) == 8
    ground.world.post("carol", "new @alice")
    assert len((await ground.get("statuses/mentions")).json) == 9


@pytest.mark.anyio
async def test_a_page_without_items_is_not_the_end(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """GoToSocial filters after counting: a page may hold nothing and still go on."""
    mentioned(ground, SMALL * 3)
    backend = ground.connections.of("alice")
    mentions = backend.mentions

    async def thinned(cursor: str | None) -> hub.Page[hub.Notification]:
        page = await mentions(cursor)
        return hub.Page(items=() if cursor is None else page.items, older=page.older)

    monkeypatch.setattr(backend, "mentions", thinned)
    assert len((await ground.get("statuses/mentions")).json) == SMALL * 2


@pytest.mark.anyio
async def test_a_head_that_cannot_be_read_takes_nothing_away(ground: Ground) -> None:
    favourites(ground, 4)
    assert (await ground.get("favorites")).texts == texts(3, 0)
    ground.wire.garble(b"<html>", "favourites")
    await ground.get("favorites", twin=False)
    assert (await ground.get("favorites")).texts == texts(3, 0)


@pytest.mark.anyio
async def test_a_server_that_repeats_its_cursor_is_not_read_for_ever(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    favourites(ground, 3)
    backend, calls = ground.connections.of("alice"), 0
    read = backend.favourites

    async def stuck(cursor: str | None) -> hub.Page[hub.Entry]:
        nonlocal calls
        calls += 1
        return hub.Page(items=(await read(None)).items, older="same")

    monkeypatch.setattr(backend, "favourites", stuck)
    assert (await ground.get("favorites", twin=False)).texts == texts(2, 0)
    assert calls <= 4


@pytest.mark.anyio
async def test_equal_first_requests_fill_one_index(ground: Ground) -> None:
    favourites(ground, 7)
    replies = await asyncio.gather(
        *(ground.get("favorites", twin=False, count=count) for count in (3, 5, 7)),
        ground.get("favorites", format="xml", twin=False),
    )
    assert [len(reply.json) for reply in replies[:3]] == [3, 5, 7]
    assert len(ground.gateway.indexes._kept) == 1


@pytest.mark.anyio
async def test_bodies_are_not_kept_between_requests(ground: Ground) -> None:
    favourites(ground, 7)
    await ground.get("favorites")
    assert [index._at_hand for index in ground.gateway.indexes._kept.values()] == [{}]


@pytest.mark.anyio
async def test_two_workers_on_one_store_agree(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as one:
        posts = favourites(one, 5)
        async with gateway_on(tmp_path, world=one.world) as two:
            for worker in (one, two):
                assert (await worker.get("favorites")).texts == texts(4, 0)
            (first, last) = await two.know(posts[0], posts[4])
            await two.post("favorites/destroy", id=first)
            assert (await one.get("favorites")).texts == texts(4, 1)
            (extra,) = await one.know(one.world.post("bob", "5"))
            await one.post("favorites/create", id=extra)
            await one.post("favorites/destroy", id=last)
            for worker in (two, one):
                assert (await worker.get("favorites")).texts == ["5", "3", "2", "1"]


@pytest.mark.anyio
async def test_the_store_holds_what_memory_holds(ground: Ground) -> None:
    ground.world.favour("alice", *mentioned(ground, 9))
    (account,) = [one for one in await ground.gateway.store.accounts() if one.login == "alice"]
    for kind, call in ((FAVOURITES, "favorites"), (MENTIONS, "statuses/mentions")):
        ids = (await ground.get(call)).ids
        kept = await ground.gateway.store.index_page(account.id, kind.name, below=2**53, above=0, offset=0, limit=99)
        assert [entry.id for entry in kept] == ids
