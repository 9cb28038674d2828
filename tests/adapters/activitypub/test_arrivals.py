"""Ids follow the order of arrival: whatever comes late, is read back, or is interrupted, `since_id` misses nothing and
`max_id` leaves nothing out. Driven through the mirror, the id map and the paging of the gateway."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters.activitypub.backend import ActivityPubBackend
from adapters.activitypub.client import Fetched, Sent
from adapters.activitypub.discovery import facts_of
from adapters.activitypub.link import Link
from adapters.activitypub.sync import JOINED, MOST_PAGES
from adapters.backend import RateState
from adapters.errors import Missing
from gateway import paging
from gateway.cards import Cards
from gateway.ids import Ids
from gateway.paging import HIGHEST, Span
from gateway.shelves import StoreShelf
from gateway.stores.store import Store
from gateway.vault import Vault
from mappings import activitypub as ap
from mappings import dates
from tests.redis_server import RedisServer, redis_server
from tests.stores.conftest import Place

__all__ = ["redis_server"]
HOST = "https://social.example"
ME, BOB = f"{HOST}/people/me", f"{HOST}/people/bob"
ACTOR = {"id": ME, "type": "Person", "preferredUsername": "me", "inbox": f"{ME}/inbox", "outbox": f"{ME}/outbox"}
START = 1_790_000_000.0
PAGE = 4


class World:
    """A server with one inbox, newest first, in pages of four; `asked` are the addresses that were read."""

    def __init__(self) -> None:
        self.now = START
        self.inbox: list[dict[str, Any]] = []
        self.outbox: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.number = 0

    def arrive(self, age: float, *, own: bool = False) -> str:
        """A post published so many seconds ago comes now; its id."""
        author = ME if own else BOB
        self.number += 1
        number = self.number
        native = f"{author}/notes/{number}"
        published = dates.from_milliseconds(int((self.now - age) * 1000))
        note = {"id": native, "type": "Note", "attributedTo": author, "content": str(number), "published": published}
        note |= {"to": [f"{ap.CONTEXT}#Public"], "cc": [ME]}
        create = {"id": f"{native}/create", "type": "Create", "actor": author, "object": note, "published": published}
        (self.outbox if own else self.inbox).insert(0, create)
        return native

    def again(self, which: int) -> None:
        """One that came before is delivered once more."""
        if self.inbox:
            self.inbox.insert(0, self.inbox[which % len(self.inbox)])

    def document(self, url: str) -> dict[str, Any]:
        """What is at an address."""
        self.asked.append(url)
        if url in {ME, BOB}:
            return ACTOR | {"id": url, "preferredUsername": url.rpartition("/")[2]}
        for name, items in (("inbox", self.inbox), ("outbox", self.outbox)):
            base = f"{ME}/{name}"
            if url == base:
                return {"id": url, "type": "OrderedCollection", "totalItems": len(items), "first": f"{base}/top"}
            if url.startswith(f"{base}/"):
                return self._page(url, base, items)
        raise Missing("Nothing is there.")

    @staticmethod
    def _page(url: str, base: str, items: list[dict[str, Any]]) -> dict[str, Any]:
        """Pages are counted from the oldest item, so that they stay as they are when more comes."""
        after = url.removeprefix(f"{base}/")
        start = len(items) - int(after) if after.isdecimal() else 0
        shown = items[start : start + PAGE]
        further = {"next": f"{base}/{len(items) - start - PAGE}"} if start + PAGE < len(items) else {}
        return {"id": url, "type": "OrderedCollectionPage", "orderedItems": shown} | further


class WorldClient:
    """As `adapters.activitypub.client.Client`, without a network."""

    actor, base_url = ME, HOST
    proxy = outbox = ""
    ways = SimpleNamespace(transport=SimpleNamespace(seconds=1.0))

    def __init__(self, world: World) -> None:
        self.world = world

    def rate_state(self) -> RateState:
        return RateState()

    def is_own(self, url: str) -> bool:
        return url.startswith(f"{HOST}/")

    async def own(self, url: str, tag: str = "") -> Fetched:
        document = self.world.document(url)
        told = repr(document)
        return Fetched(None if told == tag else ap.normal(document), told)

    async def document(self, id: str) -> ap.Document:
        return ap.normal(self.world.document(id))

    async def send(self, activity: ap.Document) -> Sent:
        raise AssertionError("reading sends nothing")


class WorldShelf(StoreShelf):
    """Claims end by the world's clock, in Redis too."""

    def __init__(self, world: World, store: Store) -> None:
        super().__init__(store, Vault(bytes(32)), "account")
        self.world = world

    async def claim(self, key: str, seconds: int) -> bool:
        """True for the first in so many seconds."""
        return await super().claim(f"{key} {self.world.now // seconds}", seconds)


