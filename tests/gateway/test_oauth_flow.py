"""The token calls: three steps with a PIN or a callback, and xAuth."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx2 as httpx
import pytest

from gateway.dialects import MOUNTS
from gateway.errors import LINK_AGAIN
from gateway.oauth.grants import LIFETIME, MOST, GrantProblem
from gateway.oauth.provider import REQUESTS
from tests.gateway_harness import TOKEN, Ground
from tests.oauth_client import BODY, HEADER, QUERY, OAuthClient, allow, client_on

pytestmark = pytest.mark.anyio

BACK = "https://program.example/back"
HOME = "/api/statuses/home_timeline.json"


def refused(reply: httpx.Response, status: int = 401) -> str:
    """The text of a refused token call."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/x-www-form-urlencoded"
    if status == 401:
        assert reply.headers["www-authenticate"] == 'OAuth realm="Friendica"'
    name, _, text = reply.text.partition("=")
    assert name == "error"
    assert "+" not in text
    return unquote(text)


async def last_step(client: OAuthClient, verifier: str) -> httpx.Response:
    return await client.send("POST", "/oauth/access_token", verifier=verifier)


async def test_three_steps_with_a_pin(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    assert [*told] == ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"]
    assert told["oauth_callback_confirmed"] == "true"
    assert all(re.fullmatch("[0-9a-f]{32}", told[name]) for name in ("oauth_token", "oauth_token_secret"))
    pending = await ground.gateway.grants.pending(told["oauth_token"])
    assert (pending.name, pending.callback, pending.read_only) == ("Test client", "oob", False)
    allowed = await allow(ground, told["oauth_token"])
    assert allowed.redirect == ""
    assert re.fullmatch(r"\d{8}", allowed.verifier)
    given = await client.access_token(f" {allowed.verifier} ")
    assert [*given] == ["oauth_token", "oauth_token_secret", "user_id", "screen_name"]
    me = (await client.send("GET", "/api/account/verify_credentials.json")).json()
    assert (given["user_id"], given["screen_name"]) == (str(me["id"]), me["screen_name"])


async def test_three_steps_with_a_callback(ground: Ground) -> None:
    client = await client_on(ground, BACK)
    told = await client.request_token(f"{BACK}?state=a%20b&next=%2Fhome#top")
    allowed = await allow(ground, told["oauth_token"])
    assert re.fullmatch("[0-9a-f]{32}", allowed.verifier)
    added = f"&oauth_token={told['oauth_token']}&oauth_verifier={allowed.verifier}"
    assert allowed.redirect == f"{BACK}?state=a%20b&next=%2Fhome{added}#top"
    assert (await client.access_token(allowed.verifier))["screen_name"] == "alice"


async def test_a_token_reads_what_the_consumers_client_reads(ground: Ground) -> None:
    consumer = await ground.gateway.consumers.add("", "tweepy", dialect="tweepy")
    client = OAuthClient(ground.client, consumer.key, consumer.secret)
    told = await client.request_token()
    await client.access_token((await allow(ground, told["oauth_token"])).verifier)
    assert "next_cursor" in (await client.send("GET", "/api/friends/ids.json")).json()
    found = await ground.gateway.consumers.find(consumer.key)
    assert found is not None
    assert found.dialect == "tweepy"


@pytest.mark.parametrize("mount", MOUNTS)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT"])
async def test_every_mount_and_method(ground: Ground, mount: str, verb: str) -> None:
    client = await client_on(ground)
    for extension in ("", ".json", ".xml"):
        prefix = f"/{mount}" if mount else ""
        reply = await client.send(verb, f"{prefix}/oauth/request_token{extension}", callback="oob")
        assert client.took(reply)["oauth_callback_confirmed"] == "true"
        allowed = await allow(ground, client.token)
        reply = await client.send(verb, f"{prefix}/oauth/access_token{extension}", verifier=allowed.verifier)
        assert client.took(reply)["screen_name"] == "alice"
        client.token = client.token_secret = ""


@pytest.mark.parametrize("place", [HEADER, QUERY, BODY])
@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "PLAINTEXT"])
async def test_every_place_and_signature(ground: Ground, place: str, method: str) -> None:
    client = await client_on(ground, place=place, method=method)
    await client.authorize(ground)
    reply = await client.send("POST" if place == BODY else "GET", f"{HOME}?count=2")
    assert reply.status_code == 200


