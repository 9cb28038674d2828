"""A program asks to be let in: from its request token over the page to signed calls."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.gateway_harness import BASE
from tests.mock_server import MockServer
from tests.oauth_client import OAuthClient
from tests.web.browser import Browser, Site
from tests.web.reading import Page

pytestmark = pytest.mark.anyio

BACK = "https://program.example/back?x=1"


async def asking(site: Site, callback: str = "oob", *, read_only: bool = False) -> tuple[OAuthClient, str]:
    """(a program with its request token, the path of the page)."""
    made = await site.gateway.consumers.add("", "Nest <box>", read_only=read_only)
    client = OAuthClient(site.browser().client, made.key, made.secret)
    told = await client.request_token(callback)
    return client, f"/oauth/authorize?oauth_token={told['oauth_token']}"


@pytest.fixture
async def alice(browser: Browser, mock: MockServer) -> Browser:
    """Somebody signed in."""
    await browser.link(mock.pair, "alice")
    return browser


async def answer(browser: Browser, path: str, do: str, **fields: str) -> Page:
    """The page after an answer without a callback."""
    return Page(await browser.submit(await browser.open(path), "/authorize", do=do, **fields))


async def test_a_pin_lets_the_program_in(site: Site, alice: Browser) -> None:
    client, path = await asking(site)
    shown = await alice.open(path)
    assert shown.title == "Nest <box> asks for your account"
    assert "and to post for you" in shown.text
    shown = await answer(alice, path, "allow")
    pin = str(shown.tree.get_element_by_id("pin").text)
    assert re.fullmatch(r"[0-9]{8}", pin)
    told = await client.access_token(pin)
    assert told["screen_name"] == "alice"
    reply = await client.send("POST", "/api/statuses/update.json", {"status": "signed"})
    assert (reply.status_code, reply.json()["text"]) == (200, "signed")
    programs = await alice.open("/settings/oauth")
    assert programs.tree.xpath("//ul[@class='cards']/li/h3/text()") == ["Nest <box>"]
    (action,) = programs.tree.xpath("//li[h3='Nest <box>']//form/@action")
    await alice.submit(programs, action.rpartition("/")[2])
    assert (await client.send("GET", "/api/statuses/home_timeline.json")).status_code == 401


@pytest.mark.parametrize("mount", ["", "/api", "/1.1", "/api/1.1"])
@pytest.mark.parametrize("name", ["authorize", "authenticate"])
async def test_a_callback_gets_the_verifier_under_every_mount(
    site: Site, alice: Browser, mount: str, name: str
) -> None:
    client, _ = await asking(site, BACK)
    path = f"{mount}/oauth/{name}?oauth_token={client.token}"
    shown = await alice.open(path)
    assert "You are sent" not in shown.text
    assert "program.example" in shown.text
    assert "https://program.example" in shown.response.headers["content-security-policy"]
    reply = await alice.submit(shown, name, do="allow", read_only="1")
    assert reply.status_code == 303
    place = urlsplit(reply.headers["location"])
    given = parse_qs(place.query)
    assert (place.netloc, given["x"], given["oauth_token"]) == ("program.example", ["1"], [client.token])
    await client.access_token(given["oauth_verifier"][0])
    assert (await client.send("GET", "/api/account/verify_credentials.json")).status_code == 200
    reply = await client.send("POST", "/api/statuses/update.json", {"status": "may not"})
    assert reply.status_code == 403, "the person let it only read"


async def test_who_is_not_signed_in_uses_an_app_password(site: Site, browser: Browser, mock: MockServer) -> None:
    linked = await site.browser("203.0.113.5").link(mock.pair, "alice")
    password = str(linked.tree.get_element_by_id("app-password").text)
    client, path = await asking(site)
    shown = await browser.open(path)
    assert not shown.tree.xpath("//button[@value='allow']")
    wrong = Page(await browser.submit(shown, "/authorize", login="alice", password="wrong"))
    assert (wrong.status, "do not belong together" in wrong.alert) == (403, True)
    assert wrong.tree.get_element_by_id("login").get("value") == "alice"
    assert "wrong" not in [field.get("value") for field in wrong.tree.xpath("//input[@type='password']")]
    before = browser.cookies
    reply = await browser.submit(wrong, "/authorize", login="alice", password=password)
    assert reply.status_code == 303
    assert browser.cookies != before, "a session never keeps a visitor's cookie"
    shown = await answer(browser, path, "allow")
    await client.access_token(str(shown.tree.get_element_by_id("pin").text))
    assert (await client.send("GET", "/api/statuses/home_timeline.json")).status_code == 200


async def test_guessing_on_the_page_is_slowed(site: Site, browser: Browser, mock: MockServer) -> None:
    await site.browser("203.0.113.5").link(mock.pair, "alice")
    _, path = await asking(site)
    shown = await browser.open(path)
    seen = [
        (await browser.submit(shown, "/authorize", login="alice", password=f"wrong {number}")).status_code
        for number in range(12)
    ]
    assert seen == [403] * 10 + [429] * 2


async def test_no_means_no(site: Site, alice: Browser) -> None:
    client, path = await asking(site, BACK)
    reply = await alice.submit(await alice.open(path), "/authorize", do="deny")
    assert parse_qs(urlsplit(reply.headers["location"]).query)["denied"] == [client.token]
    assert (await alice.open(path)).status == 400
    client, path = await asking(site)
    assert (await answer(alice, path, "deny")).title == "Refused"
    assert (await alice.open(path)).status == 400


async def test_an_answer_counts_once_and_only_from_this_browser(site: Site, alice: Browser, mock: MockServer) -> None:
    client, path = await asking(site)
    shown = await alice.open(path)
    foreign = site.browser("203.0.113.5")
    await foreign.link(mock.pair, "bob")
    _, given = shown.form("/authorize")
    reply = await foreign.post("/oauth/authorize", {**given, "do": "allow"}, Origin="null")
    assert reply.status_code == 403, "bob's browser with alice's form"
    first = await answer(alice, path, "allow")
    second = Page(await alice.submit(shown, "/authorize", do="allow"))
    with pytest.raises(AssertionError):
        await client.access_token(str(first.tree.get_element_by_id("pin").text))
    assert second.tree.get_element_by_id("pin").text
    assert (await alice.open(path)).status == 400, "spent, right verifier or wrong"


async def test_a_yes_of_somebody_else_is_not_replaced(site: Site, alice: Browser, mock: MockServer) -> None:
    _, path = await asking(site)
    shown = await alice.open(path)
    bob = site.browser("203.0.113.5")
    await bob.link(mock.pair, "bob")
    assert (await answer(bob, path, "allow")).status == 200
    assert Page(await alice.submit(shown, "/authorize", do="allow")).status == 409


@pytest.mark.parametrize("token", ["", "0" * 32, "x" * 5000, "%00", "<b>"])
async def test_unknown_requests_are_a_page(alice: Browser, token: str) -> None:
    shown = await alice.open(f"/oauth/authorize?oauth_token={token}")
    assert (shown.status, shown.title) == (400, "That did not work")
    assert f"{BASE}/oauth/authorize" in shown.url


async def test_a_read_only_consumer_says_so(site: Site, alice: Browser) -> None:
    _, path = await asking(site, read_only=True)
    shown = await alice.open(path)
    assert "would like to read your timelines and messages." in shown.text
    assert shown.tree.xpath("//input[@name='read_only']") == []
