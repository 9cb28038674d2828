"""Where a server's OAuth 2 endpoints are (activitypub-c2s section 5.4), and who a token is for (5.5).

In this order: the protected resource's document (RFC 9728), the authorization server's (RFC 8414), the endpoints that
actors name, and the paths of the Mastodon client API.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from adapters.activitypub.credentials import Credential, Unusable
from adapters.errors import BackendError, BadAnswer, Missing, Refused, Rejected, TokenGone, Unsupported
from adapters.mastodon.decode import one
from adapters.mastodon.wire import Wire
from adapters.transport import Answer, Ask, Transport
from adapters.upstream import DOCUMENT_BYTES, Upstream, document, known_as
from adapters.webfinger import origin
from mappings import activitypub as ap

RESOURCE, SERVER = "/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"
NOT_THERE = (BadAnswer, Missing, Refused, Rejected, TokenGone, Unsupported)
"""How servers say that they have no such document."""
ACTIVITY = [
    ("Accept", 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"')
]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]
WHOAMI = (("/whoami", "id"), ("/api/ap/whoami", "id"), ("/api/v1/accounts/verify_credentials", "uri"))
"""Calls that tell whose a token is, and the field that does."""

Fields = Sequence[tuple[str, str]]


class Resource(Wire, frozen=True):
    """What a server says about who guards it (RFC 9728)."""

    authorization_servers: list[str] = msgspec.field(default_factory=list)


class Metadata(Wire, frozen=True):
    """What an authorization server says about itself (RFC 8414), as far as it matters here."""

    authorization_endpoint: str = ""
    token_endpoint: str = ""
    registration_endpoint: str = ""
    revocation_endpoint: str = ""
    introspection_endpoint: str = ""
    scopes_supported: list[str] | None = None


class Asking:
    """Requests to any address of a server and of those it names, without retries. `base_url` is the actors' server."""

    def __init__(self, transport: Transport, base_url: str) -> None:
        self.transport, self.base_url = transport, base_url

    async def get(self, url: str, credential: Credential | None = None, headers: Fields = ()) -> Answer:
        """A JSON answer. Raises BackendError."""
        answer = await self._send(Ask("GET", url, self._headers(credential, headers), secret=credential is not None))
        if "json" not in answer.headers.get("content-type", "").lower():
            raise BadAnswer("The server answered something that is not JSON.")
        return answer

    async def form(self, url: str, fields: Fields, credential: Credential | None = None) -> Answer:
        """The answer to a form, whatever its status. Raises BackendError when there is none."""
        return await self.post(url, urlencode(fields).encode(), FORM, credential)

    async def post(self, url: str, content: bytes, headers: Fields, credential: Credential | None = None) -> Answer:
        """The answer to anything posted, whatever its status. Raises BackendError when there is none."""
        self.check(url)
        ask = Ask("POST", url, self._headers(credential, headers), content, secret=True, most=DOCUMENT_BYTES)
        return await self._upstream(url).in_turn(ask)

    def error(self, url: str, answer: Answer) -> BackendError:
        """What an answer that is none means."""
        return self._upstream(url).error(Ask("POST", url, []), known_as(None), answer)

    def allowed(self, url: str) -> bool:
        """Secrets may be sent there: over TLS, or to the actors' own server."""
        found = origin(url)
        return found == self.base_url or found.startswith("https://")

    def check(self, url: str) -> None:
        """Raises BadAnswer for an address that secrets may not be sent to."""
        if not self.allowed(url):
            raise BadAnswer("The server names an address for logins that is not safe.")

    @staticmethod
    def _headers(credential: Credential | None, headers: Fields) -> list[tuple[str, str]]:
        return [*([("Authorization", credential.header)] if credential else []), *headers]

    def _upstream(self, url: str) -> Upstream:
        return Upstream(self.transport, origin(url), most=DOCUMENT_BYTES)

    async def _send(self, ask: Ask) -> Answer:
        self.check(ask.url)
        upstream = self._upstream(ask.url)
        answer = await upstream.in_turn(ask._replace(most=DOCUMENT_BYTES))
        if answer.status >= 300:
            raise upstream.error(ask, known_as(None), answer)
        return answer


