"""A whole gateway over the embedded server of actors: a linked actor's calls are served, and a poll is one request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx
import pytest

from gateway.app import create_app
from gateway.logins import Logins
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault
from tests import shapes
from tests.c2s.bad_content import good
from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server

pytestmark = pytest.mark.anyio
__all__ = ["embedded", "embedded_server"]
HOME = "statuses/home_timeline"


class Ground(NamedTuple):
    """The gateway before a server, and alice's login."""

    gateway: Gateway
    server: EmbeddedServer
    herd: Herd
    web: httpx.AsyncClient

    async def get(self, path: str, format: str = "json", **params: Any) -> httpx.Response:
        """A reply of the right shape."""
        reply = await self.web.get(f"/api/{path}.{format}", params=params)
        assert reply.status_code == 200, reply.text
        shapes.validate(shapes.call_of(path), format, reply.content)
        return reply


@pytest.fixture
async def ground(tmp_path: Path, embedded_server: EmbeddedServer, embedded: Herd) -> AsyncIterator[Ground]:
    """Alice is linked by her actor and a bearer token."""
    settings = Settings(data_dir=tmp_path, base_url="https://gateway.test", allow_hosts=(embedded_server.pair,))
    async with open_gateway(settings) as gateway:
        logins = Logins(gateway.store, await open_vault(tmp_path, gateway.store), gateway.connections)
        alice = embedded.alice
        linked = await logins.link(embedded.base_url, alice.token, actor=alice.actor)
        transport = httpx.ASGITransport(app=create_app(gateway))
        auth = (linked.account.login, linked.password)
        async with httpx.AsyncClient(transport=transport, base_url="https://gateway.test", auth=auth) as web:
            yield Ground(gateway, embedded_server, embedded, web)


async def test_the_timeline_of_an_actor(ground: Ground) -> None:
    good(ground.server, ground.herd)
    (post,) = (await ground.get(HOME)).json()
    assert (post["text"], post["user"]["screen_name"]) == ("Still here", ground.herd.bob.name)
    shapes.same(HOME, (await ground.get(HOME)).content, (await ground.get(HOME, "xml")).content)
    ground.server.requests()
    assert (await ground.get(HOME, since_id=post["id"])).json() == []
    assert [method for method, _ in ground.server.requests()] == ["GET"]
    good(ground.server, ground.herd, "<p>More</p>")
    (more,) = (await ground.get(HOME, since_id=post["id"])).json()
    assert (more["text"], more["id"] > post["id"]) == ("More", True)
    assert [one["id"] for one in (await ground.get(HOME, max_id=post["id"])).json()] == [post["id"]]
    assert (await ground.get("statuses/show", id=post["id"])).json()["text"] == "Still here"


async def test_the_actor_is_who_signs_in(ground: Ground) -> None:
    me = (await ground.get("account/verify_credentials")).json()
    assert me["screen_name"] == ground.herd.alice.name


async def test_what_came_is_there_for_a_new_process(ground: Ground) -> None:
    good(ground.server, ground.herd)
    before = (await ground.get(HOME)).json()
    ground.gateway.connections.actors.links._links.clear()
    ground.gateway.clear()
    assert (await ground.get(HOME)).json() == before
