"""Who has no login cannot make the gateway hold, read or judge much."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from gateway.bodies import ANYBODYS_BYTES
from gateway.oauth.signatures import Judge
from tests.gateway.by_hand import HOME, UPDATE, by_hand, header, protocol, signature, signed_in
from tests.gateway.edge import Got, send
from tests.gateway.test_auth import basic
from tests.gateway_harness import BASE, Ground
from tests.oauth_client import OAuthClient

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"
MUCH = {"status": "hello", "nothing": "x" * (ANYBODYS_BYTES + 1)}
NOBODY = {"oauth_consumer_key": "k", "oauth_token": "t", "oauth_signature_method": "HMAC-SHA1", "oauth_signature": "s"}


async def post(ground: Ground, target: str, pieces: list[bytes], **headers: str) -> Got:
    """A POST whose client waits to be asked for the body."""
    given = [("Host", "gateway.test"), ("Expect", "100-continue")]
    given += [(name.replace("_", "-"), value) for name, value in headers.items()]
    reply = await send(ground.app, "POST", target, given, pieces)
    assert reply is not None
    return reply


@pytest.mark.parametrize(
    ("kind", "authorization"),
    [(FORM, basic("alice", "guessed")), (FORM, "Basic x"), (FORM, "Bearer x"), (FORM, header(NOBODY)),
     ("application/json", ""), ("multipart/form-data; boundary=x", ""), ("", "")],
)  # fmt: skip
@pytest.mark.parametrize("length", [{"content_length": "20000000"}, {"transfer_encoding": "chunked"}])
async def test_nothing_is_read_of_those_who_cannot_be_let_in(
    ground: Ground, kind: str, authorization: str, length: dict[str, str]
) -> None:
    given = {"authorization": authorization} if authorization else {}
    reply = await post(ground, UPDATE, [b"status=", b"hello"], content_type=kind, **length, **given)
    assert (reply.status, reply.unread) == (401, 3)


async def test_a_signed_query_of_nobody_is_refused_as_soon(ground: Ground) -> None:
    reply = await post(ground, f"{UPDATE}?{urlencode(NOBODY)}", [b"x"], content_type=FORM, content_length="20000000")
    assert (reply.status, reply.unread) == (401, 2)


async def test_calls_without_a_login_take_little(ground: Ground) -> None:
    little, much = b"x" * ANYBODYS_BYTES, b"x" * (ANYBODYS_BYTES + 1)
    for body, status in ((little, 200), (much, 413)):
        assert (await post(ground, "/api/help/test.json", [body], content_type=FORM)).status == status
    for path in ("request_token", "access_token"):
        assert (await post(ground, f"/oauth/{path}", [much], content_type=FORM)).status == 413


def signed_inside(client: OAuthClient, target: str) -> bytes:
    """A form that holds its own signature."""
    told = protocol(client)
    made = signature("POST", BASE + target, [*told.items(), *MUCH.items()], client.secret, client.token_secret)
    return urlencode({**MUCH, **told, "oauth_signature": made}).encode()


@pytest.mark.parametrize("way", ["basic", "header", "inside", "inside, with a header that says only OAuth"])
async def test_who_has_a_login_may_send_much(ground: Ground, way: str) -> None:
    client = await signed_in(ground)
    form = urlencode(MUCH).encode()
    given = {"content_type": FORM}
    if way == "basic":
        given["authorization"] = basic("alice", ground.passwords["alice"])
    elif way == "header":
        given["authorization"] = by_hand(client, "POST", BASE + HOME, MUCH.items())
    else:
        form = signed_inside(client, HOME)
        given |= {"authorization": 'OAuth realm="here"'} if "header" in way else {}
    assert (await post(ground, HOME, [form], **given)).status == 200


async def test_the_signature_of_nobody_is_not_judged_in_a_large_form(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    monkeypatch.setattr(Judge, "is_right", lambda *asked: judged.append(asked))
    for form, times in ((NOBODY, 1), (NOBODY | MUCH, 1)):
        reply = await post(ground, HOME, [urlencode(form).encode()], content_type=FORM)
        assert (reply.status, len(judged)) == (401, times)
