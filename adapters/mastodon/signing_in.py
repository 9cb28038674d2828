"""Signing a person in at an instance: OAuth 2 with an authorization code (RFC 6749, RFC 7636, RFC 8414).

The gateway registers itself (POST /api/v1/apps), sends the person to the instance's own page, and exchanges the code
that comes back for a token. What servers do differently is in reference/backend-facts.md section 4.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec

from adapters.errors import BackendError, BadAnswer, Missing, Refused, Rejected, Unsupported
from adapters.mastodon.decode import one
from adapters.mastodon.wire import Wire
from adapters.transport import Answer, Ask, usable
from adapters.upstream import Upstream, document, known_as

T = TypeVar("T")

APPS = "/api/v1/apps"
METADATA = "/.well-known/oauth-authorization-server"
SCOPES = "read write"
S256 = "S256"
OWN_APP = frozenset({"snac"})
"""Software that knows one person an app: its tokens are those of whoever signed in last through it."""

NOBODY = known_as(None)
REFUSALS = (BadAnswer, Missing, Refused, Rejected, Unsupported)
"""How servers say that they have no such document or grant."""

Fields = Sequence[tuple[str, str]]


class AppGone(BackendError):
    """The instance has forgotten the gateway's registration."""


class App(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway as an instance knows it. Returning people arrive at `redirect_uri` and nowhere else."""

    client_id: str
    client_secret: str
    redirect_uri: str

    def __repr__(self) -> str:
        """Without secrets."""
        return f"App({self.redirect_uri})"


class Registered(Wire, frozen=True):
    """The answer to a registration."""

    client_id: str = ""
    client_secret: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return "Registered()"


class Granted(Wire, frozen=True):
    """The answer to a code."""

    access_token: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return "Granted()"


class Failed(Wire, frozen=True):
    """A refusal (RFC 6749 section 5.2)."""

    error: str = ""


class Metadata(Wire, frozen=True):
    """What the server says about itself (RFC 8414), as far as it matters here."""

    authorization_endpoint: str = ""
    token_endpoint: str = ""
    revocation_endpoint: str = ""
    code_challenge_methods_supported: list[str] | None = None


class SigningIn:
    """One instance's ways in. Cheap to make; its metadata is read once."""

    def __init__(self, upstream: Upstream, software: str) -> None:
        self.upstream = upstream
        self.own_app = software in OWN_APP
        self._metadata: Metadata | None = None

    async def register(self, redirect_uri: str, *, name: str, website: str) -> App:
        """A new registration. Raises BackendError."""
        fields = [("client_name", name), ("redirect_uris", redirect_uri), ("scopes", SCOPES), ("website", website)]
        found = await self._told(APPS, fields, Registered)
        if not usable(found.client_id) or not usable(found.client_secret):
            raise BadAnswer("The server gave no registration.")
        return App(client_id=found.client_id, client_secret=found.client_secret, redirect_uri=redirect_uri)

    async def knows(self, app: App) -> bool:
        """Whether the registration still holds; asked with a token for the app alone, which some servers do not give.

        Raises BackendError.
        """
        fields = [("grant_type", "client_credentials"), ("redirect_uri", app.redirect_uri), ("scope", "read")]
        try:
            await self._told(await self._token_path(), [*fields, *named(app)], Granted)
        except AppGone:
            return False
        except REFUSALS:
            pass
        return True

    async def address(self, app: App, *, state: str, verifier: str) -> str:
        """The instance's page that asks the person. Raises BackendError."""
        metadata = await self._read_metadata()
        query = [
            ("response_type", "code"),
            ("client_id", app.client_id),
            ("redirect_uri", app.redirect_uri),
            ("scope", SCOPES),
            ("state", state),
        ]
        methods = metadata.code_challenge_methods_supported
        if methods is None or S256 in methods:
            query += [("code_challenge", challenge(verifier)), ("code_challenge_method", S256)]
        path = self._path(metadata.authorization_endpoint, "/oauth/authorize")
        return f"{self.upstream.base_url}{path}?{urlencode(query)}"

    async def exchange(self, app: App, *, code: str, verifier: str) -> str:
        """The token behind a code. Raises AppGone, Rejected (the code is wrong or spent), BackendError."""
        fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", app.redirect_uri),
            ("code_verifier", verifier),
        ]
        found = await self._told(await self._token_path(), [*fields, *named(app)], Granted)
        if not usable(found.access_token):
            raise BadAnswer("The server gave no token.")
        return found.access_token

    async def revoke(self, app: App, token: str) -> None:
        """Give a token back. Raises BackendError."""
        path = self._path((await self._read_metadata()).revocation_endpoint, "/oauth/revoke")
        await self._send(path, [("token", token), *named(app)])

    async def _token_path(self) -> str:
        return self._path((await self._read_metadata()).token_endpoint, "/oauth/token")

    async def _read_metadata(self) -> Metadata:
        """Read once. A server without such a document has the usual paths."""
        if self._metadata is None:
            try:
                self._metadata = one(document(await self.upstream.get(METADATA)), Metadata)
            except REFUSALS:
                self._metadata = Metadata()
        return self._metadata

    def _path(self, endpoint: str, usual: str) -> str:
        """The path of an endpoint on this very server, else the usual one: nobody is sent elsewhere."""
        try:
            parts = urlsplit(endpoint)
        except ValueError:
            return usual
        if f"{parts.scheme}://{parts.netloc}" != self.upstream.base_url or not parts.path.startswith("/"):
            return usual
        return parts.path

    async def _told(self, path: str, fields: Fields, kind: type[T]) -> T:
        answer = await self._send(path, fields)
        if "json" not in answer.headers.get("content-type", "").lower():
            raise BadAnswer("The server answered something that is not JSON.")
        return one(document(answer), kind)

    async def _send(self, path: str, fields: Fields) -> Answer:
        """A form; its answer below 300. Raises AppGone, BackendError."""
        self.upstream.check_pause(NOBODY)
        content = urlencode(fields).encode()
        headers = [("Content-Type", "application/x-www-form-urlencoded")]
        ask = Ask("POST", self.upstream.base_url + path, headers, content, secret=True, keep=self.upstream.keep)
        answer = await self.upstream.in_turn(ask)
        if answer.status >= 300:
            if path != APPS and is_app_gone(answer):
                raise AppGone("The server forgot the gateway.")
            raise self.upstream.error(ask._replace(secret=False), NOBODY, answer)
        return answer


def named(app: App) -> list[tuple[str, str]]:
    """How the gateway names itself in a form."""
    return [("client_id", app.client_id), ("client_secret", app.client_secret)]


def challenge(verifier: str) -> str:
    """What the server gets to see of a verifier before the code (RFC 7636 section 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_app_gone(answer: Answer) -> bool:
    """A refusal of the registration, not of the code (RFC 6749 section 5.2: 401 is for nothing else)."""
    if answer.status not in {400, 403}:
        return answer.status == 401
    try:
        return one(answer.body, Failed).error == "invalid_client"
    except BadAnswer:
        return False
