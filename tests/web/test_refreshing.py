"""The switch on the settings page: reading in the background."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.c2s.bovine import Herd
from tests.c2s.embedded import EmbeddedServer, embedded, embedded_server
from tests.mock_server import MockServer
from tests.web.browser import Browser, Site, site_on
from tests.web.reading import Page
from tests.web.test_connect_actors import said_yes

pytestmark = pytest.mark.anyio
__all__ = ["embedded", "embedded_server"]
SWITCH = "//form[@action='/settings/refresh']//button/text()"


@pytest.fixture
async def offering(tmp_path: Path, embedded_server: EmbeddedServer, mock: MockServer) -> AsyncIterator[Site]:
    """A gateway whose operator offers it."""
    async with site_on(tmp_path / "on", [embedded_server.pair, mock.pair], refresh_minutes=15) as opened:
        yield opened


async def linked(site: Site, people: Herd) -> Browser:
    """Alice, signed in."""
    browser = site.browser()
    await browser.back(said_yes(await browser.depart(people.alice.handle), people.alice))
    return browser


async def wanted(site: Site) -> bool:
    """Whether the only account there is may be refreshed."""
    (account,) = await site.gateway.store.accounts()
    return await site.gateway.refresh.wanted(account.id)


def switch(shown: Page) -> list[str]:
    """What the page offers to do."""
    return [str(text) for text in shown.tree.xpath(SWITCH)]


async def test_the_person_says_yes_and_no(offering: Site, embedded: Herd) -> None:
    browser = await linked(offering, embedded)
    assert not await wanted(offering)
    for offered, then in (("Read in the background", True), ("Stop reading in the background", False)):
        shown = await browser.open("/settings")
        assert switch(shown) == [offered]
        assert "every 15 minutes" in shown.response.text
        assert (await browser.submit(shown, "/settings/refresh")).status_code == 303
        assert await wanted(offering) is then


async def test_without_the_setting_there_is_no_switch(
    tmp_path: Path, embedded_server: EmbeddedServer, embedded: Herd
) -> None:
    async with site_on(tmp_path / "off", [embedded_server.pair]) as site:
        browser = await linked(site, embedded)
        shown = await browser.open("/settings")
        assert switch(shown) == []
        _, given = shown.form("/settings/export")
        answer = await browser.post("/settings/refresh", {**given, "wanted": "1"}, Origin=str(browser.client.base_url))
        assert (answer.status_code, await wanted(site)) == (303, False)


async def test_accounts_of_the_mastodon_api_have_none(offering: Site, mock: MockServer) -> None:
    browser = offering.browser()
    await browser.link(mock.pair, "alice")
    assert switch(await browser.open("/settings")) == []


async def test_somebody_else_says_nothing_for_them(offering: Site, embedded: Herd) -> None:
    await linked(offering, embedded)
    answer = await offering.browser().post("/settings/refresh", {"wanted": "1"})
    assert answer.status_code in {303, 403}
    assert not await wanted(offering)
