"""Two people on a server, each through the adapter, without a gateway: for the tests of writing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

from adapters.activitypub.backend import ActivityPubBackend
from adapters.activitypub.client import Client, Ways
from adapters.activitypub.credentials import Credential
from adapters.activitypub.discovery import discover
from adapters.activitypub.link import Link
from adapters.backend import Draft, Window
from adapters.transport import Transport
from mappings import hub
from mappings.hub import Visibility
from tests.adapters.activitypub.memory_shelf import MemoryShelf
from tests.c2s.bovine import BovineServer, Herd, Party, eventually
from tests.c2s.dialect.world import Refusal
from tests.c2s.embedded import EmbeddedServer

T = TypeVar("T")
Server = BovineServer | EmbeddedServer


class TimedShelf(MemoryShelf):
    """Claims end by the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.until: dict[str, float] = {}

    async def claim(self, key: str, seconds: int) -> bool:
        """True for the first."""
        now = time.monotonic()
        if self.until.get(key, 0.0) > now:
            return False
        self.until[key] = now + seconds
        return True


class Side(NamedTuple):
    """One person. `shelf` is what the gateway would keep of them."""

    party: Party
    backend: ActivityPubBackend
    shelf: TimedShelf

    async def post(self, text: str, visibility: Visibility = Visibility.PUBLIC, **fields: Any) -> hub.Status:
        """A new status, as the answer to it says."""
        return (await self.backend.post(Draft(text=text, visibility=visibility, **fields))).status

    async def home(self) -> list[hub.Status]:
        """The timeline."""
        return [entry.status for entry in (await self.backend.home(Window(limit=40))).items]

    async def noted(self, count: int) -> list[hub.Notification]:
        """What happened, once there is so much."""
        return list(await eventually(self._notifications, lambda found: len(found) >= count))

    async def _notifications(self) -> tuple[hub.Notification, ...]:
        return (await self.backend.notifications(None)).items

    async def types(self, count: int) -> list[str]:
        """The kinds of it, in order of the alphabet."""
        return sorted(note.type for note in await self.noted(count))

    async def sees(self, native: str) -> hub.Status:
        """A post, once it is there."""
        (found,) = await eventually(lambda: self._one(native))
        return found

    async def _one(self, native: str) -> list[hub.Status]:
        return [status for status in await self.home() if status.native == native]


class Two(NamedTuple):
    """Two people of a server, and the third by name."""

    server: Server
    herd: Herd
    alice: Side
    bob: Side

    @property
    def bare(self) -> bool:
        """The server gives ids only."""
        return isinstance(self.server, BovineServer)

    async def counted(self, work: Callable[[], Awaitable[T]]) -> tuple[T, list[tuple[str, str]]]:
        """What `work` gives, and the requests it took: method and what kind of thing was asked for."""
        self.server.requests()
        found = await work()
        asked = [(method, path.rpartition("/")[0]) for method, path in self.server.requests()]
        return found, asked


@contextmanager
def answers_lost(server: Any) -> Iterator[None]:
    """The embedded server does what it is asked, and a proxy before it loses the answer."""
    perform = server.site.post.perform

    async def lost(actor: str, data: dict[str, Any]) -> Any:
        await perform(actor, data)
        raise Refusal(504, "Gateway Timeout")

    server.site.post.perform = lost
    try:
        yield
    finally:
        del server.site.post.perform


async def side(party: Party, ways: Ways, shelf: TimedShelf | None = None) -> Side:
    """A person."""
    shelf = shelf or TimedShelf()
    client = Client(ways, party.actor, Credential(token=party.token))
    return Side(party, ActivityPubBackend(Link(await discover(client), client, shelf)), shelf)


async def two(server: Server, herd: Herd, transport: Transport) -> Two:
    """Alice and bob."""
    ways = Ways(transport, time.time)
    return Two(server, herd, await side(herd.alice, ways), await side(herd.bob, ways))
