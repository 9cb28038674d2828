"""A client that signs its requests with OAuth 1.0a, by Authlib's client half.

async with gateway_on(tmp_path) as ground:
    client = await client_on(ground)                       # a fresh consumer
    await client.authorize(ground, "alice")                # request token, yes, PIN, access token
    reply = await client.send("GET", "/api/statuses/home_timeline.json?count=3")
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx2 as httpx
from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string, plaintext_signature

from gateway.oauth.grants import Allowed
from tests.gateway_harness import TOKEN, Ground

FORM = "application/x-www-form-urlencoded"
HEADER, QUERY, BODY = "HEADER", "QUERY", "BODY"


def sign_hmac_sha256(client: ClientAuth, request: Any) -> str:
    """Authlib's client has no HMAC-SHA256 of its own."""
    key = plaintext_signature(client.client_secret, client.token_secret).encode()
    return base64.b64encode(hmac.digest(key, generate_signature_base_string(request).encode(), "sha256")).decode()


class Signer(ClientAuth):
    """`fixed` replaces protocol parameters (nonce, timestamp, version ...); None leaves one out."""

    SIGNATURE_METHODS = {**ClientAuth.SIGNATURE_METHODS, "HMAC-SHA256": sign_hmac_sha256}  # noqa: RUF012
    fixed: Mapping[str, str | None] = {}

    def get_oauth_params(self, nonce: str, timestamp: str) -> list[tuple[str, Any]]:
        """As Authlib would have them, but for those that are fixed."""
        made = {**dict(super().get_oauth_params(nonce, timestamp)), **self.fixed}
        return [(name, value) for name, value in made.items() if value is not None]


class OAuthClient:
    """One program: its consumer, and its token once it has one. `place`: where the parameters are sent."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        key: str,
        secret: str,
        token: str = "",
        token_secret: str = "",
        *,
        method: str = "HMAC-SHA1",
        place: str = HEADER,
        mount: str = "",
    ) -> None:
        self.http, self.key, self.secret = http, key, secret
        self.token, self.token_secret = token, token_secret
        self.method, self.place, self.mount = method, place, mount

    def signed(
        self,
        verb: str,
        url: str,
        form: Mapping[str, str] | None = None,
        *,
        callback: str = "",
        verifier: str = "",
        **fixed: str | None,
    ) -> tuple[str, dict[str, str], bytes]:
        """(url, headers, body) of a signed request. `fixed`: protocol parameters without their oauth_."""
        signer = Signer(
            self.key, self.secret, token=self.token, token_secret=self.token_secret, redirect_uri=callback,
            verifier=verifier, signature_method=self.method, signature_type=self.place,
        )  # fmt: skip
        signer.fixed = {f"oauth_{name}": value for name, value in fixed.items()}
        full = url if "://" in url else f"{self.http.base_url}".rstrip("/") + url
        headers = {"Content-Type": FORM} if form is not None or self.place == BODY else {}
        where, named, body = signer.prepare(verb, full, headers, urlencode(form or {}))
        return where, dict(named), body.encode() if isinstance(body, str) else body

    async def send(
        self, verb: str, url: str, form: Mapping[str, str] | None = None, *, files: Any = None, **given: Any
    ) -> httpx.Response:
        """A signed request; of multipart (`files`) only the address is signed, as all clients do it."""
        extra = given.pop("headers", {})
        if files is not None:
            where, headers, _ = self.signed(verb, url, **given)
            return await self.http.request(verb, where, headers={**headers, **extra}, data=form or {}, files=files)
        where, headers, body = self.signed(verb, url, form, **given)
        return await self.http.request(verb, where, headers={**headers, **extra}, content=body)

    async def request_token(self, callback: str = "oob", **given: Any) -> dict[str, str]:
        """First step; the token is the client's from now on."""
        return self.took(await self.send("POST", f"{self.mount}/oauth/request_token", callback=callback, **given))

    async def access_token(self, verifier: str, **given: Any) -> dict[str, str]:
        """Last step; the token is the client's from now on."""
        return self.took(await self.send("POST", f"{self.mount}/oauth/access_token", verifier=verifier, **given))

    async def xauth(self, name: str, password: str, **more: str) -> dict[str, str]:
        """Name and app password for an access token."""
        form = {"x_auth_mode": "client_auth", "x_auth_username": name, "x_auth_password": password, **more}
        return self.took(await self.send("POST", f"{self.mount}/oauth/access_token", form))

    async def authorize(self, ground: Ground, person: str = "alice", **rights: bool) -> dict[str, str]:
        """All three steps, with a PIN."""
        self.token = self.token_secret = ""
        told = await self.request_token()
        allowed = await allow(ground, told["oauth_token"], person, **rights)
        return await self.access_token(allowed.verifier)

    def took(self, reply: httpx.Response) -> dict[str, str]:
        """What a token call told."""
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"] == FORM
        assert reply.headers["cache-control"] == "no-store"
        told = dict(parse_qsl(reply.text, strict_parsing=True))
        self.token, self.token_secret = told["oauth_token"], told["oauth_token_secret"]
        return told


async def client_on(ground: Ground, callback: str = "", **options: Any) -> OAuthClient:
    """A client with a consumer of its own."""
    consumer = await ground.gateway.consumers.add("", "Test client", callback)
    return OAuthClient(ground.client, consumer.key, consumer.secret, **options)


async def allow(ground: Ground, oauth_token: str, person: str = "alice", **rights: bool) -> Allowed:
    """The person says yes, as on the consent page."""
    grants, store = ground.gateway.grants, ground.gateway.store
    pending, account = await grants.pending(oauth_token), await store.account_by_login(person)
    assert pending is not None
    assert account is not None
    return await grants.allow(pending, account=account, token=TOKEN + person, **rights)
