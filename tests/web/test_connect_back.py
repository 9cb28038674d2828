"""The way back: states that are wrong, old, somebody else's; people who say no, or are somebody else."""

from __future__ import annotations

import asyncio

import pytest

from tests.adapters.far_server import FarServer, Reply, far_server
from tests.adapters.samples import person
from tests.gateway_harness import BASE
from tests.web.browser import Site, query_of, site_on
from tests.web.far import ME, TOKEN, answered, forms, willing

pytestmark = pytest.mark.anyio

NOT_BEGUN = "begun in another browser"


async def nobody_linked(site: Site) -> bool:
    """Nothing was stored."""
    return await site.gateway.store.accounts() == ()


async def test_there_and_back(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    assert (await browser.back(answered(departure))).title == "Your account is linked"
    (form,) = [form for form in forms(far, "/oauth/token") if form["grant_type"] == "authorization_code"]
    assert form["redirect_uri"] == query_of(departure)["redirect_uri"]
    assert form["code_verifier"] not in departure
    assert forms(far, "/oauth/revoke") == []


@pytest.mark.parametrize("state", ["", "x", "A" * 5000, "\u00e4\u00f6", "'; drop", "../../x"])
async def test_a_tampered_or_missing_state(far_site: Site, far: FarServer, state: str) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    shown = await browser.back(answered(departure, state=state))
    assert (shown.status, NOT_BEGUN in shown.alert) == (403, True)
    assert forms(far, "/oauth/token") == []
    assert (await browser.back(answered(departure))).title == "Your account is linked"


async def test_the_way_back_of_another_browser_signs_nobody_in(far_site: Site, far: FarServer) -> None:
    attacker, victim = far_site.browser(), far_site.browser()
    departure = await attacker.depart(far.pair)
    await victim.depart(far.pair)
    shown = await victim.back(answered(departure))
    assert (shown.status, NOT_BEGUN in shown.alert) == (403, True)
    assert await nobody_linked(far_site)
    assert "signed in" not in (await victim.open("/")).text


async def test_a_way_back_works_once(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    back = answered(await browser.depart(far.pair))
    cookies = dict(browser.cookies)
    await browser.back(back)
    for name, value in cookies.items():
        browser.client.cookies.set(name, value, domain="gateway.test")
    shown = await browser.back(back)
    assert (shown.status, NOT_BEGUN in shown.alert) == (403, True)
    assert len(forms(far, "/oauth/token")) == 1


async def test_the_answer_of_one_server_is_not_taken_for_anothers(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    back = answered(departure).replace("/connect/return/", "/connect/return/0")
    assert (await browser.back(back)).status == 403
    assert forms(far, "/oauth/token") == []


async def test_servers_have_different_return_addresses(far_site: Site, far: FarServer) -> None:
    async with far_server() as other, site_on(far_site.gateway.settings.data_dir, [far.pair, other.pair]) as site:
        willing(other)
        browser = site.browser()
        addresses = {query_of(await browser.depart(one.pair))["redirect_uri"] for one in (far, other)}
    assert len(addresses) == 2


@pytest.mark.parametrize(
    ("error", "words"), [("access_denied", "did not allow"), ("server_error", "did not send"), ("<b>", "did not send")]
)
async def test_saying_no(far_site: Site, far: FarServer, error: str, words: str) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    shown = await browser.back(answered(departure, code="", error=error, error_description="<script>"))
    assert (shown.status, words in shown.alert) == (403, True)
    assert await nobody_linked(far_site)
    assert (await browser.back(answered(departure))).status == 403


@pytest.mark.parametrize("status", [400, 401, 403, 500, 503])
async def test_a_code_that_the_server_does_not_take(far_site: Site, far: FarServer, status: int) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    far.on("POST", "/oauth/token", Reply(status, b'{"error":"invalid_grant"}'))
    response = await browser.client.get(answered(departure))
    assert response.status_code in {303, 403, 502, 503, 504}
    assert await nobody_linked(far_site)


async def test_a_forgotten_registration_is_made_anew_on_the_way_back(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    far.once("POST", "/oauth/token", Reply(401, b'{"error":"invalid_client"}'))
    far.on("POST", "/api/v1/apps", json={"client_id": "far-id-2", "client_secret": "far-secret-99ab12"})
    response = await browser.client.get(answered(departure))
    again = response.headers["location"]
    assert query_of(again)["client_id"] == "far-id-2"
    assert (await browser.back(answered(again))).title == "Your account is linked"


async def test_a_registration_forgotten_twice_ends_the_walk(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    far.on("POST", "/oauth/token", Reply(401, b'{"error":"invalid_client"}'))
    again = (await browser.client.get(answered(departure))).headers["location"]
    shown = await browser.back(answered(again))
    assert shown.status == 502
    assert len(forms(far, "/api/v1/apps")) == 2


async def test_a_forgotten_registration_is_noticed_before_anybody_is_sent(far_site: Site, far: FarServer) -> None:
    await far_site.browser().depart(far.pair)
    far.once("POST", "/oauth/token", Reply(401, b'{"error":"invalid_client"}'))
    far.on("POST", "/api/v1/apps", json={"client_id": "far-id-2", "client_secret": "far-secret-99ab12"})
    assert query_of(await far_site.browser().depart(far.pair))["client_id"] == "far-id-2"


async def test_on_snac_everybody_has_a_registration_of_his_own(far_site: Site, far: FarServer) -> None:
    willing(far, software="snac")
    for number in range(2):
        far.on("POST", "/api/v1/apps", json={"client_id": f"own-{number}", "client_secret": f"own-secret-{number}1"})
        browser = far_site.browser()
        departure = await browser.depart(far.pair)
        assert query_of(departure)["client_id"] == f"own-{number}"
    assert await far_site.gateway.store.records("", "app") == {}
    assert (await browser.back(answered(departure))).title == "Your account is linked"


async def test_somebody_else_comes_back(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    departure = await browser.depart(f"@bob@{far.pair}")
    shown = await browser.back(answered(departure))
    assert (shown.status, "asked for bob, but came back as alice" in shown.alert) == (403, True)
    assert await nobody_linked(far_site)
    assert forms(far, "/oauth/revoke")[0]["token"] == TOKEN
    assert (await browser.back(answered(await browser.depart(f"ALICE@{far.pair}")))).status == 200


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id":7}', b""])
async def test_a_server_that_does_not_say_who_came(far_site: Site, far: FarServer, body: bytes) -> None:
    browser = far_site.browser()
    departure = await browser.depart(far.pair)
    far.on("GET", ME, Reply(200, body))
    shown = await browser.back(answered(departure))
    assert shown.status == 502
    assert await nobody_linked(far_site)
    assert forms(far, "/oauth/revoke")[0]["token"] == TOKEN


@pytest.mark.parametrize(
    ("username", "login"),
    [("zo\u00eb:1", "zoe_1"), ("\u96ea", "me"), ("a b", "a_b"), ("<b>x", "b_x"), ("x" * 500, "x" * 64)],
)
async def test_odd_user_names_get_a_login_name_that_can_be_typed(
    far_site: Site, far: FarServer, username: str, login: str
) -> None:
    far.on("GET", ME, json={**person("41", "x"), "username": username, "acct": username})
    browser = far_site.browser()
    shown = await browser.back(answered(await browser.depart(far.pair)))
    (account,) = await far_site.gateway.store.accounts()
    assert (shown.title, account.login) == ("Your account is linked", login)
    far.on("GET", ME, json={**person("42", "x"), "username": username, "acct": username})
    second = far_site.browser()
    assert (await second.back(answered(await second.depart(far.pair)))).status == 200
    assert len({one.login for one in await far_site.gateway.store.accounts()}) == 2


async def test_the_base_url_stays_in_front(far_site: Site, far: FarServer) -> None:
    async with site_on(far_site.gateway.settings.data_dir, [far.pair], base_url=f"{BASE}/old") as site:
        browser = site.browser()
        shown = await browser.open("/connect")
        assert shown.form()[0] == f"{BASE}/old/connect"
        _, fields = shown.form()
        departure = (await browser.post("/connect", {**fields, "server": far.pair})).headers["location"]
        assert query_of(departure)["redirect_uri"].startswith(f"{BASE}/old/connect/return/")


async def test_two_windows_that_arrive_at_once_make_one_account(far_site: Site, far: FarServer) -> None:
    browsers = [far_site.browser() for _ in range(4)]
    ways = [answered(await browser.depart(far.pair)) for browser in browsers]
    shown = await asyncio.gather(*(browser.back(way) for browser, way in zip(browsers, ways, strict=True)))
    assert {page.status for page in shown} <= {200, 409}
    assert [page.title for page in shown].count("Your account is linked") == 1
    (account,) = await far_site.gateway.store.accounts()
    assert len(await far_site.gateway.store.logins(account.id)) == 1