async def test_where_people_are_sent(ground: Ground) -> None:
    free, bound = await client_on(ground), await client_on(ground, BACK)
    for client, asked, meant in (
        (free, "", "oob"), (bound, "", BACK), (bound, "oob", "oob"), (bound, BACK, BACK), (free, BACK, BACK),
        (bound, f"{BACK}/further?x=1", f"{BACK}/further?x=1"), (free, "twidere://oauth", "twidere://oauth"),
        (bound, "https://PROGRAM.example:443/other", "https://PROGRAM.example:443/other"),
    ):  # fmt: skip
        client.token = client.token_secret = ""
        told = await client.request_token(asked)
        assert (await ground.gateway.grants.pending(told["oauth_token"])).callback == meant


@pytest.mark.parametrize(
    "callback",
    ["https://elsewhere.example/back", "http://program.example/back", "https://program.example:8443/back",
     "https://program.example.evil.example/back", "https://program.example@evil.example/back", "javascript:alert(1)",
     "//program.example/back", "https://", "program", "https://program.example\\@evil.example/", "data:text/html,x",
     "https://program.example/\r\nX: y", "https://program.example:port/", "https://[::1/back"],
)  # fmt: skip
async def test_callback_to_another_place_is_refused(ground: Ground, callback: str) -> None:
    client = await client_on(ground, BACK)
    reply = await client.send("GET", "/oauth/request_token", callback=callback)
    assert "callback" in refused(reply).lower()


async def test_denied(ground: Ground) -> None:
    client = await client_on(ground, BACK)
    told = await client.request_token(BACK)
    grants = ground.gateway.grants
    pending = await grants.pending(told["oauth_token"])
    assert await grants.deny(pending) == f"{BACK}?denied={told['oauth_token']}"
    assert await grants.pending(told["oauth_token"]) is None
    assert await grants.deny(pending) == ""
    with pytest.raises(GrantProblem):
        await allow_again(ground, pending)
    assert refused(await last_step(client, "x")) == "Invalid request token"


async def allow_again(ground: Ground, pending: object, person: str = "alice") -> object:
    account = await ground.gateway.store.account_by_login(person)
    return await ground.gateway.grants.allow(pending, account=account, token=TOKEN + person)


