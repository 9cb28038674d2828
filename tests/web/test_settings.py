"""Devices, programs, export and leaving, as a signed-in person uses them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from gateway.stores.store import LoginRecord
from tests.gateway_harness import BASE
from tests.mock_server import MockServer
from tests.web.browser import Browser, Site, site_on
from tests.web.reading import Page
from tests.web.test_connect import works

pytestmark = pytest.mark.anyio

PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){6}")


@pytest.fixture
async def alice(browser: Browser, mock: MockServer) -> Browser:
    """Somebody signed in, with one device."""
    await browser.link(mock.pair, "alice")
    return browser


async def made(browser: Browser, **fields: str) -> str:
    """A further app password."""
    shown = await browser.submit(await browser.open("/settings"), "/settings", **fields)
    assert shown.status_code == 303, Page(shown).alert
    password = str((await browser.open("/settings/password")).tree.get_element_by_id("app-password").text)
    assert PASSWORD.fullmatch(password)
    return password


def cards(shown: Page) -> list[str]:
    """The headings of the cards of a page."""
    return [str(name) for name in shown.tree.xpath("//ul[@class='cards']/li/h3/text()")]


def device_of(shown: Page, name: str) -> str:
    """The id of a device by its name."""
    (action,) = {str(action) for action in shown.tree.xpath(f"//li[h3='{name}']//form/@action")}
    return action.rpartition("/")[2]


async def test_who_is_not_signed_in_is_asked_to_and_comes_back(browser: Browser, mock: MockServer) -> None:
    for path in ("/settings", "/settings/oauth", "/settings/leave", "/settings/password"):
        shown = await browser.open(path)
        assert shown.url.startswith(f"{BASE}/connect?next=/settings")
    await browser.link(mock.pair, "alice")
    shown = await browser.link(mock.pair, "alice", next="/settings/oauth")
    assert shown.url == f"{BASE}/settings/oauth"


async def test_a_device_gets_a_password_shown_once_and_loses_it(site: Site, alice: Browser) -> None:
    password = await made(alice, name="Old telephone", read_only="")
    assert await works(site, "alice", password)
    assert password not in (await alice.open("/settings/password")).response.text
    shown = await alice.open("/settings")
    assert set(cards(shown)) == {"first", "Old telephone"}
    assert shown.tree.xpath("//li[h3='Old telephone']//dd/text()")[0].startswith("20")
    id = device_of(shown, "Old telephone")
    assert (await alice.submit(shown, id, do="revoke")).status_code == 303
    assert cards(await alice.open("/settings")) == ["first"]
    assert not await works(site, "alice", password)
    assert (await alice.submit(shown, id, do="revoke")).status_code == 303, "twice is once"


async def test_a_device_may_be_read_only_and_answered_in_a_way_of_its_own(site: Site, alice: Browser) -> None:
    password = await made(alice, name="Clock", read_only="1", dialect="twitter")
    client = site.browser().client
    reply = await client.post("/api/statuses/update.json", data={"status": "x"}, auth=("alice", password))
    assert reply.status_code == 403
    ids = (await client.get("/api/friends/ids.json", auth=("alice", password))).json()
    assert "next_cursor" in ids, "the dialect's envelope, also on /api"
    shown = await alice.open("/settings")
    told = [fact.strip() for fact in shown.tree.xpath("//li[h3='Clock']//dd/text()")]
    assert told[2:4] == ["read", "As Twitter, whatever the address"]


async def test_a_device_is_made_for_a_client_and_shows_what_to_type_there(alice: Browser) -> None:
    shown = await alice.open("/settings")
    offered = shown.tree.xpath("//select[@id='dialect']/option/@value")
    assert offered[0] == ""
    assert {"dica", "choqok", "friendica", "twitter"} < set(offered)
    assert "tweepy" not in offered, "what signs in by OAuth has no app password"
    assert (await alice.submit(shown, "/settings", name="Old telephone", dialect="dica")).status_code == 303
    shown = await alice.open("/settings/password")
    first, *others = shown.tree.xpath("//details")
    assert (first.findtext("summary"), first.get("open") is not None) == ("DiCa", True)
    assert [fact.text_content() for fact in first.iter("dd")] == [BASE, "alice"]
    assert not [other for other in others if other.get("open") is not None or other.findtext("summary") == "DiCa"]


async def test_a_device_is_made_for_another_client_but_its_ids_keep_their_width(site: Site, alice: Browser) -> None:
    password = await made(alice, name="Phone", dialect="raccoon")
    shown = await alice.open("/settings")
    id = device_of(shown, "Phone")
    assert (await alice.submit(shown, id, do="dialect", dialect="choqok")).status_code == 303
    shown = await alice.open("/settings")
    assert "Choqok" in shown.tree.xpath("//li[h3='Phone']//dd/text()")
    assert shown.tree.xpath(f"//select[@id='dialect-{id}']/option[@selected]/@value") == ["choqok"]
    assert await works(site, "alice", password)
    (login,) = [one for one in await logins(site) if one.name == "Phone"]
    await site.gateway.store.touch_login(login.hash, 1)
    refused = Page(await alice.submit(shown, id, do="dialect", dialect="dica"))
    assert (refused.status, "Make a further app password" in refused.alert) == (409, True)
    assert refused.tree.get_element_by_id(f"dialect-{id}").get("aria-invalid") == "true"
    assert refused.tree.xpath(f"//details[.//*[@id='dialect-{id}']]/@open")
    assert [one.dialect for one in await logins(site) if one.name == "Phone"] == ["choqok"]
    assert (await alice.submit(shown, id, do="dialect", dialect="nobody")).status_code == 400


async def test_a_device_gets_small_pictures_from_here_and_no_more(site: Site, alice: Browser) -> None:
    password, client = await made(alice, name="Old phone", pictures="1"), site.browser().client
    for wanted in ("", "1"):  # what is asked for next
        user = (await client.get("/api/account/verify_credentials.json", auth=("alice", password))).json()
        assert user["profile_image_url"].startswith(f"{BASE}/pictures/") is not bool(wanted)
        shown = await alice.open("/settings")
        told = "from their own servers" if wanted else "small, from this gateway"
        assert told in shown.tree.xpath("//li[h3='Old phone']//dd/text()")
        id = device_of(shown, "Old phone")
        assert (await alice.submit(shown, id, do="pictures", wanted=wanted)).status_code == 303


@pytest.fixture(params=["192.168.1.5:8091", "0.0.0.0:8091"])
async def plain_alice(request: pytest.FixtureRequest, tmp_path: Path, mock: MockServer) -> AsyncIterator[Browser]:
    """Alice at a gateway that is reached without TLS, too."""
    async with site_on(tmp_path / "plain", [mock.pair], plain_http=request.param) as site:
        browser = site.browser()
        await browser.link(mock.pair, "alice")
        yield browser


async def test_a_device_without_encryption_is_told_where(plain_alice: Browser) -> None:
    there = plain_alice.site.gateway.settings.plain_http.replace("0.0.0.0", "MACHINE")
    shown = await plain_alice.open("/settings")
    assert f"http://{there}" in shown.tree.xpath("//dt[.='Without encryption']/following-sibling::dd[1]/code/text()")
    for plain in ("", "1"):
        await plain_alice.submit(shown, "/settings", name="Emacs", dialect="identica-mode", plain_http=plain)
        told = await plain_alice.open("/settings/password")
        line = told.tree.xpath("//dt[.='Without encryption']/following-sibling::dd[1]/code/text()")
        assert line == [f"http://{there}"] * len(plain)
        assert told.tree.xpath("//details[@open]//code/text()") == [f'(setq statusnet-server "{there}")', "alice"]
        assert ("MACHINE stands for" in told.tree.xpath("string(//details[@open])")) is ("MACHINE" in there)
        assert told.text.count(BASE) > 1, "for others as ever"


async def logins(site: Site) -> tuple[LoginRecord, ...]:
    """Of the one account there is."""
    (account,) = await site.gateway.store.accounts()
    return await site.gateway.store.logins(account.id)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb", "a\x07b"])
async def test_a_name_that_is_none_is_refused_beside_its_field(alice: Browser, name: str) -> None:
    shown = Page(await alice.submit(await alice.open("/settings"), "/settings", name=name))
    fault = "Please check what you typed Give the program a name of at most 60 characters."
    assert (shown.status, shown.alert) == (400, fault)
    assert shown.tree.get_element_by_id("name").get("aria-invalid") == "true"


async def test_names_are_text_and_never_markup(alice: Browser) -> None:
    name = "<script>alert(1)</script> & \"x\" 'y'"
    await made(alice, name=name)
    assert set(cards(await alice.open("/settings"))) == {"first", name}


async def test_a_broken_link_is_said_and_leads_to_linking_again(site: Site, alice: Browser, mock: MockServer) -> None:
    store = site.gateway.store
    (account,) = await store.accounts()
    await store.put_account(msgspec.structs.replace(account, broken=True))
    shown = await alice.open("/settings")
    assert "no longer accepts the login" in shown.alert
    assert "/connect?next=/settings" in shown.links
    assert (await alice.link(mock.pair, "alice", next="/settings")).alert == ""


async def test_consumers_are_made_shown_and_removed(site: Site, alice: Browser) -> None:
    shown = await alice.open("/settings/oauth")
    sent = await alice.submit(
        shown, "/settings/oauth", name="My <bot>", callback="https://bot.example/back", read_only="1", dialect="tweepy"
    )
    assert sent.status_code == 303
    shown = await alice.open("/settings/oauth")
    assert cards(shown) == ["My <bot>"]
    (consumer,) = await site.gateway.consumers.all()
    assert (consumer.dialect, "tweepy" in shown.text) == ("tweepy", True)
    assert consumer.key in shown.text
    assert consumer.secret in shown.text
    assert f"{BASE}/oauth/request_token" in shown.text
    assert (await alice.submit(shown, f"/consumers/{consumer.key}")).status_code == 303
    assert await site.gateway.consumers.find(consumer.key) is None


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"name": "x", "callback": "javascript:alert(1)"}, {"name": "x", "icon": "ftp://a/b"}]
)
async def test_a_consumer_that_is_none_is_refused(site: Site, alice: Browser, fields: dict[str, str]) -> None:
    shown = Page(await alice.submit(await alice.open("/settings/oauth"), "/settings/oauth", **fields))
    assert shown.status == 400
    assert shown.alert.startswith("Please check what you typed")
    assert await site.gateway.consumers.all() == ()


async def test_what_belongs_to_somebody_else_is_out_of_reach(site: Site, alice: Browser, mock: MockServer) -> None:
    bob = site.browser("203.0.113.9")
    await bob.link(mock.pair, "bob")
    await made(alice, name="Mine")
    consumer = await site.gateway.consumers.add("", "Everybody's")
    (account, _) = sorted(await site.gateway.store.accounts(), key=lambda one: one.login)
    logins = await site.gateway.store.logins(account.id)
    own = await bob.open("/settings")
    _, given = own.form("/settings")
    for path in [f"/settings/devices/{login.id}" for login in logins]:
        reply = await bob.post(path, {"form_token": given["form_token"], "do": "revoke"}, Origin="null")
        assert reply.status_code == 303
    for path in (f"/settings/oauth/consumers/{consumer.key}", f"/settings/oauth/tokens/{logins[0].id}"):
        assert (await bob.post(path, {"form_token": given["form_token"]}, Origin="null")).status_code == 303
    assert len(await site.gateway.store.logins(account.id)) == len(logins)
    assert await site.gateway.consumers.find(consumer.key)


async def test_forms_of_elsewhere_do_nothing(site: Site, alice: Browser) -> None:
    shown = await alice.open("/settings")
    (login,) = await site.gateway.store.logins((await site.gateway.store.accounts())[0].id)
    _, given = shown.form("/settings")
    paths = ["/settings", f"/settings/devices/{login.id}", "/settings/oauth", "/settings/export", "/settings/leave"]
    for path in paths:
        for fields, headers in (
            ({}, {"Origin": "null"}),
            ({"form_token": "0" * 64}, {"Origin": "null"}),
            ({"form_token": given["form_token"]}, {"Origin": "https://evil.example"}),
            ({"form_token": given["form_token"]}, {"Sec-Fetch-Site": "cross-site"}),
        ):
            reply = await alice.post(path, {"do": "revoke", "login": "alice", "name": "x", **fields}, **headers)
            assert reply.status_code == 403, path
    assert len(await site.gateway.store.logins(login.account)) == 1
    assert await site.gateway.consumers.all() == ()


async def test_the_export_is_a_file_without_secrets(site: Site, alice: Browser) -> None:
    password = await made(alice, name="Phone")
    client = site.browser().client
    assert (await client.get("/api/statuses/public_timeline.json", auth=("alice", password))).status_code == 200
    reply = await alice.submit(await alice.open("/settings"), "/settings/export")
    assert reply.headers["content-disposition"] == 'attachment; filename="oldbird-alice.ndjson"'
    lines = [msgspec.json.decode(line) for line in reply.content.splitlines()]
    assert (lines[0]["part"], lines[-1]["part"]) == ("oldbird export", "end")
    assert lines[1]["login"] == "alice"
    for login in await site.gateway.store.logins((await site.gateway.store.accounts())[0].id):
        assert login.hash.encode() not in reply.content
    assert password.encode() not in reply.content
    assert any(line["part"] == "statuses" for line in lines)


async def test_the_export_tells_nothing_of_others_at_the_same_server(
    site: Site, alice: Browser, mock: MockServer
) -> None:
    bob = site.browser("203.0.113.9")
    password = str((await bob.link(mock.pair, "bob")).tree.get_element_by_id("app-password").text)
    reply = await bob.client.get("/api/statuses/home_timeline.json", auth=("bob", password))
    assert reply.json()
    reply = await alice.submit(await alice.open("/settings"), "/settings/export")
    lines = [msgspec.json.decode(line) for line in reply.content.splitlines()]
    assert not {line["part"] for line in lines} & {"statuses", "people", "kinds"}
    assert "the numbers of posts are left out" in (await alice.open("/settings")).text
    assert b"bob" not in reply.content


async def test_leaving_takes_the_name_and_everything_with_it(site: Site, alice: Browser) -> None:
    password = await made(alice, name="Phone")
    shown = Page(await alice.submit(await alice.open("/settings/leave"), "/settings/leave", login="bob"))
    assert (shown.status, "That is not your login name." in shown.alert) == (400, True)
    assert await works(site, "alice", password)
    reply = await alice.submit(await alice.open("/settings/leave"), "/settings/leave", login="Alice")
    assert reply.status_code == 303
    left = await alice.open("/left")
    assert (left.title, "Only the numbers of posts stay" in left.text) == ("Deleted", True)
    assert await site.gateway.store.accounts() == ()
    assert not await works(site, "alice", password)
    assert (await alice.open("/settings")).url.startswith(f"{BASE}/connect")
