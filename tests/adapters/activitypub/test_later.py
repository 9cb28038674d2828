"""What cannot be had when it is listed comes later, as new; what never can be is asked for a few times only."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from adapters.activitypub.backend import ActivityPubBackend
from adapters.activitypub.discovery import facts_of
from adapters.activitypub.link import Link
from adapters.activitypub.sync import PENDING_SECONDS, SOON_SECONDS, TRIES
from adapters.backend import Window
from adapters.errors import BadAnswer, Missing, Slow
from gateway.shelves import StoreShelf
from gateway.stores.sqlite import SqliteStore
from gateway.vault import Vault
from mappings import activitypub as ap
from tests.adapters.activitypub.test_arrivals import ACTOR, ME, World, WorldClient

pytestmark = pytest.mark.anyio


class Bare(World):
    """The same server with ids for items. `others` is what other servers have, `faults` are errors of addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: dict[str, Exception] = {}
        self.others: dict[str, dict[str, Any]] = {}

    def document(self, url: str) -> dict[str, Any]:
        """What is at an address."""
        if url in self.faults:
            self.asked.append(url)
            raise self.faults[url]
        whole = self.others | {item["id"]: item for item in (*self.inbox, *self.outbox)}
        if url in whole:
            self.asked.append(url)
            return whole[url]
        found = super().document(url)
        if "orderedItems" in found:
            found = found | {"orderedItems": [item["id"] for item in found["orderedItems"]]}
        return found


@pytest.fixture
async def world(tmp_path: Any) -> Any:
    """A server, and a reader's backend as `world.backend`."""
    world = Bare()
    store = SqliteStore(tmp_path / "store.sqlite", clock=lambda: int(world.now * 1000))
    await store.open()
    client: Any = WorldClient(world)
    shelf = StoreShelf(store, Vault(bytes(32)), "account")
    link = Link(facts_of(ap.normal(ACTOR), "", ""), client, shelf, lambda: world.now)
    world.backend = ActivityPubBackend(link)
    yield world
    await store.close()


async def home(world: Any) -> list[str]:
    """Ids in the timeline."""
    return [entry.status.native for entry in (await world.backend.home(Window())).items]


@pytest.mark.parametrize("fault", [Missing("Not yet."), Slow("Not now.")])
async def test_it_comes_later_and_above(world: Any, fault: Exception) -> None:
    late = world.arrive(60.0)
    seen = world.arrive(0.0)
    world.faults[f"{late}/create"] = fault
    assert await home(world) == [seen]
    highest = world.backend.sighting((await world.backend.status(seen)).status).sort
    world.faults.clear()
    world.now += PENDING_SECONDS
    assert await home(world) == [late, seen]
    assert world.backend.sighting((await world.backend.status(late)).status).sort > highest


async def test_what_is_never_there_is_not_asked_for_for_ever(world: Any) -> None:
    lost = world.arrive(0.0)
    world.faults[f"{lost}/create"] = Missing("Nowhere.")
    for _ in range(TRIES + 5):
        assert await home(world) == []
        world.now += PENDING_SECONDS + SOON_SECONDS
    assert world.asked.count(f"{lost}/create") == TRIES


async def test_a_page_that_is_gone_is_the_end(world: Any) -> None:
    natives = [world.arrive(float(100 - number)) for number in range(10)][::-1]
    world.faults[f"{ME}/inbox/6"] = Missing("Gone.")
    assert await home(world) == natives[:4]
    assert await home(world) == natives[:4]
    newest = world.arrive(0.0)
    assert await home(world) == [newest, *natives[:4]]


def boosted(world: Any) -> SimpleNamespace:
    """A boost comes that names a post of another server; both ids."""
    post, actor, author = "https://far.example/notes/1", "https://near.example/carol", "https://far.example/dora"
    public = {"to": [f"{ap.CONTEXT}#Public"], "cc": [ME]}
    world.others = {id: ACTOR | {"id": id, "preferredUsername": id.rpartition("/")[2]} for id in (actor, author)}
    world.others[post] = {"id": post, "type": "Note", "attributedTo": author, "content": "far", **public}
    boost = {"id": f"{actor}/boosts/1", "type": "Announce", "actor": actor, "object": post, **public}
    world.inbox.insert(0, boost)
    return SimpleNamespace(id=boost["id"], post=post)


@pytest.mark.parametrize("fault", [Slow("Not now."), BadAnswer("Its server is ill.")])
async def test_a_boost_waits_for_its_post(world: Any, fault: Exception) -> None:
    seen, boost = world.arrive(0.0), boosted(world)
    world.faults[boost.post] = fault
    assert await home(world) == [seen]
    world.inbox.clear()  # the activity is not listed again, nor at its id
    world.faults.clear()
    world.now += PENDING_SECONDS
    assert await home(world) == [boost.id, seen]


async def test_a_boost_of_what_is_gone_is_asked_for_once(world: Any) -> None:
    boost = boosted(world)
    world.faults[boost.post] = Missing("Gone.")
    for _ in range(TRIES):
        assert await home(world) == []
        world.now += PENDING_SECONDS + SOON_SECONDS
    assert world.asked.count(boost.post) == 1


async def test_a_boost_whose_post_never_comes_is_asked_for_a_few_times(world: Any) -> None:
    boost = boosted(world)
    world.faults[boost.post] = BadAnswer("Its server is ill.")
    for _ in range(TRIES + 5):
        assert await home(world) == []
        world.now += PENDING_SECONDS + SOON_SECONDS
    assert world.asked.count(boost.post) <= TRIES + 1
