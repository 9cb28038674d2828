"""What is typed into /connect: servers that are private, broken, huge, unwilling; and forms of other sites."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.far_server import CUT, FarServer, Reply, far_server
from tests.mock_server import MockServer
from tests.web.browser import Browser, Site, site_on
from tests.web.far import answered, willing

pytestmark = pytest.mark.anyio

HUGE = b'{"title":"' + b"x" * 10_000_000 + b'"}'


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ("", "Type the name"), ("   ", "Type the name"), ("@alice", "Type the name"), ("social", "Type the name"),
        ("a b", "Type the name"), ("https://user:pw@social.example", "Type the name"), ("ftp://x.example", "Type"),
        ("<script>alert(1)</script>", "Type the name"), ("http://[", "Type the name"), ("x.example:99999", "Type the"),
        ("a@b@c.example", "Type the name"), ("\u202e.example", "Type the name"), ("x" * 400, "Type the name"),
        ("127.0.0.1:1", "private network"), ("http://127.0.0.1", "private network"), ("[::1]", "private network"),
        ("10.0.0.1", "private network"), ("169.254.169.254", "private network"), ("localhost:80", "private network"),
        ("[::ffff:127.0.0.1]", "private network"), ("gateway.local", "private network"), ("100.64.0.1", "private"),
        ("alice@192.168.1.1", "private network"), ("https://[64:ff9b::7f00:1]/", "private network"),
    ],
)  # fmt: skip
async def test_what_is_no_server_out_there(far_site: Site, server: str, words: str) -> None:
    shown = await far_site.browser().refused(server)
    assert (shown.status, words in shown.alert) == (400, True), shown.alert
    (field,) = shown.tree.xpath("//main//input[@name='server']")
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "server-hint server-fault")
    assert shown.tree.xpath("//*[@role='alert']//a/@href") == ["#server"]
    assert shown.tree.xpath("string(//*[@id='server-fault'])") in shown.alert
    assert field.get("value") == server.strip()[:300]


@pytest.mark.parametrize("server", ["0x7f.1", "127.1", "2130706433.", "0.0.0.0"])
async def test_other_ways_to_write_this_machine(far_site: Site, far: FarServer, server: str) -> None:
    shown = await far_site.browser().refused(f"{server}:{far.port}")
    assert shown.status in {400, 503}
    assert far.asked == []


async def test_a_private_server_is_reached_only_when_listed(tmp_path: Path, far: FarServer) -> None:
    async with site_on(tmp_path / "other", ["127.0.0.1:1"]) as site:
        assert "private network" in (await site.browser().refused(far.pair)).alert
    assert far.asked == []


async def test_a_listed_server_that_redirects_to_this_machine(far_site: Site, far: FarServer) -> None:
    async with far_server() as inner:
        willing(inner)
        for path in ("/.well-known/nodeinfo", "/api/v2/instance", "/api/v1/instance"):
            far.on("GET", path, Reply(302, b"", (("Location", f"{inner.url}{path}"),)))
        shown = await far_site.browser().refused(far.pair)
        assert shown.status in {502, 503}
        assert inner.asked == []


@pytest.mark.parametrize("reply", [Reply(200, HUGE), Reply(200, b"<html>", kind="text/html"), Reply(200, b"{"), CUT])
async def test_documents_that_are_huge_or_nonsense(far_site: Site, far: FarServer, reply: Reply) -> None:
    for path in ("/.well-known/nodeinfo", "/api/v2/instance", "/api/v1/instance"):
        far.on("GET", path, reply)
    shown = await far_site.browser().refused(far.pair)
    assert shown.status in {502, 503}
    assert shown.tree.xpath("//main//input[@name='server']/@value") == [far.pair]


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_a_server_that_registers_nobody(far_site: Site, far: FarServer, status: int) -> None:
    far.on("POST", "/api/v1/apps", Reply(status, b'{"error":"no"}'))
    shown = await far_site.browser().refused(far.pair)
    assert (shown.status, "does not let programs register" in shown.alert) == (502, True)


async def test_a_handle_whose_host_is_no_server_itself(tmp_path: Path, far: FarServer) -> None:
    async with far_server() as front, site_on(tmp_path / "data", [far.pair, front.pair], upstream_seconds=2.0) as site:
        link = {"rel": "self", "type": "application/activity+json", "href": f"{far.url}/users/alice"}
        front.on("GET", "/.well-known/webfinger", json={"links": [link]})
        browser = site.browser()
        departure = await browser.depart(f"alice@{front.pair}")
        assert departure.startswith(f"{far.url}/oauth/authorize?")
        assert (await browser.back(answered(departure))).title == "Your account is linked"
        assert (await browser.refused(f"{front.pair}")).status == 502


async def test_nobody_starts_without_end(far_site: Site, far: FarServer) -> None:
    browser, other = far_site.browser(), far_site.browser("198.51.100.8")
    for _ in range(15):
        await browser.depart(far.pair)
    shown = await browser.refused(far.pair)
    assert (shown.status, "often in a short time" in shown.alert) == (429, True)
    assert int(shown.response.headers["retry-after"]) > 0
    await other.depart(far.pair)


async def test_two_clicks_are_two_ways_that_both_work(far_site: Site, far: FarServer) -> None:
    browser = far_site.browser()
    shown = await browser.open("/connect")
    ways = [(await browser.submit(shown, "/connect", server=far.pair)).headers["location"] for _ in range(2)]
    for way in ways:
        assert (await browser.back(answered(way))).status == 200
    assert len(await far_site.gateway.store.accounts()) == 1
    assert len(far_site.gateway.settings.allow_hosts) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://gateway.test", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://gateway.test.evil.example"}, 403),
        ({"Origin": "http://["}, 403),
    ],
)
async def test_forms_of_other_sites(far_site: Site, far: FarServer, headers: dict[str, str], status: int) -> None:
    browser = far_site.browser()
    action, fields = (await browser.open("/connect")).form()
    response = await browser.post(action, {**fields, "server": far.pair}, **headers)
    assert response.status_code == status


async def test_forms_without_the_token_of_this_browser(far_site: Site, far: FarServer) -> None:
    browser, other = far_site.browser(), far_site.browser()
    action, fields = (await browser.open("/connect")).form()
    theirs = (await other.open("/connect")).form()[1]["form_token"]
    for token in ("", "x", "\u00e4", theirs, fields["form_token"][:-1]):
        response = await browser.post(action, {"server": far.pair, "form_token": token})
        assert response.status_code == 403
    assert (await far_site.browser().post(action, {**fields, "server": far.pair})).status_code == 403
    assert far.asked == []


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{}", 400), ("multipart/form-data; boundary=x", b"--x--", 400), ("", b"a=b", 400),
        ("application/x-www-form-urlencoded", b"a=" + b"b" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"a=b&" * 2000, 400),
        ("application/x-www-form-urlencoded", b"\xff=%ff%zz&=&&server", 403),
    ],
)  # fmt: skip
async def test_bodies_that_are_no_form(far_site: Site, kind: str, body: bytes, status: int) -> None:
    browser = far_site.browser()
    await browser.open("/connect")
    response = await browser.client.post("/connect", content=body, headers={"Content-Type": kind})
    assert response.status_code == status


async def test_the_real_server_away(site: Site, browser: Browser, mock: MockServer) -> None:
    mock.fault({"type": "status", "status": 503}, path="/api/v1/apps")
    assert (await browser.refused(mock.pair)).status == 503
