"""One request of a browser: where it is, in which language, with which cookie, and who is signed in.

Cookies are `HttpOnly`, `SameSite=Lax` and host-only; over https also `Secure`, with the prefix `__Host-`, so that no
neighbouring host can plant them. One secret cookie serves visitors and sessions: for a visitor nothing is stored, his
forms are bound to it; signing in always gives a new one, so a planted one is worth nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.dispatch import EXCHANGE
from gateway.stores.store import AccountRecord
from gateway.vault import Unsealable
from gateway.web.sessions import Sessions, WebSession, new_secret
from gateway.web.texts import LANGUAGES, Texts, negotiated

if TYPE_CHECKING:
    from gateway.exchange import Exchange
    from gateway.services import Gateway

COOKIE, LANGUAGE_COOKIE = "oldbird", "oldbird-language"
YEAR = 365 * 86_400
MAX_PATH = 2000
LEFT_SECONDS = 600
"""How long a text waits for the next page."""
PAGES = re.compile(r"/(settings|((api|1|1\.1|api/1|api/1\.1)/)?oauth/(authorize|authenticate))([/?][!-~]*)?")
"""Where a person may be sent back to after signing in: paths and queries in ASCII."""


class Visit:
    """What an endpoint and its templates know about the request."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.gateway: Gateway = request.app.state.gateway
        self.exchange: Exchange = request.scope[EXCHANGE]
        self.base_url: str = self.exchange.base_url(self.gateway.settings.base_url)
        self.root: str = urlsplit(self.base_url).path
        self.secure = self.base_url.startswith("https:")
        self.session: WebSession | None = None
        self._cookies: dict[str, Callable[[Response], None]] = {}
        self._secret = self.cookie(COOKIE)
        self.language = self._language()
        self.texts = Texts(self.language)

    @property
    def path(self) -> str:
        """The path of the page, without the gateway's own prefix."""
        return self.exchange.path

    @property
    def csrf(self) -> str:
        """What a form of this browser carries, and no other site knows. Gives the browser its cookie."""
        if not self._secret:
            self._secret = new_secret()
            self.set_cookie(COOKIE, self._secret)
        return self.gateway.vault.hash(f"form {self._secret}")

    @property
    def known_csrf(self) -> str:
        """The same of a browser that has its cookie, else ""."""
        return self.csrf if self._secret else ""

    @property
    def sessions(self) -> Sessions:
        """Where sessions are."""
        return Sessions(self.gateway.store, self.gateway.vault)

    def href(self, path: str) -> str:
        """A path of the gateway as an address for links."""
        return self.root + path

    def cookie_name(self, name: str) -> str:
        """The name as the browser has it."""
        return f"__Host-{name}" if self.secure else name

    def cookie(self, name: str) -> str:
        """A cookie, "" when it is not there."""
        return self.request.cookies.get(self.cookie_name(name), "")

    def set_cookie(self, name: str, value: str, seconds: int | None = None) -> None:
        """Give the browser a cookie, for so long or until it is closed; 0 seconds takes it away."""
        self._cookies[name] = functools.partial(
            Response.set_cookie, key=self.cookie_name(name), value=value, max_age=seconds,
            path="/", secure=self.secure, httponly=True, samesite="lax",
        )  # fmt: skip

    def dress(self, response: Response) -> Response:
        """The response with the cookies of this visit."""
        for cookie in self._cookies.values():
            cookie(response)
        return response

    async def recognise(self) -> None:
        """Find the session of the cookie. Raises StoreDown."""
        if self._secret:
            self.session = await self.sessions.find(self._secret)

    async def sign_in(self, account: AccountRecord, token: str) -> None:
        """Begin a session under a new cookie; what the old one was is over. Raises StoreDown."""
        await self.sign_out()
        self._secret = await self.sessions.begin(account, token)
        self.session = WebSession(account=account, token=token)
        self.set_cookie(COOKIE, self._secret)

    async def sign_out(self) -> None:
        """End the session, here and in the browser. Raises StoreDown."""
        if self._secret:
            await self.sessions.end(self._secret)
        self.session, self._secret = None, ""
        self.set_cookie(COOKIE, "", 0)

    async def leave(self, name: str, text: str) -> None:
        """Keep a text for the next page of this session, readable with its cookie only. Raises StoreDown."""
        key, secret = self._left(name)
        vault = self.gateway.vault
        if text:
            await self.gateway.store.keep(key, vault.seal(text.encode(), vault.public(secret)), LEFT_SECONDS)

    async def pick_up(self, name: str) -> str:
        """What was left there, once; "" when nothing is. Raises StoreDown."""
        key, secret = self._left(name)
        sealed = await self.gateway.store.take(key)
        try:
            return self.gateway.vault.open(sealed, secret).decode() if sealed else ""
        except Unsealable:
            return ""

    def _left(self, name: str) -> tuple[str, str]:
        """(key in the store, secret of the seal)."""
        secret = f"left {name} {self._secret}"
        return "left:" + self.gateway.vault.hash(secret), secret

    def _language(self) -> str:
        wanted = self.request.query_params.get("lang", "")
        if wanted in LANGUAGES:
            self.set_cookie(LANGUAGE_COOKIE, wanted, YEAR)
            return wanted
        kept = self.cookie(LANGUAGE_COOKIE)
        return kept if kept in LANGUAGES else negotiated(self.request.headers.get("accept-language", ""))


def visit_of(request: Request) -> Visit:
    """The visit of a request inside `visited`."""
    visit: Visit = request.state.visit
    return visit


def redirect(request: Request, path: str) -> Response:
    """303 to a page of the gateway."""
    return RedirectResponse(visit_of(request).href(path), 303, {"Cache-Control": "no-store"})


def own_path(text: str) -> str:
    """`text` when it is path and query of one of the pages, else "": no redirect leaves the gateway."""
    return text if len(text) <= MAX_PATH and PAGES.fullmatch(text) else ""
