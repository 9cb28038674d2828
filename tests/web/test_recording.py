"""Who is recorded sees it on the settings page, and can end it."""

from __future__ import annotations

import pytest

from gateway.recorder_orders import Order, new_order
from tests.mock_server import MockServer
from tests.web.browser import Browser, Site

pytestmark = pytest.mark.anyio
NOTICE = "is recording what your programs ask"


async def ordered(site: Site, *, texts: bool = False) -> Order:
    """A recording of the only account there is."""
    (account,) = await site.gateway.store.accounts()
    order = new_order(account, 600, texts=texts)
    assert await site.gateway.recorder.standing.give(order)
    await site.gateway.recorder.look()
    return order


@pytest.mark.parametrize("texts", [False, True])
async def test_the_person_sees_it_and_ends_it(site: Site, browser: Browser, mock: MockServer, texts: bool) -> None:
    await browser.link(mock.pair, "alice")
    assert NOTICE not in (await browser.open("/settings")).response.text
    order = await ordered(site, texts=texts)
    shown = await browser.open("/settings")
    assert NOTICE in shown.response.text
    assert ("Texts and names are recorded too" in shown.response.text) == texts
    assert (await browser.submit(shown, "/settings/recording")).status_code == 303
    assert NOTICE not in (await browser.open("/settings")).response.text
    assert site.gateway.recorder.orders == {}
    assert not await site.gateway.recorder.standing.renew(order), "the command is told so"


async def test_nobody_else_sees_or_ends_it(site: Site, browser: Browser, mock: MockServer) -> None:
    await browser.link(mock.pair, "alice")
    order = await ordered(site)
    other = site.browser()
    await other.link(mock.pair, "bob")
    shown = await other.open("/settings")
    assert NOTICE not in shown.response.text
    _, given = shown.form("/settings/export")
    await other.post("/settings/recording", given, Origin=str(other.client.base_url))
    await site.browser().post("/settings/recording", {})
    assert await site.gateway.recorder.standing.renew(order)
