"""What OAuth providers stumble over: the eight hazards of Authlib (reference/field.md part 4), and replays."""

from __future__ import annotations

import base64
import time

import pytest

from tests.gateway.by_hand import (
    HOME,
    ME,
    UPDATE,
    by_hand,
    escaped,
    get,
    header,
    is_401,
    protocol,
    signature,
    signed_in,
)
from tests.gateway.edge import send
from tests.gateway_harness import BASE, Ground, gateway_on

pytestmark = pytest.mark.anyio


async def test_plain_http_is_no_reason_to_refuse(ground: Ground) -> None:
    client = await signed_in(ground)
    url = "http://gateway.test" + HOME  # as a device in the own network asks, past the proxy
    assert (await get(ground, by_hand(client, "GET", url))).status == 200


@pytest.mark.parametrize(
    "authorization",
    ["OAuth", "OAuth ", "oauth x", "OAuth =", 'OAuth oauth_token="x', "OAuth oauth_token=", "OAuth ,,,",
     'OAuth "a"="b"', 'OAuth oauth_consumer_key="k" oauth_token="t"', "OAuth \x00", "OAuth " + "a=b," * 2000,
     "OAuth " + "=" * 300],
)  # fmt: skip
async def test_malformed_header(ground: Ground, authorization: str) -> None:
    reply = await get(ground, authorization)
    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Basic realm="Friendica"'


async def test_basic_and_oauth_side_by_side(ground: Ground) -> None:
    client = await signed_in(ground, "bob")
    pair = base64.b64encode(f"alice:{ground.passwords['alice']}".encode()).decode()
    for authorization, name in ((f"Basic {pair}", "alice"), (by_hand(client, "GET", BASE + ME), "bob")):
        assert (await get(ground, authorization, ME)).json()["screen_name"] == name
    told = "&".join(f"{name}={escaped(value)}" for name, value in protocol(client, signature="wrong").items())
    reply = await get(ground, f"Basic {pair}", f"{ME}?{told}")
    assert reply.json()["screen_name"] == "alice", "credentials go before parameters"


@pytest.mark.parametrize("word", ["OAuth", "oauth", "OAUTH", " oAuth "])
async def test_case_of_header_and_scheme(ground: Ground, word: str) -> None:
    client = await signed_in(ground)
    made = by_hand(client, "GET", BASE + HOME).removeprefix("OAuth ")
    for name, status in (("authorization", 200), ("AUTHORIZATION", 401)):  # the second time the nonce is used up
        reply = await send(ground.app, "GET", HOME, [(name, f"{word} {made}"), ("host", "gateway.test")], [b""])
        assert reply.status == status
    is_401(reply, "Nonce already used")


@pytest.mark.parametrize("wrong", ["ä", "%C3%A4", "", "=", "x" * 500, "\ufffd", "0", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="])
async def test_signature_that_is_none(ground: Ground, wrong: str) -> None:
    client = await signed_in(ground)
    told = protocol(client)
    made = header(told) + f', oauth_signature="{wrong}"'
    is_401(await get(ground, made.encode().decode("latin-1")))


@pytest.mark.parametrize("shift", [-301, 301, -(10**6), 10**9, 75 * 365 * 86_400])
async def test_timestamp_out_of_the_window(ground: Ground, shift: int) -> None:
    client = await signed_in(ground)
    yours = int(time.time()) + shift + (1 if shift > 0 else -1)
    reply = await get(ground, by_hand(client, "GET", BASE + HOME, timestamp=str(yours)))
    is_401(reply, f"Expired timestamp, yours {yours}, ours ")
    assert reply.json()["errors"][0]["code"] == 135
    ours = int(reply.json()["error"].rpartition(" ")[2])
    assert abs(ours - time.time()) < 60


@pytest.mark.parametrize("shift", [-290, 0, 290])
async def test_timestamp_inside_the_window(ground: Ground, shift: int) -> None:
    client = await signed_in(ground)
    stamp = str(int(time.time()) + shift)
    assert (await get(ground, by_hand(client, "GET", BASE + HOME, timestamp=stamp))).status == 200


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "now", "٣", "9" * 30, "1700000000.5", " "])
async def test_timestamp_that_is_none(ground: Ground, stamp: str) -> None:
    client = await signed_in(ground)
    is_401(await get(ground, by_hand(client, "GET", BASE + HOME, timestamp=stamp)), "timestamp")