async def metadata_of(asking: Asking, endpoints: Mapping[str, Any]) -> Metadata:
    """The endpoints; `endpoints` are those of an actor, as its document has them. Raises BackendError, or Unsupported
    where nobody can sign in."""
    for issuer in dict.fromkeys([*await _guards(asking), asking.base_url]):
        found = await _issued(asking, issuer)
        if found is not None:
            return found
    named = Metadata(
        authorization_endpoint=_named(asking, endpoints, "oauthAuthorizationEndpoint"),
        token_endpoint=_named(asking, endpoints, "oauthTokenEndpoint"),
        registration_endpoint=_named(asking, endpoints, "oauthRegistrationEndpoint"),
    )
    if not (named.authorization_endpoint and named.token_endpoint):
        raise Unsupported("The server has no page where people sign in: link the account with a token.")
    return named


async def _guards(asking: Asking) -> list[str]:
    try:
        answer = await asking.get(asking.base_url + RESOURCE)
        return [url for url in one(document(answer), Resource).authorization_servers if asking.allowed(url)][:3]
    except NOT_THERE:
        return []


async def _issued(asking: Asking, issuer: str) -> Metadata | None:
    """What an authorization server says; None when it says nothing that can be used."""
    path = urlsplit(issuer).path.rstrip("/")
    try:
        found = one(document(await asking.get(f"{origin(issuer)}{SERVER}{path}")), Metadata)
    except NOT_THERE:
        return None
    needed = (found.authorization_endpoint, found.token_endpoint)
    optional = (found.registration_endpoint, found.revocation_endpoint, found.introspection_endpoint)
    is_safe = all(map(asking.allowed, needed)) and all(asking.allowed(url) for url in optional if url)
    return found if is_safe else None


def _named(asking: Asking, endpoints: Mapping[str, Any], name: str) -> str:
    url = ap.web(ap.id_of(endpoints.get(name)))
    return url if url and asking.allowed(url) else ""


# who a token is for ---------------------------------------------------------------------------------------------------


async def who_is(asking: Asking, credential: Credential, told: Mapping[str, Any], metadata: Metadata) -> str:
    """The id of the actor whom a credential is for, "" when the server does not tell. `told` is the answer that gave
    the token, empty for a pasted one. Raises BackendError when the server does not answer."""
    for value in (told.get("activitypub_actor_id"), told.get("me")):
        if found := _here(asking, value):
            return found
    if (
        metadata.introspection_endpoint
        and credential.token
        and (found := await _introspected(asking, credential, metadata))
    ):
        return found
    claims = claims_of(credential.token)
    for name in ("sub", "subject"):
        if found := _here(asking, claims.get(name)):
            return found
    for path, field in WHOAMI:
        if found := await _asked(asking, credential, path, field):
            return found
    return ""


def _here(asking: Asking, value: Any) -> str:
    """An id of the actors' own server: no other can be vouched for by it."""
    url = ap.web(value)
    return url if url and ap.same_host(url, asking.base_url) else ""


async def _introspected(asking: Asking, credential: Credential, metadata: Metadata) -> str:
    answer = await asking.form(metadata.introspection_endpoint, [("token", credential.token)], credential)
    found = object_of(answer.body) if answer.status == 200 else {}
    return next((url for name in ("me", "sub") if (url := _here(asking, found.get(name)))), "")


async def _asked(asking: Asking, credential: Credential, path: str, field: str) -> str:
    try:
        answer = await asking.get(urljoin(asking.base_url, path), credential, ACTIVITY)
    except NOT_THERE:
        return ""
    return _here(asking, object_of(answer.body).get(field))


def claims_of(token: str) -> dict[str, Any]:
    """What a JWT says. It is not verified: it came from the server itself, and decides nothing but whom it is for."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        return object_of(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}


def object_of(body: bytes) -> dict[str, Any]:
    """A JSON object, empty for anything else."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def readable(text: str) -> Credential:
    """A credential from its text form. Raises TokenGone for what is none."""
    try:
        return Credential.read(text)
    except Unusable as error:
        raise TokenGone("The stored login cannot be read; link the account again.") from error
