"""Linking an ActivityPub actor in the browser, at the embedded server: OAuth 2 with PKCE, registration, renewal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urljoin

import httpx2 as httpx
import pytest
from lxml import html

from adapters.activitypub.credentials import Credential
from adapters.activitypub.signing_in import ActorSigningIn
from adapters.errors import Missing, Unavailable
from gateway.vault import open_vault
from tests.c2s.bovine import Herd, Party
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.gateway_harness import BASE
from tests.web.browser import Browser, Site, query_of, site_on

pytestmark = pytest.mark.anyio
__all__ = ["embedded", "embedded_server"]


@pytest.fixture
async def actors(tmp_path: Path, embedded_server: EmbeddedServer, embedded: Herd) -> AsyncIterator[Site]:
    """A gateway that may reach the server."""
    async with site_on(tmp_path / "actors", [embedded_server.pair]) as opened:
        yield opened


def said_yes(address: str, who: Party) -> str:
    """Sign in there and say yes; where the browser is sent."""
    with httpx.Client(trust_env=False, follow_redirects=True) as web:
        shown = web.get(address)
        for fields in ({"username": who.name, "password": "secret"}, {}):
            (form,) = html.document_fromstring(shown.text).forms
            given = {name: value or "" for name, value in form.form_values()} | fields
            target = urljoin(str(shown.url), form.action)
            shown = web.post(target, data=given, follow_redirects=bool(fields))
    assert shown.status_code == 302, shown.text
    return str(shown.headers["location"])


async def stored_token(site: Site, password: str) -> str:
    """What is sealed for a password."""
    vault = await open_vault(site.gateway.settings.data_dir, site.gateway.store)
    found = await site.gateway.store.login(vault.hash(password))
    assert found is not None
    return vault.open(found[0].sealed, password).decode()


@pytest.mark.parametrize("typed", ["handle", "server"])
async def test_an_actor_is_linked_with_nothing_but_a_browser(actors: Site, embedded: Herd, typed: str) -> None:
    alice, browser = embedded.alice, actors.browser()
    server = alice.handle if typed == "handle" else alice.handle.partition("@")[2]
    departure = await browser.depart(server)
    query = query_of(departure)
    assert departure.startswith(f"{embedded.base_url}/endpoint/oauth/authorize?")
    assert (query["response_type"], query["scope"], query["code_challenge_method"]) == ("code", "read write", "S256")
    assert query["redirect_uri"].startswith(f"{BASE}/connect/return/")
    shown = await browser.back(said_yes(departure, alice))
    assert (shown.status, shown.title) == (200, "Your account is linked")
    (account,) = await actors.gateway.store.accounts()
    assert (account.software, account.native, account.backend) == ("activitypub", alice.actor, embedded.base_url)
    assert account.login == account.username == alice.name
    password = shown.tree.get_element_by_id("app-password").text
    token = await stored_token(actors, password)
    assert token.startswith("OAuth ")
    assert alice.actor not in token
    client = actors.browser().client
    posted = await client.post("/api/statuses/update.json", data={"status": "Hello"}, auth=(alice.name, password))
    assert (posted.status_code, posted.json()["user"]["screen_name"]) == (200, alice.name)
    home = await client.get("/api/statuses/home_timeline.json", auth=(alice.name, password))
    assert [post["text"] for post in home.json()] == ["Hello"]


async def test_a_token_that_ended_is_renewed_and_people_notice_nothing(
    actors: Site, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    browser = actors.browser()
    shown = await browser.back(said_yes(await browser.depart(embedded.alice.handle), embedded.alice))
    login = (embedded.alice.name, shown.tree.get_element_by_id("app-password").text)
    token = Credential.read(await stored_token(actors, login[1])).token
    embedded_server.world.expired.add(token)
    for text in ("One", "Two"):
        posted = await browser.client.post("/api/statuses/update.json", data={"status": text}, auth=login)
        assert posted.status_code == 200, posted.text


async def test_a_further_device_and_leaving(actors: Site, embedded: Herd) -> None:
    browser = actors.browser()
    await browser.back(said_yes(await browser.depart(embedded.alice.handle), embedded.alice))
    shown = await browser.open("/settings")
    assert ("your newest posts and messages" in shown.text, "no posts" in shown.text) == (True, False), "of the export"
    response = await browser.submit(shown, "/settings", name="phone")
    assert response.status_code == 303
    shown = await browser.open("/settings/password")
    password = shown.tree.get_element_by_id("app-password").text
    answer = await browser.client.get("/api/account/verify_credentials.json", auth=(embedded.alice.name, password))
    assert answer.status_code == 200
    response = await browser.submit(await browser.open("/settings/leave"), "/leave", login=embedded.alice.name)
    assert (response.status_code, response.headers["location"]) == (303, "/left")
    assert await actors.gateway.store.accounts() == ()


async def test_somebody_else_may_not_come_in_the_place_of_who_was_typed(actors: Site, embedded: Herd) -> None:
    browser = actors.browser()
    shown = await browser.back(said_yes(await browser.depart(embedded.alice.handle), embedded.bob))
    assert shown.status == 403
    assert await actors.gateway.store.accounts() == ()


async def test_linking_again_keeps_the_account_and_its_registration(actors: Site, embedded: Herd) -> None:
    ids = set()
    for title in ("Your account is linked", "You are signed in"):
        browser = actors.browser()
        departure = await browser.depart(embedded.alice.handle)
        ids.add(query_of(departure)["client_id"])
        assert (await browser.back(said_yes(departure, embedded.alice))).title == title
    assert len(ids) == len(await actors.gateway.store.accounts()) == 1


async def test_a_forgotten_registration_is_renewed(
    actors: Site, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    first = query_of(await actors.browser().depart(embedded.alice.handle))["client_id"]
    del embedded_server.world.documents[first]
    browser = actors.browser()
    departure = await browser.depart(embedded.alice.handle)
    assert query_of(departure)["client_id"] != first
    assert (await browser.back(said_yes(departure, embedded.alice))).title == "Your account is linked"


async def test_without_metadata_the_actor_tells_where_to_sign_in(
    actors: Site, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    embedded_server.strange.missing.add("metadata")
    browser = actors.browser()
    departure = await browser.depart(embedded.alice.handle)
    query = query_of(departure)
    assert departure.startswith(f"{embedded.base_url}/endpoint/oauth/authorize?")
    assert query["client_id"] == query["redirect_uri"] + "/client"
    document = (await browser.client.get(query["client_id"])).json()
    assert document["client_id"] == document["id"] == query["client_id"]
    assert document["redirect_uris"] == [query["redirect_uri"]]
    assert document["token_endpoint_auth_method"] == "none"


async def test_behind_a_port_that_is_allowed_there_may_be_tls(
    actors: Site, embedded: Herd, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections, host = actors.gateway.connections, embedded.base_url.partition("://")[2]
    ways_of_actors = connections.actor_signing_in

    async def greeted(url: str) -> NoReturn:
        raise Missing("No Mastodon API.") if url.startswith("https:") else Unavailable("It speaks TLS.")

    async def actors_at(url: str, actor: str = "") -> ActorSigningIn:
        if not url.startswith("https:"):
            raise Unavailable("It speaks TLS.")
        return await ways_of_actors(embedded.base_url, actor)

    monkeypatch.setattr(connections, "signing_in", greeted)
    monkeypatch.setattr(connections, "actor_signing_in", actors_at)
    assert (await actors.browser().depart(host)).startswith(f"{embedded.base_url}/endpoint/oauth/authorize?")


async def test_the_document_about_the_gateway_is_for_return_addresses_only(actors: Site) -> None:
    answer = await actors.browser().client.get("/connect/return/%3Cscript%3E/client")
    assert answer.status_code == 404


async def test_a_server_where_nobody_signs_in_is_said_to_be_none(
    actors: Site, embedded: Herd, embedded_server: EmbeddedServer
) -> None:
    embedded_server.strange.missing |= {"metadata", "endpoints"}
    shown = await actors.browser().refused(embedded.alice.handle)
    assert shown.status in {400, 502}
    assert shown.alert


async def test_a_wrong_code_links_nobody(actors: Site, browser_at: Browser, embedded: Herd) -> None:
    query = query_of(await browser_at.depart(embedded.alice.handle))
    shown = await browser_at.open(f"{query['redirect_uri'].removeprefix(BASE)}?state={query['state']}&code=a.b.c")
    assert shown.status == 403
    assert await actors.gateway.store.accounts() == ()


@pytest.fixture
def browser_at(actors: Site) -> Browser:
    """A browser without a past."""
    return actors.browser()