async def test_window_is_a_setting(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with gateway_on(tmp_path_factory.mktemp("wide"), oauth_window=3600) as ground:
        client = await signed_in(ground)
        for shift, status in ((-3500, 200), (3500, 200), (-3700, 401), (3700, 401)):
            stamp = str(int(time.time()) + shift)
            assert (await get(ground, by_hand(client, "GET", BASE + HOME, timestamp=stamp))).status == status


async def test_form_body_is_signed(ground: Ground) -> None:
    client = await signed_in(ground)
    text = "Grüße & 100% + ~x|y [z]\u2028"
    reply = await client.send("POST", UPDATE, {"status": text, "in_reply_to_status_id": ""})
    assert reply.status_code == 200
    where, headers, body = client.signed("POST", UPDATE, {"status": "mine"})
    for changed in (body.replace(b"mine", b"yours"), body + b"&title=x", b""):
        reply = await ground.client.post(where, headers=headers, content=changed)
        assert reply.status_code == 401
    assert [post.text for post in ground.world.posts.values()] == [text]


async def test_large_form_is_signed(ground: Ground) -> None:
    client = await signed_in(ground)
    reply = await client.send("POST", HOME, {"nothing": "+ä" * 200_000, "count": "1"})
    assert reply.status_code == 200


async def test_multipart_is_not_signed(ground: Ground) -> None:
    client = await signed_in(ground)
    files = {"media": ("p.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "image/png")}
    reply = await client.send("POST", "/api/media/upload.json", {"further": "x"}, files=files)
    assert reply.status_code == 200
    assert reply.json()["media_id"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
async def test_other_bodies_are_not_signed(ground: Ground, kind: str) -> None:
    client = await signed_in(ground)
    reply = await ground.client.post(
        f"{UPDATE}?status=hello", content=b"{}" if "json" in kind else b"",
        headers={"Authorization": by_hand(client, "POST", BASE + UPDATE, [("status", "hello")]), "Content-Type": kind},
    )  # fmt: skip
    assert reply.status_code == 200


async def test_query_with_what_should_be_escaped(ground: Ground) -> None:
    client = await signed_in(ground)
    made = by_hand(client, "GET", BASE + HOME, [("q", "a|b[c]{d}ä"), ("r", "%"), ("media_ids[]", "1")])
    target = f"{HOME}?q=a|b[c]{{d}}ä&r=%&media_ids[]=1".encode()
    given = [("Authorization", made), ("Host", "gateway.test")]
    assert (await send(ground.app, "GET", target, given, [b""])).status == 200


async def test_parameters_in_two_places(ground: Ground) -> None:
    """The python-oauth family sends header and body, and signs each pair once."""
    client = await signed_in(ground)
    told = protocol(client)
    told["oauth_signature"] = signature(
        "POST", BASE + HOME, [*told.items(), ("count", "3")], client.secret, client.token_secret
    )
    form = {**told, "count": "3"}
    reply = await ground.client.post(HOME, data=form, headers={"Authorization": header(told)})
    assert reply.status_code == 200
    form["oauth_nonce"] = "another"
    reply = await ground.client.post(HOME, data=form, headers={"Authorization": header(told)})
    assert reply.status_code == 401
    assert "oauth_nonce was sent twice, with different values" in reply.json()["error"]


# replay


async def test_replayed_request(ground: Ground) -> None:
    client = await signed_in(ground)
    made = by_hand(client, "GET", BASE + HOME)
    assert (await get(ground, made)).status == 200
    is_401(await get(ground, made), "Nonce already used")
    where, headers, body = client.signed("POST", UPDATE, {"status": "once"})
    statuses = [(await ground.client.post(where, headers=headers, content=body)).status_code for _ in range(3)]
    assert statuses == [200, 401, 401]
    assert len(ground.world.posts) == 1


@pytest.mark.parametrize("store", ["sqlite", "redis"])
async def test_replay_at_another_process(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory, store: str, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path_factory.mktemp("shared")
    options = {"store": request.getfixturevalue("redis_url")} if store == "redis" else {}
    async with gateway_on(folder, **options) as one, gateway_on(folder, world=one.world, people=(), **options) as two:
        client = await signed_in(one)
        for _ in range(3):
            made = by_hand(client, "GET", BASE + HOME)
            assert (await get(one, made)).status == 200
            is_401(await get(two, made), "Nonce already used")
            is_401(await get(one, made), "Nonce already used")


async def test_nonce_is_used_up_by_the_right_signature_only(ground: Ground) -> None:
    client = await signed_in(ground)
    is_401(await get(ground, by_hand(client, "GET", BASE + HOME, nonce="mine", signature="AAAA")))
    is_401(await get(ground, by_hand(client, "GET", BASE + "/other", nonce="mine")))
    assert (await get(ground, by_hand(client, "GET", BASE + HOME, nonce="mine"))).status == 200


async def test_nonces_of_others_do_not_matter(ground: Ground) -> None:
    one, two = await signed_in(ground), await signed_in(ground, "bob")
    stamp = str(int(time.time()))
    for client in (one, two):
        assert (await get(ground, by_hand(client, "GET", BASE + HOME, nonce="n", timestamp=stamp))).status == 200
    later = str(int(stamp) + 1)
    assert (await get(ground, by_hand(one, "GET", BASE + HOME, nonce="n", timestamp=later))).status == 200
