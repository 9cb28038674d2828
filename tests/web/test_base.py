"""What all pages share: headers, language, cookies, forms, assets."""

from __future__ import annotations

from pathlib import Path

import httpx2 as httpx
import pytest

from gateway.web.assets import assets
from gateway.web.texts import negotiated
from tests.gateway_harness import BASE, Ground
from tests.web.browser import site_on
from tests.web.reading import Page

pytestmark = pytest.mark.anyio

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
async def browser(ground: Ground) -> httpx.AsyncClient:
    """A browser without a past."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=ground.app), base_url=BASE, headers=BROWSER, trust_env=False
    )


async def test_the_front_page_is_a_page_for_browsers_and_plain_for_others(browser: httpx.AsyncClient) -> None:
    shown = Page(await browser.get("/"))
    assert f"{BASE}/api" in shown.text
    assert "/connect" in shown.links
    plain = await browser.get("/", headers={"Accept": "*/*"})
    assert plain.headers["content-type"].startswith("text/plain")
    assert f"    {BASE}/api " in plain.text
    assert f"{BASE}/connect" in plain.text


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"), ("de", "de"), ("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr, en;q=0.5, de;q=0.7", "de"), ("DE-ch", "de"),
        ("fr", "en"), ("de;q=0", "en"), ("de;q=x", "en"), (";;,,q=", "en"), ("en;q=0.1,de;q=0.2", "de"),
    ],
)  # fmt: skip
def test_the_language_is_what_the_browser_likes_best(header: str, language: str) -> None:
    assert negotiated(header) == language


async def test_the_language_can_be_switched_and_stays(browser: httpx.AsyncClient) -> None:
    assert Page(await browser.get("/", headers={"Accept-Language": "de"})).language == "de"
    english = Page(await browser.get("/"))
    assert english.language == "en"
    (switch,) = english.tree.xpath("//footer//a/@href")
    assert Page(await browser.get(switch)).language == "de"
    assert Page(await browser.get("/")).language == "de"
    assert Page(await browser.get("/?lang=xx")).language == "de"


async def test_assets_are_served_under_their_own_version(browser: httpx.AsyncClient) -> None:
    shown = Page(await browser.get("/"))
    targets = [str(target) for target in shown.tree.xpath("//link/@href")]
    assert len(targets) == 2
    for target in targets:
        found = await browser.get(target)
        assert (found.status_code, found.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        old = await browser.get(target.partition("?")[0] + "?v=old")
        assert old.headers["cache-control"] == "public, max-age=300"
    assert {"oldbird.css", "copy.js", "oldbird.svg"} == set(assets())
    assert (await browser.get("/static/..%2Fpages.py")).status_code == 404
    assert (await browser.get("/static/nothing.css")).status_code == 404


async def test_without_tls_cookies_are_not_secure_but_strict(tmp_path: Path) -> None:
    async with site_on(tmp_path / "plain", base_url="") as site:
        browser = site.browser(base="http://gateway.test")
        shown = await browser.open("/connect")
        assert [cookie.partition("=")[0] for cookie in shown.response.headers.get_list("set-cookie")] == ["oldbird"]
        assert "private network" in (await browser.refused("lab:80")).alert


async def test_a_cookie_that_was_made_up_signs_nobody_in(browser: httpx.AsyncClient) -> None:
    for value in ("x", "A" * 4000, "\\x00", "a.b.c"):
        shown = Page(await browser.get("/", headers={"Cookie": f"__Host-oldbird={value}"}))
        assert "signed in" not in shown.text


async def test_the_forms_are_german_too(browser: httpx.AsyncClient) -> None:
    shown = Page(await browser.get("/connect?lang=de&next=/settings"))
    assert (shown.language, shown.title) == ("de", "Konto verkn\u00fcpfen")
    assert shown.response.headers["content-language"] == "de"
    (switch,) = shown.tree.xpath("//footer//a/@href")
    assert switch == "/connect?next=%2Fsettings&lang=en"


async def test_whoever_is_not_signed_in_comes_back_to_where_he_was(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/connect/done?a=b%26c")
    assert (response.status_code, response.headers["location"]) == (303, "/connect?next=/connect/done%3Fa%3Db%2526c")


async def test_the_store_away(ground: Ground, browser: httpx.AsyncClient) -> None:
    cookie = {"Cookie": "__Host-oldbird=" + "x" * 43}
    ground.store.away = True
    shown = Page(await browser.get("/connect", headers=cookie))
    assert (shown.status, shown.response.headers["retry-after"]) == (503, "5")
    assert "cannot reach its store" in shown.alert
    assert (await browser.get("/static/oldbird.css")).status_code == 200
