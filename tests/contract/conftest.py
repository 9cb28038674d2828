"""The servers that every contract test runs against: mastodon_mock, the two servers of actors (`tests.c2s`), and a live
one where the environment names it.

    OLDBIRD_LIVE_URL=http://localhost:18080 OLDBIRD_LIVE_TOKENS=token-of-one,token-of-two pytest tests/contract
    OLDBIRD_LIVE_ACTORS=http://localhost:18080/users/one,http://localhost:18080/users/two     # beside them, for actors
    OLDBIRD_ONEPAGE_URL=http://127.0.0.1:18770 pytest tests/contract                          # see tests.c2s.onepage

The live accounts are written to; everything posted is deleted again. On onepage.pub every test has new people, whose
posts stay. Loopback addresses are fine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest

from adapters.backend import Backend, Draft, Person
from adapters.connect import Connections
from adapters.upstream import known_as
from gateway.shelves import StoreShelf
from gateway.stores.sqlite import SqliteStore
from gateway.vault import Vault
from mappings import hub
from tests.c2s import onepage
from tests.c2s.bovine import Herd, bovine_server, herd
from tests.c2s.embedded import embedded, embedded_server
from tests.mock_server import TOKENS, MockServer, mock, mock_server

__all__ = ["bovine_server", "embedded", "embedded_server", "herd", "mock", "mock_server"]

URL, LIVE_TOKENS, LIVE_ACTORS = "OLDBIRD_LIVE_URL", "OLDBIRD_LIVE_TOKENS", "OLDBIRD_LIVE_ACTORS"
TARGETS = ["mock", "live"] if os.environ.get(URL) and os.environ.get(LIVE_TOKENS) else ["mock"]
ACTORS = {"bovine": "herd", "embedded": "embedded"}
"""Servers of actors, and the fixture with people on each."""
ONEPAGE = ["onepage"] if onepage.URL else []
TRIES, BETWEEN = 400, 0.1
QUIRKS = {
    "mastodon_mock": {"anybody reads by id", "lists take anybody", "no profile pictures", "no new descriptions",
                      "never notifies", "mutes hide nothing"},
    "snac": {"anybody reads by id", "lists take anybody", "no new descriptions", "describes anything", "text is markup",
             "no limits", "lists that never were are empty"},
    "gotosocial": {"home keeps what was there before a mute"},
    "activitypub": {"an edit at once has no date"},
    "bovine": {"nobody has a first day"},
}  # fmt: skip
"""What servers do differently and no adapter can mend."""
T = TypeVar("T")


class Target(NamedTuple):
    """A server and two people on it: their tokens, and where those are of actors, whose. `new`: nobody else is them."""

    url: str
    tokens: tuple[str, str]
    actors: tuple[str, ...] = ()
    new: bool = False


class Side(NamedTuple):
    """One of the two people."""

    backend: Backend
    me: Person

    def quirk(self, what: str) -> bool:
        """Whether the server is known for it."""
        told = self.backend.capabilities
        return any(what in QUIRKS.get(name, ()) for name in (told.software, told.label))

    async def post(self, text: str, visibility: hub.Visibility = hub.Visibility.PUBLIC, **fields: object) -> hub.Status:
        """A new status, as the answer to it says."""
        entry = await self.backend.post(Draft(**({"text": text, "visibility": visibility} | fields)))
        return entry.status


class Pair(NamedTuple):
    """Two people on one server; `enter` with another token of the first makes a further backend."""

    one: Side
    two: Side
    enter: Callable[[str], Awaitable[Backend]]
    url: str


@pytest.fixture(params=[*TARGETS, *ACTORS, *ONEPAGE])
def target(request: pytest.FixtureRequest) -> Target:
    """Each server in turn."""
    if request.param == "live":
        one, two, *_ = os.environ[LIVE_TOKENS].split(",")
        actors = os.environ.get(LIVE_ACTORS, "").split(",")[:2]
        return Target(os.environ[URL], (one, two), tuple(filter(None, actors)))
    if request.param in ACTORS or request.param in ONEPAGE:
        people: Herd = onepage.people() if request.param in ONEPAGE else request.getfixturevalue(ACTORS[request.param])
        alice, bob = people.alice, people.bob
        return Target(people.base_url, (alice.token, bob.token), (alice.actor, bob.actor), new=True)
    server: MockServer = request.getfixturevalue("mock")
    return Target(server.url, (TOKENS["alice"], TOKENS["bob"]))


@pytest.fixture
async def pair(target: Target, tmp_path: Path) -> AsyncIterator[Pair]:
    """Both people, connected. What they post is deleted at the end, but from the servers that a test has new people
    on."""
    connections = Connections("oldbird/0.0 (contract tests)", [urlsplit(target.url).netloc])
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()

    async def enter(token: str, number: int = 0) -> Backend:
        if target.actors:
            shelf = StoreShelf(store, Vault(bytes(32)), known_as(token))
            return await connections.actor(target.actors[number], token, shelf)
        return await connections.backend(target.url, token)

    backends = [await enter(token, number) for number, token in enumerate(target.tokens)]
    sides = [Side(backend, await backend.me()) for backend in backends]
    tidied = [] if target.new else sides
    before = [{entry.status.native for entry in await side.backend.own_newest()} for side in tidied]
    yield Pair(*sides, enter, target.url)
    for side, known in zip(tidied, before, strict=True):
        await tidy(side.backend, known)
    await connections.close()
    await store.close()


async def until(read: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """What `read` gives once it is `good`; servers file new posts in the background (GoToSocial: within a second;
    bovine-herd tries again up to 33 s later)."""
    for _ in range(TRIES):
        found = await read()
        if good(found):
            return found
        await asyncio.sleep(BETWEEN)
    return found


async def delete(backend: Backend, native: str) -> None:
    """Delete a status and wait until it is gone; GoToSocial answers before it is."""

    async def there() -> bool:
        return bool(await backend.statuses([native]))

    await backend.remove(native)
    assert not await until(there, lambda found: not found)


async def tidy(backend: Backend, known: set[str]) -> None:
    """Delete what is new."""
    for entry in await backend.own_newest():
        if entry.status.native not in known:
            await backend.remove(entry.status.native)
