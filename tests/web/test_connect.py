"""Linking at a real server, from the form to the app password that works."""

from __future__ import annotations

import base64
import hashlib

import msgspec
import pytest

from tests.gateway_harness import BASE
from tests.mock_server import MockServer
from tests.web.browser import Browser, Site, allowed, query_of

pytestmark = pytest.mark.anyio


async def works(site: Site, login: str, password: str) -> bool:
    """The app password opens the API."""
    answer = await site.browser().client.get("/api/account/verify_credentials.json", auth=(login, password))
    return answer.status_code == 200 and answer.json()["screen_name"] == login


async def test_the_first_password_is_for_the_client_that_was_chosen(
    site: Site, browser: Browser, mock: MockServer
) -> None:
    sent = await browser.submit(await browser.open("/connect"), "/connect", server=mock.pair, dialect="dica")
    shown = await browser.back(allowed(str(sent.headers["location"]), "alice"))
    first = shown.tree.xpath("//details")[0]
    assert (first.findtext("summary"), first.get("open") is not None) == ("DiCa", True)
    (account,) = await site.gateway.store.accounts()
    assert [login.dialect for login in await site.gateway.store.logins(account.id)] == ["dica"]
    sent = await browser.submit(await browser.open("/connect"), "/connect", server=mock.pair, dialect="nobody")
    assert sent.status_code == 400


async def test_an_account_is_linked_with_nothing_but_a_browser(site: Site, browser: Browser, mock: MockServer) -> None:
    shown = await browser.link(mock.pair, "alice")
    assert (shown.status, shown.title) == (200, "Your account is linked")
    assert shown.url == f"{BASE}/connect/done"
    password = shown.tree.get_element_by_id("app-password").text
    assert await works(site, "alice", password)
    assert BASE in shown.text
    names = {"AndStatus", "Twidere", "Choqok", "Friendica Mobile", "DiCa", "Mastalab, Fedilab", "Python", "curl"}
    assert names < set(shown.tree.xpath("//summary/text()"))
    again = await browser.open("/connect/done")
    assert password not in again.response.text
    assert again.title == "You are signed in"


async def test_what_goes_out_is_what_the_standard_asks_for(browser: Browser, mock: MockServer) -> None:
    query = query_of(await browser.depart(mock.url))
    assert query["redirect_uri"].startswith(f"{BASE}/connect/return/")
    assert (query["response_type"], query["scope"], query["code_challenge_method"]) == ("code", "read write", "S256")
    assert len(base64.urlsafe_b64decode(query["code_challenge"] + "=")) == hashlib.sha256().digest_size
    assert len(query["state"]) >= 22


async def test_linking_again_renews_the_account_and_gives_no_password(
    site: Site, browser: Browser, mock: MockServer
) -> None:
    first = await browser.link(mock.pair, "alice")
    password = first.tree.get_element_by_id("app-password").text
    store = site.gateway.store
    (account,) = await store.accounts()
    await store.put_account(msgspec.structs.replace(account, broken=True))
    assert not await works(site, "alice", password)
    shown = await site.browser().link("@alice@" + mock.pair, "alice")
    assert (shown.title, shown.tree.xpath("//code[@id]")) == ("You are signed in", [])
    (renewed,) = await store.accounts()
    assert (renewed.id, renewed.broken) == (account.id, False)
    assert await works(site, "alice", password)


async def test_somebody_known_goes_on_to_where_he_wanted(browser: Browser, mock: MockServer) -> None:
    first = await browser.link(mock.pair, "alice", next="/settings/oauth")
    assert f"{BASE}/settings/oauth" in [f"{BASE}{link.removeprefix(BASE)}" for link in first.links]
    response = await browser.client.get(allowed(await browser.depart(mock.pair, "/settings/oauth"), "alice"))
    assert (response.status_code, response.headers["location"]) == (303, "/settings/oauth")


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example", "/connect", "settings"])
async def test_nobody_is_sent_elsewhere(browser: Browser, next: str) -> None:
    _, fields = (await browser.open(f"/connect?next={next}")).form("/connect")
    assert fields["next"] == ""


async def test_one_registration_serves_everybody_of_an_instance(site: Site, browser: Browser, mock: MockServer) -> None:
    ids = {query_of(await one.depart(mock.pair))["client_id"] for one in (browser, site.browser(), site.browser())}
    assert len(ids) == 1
    (wrapped,) = (await site.gateway.store.records("", "app")).values()
    assert ids.pop().encode() not in wrapped


async def test_two_tabs_are_under_way_at_once(browser: Browser, mock: MockServer) -> None:
    one, other = await browser.depart(mock.pair), await browser.depart(mock.pair)
    assert query_of(one)["state"] != query_of(other)["state"]
    assert (await browser.back(allowed(other, "bob"))).title == "Your account is linked"
    assert (await browser.back(allowed(one, "alice"))).title == "Your account is linked"
    assert "alice" in (await browser.open("/")).text


async def test_signing_in_gives_a_new_cookie_and_signing_out_ends_it(browser: Browser, mock: MockServer) -> None:
    await browser.open("/connect")
    planted = browser.cookies["__Host-oldbird"]
    await browser.link(mock.pair, "alice")
    session = browser.cookies["__Host-oldbird"]
    assert session != planted
    shown = await browser.open("/")
    assert "signed in as alice" in shown.text
    (form,) = shown.tree.xpath("//header//form")
    response = await browser.post(form.get("action"), dict(form.form_values()))
    assert (response.status_code, response.headers["location"]) == (303, "/")
    browser.client.cookies.set("__Host-oldbird", session, domain="gateway.test")
    assert "signed in" not in (await browser.open("/")).text
