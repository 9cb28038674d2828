"""Calls signed with an access token: whose they are, what they cost, what ends them, what they may not do."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import parse_qsl

import msgspec
import pytest

from gateway.auth import TOUCH_SECONDS
from gateway.errors import LINK_AGAIN
from gateway.logins import Logins
from gateway.oauth.access import KEPT_SECONDS
from gateway.plain_http import NOT_THIS_LOGIN, PLAIN_HTTP
from gateway.stores.store import LoginRecord
from gateway.vault import open_vault
from tests.gateway.by_hand import HOME, ME, UPDATE, by_hand, get, signed_in
from tests.gateway.edge import Got, send
from tests.gateway_harness import BASE, TOKEN, Ground, gateway_on
from tests.oauth_client import OAuthClient, allow, client_on

pytestmark = pytest.mark.anyio


async def tokens_of(ground: Ground, person: str = "alice") -> list[LoginRecord]:
    account = await ground.gateway.store.account_by_login(person)
    return [login for login in await ground.gateway.store.logins(account.id) if login.kind == "oauth"]


async def test_every_kind_of_call(ground: Ground) -> None:
    client = await signed_in(ground)
    posted = await client.send("POST", "/1.1/statuses/update.json", {"status": "signed"})
    assert (posted.status_code, posted.json()["text"]) == (200, "signed")
    shown = await client.send("GET", f"/1.1/statuses/show/{posted.json()['id']}.json")
    assert shown.json()["text"] == "signed"
    assert (await client.send("GET", "/api/statuses/home_timeline.xml")).text.startswith("<?xml")
    me = (await client.send("GET", ME)).json()
    assert me["screen_name"] == "alice"
    gone = await client.send("DELETE", f"/api/statuses/destroy/{posted.json()['id']}.json")
    assert gone.status_code == 200


async def test_known_token_costs_its_nonce_only(ground: Ground) -> None:
    ground.world.post("bob", "hello")
    client = await signed_in(ground)
    await client.send("GET", HOME)
    await ground.get("statuses/home_timeline", twin=False)
    await asyncio.gather(*ground.gateway.auth._background._tasks)
    ground.store.trips.clear()
    ground.wire.clear()
    await ground.get("statuses/home_timeline", twin=False)
    with_basic = [*ground.wire.names]
    assert ground.store.trips == []
    ground.wire.clear()
    assert (await client.send("GET", HOME)).status_code == 200
    assert ground.store.trips == ["claim"]
    assert ground.wire.names == with_basic


async def test_new_token_costs_three_trips(ground: Ground) -> None:
    client = await signed_in(ground)
    await asyncio.gather(*ground.gateway.auth._background._tasks)
    ground.store.trips.clear()
    await client.send("GET", "/api/help/test.json")
    await asyncio.gather(*ground.gateway.auth._background._tasks)
    assert sorted(set(ground.store.trips) - {"touch_login"}) == ["claim", "login", "records"]


async def test_use_is_written_down(ground: Ground) -> None:
    client = await signed_in(ground)
    await client.send("GET", HOME)
    await asyncio.gather(*ground.gateway.auth._background._tasks)
    (login,) = await tokens_of(ground)
    assert 0 <= time.time() - login.last_used < TOUCH_SECONDS


async def test_record_of_a_token(ground: Ground) -> None:
    client = await signed_in(ground)
    (login,) = await tokens_of(ground)
    assert (login.name, login.kind, login.consumer, login.read_only) == ("Test client", "oauth", client.key, False)
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    assert vault.open(login.sealed, client.token).decode() == f"{TOKEN}alice"
    assert vault.open(login.secret, client.token).decode() == client.token_secret


async def test_revoked_token_ends_at_once(ground: Ground) -> None:
    client = await signed_in(ground)
    other = await signed_in(ground)
    assert (await client.send("GET", HOME)).status_code == 200
    account = await ground.gateway.store.account_by_login("alice")
    mine = next(login for login in await tokens_of(ground) if login.consumer == client.key)
    assert await ground.gateway.store.remove_login(account.id, mine.id)
    assert (await client.send("GET", HOME)).status_code == 401
    assert (await other.send("GET", HOME)).status_code == 200


async def test_revoked_in_another_process(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shared")
    async with gateway_on(folder) as one, gateway_on(folder, world=one.world, people=()) as two:
        client = await signed_in(one)
        assert (await get(two, by_hand(client, "GET", BASE + HOME))).status == 200
        account = await one.gateway.store.account_by_login("alice")
        assert await one.gateway.store.remove_login(account.id, (await tokens_of(one))[0].id)
        assert (await get(two, by_hand(client, "GET", BASE + HOME))).status == 401


async def test_consumer_takes_its_tokens_along(ground: Ground) -> None:
    client, other = await signed_in(ground), await signed_in(ground, "bob")
    bob = OAuthClient(ground.client, client.key, client.secret)
    await bob.authorize(ground, "bob")
    assert await ground.gateway.consumers.revoke(client.key) == 2
    for program, status in ((client, 401), (bob, 401), (other, 200)):
        assert (await program.send("GET", HOME)).status_code == status


async def test_removed_account(ground: Ground) -> None:
    client = await signed_in(ground, "dave")
    assert (await client.send("GET", HOME)).status_code == 200
    await ground.gateway.store.remove_account((await ground.gateway.store.account_by_login("dave")).id)
    assert (await client.send("GET", HOME)).status_code == 401


@pytest.mark.parametrize("how", ["consumer", "asked", "person", "xauth"])
async def test_token_that_may_only_read(ground: Ground, how: str) -> None:
    consumer = await ground.gateway.consumers.add("", "Reader", read_only=how == "consumer")
    client = OAuthClient(ground.client, consumer.key, consumer.secret)
    if how == "xauth":
        await client.xauth("alice", await ground.login("alice", read_only=True))
    elif how == "asked":
        client.took(await client.send("POST", "/oauth/request_token", {"x_auth_access_type": "read"}, callback="oob"))
        assert (await ground.gateway.grants.pending(client.token)).read_only
        await client.access_token((await allow(ground, client.token)).verifier)
    else:
        await client.authorize(ground, read_only=how == "person")
    assert (await client.send("GET", HOME)).status_code == 200
    reply = await client.send("POST", UPDATE, {"status": "no"})
    assert (reply.status_code, reply.json()["error"]) == (403, "This login may only read.")
    assert not ground.world.posts


async def test_linked_anew_the_token_goes_on(ground: Ground) -> None:
    client = await signed_in(ground)
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    account = await ground.gateway.store.account_by_login("alice")
    await ground.gateway.auth.mark_broken(account)
    reply = await client.send("GET", HOME)
    assert reply.status_code == 403
    assert reply.json()["error"].startswith(LINK_AGAIN)
    await Logins(ground.gateway.store, vault, ground.connections).link(ground.world.base_url, f"{TOKEN}alice")
    assert (await client.send("GET", HOME)).status_code == 200
    (login,) = await tokens_of(ground)
    assert vault.open(login.sealed, client.token).decode() == f"{TOKEN}alice"


async def test_store_that_is_away(ground: Ground) -> None:
    client = await signed_in(ground)
    await client.send("GET", HOME)
    ground.store.away = True
    for url in (HOME, "/oauth/request_token"):
        reply = await client.send("POST", url)
        assert reply.status_code == 503
        assert reply.headers["retry-after"] == "5"
    ground.store.away = False
    assert (await client.send("GET", HOME)).status_code == 200


async def test_records_are_read_again_after_an_hour(ground: Ground) -> None:
    client = await signed_in(ground)
    await client.send("GET", HOME)
    ground.gateway.auth._access._clock = lambda: time.time() + KEPT_SECONDS + 1
    ground.store.trips.clear()
    await client.send("GET", HOME)
    assert {"login", "records"} <= set(ground.store.trips)


async def test_pages_of_other_sites_sign_nothing(ground: Ground) -> None:
    client = await signed_in(ground)
    reply = await client.send("GET", HOME, headers={"Origin": "https://evil.example"})
    assert reply.status_code == 403


async def plainly(ground: Ground, authorization: str, target: str) -> Got:
    """Over the listener without TLS."""

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        await ground.app({**scope, PLAIN_HTTP: True}, receive, send)

    reply = await send(app, "GET", target, [("Authorization", authorization), ("Host", "gateway.test")], [b""])
    assert reply is not None
    return reply


@pytest.mark.parametrize("allowed", [True, False])
async def test_listener_without_tls(ground: Ground, allowed: bool) -> None:
    client = await client_on(ground)
    await client.authorize(ground, plain_http=allowed)
    reply = await plainly(ground, by_hand(client, "GET", "http://gateway.test" + HOME), HOME)
    assert reply.status == (200 if allowed else 403)
    if not allowed:
        assert reply.json()["error"] == NOT_THIS_LOGIN


@pytest.mark.parametrize("allowed", [True, False])
async def test_three_steps_without_tls(ground: Ground, allowed: bool) -> None:
    client = await client_on(ground)
    here = "http://gateway.test/oauth/"
    made = by_hand(client, "GET", f"{here}request_token", token=None, callback="oob")
    told = dict(parse_qsl((await plainly(ground, made, "/oauth/request_token")).body.decode()))
    client.token, client.token_secret = told["oauth_token"], told["oauth_token_secret"]
    assert (await ground.gateway.grants.pending(client.token)).plain_http
    yes = await allow(ground, client.token, plain_http=allowed)
    made = by_hand(client, "GET", f"{here}access_token", verifier=yes.verifier)
    reply = await plainly(ground, made, "/oauth/access_token")
    assert reply.status == (200 if allowed else 403)
    assert (reply.body.startswith(b"oauth_token=")) == allowed


async def test_xauth_without_tls(ground: Ground) -> None:
    client, store = await client_on(ground), ground.gateway.store
    password = ground.passwords["alice"]
    pairs = [("x_auth_mode", "client_auth"), ("x_auth_username", "alice"), ("x_auth_password", password)]
    query = "&".join(f"{name}={value}" for name, value in pairs)

    async def ask() -> Got:
        made = by_hand(client, "GET", "http://gateway.test/oauth/access_token", pairs, token=None)
        return await plainly(ground, made, f"/oauth/access_token?{query}")

    assert (await ask()).status == 403
    account = await store.account_by_login("alice")
    (login,) = await store.logins(account.id)
    await store.put_login(msgspec.structs.replace(login, plain_http=True))
    assert (await ask()).status == 200
    assert [token.plain_http for token in await tokens_of(ground)] == [True]
