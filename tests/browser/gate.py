"""A gateway over https: the gateway on a port of its own, a real nginx with TLS before it, a seeded server behind it.

The fixture is in `tests.browser.fixtures`.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal

from gateway.app import create_app
from gateway.demo import running_mock
from gateway.demo_seed import PEOPLE, seed
from gateway.listeners import address, listener
from gateway.logins import Device, Linked, Logins
from gateway.oauth.consumers import Consumer
from gateway.server import configured
from gateway.services import Gateway, open_gateway
from gateway.settings import Settings
from gateway.stores.store import AccountRecord
from gateway.unlinking import unlink
from gateway.web.sessions import Sessions
from tests.nginx_server import Front, nginx
from tests.secrets_used import register

Value = TypeVar("Value")
LOCAL = "127.0.0.1"
COOKIE = "__Host-oldbird"


class Gate:
    """The gateway as people reach it, and its inside for what a test has to prepare."""

    def __init__(
        self, portal: BlockingPortal, gateway: Gateway, front: Front, folder: Path, far: str, tokens: dict[str, str]
    ) -> None:
        self._portal, self._gateway = portal, gateway
        self.url, self.name, self.trust = front.url, front.name, front.trust
        self.far, self.tokens = far, tokens
        self.certificate = folder / "gate.pem"

    def call(self, function: Callable[..., Awaitable[Value]], *args: Any) -> Value:
        """What a coroutine function of the gateway gives."""
        return self._portal.call(function, *args)

    @property
    def logins(self) -> Logins:
        """Its logins."""
        return Logins(self._gateway.store, self._gateway.vault, self._gateway.connections)

    def account(self, name: str) -> AccountRecord | None:
        """Who is linked."""
        return self.call(self._gateway.store.account_by_login, name)

    def unlinked(self, name: str) -> None:
        """As if somebody had never been here."""
        if account := self.account(name):
            self.call(unlink, self._gateway.store, self._gateway.vault, account)

    def linked(self, name: str) -> Linked:
        """Somebody as if freshly linked, with one device."""
        self.unlinked(name)
        return self.call(self.logins.link, self.far, self.tokens[name])

    def password(self, name: str, device: str, dialect: str = "") -> str:
        """A further app password of somebody, who is linked when need be."""
        if self.account(name) is None and (first := self.linked(name).password) and not dialect:
            return first
        given = Device(name=device, dialect=dialect)
        return self._portal.call(lambda: self.logins.add(name, given, token=self.tokens[name])).password

    def broken(self, name: str) -> str:
        """Freshly linked, but the server has refused the token since; the app password."""
        linked = self.linked(name)
        self.call(self._gateway.store.put_account, msgspec.structs.replace(linked.account, broken=True))
        return linked.password

    def session(self, name: str) -> str:
        """The cookie of a browser in which somebody has signed in."""
        account = self.account(name) or self.linked(name).account
        sessions = Sessions(self._gateway.store, self._gateway.vault)
        return self.call(sessions.begin, account, self.tokens[name])

    def consumer(self, name: str, callback: str = "", dialect: str = "") -> Consumer:
        """A program that anybody may let in."""
        made = self._portal.call(lambda: self._gateway.consumers.add("", name, callback, dialect=dialect))
        register(made.secret)
        return made

    def client(self, login: str = "", password: str = "") -> httpx.Client:
        """An HTTP client that trusts the certificate."""
        auth = (login, password) if login else None
        return httpx.Client(base_url=self.url, verify=self.trust, trust_env=False, timeout=30, auth=auth)


@contextmanager
def opened(folder: Path) -> Iterator[Gate]:
    """Everything running, on ports of its own."""
    tokens = {person: secrets.token_urlsafe(24) for person in PEOPLE}
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(running_mock(folder / "mock", tokens)) as far,
    ):
        portal.call(seed, far, tokens)
        settings = Settings(
            data_dir=folder / "data", allow_hosts=(urlsplit(far).netloc,), trusted_proxies=(LOCAL,), log_level="warning"
        )
        with (
            portal.wrap_async_context_manager(open_gateway(settings)) as gateway,
            _served(portal, gateway) as address,
            nginx(folder, address) as front,
        ):
            yield Gate(portal, gateway, front, folder, far, tokens)


@contextmanager
def _served(portal: BlockingPortal, gateway: Gateway) -> Iterator[str]:
    """The gateway behind a port of its own; host and port."""
    with listener(LOCAL, 0) as bound:
        server = uvicorn.Server(configured(create_app(gateway), gateway.settings))
        ended = portal.start_task_soon(server.serve, [bound])
        try:
            yield address(bound).removeprefix("http://")
        finally:
            server.should_exit = True
            ended.result(2 * gateway.settings.request_seconds)  # a stop may take as long as a request