class Reader:
    """A client of the gateway. `processes` may be two, over one store."""

    def __init__(self, world: World, store: Store) -> None:
        self.world, self.store = world, store
        self.seen: dict[int, str] = {}
        self.restart()

    def restart(self) -> None:
        """A new process: nothing is in memory. The claim of the old one has run out."""
        self.world.now += 6
        client: Any = WorldClient(self.world)
        shelf = WorldShelf(self.world, self.store)
        link = Link(facts_of(ap.normal(ACTOR), "", ""), client, shelf, lambda: self.world.now)
        self.backend = ActivityPubBackend(link)
        self.ids = Ids(self.store, entries=10_000, forget_days=0, today=lambda: 1)
        self.cards = Cards(self.store, self.ids, entries=1000)

    async def timeline(self, *, since: int = 0, last: int = HIGHEST, count: int = 7) -> dict[int, str]:
        """One request for the home timeline: ids and natives, newest first."""
        gateway = SimpleNamespace(ids=self.ids, cards=self.cards)
        ask: Any = SimpleNamespace(
            gateway=gateway, session=SimpleNamespace(backend=self.backend), params={}, flag=lambda name: False
        )
        span = Span(above=since, below=last, count=count, skip=0, page=1)
        window = await paging._first_window(ask, span, None, filtered=False)
        found = await paging._collect(ask, self.backend.home, lambda card: True, span, window, arrivals=True)
        return {seen.card.id: seen.card.native for seen in found[:count]}

    async def poll(self) -> list[str]:
        """What is new since the highest id seen, and what lies between."""
        since, last, new = max(self.seen, default=0), HIGHEST, dict[int, str]()
        while found := await self.timeline(since=since, last=last):
            assert list(found) == sorted(found, reverse=True)
            assert all(since < id <= last for id in found)
            new |= found
            last = min(found) - 1
        assert not self.seen.keys() & new.keys()
        self.seen |= new
        return list(new.values())

    async def walk(self) -> list[str]:
        """Everything, from the top down."""
        last, whole = HIGHEST, list[str]()
        while found := await self.timeline(last=last):
            whole += found.values()
            last = min(found) - 1
        return whole


arrivals = st.lists(st.sampled_from([0.0, 0.5, 3.0, 60.0, 3600.0, 864_000.0]), min_size=1, max_size=30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), arrivals),
        st.tuples(st.just("again"), st.integers(0, 40)),
        st.tuples(st.just("own"), st.lists(st.sampled_from([0.0, 60.0]), min_size=1, max_size=3)),
        st.sampled_from([("poll", ()), ("walk", ()), ("restart", ()), ("look", ()), ("wait", ()), ("refresh", ())]),
    ),
    min_size=1,
    max_size=12,
)


async def play(place: Place, before: list[float], script: list[tuple[str, Any]]) -> None:
    """Every post is met by polls exactly once, and by walks always."""
    world = World()
    async with place.opened() as store:
        await acts(world, Reader(world, store), before, script)


async def acts(world: World, reader: Reader, before: list[float], script: list[tuple[str, Any]]) -> None:
    """The steps, one after the other, and a last look. So many deliveries of the old in a row that they look like all
    that is known (`JOINED`) are left out."""
    waiting = {world.arrive(age) for age in before}
    everything = set(waiting)
    repeated = 0
    for name, ages in [*script, ("poll", ()), ("walk", ())]:
        world.now += 1
        repeated = 0 if name == "poll" else repeated + (name == "again")
        if name in {"arrive", "own"}:
            new = {world.arrive(age, own=name == "own") for age in ages}
            everything |= new
            waiting |= new
        elif name == "again":
            if repeated < JOINED:
                world.again(ages)
        elif name == "poll":
            world.now += 600  # own posts of other clients are looked for now and then
            found = await reader.poll()
            assert sorted(found) == sorted(waiting)
            waiting = set()
        elif name == "walk":
            found = await reader.walk()
            assert len(found) == len(set(found))
            assert waiting | set(found) >= everything
        elif name == "look":
            await reader.timeline(count=3)
        elif name == "refresh":
            world.now += 300
            await reader.backend.refresh(pages=MOST_PAGES)
        elif name == "restart":
            reader.restart()
        else:
            world.now += 86_400


OWN = ("own", [0.0] * 3)
TWO_GAPS = [
    ("arrive", [0.0] * 14), OWN, ("look", ()), ("arrive", [0.0] * 6), ("arrive", [0.0]), OWN, OWN, ("again", 0),
    ("arrive", [0.0]), ("again", 0),
]  # fmt: skip
"""More came to inbox and outbox than one request may read, in the same time."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(arrivals, steps)
@example([0.0], TWO_GAPS)
def test_since_id_misses_nothing_and_max_id_leaves_nothing_out(before: list[float], script: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Place(Path(folder) / "store.sqlite"), before, script))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(arrivals, steps)
def test_nor_on_redis(redis_server: RedisServer, before: list[float], script: list[Any]) -> None:
    redis_server.empty()
    asyncio.run(play(Place(redis_server), before, script))
