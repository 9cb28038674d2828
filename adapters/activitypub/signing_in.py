"""Signing a person in at a client-to-server instance: OAuth 2 with an authorization code and PKCE (section 5.4).

The gateway registers itself (RFC 7591), else is known by the address of a document about itself that it serves (CIMD,
FEP-d8c2). What comes back is a `Credential` in its text form, with the actor it is for.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from adapters.activitypub.credentials import Credential
from adapters.activitypub.oauth import ACTIVITY, Asking, Metadata, metadata_of, object_of, readable, who_is
from adapters.errors import BackendError, BadAnswer, Missing, Rejected, Unsupported
from adapters.mastodon.signing_in import App, AppGone, challenge, is_app_gone
from adapters.transport import Answer, Transport, usable
from mappings import activitypub as ap

SCOPES = ("read", "write")
DOCUMENT = "/client"
"""What follows the return address in the address of the document about the gateway."""
JSON = [("Content-Type", "application/json")]
KEY_BYTES = 32


def client_document(redirect_uri: str, *, name: str, website: str) -> dict[str, Any]:
    """What the gateway serves about itself: a client metadata document and an ActivityStreams object (FEP-d8c2)."""
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://purl.archive.org/socialweb/oauth"],
        "id": redirect_uri + DOCUMENT,
        "type": "Application",
        "name": name,
        "url": website,
        "redirectURI": redirect_uri,
        "client_id": redirect_uri + DOCUMENT,
        "client_name": name,
        "client_uri": website,
        **asked_for(redirect_uri),
    }


def asked_for(redirect_uri: str) -> dict[str, Any]:
    """How the gateway signs people in, in the terms of RFC 7591."""
    return {
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "scope": " ".join(SCOPES),
    }


class ActorSigningIn:
    """The ways in of one server of actors. `endpoints` are those of the actor who wants in, where one is known."""

    own_app = False

    def __init__(self, asking: Asking, endpoints: Mapping[str, Any], clock: Callable[[], float] = time.time) -> None:
        self.asking, self.endpoints, self.clock = asking, endpoints, clock
        self._metadata: Metadata | None = None

    async def register(self, redirect_uri: str, *, name: str, website: str) -> App:
        """A new registration. Raises BackendError."""
        metadata = await self.metadata()
        if metadata.registration_endpoint:
            return await self._registered(metadata.registration_endpoint, redirect_uri, name, website)
        if not redirect_uri.startswith("https://"):
            raise Unsupported("The server reads who asks at an address with https, and the gateway has none.")
        return App(client_id=redirect_uri + DOCUMENT, client_secret="", redirect_uri=redirect_uri)

    async def _registered(self, url: str, redirect_uri: str, name: str, website: str) -> App:
        fields = {"client_name": name, "client_uri": website, **asked_for(redirect_uri)}
        told = self._told(url, await self.asking.post(url, msgspec.json.encode(fields), JSON))
        client, secret = told.get("client_id"), told.get("client_secret") or ""
        if not isinstance(client, str) or not usable(client) or not isinstance(secret, str):
            raise BadAnswer("The server gave no registration.")
        return App(client_id=client, client_secret=secret, redirect_uri=redirect_uri)

    async def knows(self, app: App) -> bool:
        """Whether the registration still holds; asked where it has an address on the server. Raises BackendError."""
        if urlsplit(app.client_id).netloc != urlsplit(self.asking.base_url).netloc:
            return True
        try:
            await self.asking.get(app.client_id)
        except Missing:
            return False
        except BadAnswer:
            pass
        return True

    async def address(self, app: App, *, state: str, verifier: str) -> str:
        """The server's page that asks the person. Raises BackendError."""
        metadata = await self.metadata()
        query = [
            ("response_type", "code"),
            ("client_id", app.client_id),
            ("redirect_uri", app.redirect_uri),
            ("scope", self._scope(metadata)),
            ("state", state),
            ("code_challenge", challenge(verifier)),
            ("code_challenge_method", "S256"),
        ]
        joint = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(query)}"

    @staticmethod
    def _scope(metadata: Metadata) -> str:
        """`read write`; all that is offered where those are not."""
        offered = metadata.scopes_supported
        if not offered or set(SCOPES) <= set(offered):
            return " ".join(SCOPES)
        return " ".join(offered)

    async def exchange(self, app: App, *, code: str, verifier: str) -> str:
        """The credential behind a code, in its text form. Raises AppGone, Rejected (the code is wrong or spent),
        BackendError."""
        metadata = await self.metadata()
        fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", app.redirect_uri),
            ("code_verifier", verifier),
            *named(app.client_id, app.client_secret),
        ]
        told = self._told(metadata.token_endpoint, await self.asking.form(metadata.token_endpoint, fields))
        credential = granted(told, self.clock())
        credential = msgspec.structs.replace(
            credential, client=app.client_id, secret=app.client_secret, endpoint=metadata.token_endpoint,
            key=secrets.token_urlsafe(KEY_BYTES),
        )  # fmt: skip
        actor = await who_is(self.asking, credential, told, metadata)
        if not actor:
            raise BadAnswer("The server does not say who signed in.")
        return msgspec.structs.replace(credential, actor=actor).text()

    async def revoke(self, app: App, token: str) -> None:
        """Give a credential back, where the server takes it. Raises BackendError."""
        url, credential = (await self.metadata()).revocation_endpoint, readable(token)
        for secret in (credential.refresh, credential.token) if url else ():
            if secret:
                await self.asking.form(url, [("token", secret), *named(app.client_id, app.client_secret)])

    async def metadata(self) -> Metadata:
        """Read once. Raises BackendError."""
        if self._metadata is None:
            self._metadata = await metadata_of(self.asking, self.endpoints)
        return self._metadata

    def _told(self, url: str, answer: Answer) -> dict[str, Any]:
        """The answer to a form. Raises AppGone, BackendError."""
        if answer.status >= 300:
            if is_app_gone(answer):
                raise AppGone("The server forgot the gateway.")
            raise refusal(self.asking.error(url, answer))
        return object_of(answer.body)


async def signing_in_at(transport: Transport, base_url: str, actor: str = "") -> ActorSigningIn:
    """The ways in of the server at `base_url`; `actor` is the id of who wants in, where it is known.

    Raises Unsupported where nobody can sign in, BackendError.
    """
    asking, endpoints = Asking(transport, base_url), dict[str, Any]()
    if actor and ap.same_host(actor, base_url):
        with suppress(BackendError):  # some show actors to those who signed in, only
            found = object_of((await asking.get(actor, headers=ACTIVITY)).body).get("endpoints")
            endpoints = found if isinstance(found, dict) else {}
    made = ActorSigningIn(asking, endpoints)
    await made.metadata()
    return made


def granted(told: Mapping[str, Any], now: float) -> Credential:
    """The token in an answer of a token endpoint. Raises BadAnswer."""
    token, refresh, seconds = told.get("access_token"), told.get("refresh_token") or "", told.get("expires_in")
    if not isinstance(token, str) or not usable(token) or not isinstance(refresh, str):
        raise BadAnswer("The server gave no token.")
    lasts = seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 1 << 31 else 0
    return Credential(token=token, refresh=refresh if usable(refresh) else "", expires=int(now) + lasts if lasts else 0)


def named(client: str, secret: str) -> list[tuple[str, str]]:
    """How the gateway names itself in a form."""
    return [("client_id", client), *([("client_secret", secret)] if secret else [])]


def refusal(error: BackendError) -> BackendError:
    """Servers of this kind answer 500 to a code that they cannot read."""
    return Rejected("The server does not accept the code.") if isinstance(error, BadAnswer) else error
