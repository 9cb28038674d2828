"""OAuth 1.0a signatures made by hand from RFC 5849, so that Authlib is not asked whether it agrees with itself."""

from __future__ import annotations

import base64
import hmac
import itertools
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from gateway.auth import LOGIN_TEXT
from tests.gateway.edge import Got, send
from tests.gateway_harness import Ground
from tests.oauth_client import OAuthClient, client_on

HOME = "/api/statuses/home_timeline.json"
UPDATE = "/api/statuses/update.json"
ME = "/api/account/verify_credentials.json"
NUMBERS = itertools.count(1)
Pairs = Iterable[tuple[str, str]]


def escaped(text: str) -> str:
    return quote(text.encode(), safe="~")


def signature(verb: str, url: str, pairs: Pairs, consumer_secret: str, token_secret: str, hash: str = "sha1") -> str:
    """RFC 5849 section 3.4. `pairs` are decoded."""
    normal = "&".join(f"{name}={value}" for name, value in sorted((escaped(n), escaped(v)) for n, v in pairs))
    base = "&".join(map(escaped, (verb, url, normal)))
    key = f"{escaped(consumer_secret)}&{escaped(token_secret)}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), hash)).decode()


def protocol(client: OAuthClient, **more: str | None) -> dict[str, str]:
    """The protocol parameters of one request."""
    made = {
        "oauth_consumer_key": client.key, "oauth_token": client.token, "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time())), "oauth_nonce": f"nonce{next(NUMBERS)}", "oauth_version": "1.0",
        **{f"oauth_{name}": value for name, value in more.items()},
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def by_hand(client: OAuthClient, verb: str, url: str, others: Pairs = (), hash: str = "sha1", **more: Any) -> str:
    """An Authorization header over the decoded parameters `others`."""
    told = protocol(client, **more)
    made = signature(verb, url, [*told.items(), *others], client.secret, client.token_secret, hash)
    told.setdefault("oauth_signature", made)
    return header(told)


def header(told: dict[str, str]) -> str:
    return "OAuth " + ", ".join(f'{name}="{escaped(value)}"' for name, value in told.items())


async def signed_in(ground: Ground, person: str = "alice", **options: Any) -> OAuthClient:
    client = await client_on(ground, **options)
    await client.authorize(ground, person)
    return client


async def get(ground: Ground, authorization: str, target: str = HOME, **headers: str) -> Got:
    """A GET as it comes over the wire, from 192.0.2.1 without TLS, to gateway.test."""
    more = [(name.replace("_", "-"), value) for name, value in headers.items()]
    given = [("Authorization", authorization), ("Host", "gateway.test"), *more]
    reply = await send(ground.app, "GET", target, given, [b""])
    assert reply is not None
    return reply


def is_401(reply: Got, text: str = LOGIN_TEXT) -> None:
    assert reply.status == 401, reply.body
    assert reply.headers["www-authenticate"] == 'Basic realm="Friendica"'
    assert text in reply.json()["error"]
