"""A browser before a real gateway whose backends are real servers on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
from lxml import html

from gateway.app import create_app
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.web.sessions import Sessions
from tests.gateway_harness import BASE
from tests.web.reading import Page

HEADERS = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "Accept-Language": "en"}


class Site:
    """The gateway and as many browsers as wanted."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.app: Any = create_app(gateway)

    def browser(self, address: str = "198.51.100.7", base: str = BASE) -> Browser:
        """A browser without a past."""
        return Browser(self, address, base)


class Browser:
    """Keeps cookies, follows redirects inside the gateway, and never those to elsewhere by itself."""

    def __init__(self, site: Site, address: str, base: str) -> None:
        self.site = site
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site.app, client=(address, 40_000)),
            base_url=base, headers=HEADERS, trust_env=False,
        )  # fmt: skip

    @property
    def cookies(self) -> dict[str, str]:
        """Name -> value."""
        return {cookie.name: cookie.value or "" for cookie in self.client.cookies.jar}

    async def open(self, path: str, **headers: str) -> Page:
        """A page, after redirects of the gateway to itself."""
        return await self._arrived(await self.client.get(path, headers=headers))

    async def _arrived(self, response: httpx.Response) -> Page:
        for _ in range(5):
            if response.status_code != 303:
                break
            target = str(response.url.join(response.headers["location"]))
            assert target.startswith(str(self.client.base_url)), target
            response = await self.client.get(target)
        return Page(response)

    async def post(self, path: str, fields: Mapping[str, str], **headers: str) -> httpx.Response:
        """A form as it is, without following anything."""
        return await self.client.post(path, data=dict(fields), headers=headers)

    async def submit(self, shown: Page, ending: str = "", **fields: str) -> httpx.Response:
        """The form of a page, filled in, as browsers of today send it."""
        action, given = shown.form(ending, fields.get("do", ""))
        own = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        return await self.post(action, {**given, **fields}, **own)

    async def depart(self, server: str, next: str = "") -> str:
        """Type a server into /connect; the address of the page there."""
        shown = await self.open(f"/connect?next={next}" if next else "/connect")
        response = await self.submit(shown, "/connect", server=server)
        assert response.status_code == 303, Page(response).alert
        return str(response.headers["location"])

    async def refused(self, server: str) -> Page:
        """Type a server into /connect; the page that says no."""
        response = await self.submit(await self.open("/connect"), "/connect", server=server)
        return Page(response)

    async def back(self, address: str) -> Page:
        """What is shown after coming back."""
        assert address.startswith(str(self.client.base_url))
        return await self.open(address)

    async def link(self, server: str, username: str, next: str = "") -> Page:
        """The whole way, at a mastodon_mock."""
        return await self.back(allowed(await self.depart(server, next), username))

    async def sign_in(self, acct: str, token: str) -> None:
        """A session out of nothing, for tests of what comes after."""
        account = next(one for one in await self.site.gateway.store.accounts() if one.username == acct)
        secret = await Sessions(self.site.gateway.store, self.site.gateway.vault).begin(account, token)
        self.client.cookies.set("__Host-oldbird", secret, domain=self.client.base_url.host)


def allowed(address: str, username: str) -> str:
    """Say yes at a mastodon_mock, as somebody; where the browser is sent."""
    with httpx.Client(trust_env=False) as client:
        tree = html.document_fromstring(client.get(address).text)
        (form,) = tree.forms
        fields = {**dict(form.fields), "username": username}
        response = client.post(str(httpx.URL(address).join(form.action)), data=fields)
    assert response.status_code == 302
    return str(response.headers["location"])


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}


@asynccontextmanager
async def site_on(folder: Path, allow_hosts: Sequence[str] = (), **settings: Any) -> AsyncIterator[Site]:
    """An open gateway with its files in `folder`."""
    given = {"base_url": BASE, **settings}
    async with open_gateway(Settings(data_dir=folder, allow_hosts=tuple(allow_hosts), **given)) as gateway:
        yield Site(gateway)
