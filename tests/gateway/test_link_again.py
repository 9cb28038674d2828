"""The backend no longer takes the token: what the client is told, that nothing is lost, that linking makes it whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.errors import TokenGone
from gateway.errors import CONNECT, LINK_AGAIN
from gateway.logins import Logins
from gateway.plain_http import PLAIN_HTTP
from gateway.vault import open_vault
from tests.gateway.edge import Edge, basic, send
from tests.gateway_harness import BASE, TOKEN, Ground, gateway_on

pytestmark = pytest.mark.anyio
HOME = "statuses/home_timeline"


async def relinked(ground: Ground, acct: str = "alice") -> None:
    """Link somebody anew, without a further password, as `oldbird link` and the page do."""
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    linked = await Logins(ground.gateway.store, vault, ground.connections).link(ground.world.base_url, TOKEN + acct)
    assert linked.password == ""


@pytest.mark.parametrize("format", ["json", "xml"])
async def test_the_client_is_told_to_link_again_and_where(ground: Ground, format: str) -> None:
    ground.wire.fail(TokenGone("401"), "home")
    for _ in range(2):  # by the server, then from memory
        reply = await ground.get(HOME, format=format, twin=False)
        assert (reply.status, reply.error) == (403, f"{LINK_AGAIN} {BASE}{CONNECT}")
    assert ground.wire.count("home") == 1
    reply = await ground.post("statuses/update", format=format, status="not sent")
    assert (reply.status, reply.error) == (403, f"{LINK_AGAIN} {BASE}{CONNECT}")
    assert ground.wire.count("post") == 0


async def test_nothing_is_lost_and_the_same_password_works_when_linked_again(ground: Ground) -> None:
    ground.world.post("bob", "before")
    message = await ground.post("direct_messages/new", screen_name="bob", text="kept")
    before = await ground.get(HOME)
    ground.wire.fail(TokenGone("401"), "home")
    assert (await ground.get(HOME, twin=False)).status == 403
    assert (await ground.get(HOME, user="bob")).status == 200  # nobody else's link is broken
    await relinked(ground)
    ground.world.post("bob", "after")
    after = await ground.get(HOME)
    assert after.texts == ["after", *before.texts]
    assert after.ids[1:] == before.ids
    assert (await ground.get("direct_messages/sent")).ids == [message.json["id"]]


async def test_a_token_that_is_gone_before_anything_was_read(tmp_path: Path) -> None:
    async with gateway_on(tmp_path) as ground:
        native = ground.world.find("alice")
        person = ground.world.people.pop(str(native))
        reply = await ground.get(HOME)
        assert (reply.status, reply.error) == (403, f"{LINK_AGAIN} {BASE}{CONNECT}")
        ground.world.people[person.native] = person
        await relinked(ground)
        assert (await ground.get(HOME)).status == 200


async def test_a_wrong_password_does_not_learn_of_a_broken_link(ground: Ground) -> None:
    ground.wire.fail(TokenGone("401"), "home")
    await ground.get(HOME, twin=False)
    assert (await ground.request("GET", HOME, password="guessed")).status == 401


def gone(**settings: Any) -> Edge:
    """An edge whose every call meets a token that is gone."""
    edge = Edge(**settings)

    async def fail(_: Any) -> Any:
        raise TokenGone("The server does not know the token.")

    edge.answer = fail
    return edge


@pytest.mark.parametrize(
    ("base_url", "plain", "page"),
    [
        ("https://gate.example/sub", False, " https://gate.example/sub/connect"),
        ("https://gate.example/sub", True, " https://gate.example/sub/connect"),
        ("", False, " http://gw.example/connect"),
        ("", True, ""),  # no page is served on the listener without TLS, and the other's address is not known
    ],
)
async def test_the_address_is_that_of_the_pages(base_url: str, plain: bool, page: str) -> None:
    edge = gone(base_url=base_url)

    async def over_plain(scope: Any, receive: Any, sending: Any) -> None:
        await edge.app({**scope, PLAIN_HTTP: True} if plain else scope, receive, sending)

    reply = await send(over_plain, "GET", "/api/help/test.json", [basic("plain"), ("Host", "gw.example")], [])
    assert reply is not None
    assert (reply.status, reply.json()["error"]) == (403, LINK_AGAIN + page)
