"""Registration, the address that asks, code for token: with the differences of servers."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from adapters.connect import Connections
from adapters.errors import BadAnswer, OutcomeUnknown, RateLimited, Refused, Rejected, Unavailable
from adapters.mastodon.signing_in import METADATA, App, AppGone, SigningIn, challenge
from adapters.transport import usable
from adapters.webfinger import origin, server_of
from tests.adapters.far_server import CUT, Asked, FarServer, Reply
from tests.adapters.samples import play

pytestmark = pytest.mark.anyio

RETURN = "https://gateway.test/connect/return/1"
APP = App(client_id="id-of-app", client_secret="secret-of-app-1", redirect_uri=RETURN)
ANSWERS: dict[str, Any] = {"client_id": APP.client_id, "client_secret": APP.client_secret, "id": 7, "vapid_key": None}


async def opened(far: FarServer, connections: Connections, software: str = "mastodon") -> SigningIn:
    """The ways in; what detection asked is forgotten."""
    play(far, software)
    found = await connections.signing_in(far.url)
    far.asked.clear()
    return found


def fields(asked: Asked) -> dict[str, str]:
    """The form that was sent."""
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    return dict(parse_qsl(asked.body.decode()))


async def test_registering(far: FarServer, connections: Connections) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/api/v1/apps", json=ANSWERS)
    assert await signing_in.register(RETURN, name="Oldbird", website="https://gateway.test") == APP
    sent = {"client_name": "Oldbird", "redirect_uris": RETURN, "scopes": "read write"}
    assert fields(far.asked[-1]) == {**sent, "website": "https://gateway.test"}
    assert "authorization" not in far.asked[-1].headers


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(403, b"no"), Refused), (Reply(200, b"{}"), BadAnswer), (Reply(200, b"[]"), BadAnswer),
        (Reply(200, b"<p>", kind="text/html"), BadAnswer), (Reply(422, b"{}"), Rejected),
        (Reply(200, b'{"client_id":"a b","client_secret":"x"}'), BadAnswer), (CUT, OutcomeUnknown),
        (Reply(200, b'{"client_id":"' + b"a" * 5000 + b'","client_secret":"x"}'), BadAnswer),
        (Reply(200, b'{"client_id":"' + b"a" * (1 << 20) + b'"}'), OutcomeUnknown),
        (Reply(429, b"{}", (("Retry-After", "5"),)), RateLimited), (Reply(503, b""), Unavailable),
    ],
)  # fmt: skip
async def test_registration_refused_or_nonsense(
    far: FarServer, connections: Connections, reply: Any, kind: type[Exception]
) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/api/v1/apps", reply)
    with pytest.raises(kind):
        await signing_in.register(RETURN, name="Oldbird", website="")


@pytest.mark.parametrize(
    ("metadata", "path", "pkce"),
    [
        (None, "/oauth/authorize", True),
        ({}, "/oauth/authorize", True),
        ({"code_challenge_methods_supported": ["S256"]}, "/oauth/authorize", True),
        ({"code_challenge_methods_supported": ["plain"]}, "/oauth/authorize", False),
        ({"authorization_endpoint": "{far}/login/allow?x=1"}, "/login/allow", True),
        ({"authorization_endpoint": "https://elsewhere.example/oauth/authorize"}, "/oauth/authorize", True),
        ({"authorization_endpoint": "https://[broken"}, "/oauth/authorize", True),
        ({"authorization_endpoint": 7}, "/oauth/authorize", True),
    ],
)
async def test_the_address_that_asks(
    far: FarServer, connections: Connections, metadata: dict[str, Any] | None, path: str, pkce: bool
) -> None:
    signing_in = await opened(far, connections)
    if metadata is not None:
        told = {name: value.format(far=far.url) if type(value) is str else value for name, value in metadata.items()}
        far.on("GET", METADATA, json=told)
    parts = urlsplit(await signing_in.address(APP, state="st&te", verifier="v" * 43))
    assert (f"{parts.scheme}://{parts.netloc}", parts.path) == (far.url, path)
    query = dict(parse_qsl(parts.query))
    assert (query["state"], query["client_id"], query["redirect_uri"]) == ("st&te", "id-of-app", RETURN)
    assert query.get("code_challenge") == (challenge("v" * 43) if pkce else None)
    assert APP.client_secret not in parts.query
    assert far.paths().count(f"GET {METADATA}") == 1


async def test_the_challenge_of_the_standard() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


async def test_a_code_becomes_a_token(far: FarServer, connections: Connections) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/oauth/token", json={"access_token": "tok-1", "token_type": "Bearer", "created_at": 1})
    assert await signing_in.exchange(APP, code="code-1", verifier="v" * 43) == "tok-1"
    assert fields(far.asked[-1]) == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "redirect_uri": RETURN,
        "code_verifier": "v" * 43,
        "client_id": APP.client_id,
        "client_secret": APP.client_secret,
    }


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b'{"error":"invalid_client"}', AppGone), (401, b"", AppGone),
        (400, b'{"error":"invalid_client"}', AppGone),
        (400, b'{"error":"invalid_grant"}', Rejected), (400, b"<html>", Rejected), (422, b"{}", Rejected),
        (500, b"", BadAnswer), (200, b"{}", BadAnswer), (200, b'{"access_token":"a\\nb"}', BadAnswer),
        (302, b"", BadAnswer),
    ],
)  # fmt: skip
async def test_codes_that_are_not_taken(
    far: FarServer, connections: Connections, status: int, body: bytes, kind: type[Exception]
) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/oauth/token", Reply(status, body, (("Location", "http://127.0.0.1:1/"),)))
    with pytest.raises(kind):
        await signing_in.exchange(APP, code="code-1", verifier="v" * 43)
    assert far.paths().count("POST /oauth/token") == 1


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        (Reply(200, b'{"access_token":"t"}'), True),
        (Reply(400, b'{"error":"unsupported_grant_type"}'), True),
        (Reply(401, b'{"error":"invalid_client"}'), False),
        (Reply(404, b""), True),
        (Reply(500, b""), True),
    ],
)
async def test_a_registration_is_asked_for(far: FarServer, connections: Connections, reply: Reply, known: bool) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/oauth/token", reply)
    assert await signing_in.knows(APP) is known


async def test_a_registration_cannot_be_asked_for_while_the_server_is_away(
    far: FarServer, connections: Connections
) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/oauth/token", Reply(503, b""))
    with pytest.raises(Unavailable):
        await signing_in.knows(APP)


async def test_giving_a_token_back(far: FarServer, connections: Connections) -> None:
    signing_in = await opened(far, connections)
    far.on("POST", "/oauth/revoke", json={})
    await signing_in.revoke(APP, "tok-1")
    assert fields(far.asked[-1])["token"] == "tok-1"


async def test_snac_knows_one_person_an_app(far: FarServer, connections: Connections) -> None:
    assert (await opened(far, connections, "snac")).own_app
    connections.known.clear()
    assert not (await opened(far, connections, "gotosocial")).own_app


@pytest.mark.parametrize("text", ["", "a b", "a\nb", "é", "a" * 5000])
def test_what_cannot_be_a_secret(text: str) -> None:
    assert not usable(text)


async def test_a_handle_names_its_server(far: FarServer, connections: Connections) -> None:
    links = [{"rel": "x"}, {"rel": "self", "type": "application/activity+json", "href": "https://s.example/u/1"}]
    far.on("GET", "/.well-known/webfinger", json={"subject": "acct:a@x.example", "links": links})
    assert await server_of(connections.transport, far.url, "a@x.example") == "https://s.example"
    assert far.asked[-1].query == [("resource", "acct:a@x.example")]
    far.on("GET", "/.well-known/webfinger", json={"links": []})
    assert await server_of(connections.transport, far.url, "a@x.example") == ""
    assert [origin(url) for url in ("ftp://a", "https://[", "", "https://a:8/b")] == ["", "", "", "https://a:8"]