async def test_verifier_is_spent_by_its_use(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    allowed = await allow(ground, told["oauth_token"])
    replies = await asyncio.gather(*(last_step(client, allowed.verifier) for _ in range(4)))
    assert sorted(reply.status_code for reply in replies) == [200, 401, 401, 401]
    assert refused(await last_step(client, allowed.verifier)) == "Invalid request token"
    account = await ground.gateway.store.account_by_login("alice")
    logins = await ground.gateway.store.logins(account.id)
    assert [login.name for login in logins if login.kind == "oauth"] == ["Test client"]


async def test_wrong_verifier_spends_the_token(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    allowed = await allow(ground, told["oauth_token"])
    assert refused(await last_step(client, "12345678")) == "Invalid request token"
    assert refused(await last_step(client, allowed.verifier)) == "Invalid request token"


async def test_missing_verifier_spends_nothing(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    allowed = await allow(ground, told["oauth_token"])
    assert "verifier" in refused(await last_step(client, ""), 400)
    assert await client.access_token(allowed.verifier)


async def test_token_that_nobody_allowed(ground: Ground) -> None:
    client = await client_on(ground)
    await client.request_token()
    assert refused(await last_step(client, "00000000")) == "Invalid request token"


async def test_verifier_of_another_consumer(ground: Ground) -> None:
    mine, other = await client_on(ground), await client_on(ground)
    told = await mine.request_token()
    allowed = await allow(ground, told["oauth_token"])
    other.token, other.token_secret = mine.token, mine.token_secret  # even with the token's secret
    assert refused(await last_step(other, allowed.verifier)) == "Invalid request token"
    assert await mine.access_token(allowed.verifier), "the other one spent nothing"


async def test_request_token_of_another_client(ground: Ground) -> None:
    mine, other = await client_on(ground), await client_on(ground)
    await mine.request_token()
    told = await other.request_token()
    mine_allowed = await allow(ground, mine.token)
    mine.token = told["oauth_token"]  # its secret is not known
    assert refused(await last_step(mine, mine_allowed.verifier)) == "Invalid request token"
    stranger = OAuthClient(ground.client, mine.key, mine.secret, other.token, "00" * 16)
    assert refused(await last_step(stranger, "1")) == "Invalid request token"
    guess = OAuthClient(ground.client, other.key, other.secret, other.token, "00" * 16)
    assert refused(await last_step(guess, "1")) == "Invalid signature"
    assert await ground.gateway.grants.pending(other.token), "a wrong signature spends nothing"


async def test_verifier_of_another_token(ground: Ground) -> None:
    one, two = await client_on(ground), await client_on(ground)
    await one.request_token()
    await two.request_token()
    of_bob = await allow(ground, two.token, "bob")
    await allow(ground, one.token, "alice")
    assert refused(await last_step(one, of_bob.verifier)) == "Invalid request token"


async def test_expired_request_token(ground: Ground) -> None:
    client, grants = await client_on(ground), ground.gateway.grants
    told = await client.request_token()
    pending = await grants.pending(told["oauth_token"])
    grants._clock = lambda: time.time() + LIFETIME - 5
    allowed = await allow_again(ground, pending)
    grants._clock = lambda: time.time() + 2 * LIFETIME
    assert await grants.pending(told["oauth_token"]) is None
    with pytest.raises(GrantProblem):
        await allow_again(ground, pending)
    assert refused(await last_step(client, allowed.verifier)) == "Invalid request token"


async def test_yes_said_twice_counts_the_later_one(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    pending = await ground.gateway.grants.pending(told["oauth_token"])
    await allow_again(ground, pending)
    with pytest.raises(GrantProblem, match="Somebody else"):
        await allow_again(ground, pending, "bob")
    later = await allow_again(ground, pending)
    assert (await client.access_token(later.verifier))["screen_name"] == "alice"


async def test_linked_anew_after_the_yes(ground: Ground) -> None:
    client, store = await client_on(ground), ground.gateway.store
    told = await client.request_token()
    allowed = await allow(ground, told["oauth_token"])
    ground.gateway.grants._clock = time.time
    account = await store.account_by_login("alice")
    await store.put_account(type(account)(**{**_fields(account), "created": account.created + 100}))
    assert refused(await last_step(client, allowed.verifier)) == "Invalid request token"


def _fields(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


async def test_account_that_went_after_the_yes(ground: Ground) -> None:
    client, store = await client_on(ground), ground.gateway.store
    told = await client.request_token()
    allowed = await allow(ground, told["oauth_token"], "dave")
    await store.remove_account((await store.account_by_login("dave")).id)
    assert refused(await last_step(client, allowed.verifier)) == "Invalid request token"


async def test_consumer_that_went(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.request_token()
    await ground.gateway.consumers.revoke(client.key)
    assert await ground.gateway.grants.pending(told["oauth_token"]) is None
    assert refused(await last_step(client, "1")) == "Invalid consumer"
    assert refused(await client.send("POST", "/oauth/request_token", callback="oob")) == "Invalid consumer"


async def test_unsigned_token_calls(ground: Ground) -> None:
    for call in ("request_token", "access_token"):
        for given in ({}, {"auth": ("alice", ground.passwords["alice"])}, {"headers": {"Authorization": "Bearer x"}}):
            reply = await ground.client.post(f"/oauth/{call}", **given)
            assert refused(reply, 400) == "Invalid consumer key"


async def test_request_tokens_are_not_given_without_end(ground: Ground) -> None:
    client, mount = await client_on(ground), "/oauth/request_token"
    for _ in range(REQUESTS):
        ground.gateway.oauth._turns.take("127.0.0.1")
    reply = await client.send("POST", mount, callback="oob")
    refused(reply, 429)
    assert int(reply.headers["retry-after"]) > 0


async def test_xauth(ground: Ground) -> None:
    client = await client_on(ground)
    told = await client.xauth("Alice", ground.passwords["alice"])
    assert [*told] == ["oauth_token", "oauth_token_secret", "user_id", "screen_name"]
    ground.world.post("bob", "hello")
    timeline = await client.send("GET", HOME)
    assert [status["text"] for status in timeline.json()] == ["hello"]


@pytest.mark.parametrize("place", [HEADER, QUERY, BODY])
async def test_xauth_parameters_anywhere(ground: Ground, place: str) -> None:
    client = await client_on(ground, place=place)
    query = f"x_auth_mode=client_auth&x_auth_username=alice&x_auth_password={ground.passwords['alice']}"
    assert client.took(await client.send("POST", f"/api/oauth/access_token?{query}"))["screen_name"] == "alice"


@pytest.mark.parametrize(
    ("name", "password", "status"),
    [("alice", "wrong", 401), ("bob", "", 401), ("nobody", "x", 401), ("alice", " ", 400), ("", "guess", 400)],
)
async def test_xauth_refused(ground: Ground, name: str, password: str, status: int) -> None:
    client = await client_on(ground)
    given = password or ground.passwords["alice"]  # bob with alice's password
    form = {"x_auth_mode": "client_auth", "x_auth_username": name, "x_auth_password": given}
    text = refused(await client.send("POST", "/oauth/access_token", form), status)
    assert given.strip() == "" or given not in text


async def test_xauth_off_and_of_an_unknown_mode(ground: Ground) -> None:
    client = await client_on(ground)
    form = {"x_auth_mode": "reverse_auth", "x_auth_username": "alice", "x_auth_password": ground.passwords["alice"]}
    assert "x_auth_mode" in refused(await client.send("POST", "/oauth/access_token", form), 400)
    ground.gateway.oauth._xauth = False
    form["x_auth_mode"] = "client_auth"
    assert "x_auth_mode" in refused(await client.send("POST", "/oauth/access_token", form), 400)


async def test_xauth_guesses_are_slowed_down(ground: Ground) -> None:
    client = await client_on(ground)
    for number in range(20):
        form = {"x_auth_mode": "client_auth", "x_auth_username": "alice", "x_auth_password": f"guess {number}"}
        refused(await client.send("POST", "/oauth/access_token", form))
    reply = await client.send("POST", "/oauth/access_token", {**form, "x_auth_password": "guess 20"})
    refused(reply, 429)
    assert int(reply.headers["retry-after"]) > 0
    assert await client.xauth("alice", ground.passwords["alice"]), "the right one is let in"


async def test_xauth_of_an_account_whose_link_is_broken(ground: Ground) -> None:
    client, store = await client_on(ground), ground.gateway.store
    account = await store.account_by_login("alice")
    await ground.gateway.auth.mark_broken(account)
    form = {"x_auth_mode": "client_auth", "x_auth_username": "alice", "x_auth_password": ground.passwords["alice"]}
    assert refused(await client.send("POST", "/oauth/access_token", form), 403).startswith(LINK_AGAIN)


async def test_tokens_of_one_program_do_not_pile_up(ground: Ground) -> None:
    client, store = await client_on(ground), ground.gateway.store
    first = await client.authorize(ground)
    later = itertools.count(time.time() + 1)
    ground.gateway.grants._clock = lambda: next(later)
    for _ in range(MOST):
        client.token = client.token_secret = ""
        await client.xauth("alice", ground.passwords["alice"])
    account = await store.account_by_login("alice")
    granted = [login for login in await store.logins(account.id) if login.kind == "oauth"]
    assert len(granted) == MOST
    assert (await client.send("GET", HOME)).status_code == 200
    gone = OAuthClient(ground.client, client.key, client.secret, first["oauth_token"], first["oauth_token_secret"])
    assert (await gone.send("GET", HOME)).status_code == 401


async def test_nothing_of_it_lies_in_the_store_in_the_clear(ground: Ground) -> None:
    client = await client_on(ground, BACK)
    told = await client.request_token(BACK)
    allowed = await allow(ground, told["oauth_token"])
    verifier = dict(parse_qsl(urlsplit(allowed.redirect).query))["oauth_verifier"]
    waiting = _bytes_of(ground)
    given = await client.access_token(verifier)
    for secret in (told["oauth_token"], told["oauth_token_secret"], verifier, client.secret, f"{TOKEN}alice"):
        assert secret.encode() not in waiting
    for secret in (given["oauth_token"], given["oauth_token_secret"], f"{TOKEN}alice"):
        assert secret.encode() not in _bytes_of(ground)


def _bytes_of(ground: Ground) -> bytes:
    files = ground.gateway.settings.data_dir.glob("oldbird.sqlite*")
    return b"".join(file.read_bytes() for file in files)
