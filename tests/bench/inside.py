"""Calls of an ASGI app without a socket, and a store that counts its round trips."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from gateway.stores.store import Store

Message = MutableMapping[str, Any]
App = Callable[[MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Any]

NOT_TRIPS = frozenset({"open", "close", "logins_version"})


class Answer(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    body: bytes


async def call(app: App, path: str, authorization: str = "", *, method: str = "GET", form: bytes = b"") -> Answer:
    """One request to `app`, as a server would hand it over."""
    route, _, query = path.partition("?")
    headers = [(b"host", b"gateway.example")]
    headers += [(b"authorization", authorization.encode())] if authorization else []
    if form:
        kind = b"application/x-www-form-urlencoded"
        headers += [(b"content-type", kind), (b"content-length", b"%d" % len(form))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": route,
        "raw_path": route.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    status, body = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": form, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    return Answer(status, body)


class Trips:
    """Counts every call of `store` that is a round trip. The store itself is changed, so nothing escapes."""

    def __init__(self, store: Store) -> None:
        self.names: list[str] = []
        for name in (name for name in vars(Store) if not name.startswith("_") and name not in NOT_TRIPS):
            setattr(store, name, self._counted(name, getattr(store, name)))

    def _counted(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.names.append(name)
            return method(*args, **kwargs)

        return counted

    def take(self) -> list[str]:
        """The trips since the last time."""
        names, self.names = self.names, []
        return names
