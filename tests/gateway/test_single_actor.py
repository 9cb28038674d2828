"""A gateway for one person whose account is an ActivityPub actor: everything in the configuration."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from gateway.app import create_app
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.single_user import SingleUserProblem, check
from gateway.web.admission import Admission
from gateway.web.notices import Notice
from tests.c2s.bovine import Herd, bovine_server, herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway_harness import BASE

pytestmark = pytest.mark.anyio
__all__ = ["bovine_server", "embedded", "embedded_server", "herd"]
PASSWORD = "an-app-password-of-my-own-7"


def configured(folder: Path, people: Herd, **changes: Any) -> Settings:
    """The settings of a gateway for alice."""
    alice = people.alice
    given = {"single_actor": alice.handle, "single_token": alice.token, "single_password": PASSWORD}
    allowed = (people.base_url.partition("://")[2],)
    return Settings(**{"data_dir": folder, "base_url": BASE, "allow_hosts": allowed, **given, **changes})


async def home(settings: Settings, name: str) -> tuple[int, Any]:
    """What the person's client is told when the gateway has started."""
    async with open_gateway(settings) as gateway:
        transport = httpx.ASGITransport(app=create_app(gateway))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, auth=(name, PASSWORD)) as web:
            answer = await web.get("/api/statuses/home_timeline.json")
            return answer.status_code, len(await gateway.store.accounts())


@pytest.mark.parametrize("server", ["embedded", "herd"])
@pytest.mark.parametrize("by", ["handle", "actor"])
async def test_an_actor_is_linked(tmp_path: Path, request: pytest.FixtureRequest, server: str, by: str) -> None:
    people: Herd = request.getfixturevalue(server)
    settings = configured(tmp_path, people, single_actor=getattr(people.alice, by))
    for _ in range(2):
        assert await home(settings, people.alice.name) == (200, 1)


@pytest.mark.parametrize("by", ["handle", "actor"])
async def test_later_starts_ask_nothing(
    tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer, by: str
) -> None:
    settings = configured(tmp_path, embedded, single_actor=getattr(embedded.alice, by))
    async with open_gateway(settings):
        pass
    embedded_server.requests()
    async with open_gateway(settings):
        assert embedded_server.requests() == []


async def test_by_an_application_password(tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer) -> None:
    embedded_server.world.basic = True
    settings = configured(tmp_path, embedded, single_token=f"{embedded.alice.name}:secret")
    assert await home(settings, embedded.alice.name) == (200, 1)


async def test_a_refresh_needs_no_further_yes(tmp_path: Path, embedded: Herd, embedded_server: EmbeddedServer) -> None:
    settings = configured(tmp_path, embedded, refresh_minutes=5)
    async with open_gateway(settings) as gateway:
        transport = httpx.ASGITransport(app=create_app(gateway))
        async with httpx.AsyncClient(transport=transport, base_url=BASE, auth=(embedded.alice.name, PASSWORD)) as web:
            await web.get("/api/account/verify_credentials.json")
        (watched,) = gateway.refresh._watched.values()
        watched.due = 0.0
        embedded_server.requests()
        await asyncio.gather(*await gateway.refresh.tick())
        assert embedded_server.requests()


@pytest.mark.parametrize(
    "changes",
    [{"single_token": "made.up"}, {"single_actor": "nobody@{host}"}, {"single_token": "two words"},
     {"single_token": "alice:"}],
)  # fmt: skip
async def test_what_cannot_be_is_said_at_the_start(tmp_path: Path, embedded: Herd, changes: dict[str, str]) -> None:
    host = embedded.base_url.partition("://")[2]
    given = {name: value.format(host=host) for name, value in changes.items()}
    settings = configured(tmp_path, embedded, **given)
    if "nobody" in given.get("single_actor", ""):
        async with open_gateway(settings) as gateway:  # it is tried again, as for a server that is away
            assert await gateway.store.accounts() == ()
        return
    with pytest.raises(SingleUserProblem, match="single_actor and single_token") as caught:
        async with open_gateway(settings):
            pass
    assert given["single_token"] not in str(caught.value)


def test_half_a_person_and_two_of_them_are_refused(tmp_path: Path, embedded: Herd) -> None:
    for changes in ({"single_token": ""}, {"single_server": embedded.base_url}, {"single_password": "short"}):
        with pytest.raises(SingleUserProblem):
            check(configured(tmp_path, embedded, **changes))
    check(configured(tmp_path, embedded))


def test_nobody_else_links_an_account(tmp_path: Path, embedded: Herd) -> None:
    with pytest.raises(Notice):
        Admission(configured(tmp_path, embedded)).check_start({"social.example"}, "", ())
