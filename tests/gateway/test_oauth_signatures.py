"""Whose signature is good: consumers, tokens, methods, addresses; and how parameters are read."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.forwarded import Forwarded
from gateway.logins import Device, LoginProblem, Logins
from gateway.oauth.parameters import Sent, Unverified, from_header, is_signed, read
from gateway.oauth.signatures import Judge, Secrets, Signed
from gateway.vault import open_vault
from tests.gateway.by_hand import HOME, by_hand, escaped, get, header, is_401, protocol, signed_in
from tests.gateway.edge import Got, send
from tests.gateway_harness import BASE, Ground, gateway_on
from tests.oauth_client import BODY, OAuthClient, client_on

pytestmark = pytest.mark.anyio


def test_example_of_the_rfc() -> None:
    """RFC 5849 section 3.1, with an answer that all implementations give."""
    sent = Sent(
        method="POST", urls=("http://example.com/request",), query=b"b5=%3D%253D&a3=a&c%40=&a2=r%20b",
        form=b"c2&a3=2+q",
        header='OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2", oauth_token="kkk9d7dh3k39sjv7", '
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131201", oauth_nonce="7d8f3e4a", '
        'oauth_signature="r6%2FTJjbCOr97%2F%2BUU0NsvSne7s5g%3D"',
    )  # fmt: skip
    request = Signed(sent, read(sent), Secrets("j49sk3j29djd", "dh893hdasih9"))
    assert Judge().is_right(request, sent.urls)
    assert not Judge().is_right(request, ("http://example.com/other",))


async def test_by_hand_and_by_library_agree(ground: Ground) -> None:
    client = await signed_in(ground)
    assert (await get(ground, by_hand(client, "GET", BASE + HOME))).status == 200
    for url in (f"{HOME}?count=3&since_id=0", f"{HOME}?q=a%20b%2Bc%7C%C3%A4&q=%25&empty=&bare"):
        assert (await client.send("GET", url)).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("consumer_key", "nobody"), ("consumer_key", ""), ("token", "0" * 32), ("token", None), ("token", ""),
     ("signature_method", "RSA-SHA1"), ("signature_method", None), ("version", "2.0"), ("nonce", None), ("nonce", ""),
     ("signature_method", "PLAINTEXT"), ("signature_method", "HMAC-SHA256")],
)  # fmt: skip
async def test_wrong_protocol_parameters(ground: Ground, name: str, value: str | None) -> None:
    client = await signed_in(ground)
    reply = await get(ground, by_hand(client, "GET", BASE + HOME, **{name: value}))
    assert reply.status == 401
    assert client.token not in reply.body.decode()


async def test_secrets_of_others(ground: Ground) -> None:
    mine, other = await signed_in(ground), await signed_in(ground, "bob")
    for key, secret, token, token_secret in (
        (other.key, other.secret, mine.token, mine.token_secret),
        (mine.key, other.secret, mine.token, mine.token_secret),
        (mine.key, mine.secret, mine.token, other.token_secret),
        (mine.key, mine.secret, other.token, other.token_secret),
        (mine.key, "", mine.token, mine.token_secret), (mine.key, mine.secret, mine.token, ""),
    ):  # fmt: skip
        client = OAuthClient(ground.client, key, secret, token, token_secret)
        is_401(await get(ground, by_hand(client, "GET", BASE + HOME)))


async def test_request_token_signs_no_calls(ground: Ground) -> None:
    client = await client_on(ground)
    await client.request_token()
    is_401(await get(ground, by_hand(client, "GET", BASE + HOME)))


async def test_token_is_no_password_and_a_password_no_token(ground: Ground) -> None:
    client = await signed_in(ground)
    assert (await ground.client.get(HOME, auth=("alice", client.token))).status_code == 401
    other = OAuthClient(ground.client, client.key, client.secret, ground.passwords["alice"], "")
    is_401(await get(ground, by_hand(other, "GET", BASE + HOME)))


async def test_token_without_its_secret_opens_nothing(ground: Ground) -> None:
    client = await signed_in(ground)
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    logins = Logins(ground.gateway.store, vault, ground.connections)
    assert await logins.entered("alice", ground.passwords["alice"])
    with pytest.raises(LoginProblem):
        await logins.entered("alice", client.token)
    with pytest.raises(LoginProblem):
        await logins.add("alice", Device(name="mine"), password=client.token)


async def test_sha256(ground: Ground) -> None:
    client = await signed_in(ground)
    for method, hash, status in (("256", "sha256", 200), ("256", "sha1", 401), ("1", "sha256", 401)):
        made = by_hand(client, "GET", BASE + HOME, hash=hash, signature_method=f"HMAC-SHA{method}")
        assert (await get(ground, made)).status == status


async def test_plaintext_over_tls_or_here_only(ground: Ground) -> None:
    client = await signed_in(ground)
    plain = f"{client.secret}&{client.token_secret}"
    for scheme, address, status in (
        ("https", "192.0.2.1", 200), ("http", "127.0.0.1", 200), ("http", "::1", 200), ("http", "192.0.2.1", 401),
        ("http", None, 401), ("http", "gateway.test", 401),
    ):  # fmt: skip
        made = header({**protocol(client, signature_method="PLAINTEXT"), "oauth_signature": plain})
        reply = await asgi(ground, made, scheme, address)
        assert reply.status == status, (scheme, address)
        if status == 401:
            is_401(reply, "PLAINTEXT")


async def asgi(ground: Ground, authorization: str, scheme: str, address: str | None) -> Got:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await ground.app({**scope, "scheme": scheme, "client": (address, 1) if address else None}, receive, send)

    return await send(app, "GET", HOME, [("Authorization", authorization), ("Host", "gateway.test")], [b""])


@pytest.mark.parametrize(
    ("signed_for", "host", "status"),
    [
        ("https://gateway.test", "gateway.test", 200),
        ("https://gateway.test", "10.0.0.7:8090", 200),  # the proxy passed its own name
        ("http://gateway.test", "gateway.test", 200),
        ("https://api.twitter.com", "api.twitter.com", 200),  # an entry in a hosts file
        ("http://gateway.test:8090", "gateway.test", 200),  # BitlBee
        ("https://evil.example", "gateway.test", 401),
        ("https://gateway.test:444", "gateway.test", 401),
    ],
)
async def test_addresses_a_client_may_have_signed(ground: Ground, signed_for: str, host: str, status: int) -> None:
    client = await signed_in(ground)

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await ground.app({**scope, "server": ("127.0.0.1", 8090)}, receive, send)

    made = by_hand(client, "GET", signed_for + HOME)
    given = [("Authorization", made), ("Host", host), ("X-Forwarded-Host", "evil.example")]
    assert (await send(app, "GET", HOME, given, [b""])).status == status


async def test_behind_a_trusted_proxy(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with gateway_on(tmp_path_factory.mktemp("proxied"), base_url="") as ground:
        client = await signed_in(ground)
        for trusted, status in ((["192.0.2.0/24"], 200), ([], 401)):
            made = by_hand(client, "GET", "https://public.example:8443" + HOME)
            given = [("Authorization", made), ("Host", "backend:8090"), ("X-Forwarded-Proto", "https"),
                     ("X-Forwarded-Host", "public.example:8443"), ("X-Forwarded-For", "198.51.100.7")]  # fmt: skip
            assert (await send(Forwarded(ground.app, trusted), "GET", HOME, given, [b""])).status == status


async def test_without_a_configured_address(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with gateway_on(tmp_path_factory.mktemp("any"), base_url="") as ground:
        client = await signed_in(ground)
        assert (await client.send("GET", HOME)).status_code == 200
        assert (await get(ground, by_hand(client, "GET", "http://gateway.test" + HOME))).status == 200
        forwarded = by_hand(client, "GET", "https://public.example" + HOME)
        reply = await get(ground, forwarded, X_Forwarded_Proto="https", X_Forwarded_Host="public.example")
        is_401(reply)  # nobody has said that this peer is a proxy


async def test_dotted_path_of_bti(ground: Ground) -> None:
    client = await client_on(ground)
    url = f"{BASE}/api/statuses/../oauth/request_token"
    made = by_hand(client, "GET", url, token=None, callback="oob")
    assert (await get(ground, made, "/api/oauth/request_token")).status == 200
    client = await signed_in(ground)
    is_401(await get(ground, by_hand(client, "GET", f"{BASE}/api/statuses/../statuses/home_timeline.json")))


@pytest.mark.parametrize("path", ["/api//statuses///home_timeline.json", "/1.1/statuses/home%5Ftimeline.json/"])
async def test_path_is_signed_as_it_was_written(ground: Ground, path: str) -> None:
    client = await signed_in(ground)
    assert (await get(ground, by_hand(client, "GET", BASE + path), path)).status == 200


async def test_failures_of_one_address_are_slowed_down(ground: Ground) -> None:
    client = await signed_in(ground)
    for _ in range(20):
        is_401(await get(ground, by_hand(client, "GET", BASE + HOME, signature="AAAA")))
    reply = await get(ground, by_hand(client, "GET", BASE + HOME, signature="AAAA"))
    assert reply.status == 429
    assert int(reply.headers["retry-after"]) > 0
    assert (await get(ground, by_hand(client, "GET", BASE + HOME))).status == 200


async def test_program_that_goes_on_with_an_ended_token_is_told_so_every_time(ground: Ground) -> None:
    client = await signed_in(ground)
    client.token = "0" * 32
    for _ in range(30):
        is_401(await get(ground, by_hand(client, "GET", BASE + HOME)))


async def test_calls_for_anybody_ignore_bad_signatures(ground: Ground) -> None:
    client = await signed_in(ground)
    for target in ("/api/help/test.json", "/api/statusnet/config.json"):
        assert (await get(ground, by_hand(client, "GET", "https://x", signature="AAAA"), target)).status == 200


@given(st.text(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_reading_never_breaks(text: str, query: bytes, form: bytes) -> None:
    for authorization in (text, f"OAuth {text}"):
        sent = Sent(method="GET", urls=("https://x/",), header=authorization, query=query, form=form)
        assert is_signed(authorization, query, form) in {True, False}
        try:
            found = read(sent)
        except Unverified:
            continue
        assert all(name.startswith("oauth_") for name in found.protocol)
        assert not Judge().is_right(Signed(sent, found, Secrets()), sent.urls) if _complete(found.protocol) else True


def _complete(told: dict[str, str]) -> bool:
    return told.get("oauth_signature_method") == "HMAC-SHA1" and bool(told.get("oauth_signature"))


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,10}", fullmatch=True), st.text(max_size=20), max_size=5))
def test_header_is_read_as_it_was_written(pairs: dict[str, str]) -> None:
    wanted = {name: unquote(escaped(value)) for name, value in pairs.items() if name != "realm"}
    assert dict(from_header(header(pairs) if pairs else "OAuth ")) == wanted


async def test_realm_and_spaces(ground: Ground) -> None:
    client = await signed_in(ground)
    for realm in ('realm="", ', "realm=\"a, b='c'\",", "Realm=x ,"):
        made = by_hand(client, "GET", BASE + HOME).replace("OAuth ", f"OAuth {realm}").replace('", ', '" ,\t')
        assert (await get(ground, made + ",")).status == 200


async def test_signed_in_the_body_of_a_get(ground: Ground) -> None:
    client = await signed_in(ground, place=BODY)
    assert (await client.send("GET", f"{HOME}?count=1", {"since_id": "0"})).status_code == 200
