"""What is found out about an account when it is first seen, for how long that holds, and how documents of other servers
come."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.activitypub.client import Ways
from adapters.activitypub.discovery import REMEMBER_SECONDS
from adapters.activitypub.links import Links
from adapters.activitypub.renewal import Renewals
from adapters.backend import Window
from adapters.transport import Transport
from tests.adapters.activitypub.memory_shelf import MemoryShelf
from tests.adapters.activitypub.sides import side
from tests.c2s.bovine import BovineServer, Herd
from tests.c2s.embedded import EmbeddedServer
from tests.c2s.talk import PUBLIC

pytestmark = pytest.mark.anyio
CONTEXT = "http://127.0.0.1:{port}/contexts/v1"


@pytest.fixture
async def ways(
    embedded_server: EmbeddedServer, second_server: EmbeddedServer, bovine_server: BovineServer
) -> AsyncIterator[Ways]:
    """To all of them."""
    servers = (embedded_server, second_server, bovine_server)
    transport = Transport("oldbird/test", allow_hosts=[one.pair for one in servers])
    yield Ways(transport, time.time)
    await transport.close()


async def test_what_each_kind_of_server_has(ways: Ways, embedded: Herd, herd: Herd) -> None:
    found = [(await side(people.alice, ways)).backend.link.facts for people in (embedded, herd)]
    full, bare = found
    assert [bool(one.proxy) for one in found] == [True, True]
    assert (bool(full.liked), full.upload, full.collections, full.whole) == (True, "wiki", True, False)
    assert (bool(bare.liked), bare.upload, bare.collections, bare.whole) == (False, "", False, True)
    assert [one.capabilities.uploads for one in found] == [True, False]
    assert all(one.capabilities.events and one.capabilities.reactions and one.capabilities.lists for one in found)


async def test_an_account_is_looked_at_once_an_hour(
    ways: Ways, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    now = [1_790_000_000.0]
    alice = embedded.alice
    links = Links(ways, Renewals(), lambda: now[0])

    async def looks() -> int:
        embedded_server.requests()
        await links.backend(alice.actor, alice.token, MemoryShelf())
        return len(embedded_server.requests())

    assert await looks() > 0
    assert await looks() == 0
    now[0] += REMEMBER_SECONDS + 1
    assert await looks() > 0
    now[0] += REMEMBER_SECONDS + 1
    embedded_server.strange.fail("", 500)
    assert (await links.backend(alice.actor, alice.token, MemoryShelf())).me_id == alice.actor


async def test_documents_of_other_servers_come_by_the_own_one_and_contexts_never(
    ways: Ways, embedded: Herd, second: Herd, embedded_server: EmbeddedServer, second_server: EmbeddedServer
) -> None:
    context = [CONTEXT.format(port=second_server.port), {"odd": CONTEXT.format(port=embedded_server.port)}]
    inside: Any = {"type": "Note", "content": "From afar", "to": [PUBLIC]}
    done = second_server.act(second.bob, {"type": "Create", "to": [PUBLIC], "object": inside})
    native = done["object"]["id"]
    second_server.strange.change(native, lambda shown: shown | {"@context": context})
    alice = (await side(embedded.alice, ways)).backend
    embedded_server.requests()
    assert (await alice.status(native)).status.content == "From afar"
    await alice.home(Window())
    asked = embedded_server.requests()
    assert ("POST", "/endpoint/proxyUrl") in asked
    assert not [path for _, path in (*asked, *second_server.requests()) if "contexts" in path]
