"""The second listener, without TLS, for devices in the own network that cannot speak today's (setting `plain_http`).

What comes over it is marked in the scope. It serves the calls and their pictures to logins that were made for it, and
no web page: nothing on which a person signs in or a secret is shown goes over the wire in the clear. A main listener
behind a proxy, which speaks plain HTTP too, is something else: there TLS ends in the proxy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import ApiError
from gateway.paths import split_mount
from gateway.session import Session

PLAIN_HTTP = "oldbird.plain_http"
"""The mark. It stands for the listener: whatever a proxy says of the scheme, it stays."""

NOT_THIS_LOGIN = (
    "This login may not be used without TLS. Use the https address, or make a login for this device with --plain-http."
)
NO_PAGES = "There are no web pages on this address, because it has no TLS. Use the https address."
PAGES = frozenset({"oauth/authorize"})
"""Calls that are pages for people."""
BESIDE_CALLS = ("/photo/", "/pictures/", "/livez")
"""What is served here beside the calls."""


class Marked:
    """ASGI: marks what arrived on the port of the plain listener, or where nobody knows on which."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app, self._port = app, port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        server = scope.get("server")
        if server is None or server[1] == self._port:
            scope = {**scope, PLAIN_HTTP: True}
        await self._app(scope, receive, send)


def is_plain(scope: Mapping[str, Any]) -> bool:
    """Whether the request came over the listener without TLS."""
    return PLAIN_HTTP in scope


def admit(session: Session | None, *, plain: bool) -> None:
    """Raises ApiError 403 for a login that may not come over the plain listener."""
    if plain and session is not None and session.login.id and not session.login.plain_http:
        raise ApiError(403, NOT_THIS_LOGIN)


def refusal(path: str) -> ApiError | None:
    """The answer here to a path that is no call; None where there is something beside the calls."""
    if path.startswith(BESIDE_CALLS):
        return None
    mount, rest = split_mount(path)
    return ApiError(501, "Not Implemented") if mount and rest not in PAGES else ApiError(403, NO_PAGES)
