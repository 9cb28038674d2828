"""The text form of credentials, and the renewal of tokens that end."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from adapters.activitypub.client import Client, Ways
from adapters.activitypub.credentials import Credential, Unusable
from adapters.activitypub.links import Links
from adapters.activitypub.oauth import Asking, claims_of, readable
from adapters.activitypub.renewal import KIND, Renewals
from adapters.errors import BadAnswer, TokenGone, Unavailable
from adapters.transport import Transport
from tests.adapters.activitypub.memory_shelf import MemoryShelf
from tests.adapters.activitypub.sides import TimedShelf
from tests.c2s.bovine import Herd
from tests.c2s.dialect.tokens import issue
from tests.c2s.embedded import EmbeddedServer

pytestmark = pytest.mark.anyio

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@pytest.fixture
async def ways(embedded_server: EmbeddedServer) -> AsyncIterator[Ways]:
    """To the server."""
    transport = Transport("oldbird/test", allow_hosts=[embedded_server.pair])
    yield Ways(transport, lambda: 1000.0)
    await transport.close()


def renewable(server: EmbeddedServer, herd: Herd, **changes: Any) -> Credential:
    """Alice's."""
    refresh = issue(server.world, "refresh", herd.alice.actor, "read write")
    fields = {"token": herd.alice.token, "refresh": refresh, "client": "c", "key": KEY, "actor": herd.alice.actor}
    return Credential(**(fields | {"endpoint": f"{herd.base_url}/endpoint/oauth/token"} | changes))


# texts


@pytest.mark.parametrize(
    "credential",
    [Credential(token="abc.def"), Credential.of_password("alice:with space:and colon"),
     Credential(token="t", refresh="r", client="https://c.example/x", endpoint="https://e.example", key=KEY, expires=7),
     Credential(token="t", actor="https://a.example/1")],
)  # fmt: skip
def test_a_credential_reads_back(credential: Credential) -> None:
    text = credential.text()
    assert text.isascii()
    assert text.isprintable()
    assert Credential.read(text) == credential
    assert repr(credential) == "Credential()"


def test_the_header_is_that_of_the_kind() -> None:
    assert Credential.read("tok").header == "Bearer tok"
    assert Credential.read("Bearer tok").header == "Bearer tok"
    basic = base64.b64encode(b"alice:pass word").decode()
    assert Credential.of_password("alice:pass word").header == f"Basic {basic}"


@pytest.mark.parametrize("text", ["", "two words", "OAuth !!", "OAuth e30", "Basic a b", "x" * 9000, "tök"])
def test_nonsense_is_no_credential(text: str) -> None:
    with pytest.raises(Unusable):
        Credential.read(text)
    with pytest.raises(TokenGone):
        readable(text)


@pytest.mark.parametrize("pair", ["", "alice", ":secret", "alice:"])
def test_a_password_needs_a_name(pair: str) -> None:
    with pytest.raises(Unusable):
        Credential.of_password(pair)


@pytest.mark.parametrize("token", ["", "a.b", "a.!!.c", "a.bm90IGpzb24.c", "a.W10.c"])
def test_tokens_that_say_nothing(token: str) -> None:
    assert claims_of(token) == {}


# renewal


async def test_a_token_that_the_server_refuses_is_renewed_once_for_all(
    ways: Ways, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    credential, shelf = renewable(embedded_server, embedded), TimedShelf()
    embedded_server.world.expired.add(credential.token)
    text = credential.text()
    one = await Links(ways, Renewals()).backend(embedded.alice.actor, text, shelf)
    assert (await one.me()).account.native == embedded.alice.actor
    raw = shelf.kinds[KIND][KIND]
    asked = [path for method, path in embedded_server.requests() if method == "POST"]
    assert asked.count("/endpoint/oauth/token") == 1
    # another process has only the old text, and the shelf
    two = await Links(ways, Renewals()).backend(embedded.alice.actor, text, shelf)
    assert (await two.me()).account.native == embedded.alice.actor
    assert shelf.kinds[KIND][KIND] == raw
    assert "/endpoint/oauth/token" not in [path for _, path in embedded_server.requests()]
    for secret in (credential.token, credential.refresh, KEY):
        assert secret.encode() not in raw


async def test_a_token_is_renewed_before_it_ends(ways: Ways, embedded_server: EmbeddedServer, embedded: Herd) -> None:
    now = 1000.0
    credential = renewable(embedded_server, embedded, expires=1100)
    renewals, asking = Renewals(clock=lambda: now), Asking(ways.transport, embedded.base_url)
    shelf = MemoryShelf()
    assert await renewals.usable(credential, asking, shelf) == credential
    assert shelf.trips == 0
    now = 1050.0
    first, second = await asyncio.gather(*(renewals.usable(credential, asking, shelf) for _ in range(2)))
    assert first == second
    assert first.token != credential.token
    assert first.expires == 1050 + 86400
    assert len([path for _, path in embedded_server.requests() if path.endswith("/token")]) == 1


async def test_who_linked_anew_does_not_get_the_old_token(
    ways: Ways, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    shelf, asking = TimedShelf(), Asking(ways.transport, embedded.base_url)
    old = renewable(embedded_server, embedded)
    await Renewals().usable(old, asking, shelf, refused=old.token)
    new = msgspec.structs.replace(old, key=base64.urlsafe_b64encode(b"n" * 32).decode(), token="new", expires=1)
    shelf.until.clear()
    found = await Renewals().usable(new, asking, shelf)
    assert found.key == new.key
    assert found.token not in {"new", old.token}


async def test_a_refresh_token_that_is_refused_ends_the_link(
    ways: Ways, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    asking = Asking(ways.transport, embedded.base_url)
    wrong = renewable(embedded_server, embedded, refresh=embedded.alice.token)
    with pytest.raises(TokenGone):
        await Renewals().usable(wrong, asking, TimedShelf(), refused=wrong.token)
    with pytest.raises(TokenGone):
        await Renewals().usable(Credential(token="a"), asking, TimedShelf(), refused="a")
    elsewhere = renewable(embedded_server, embedded, endpoint="http://127.0.0.2:9/token")
    with pytest.raises(BadAnswer):
        await Renewals().usable(elsewhere, asking, TimedShelf(), refused=elsewhere.token)


async def test_who_comes_while_another_process_renews_waits_and_does_not(
    ways: Ways, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    shelf, credential = MemoryShelf(), renewable(embedded_server, embedded)
    assert await shelf.claim(KIND, 15)
    asking = Asking(ways.transport, embedded.base_url)
    with pytest.raises(Unavailable):
        await Renewals(sleep=sleep).usable(credential, asking, shelf, refused=credential.token)
    assert len(waits) == 20
    assert embedded_server.requests() == []


async def test_a_password_that_is_refused_ends_the_link(
    ways: Ways, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    embedded_server.world.basic = True
    for password, is_right in (("secret", True), ("wrong", False)):
        client = Client(ways, embedded.alice.actor, Credential.of_password(f"{embedded.alice.name}:{password}"))
        if is_right:
            assert (await client.own(embedded.alice.actor)).document
            continue
        with pytest.raises(TokenGone):
            await client.own(embedded.alice.actor)
