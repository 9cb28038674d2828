"""What the background refresh reads, and what clients see of it: nothing is lost, nothing comes twice, and positions
stay those of arrival. Any interleaving of it is in `test_arrivals`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gateway.stores.store import Store
from mappings import dates
from tests.adapters.activitypub.test_arrivals import BOB, ME, PAGE, Reader, World
from tests.redis_server import redis_cluster, redis_server
from tests.stores import conftest as stores

__all__ = ["redis_cluster", "redis_server"]
pytestmark = pytest.mark.anyio
PAGES = 5


class Forgetful(World):
    """A server whose inbox holds what came last."""

    def forget(self, left: int) -> None:
        """Older activities are in the inbox no more."""
        del self.inbox[left:]

    def delete(self, native: str) -> None:
        """Bob deletes a post: the inbox has a Delete, and of the post a Tombstone."""
        for item in self.inbox:
            if item["object"]["id"] == native:
                item["object"] = {"id": native, "type": "Tombstone", "formerType": "Note"}
        self.number += 1
        told = {"id": f"{BOB}/deletes/{self.number}", "type": "Delete", "actor": BOB}
        published = dates.from_milliseconds(int(self.now * 1000))
        self.inbox.insert(0, told | {"object": {"id": native, "type": "Tombstone"}, "published": published})


class Place(NamedTuple):
    """A server, a client of a gateway before it, and the gateway's store."""

    world: Forgetful
    reader: Reader
    store: Store

    async def refresh(self) -> None:
        """As the gateway does, minutes after the last time."""
        self.world.now += 300
        await self.reader.backend.refresh(pages=PAGES)


@pytest.fixture
async def place(where: stores.Place) -> AsyncIterator[Place]:
    """A client that has seen three posts, on every kind of store."""
    world = Forgetful()
    async with where.opened() as store:
        for age in (30.0, 20.0, 10.0):
            world.arrive(age)
        reader = Reader(world, store)
        assert len(await reader.poll()) == 3
        yield Place(world, reader, store)


@pytest.fixture(params=["sqlite", "redis", "cluster"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> stores.Place:
    """Where the records are."""
    if request.param == "sqlite":
        return stores.Place(tmp_path / "store.sqlite")
    server = request.getfixturevalue(f"redis_{'server' if request.param == 'redis' else 'cluster'}")
    server.empty()
    return stores.Place(server)


@pytest.mark.parametrize("refreshed", [True, False])
async def test_what_left_the_inbox_between_two_polls_is_served(place: Place, refreshed: bool) -> None:
    world = place.world
    came = []
    for _ in range(3):
        came += [world.arrive(age) for age in (0.0, 3600.0, 86_400.0, 1.0)]
        if refreshed:
            await place.refresh()
        world.forget(PAGE)
    found = await place.reader.poll()
    assert sorted(found) == sorted(came if refreshed else came[-PAGE:])


async def test_what_was_deleted_between_two_polls_is_not_shown(place: Place) -> None:
    kept, gone, seen_before = place.world.arrive(0.0), place.world.arrive(0.0), place.world.inbox[-1]["object"]["id"]
    await place.refresh()
    place.world.delete(gone)
    place.world.delete(seen_before)
    await place.refresh()
    place.world.forget(0)
    assert await place.reader.poll() == [kept]
    assert not {gone, seen_before} & set(await place.reader.walk())


async def test_it_reads_as_many_pages_as_it_may_and_goes_on_the_next_time(place: Place) -> None:
    count = PAGE * PAGES * 2
    came = [place.world.arrive(0.0) for _ in range(count)]
    place.world.asked.clear()
    await place.refresh()
    read = [url for url in place.world.asked if "/inbox" in url]
    assert len(read) <= PAGES + 1  # the collection itself, too
    assert place.reader.backend.link.sync.gaps()
    for _ in range(3):
        await place.refresh()
    assert not place.reader.backend.link.sync.gaps()
    place.world.forget(0)
    assert sorted(await place.reader.poll()) == sorted(came)


async def test_with_nothing_new_it_asks_for_the_head_of_each_collection(place: Place) -> None:
    await place.refresh()
    place.world.asked.clear()
    await place.refresh()
    assert sorted(place.world.asked) == [f"{ME}/inbox", f"{ME}/outbox"]


async def test_what_a_client_just_read_is_not_read_again(place: Place) -> None:
    await place.reader.timeline()
    place.world.asked.clear()
    await place.reader.backend.refresh(pages=PAGES, seconds=60.0)
    assert place.world.asked == []
    place.world.now += 61
    await place.reader.backend.refresh(pages=PAGES, seconds=60.0)
    assert place.world.asked


async def test_of_two_workers_one_reads_and_nothing_is_doubled(place: Place) -> None:
    other = Reader(place.world, place.store)
    other.seen = dict(place.reader.seen)
    came = [place.world.arrive(age) for age in (5.0, 86_400.0, 0.0)]
    place.world.now += 300
    place.world.asked.clear()
    await asyncio.gather(*(one.backend.refresh(pages=PAGES) for one in (place.reader, other)))
    assert place.world.asked.count(f"{ME}/inbox") == 1
    found: list[Any] = [await one.poll() for one in (other, place.reader)]
    assert [sorted(one) for one in found] == [sorted(came)] * 2
    assert other.seen == place.reader.seen


async def test_what_was_lost_with_the_store_is_read_again(place: Place, tmp_path: Path) -> None:
    for age in (86_400.0, 5.0, 0.0, 3600.0, 1.0, 7.0):
        place.world.arrive(age)
    await place.refresh()
    before = await place.reader.walk()
    async with stores.Place(tmp_path / "new.sqlite").opened() as store:
        again = await Reader(place.world, store).walk()
    assert sorted(again) == sorted(before)
    assert len(again) == 9
