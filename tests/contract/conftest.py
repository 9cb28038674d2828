"""The servers that every contract test runs against: mastodon_mock, and a live one where the environment names it.

    OLDBIRD_LIVE_URL=http://localhost:18080 OLDBIRD_LIVE_TOKENS=token-of-one,token-of-two pytest tests/contract

The live accounts are written to; everything posted is deleted again. Loopback addresses are fine.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import pytest

from adapters.backend import Backend, Draft, Person
from adapters.connect import Connections
from mappings import hub
from tests.mock_server import TOKENS, MockServer, mock, mock_server

__all__ = ["mock", "mock_server"]

URL, LIVE_TOKENS = "OLDBIRD_LIVE_URL", "OLDBIRD_LIVE_TOKENS"
TARGETS = ["mock", "live"] if os.environ.get(URL) and os.environ.get(LIVE_TOKENS) else ["mock"]
TRIES, BETWEEN = 100, 0.1
QUIRKS = {
    "mastodon_mock": {"anybody reads by id", "lists take anybody", "no profile pictures", "no new descriptions",
                      "search finds everything"},
    "snac": {"anybody reads by id", "lists take anybody", "no new descriptions", "describes anything", "text is markup",
             "no limits", "lists that never were are empty"},
}  # fmt: skip
"""What servers do differently and no adapter can mend."""
T = TypeVar("T")


class Target(NamedTuple):
    """A server and two people on it."""

    url: str
    tokens: tuple[str, str]


class Side(NamedTuple):
    """One of the two people."""

    backend: Backend
    me: Person

    def quirk(self, what: str) -> bool:
        """Whether the server is known for it."""
        return what in QUIRKS.get(self.backend.capabilities.software, ())

    async def post(self, text: str, visibility: hub.Visibility = hub.Visibility.PUBLIC, **fields: object) -> hub.Status:
        """A new status, as the answer to it says."""
        entry = await self.backend.post(Draft(**({"text": text, "visibility": visibility} | fields)))
        return entry.status


class Pair(NamedTuple):
    """Two people on one server, and the connections for further ones."""

    one: Side
    two: Side
    connections: Connections
    url: str


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> Target:
    """Each server in turn."""
    if request.param == "live":
        one, two, *_ = os.environ[LIVE_TOKENS].split(",")
        return Target(os.environ[URL], (one, two))
    server: MockServer = request.getfixturevalue("mock")
    return Target(server.url, (TOKENS["alice"], TOKENS["bob"]))


@pytest.fixture
async def pair(target: Target) -> AsyncIterator[Pair]:
    """Both people, connected. What they post is deleted at the end."""
    connections = Connections("oldbird/0.0 (contract tests)", [urlsplit(target.url).netloc])
    sides = []
    for token in target.tokens:
        backend = await connections.backend(target.url, token)
        sides.append(Side(backend, await backend.me()))
    before = [{entry.status.native for entry in await side.backend.own_newest()} for side in sides]
    yield Pair(*sides, connections, target.url)
    for side, known in zip(sides, before, strict=True):
        await tidy(side.backend, known)
    await connections.close()


async def until(read: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """What `read` gives once it is `good`; servers file new posts in the background (GoToSocial: within a second)."""
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
