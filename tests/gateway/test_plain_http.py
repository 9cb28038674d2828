"""The listener without TLS: off by default, calls only, and only for logins that were made for it."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from gateway import listeners
from gateway.logins import Device, Logins
from gateway.plain_http import NO_PAGES, NOT_THIS_LOGIN, PLAIN_HTTP, Marked
from gateway.problems import Problem
from gateway.server import Server, configured
from gateway.settings import Settings
from gateway.vault import open_vault
from tests.gateway.edge import Edge, Got, basic, send
from tests.gateway.test_photo_page import CLOSED, address, keep
from tests.gateway.test_serve import OLDBIRD, environment
from tests.gateway_harness import BASE, TOKEN, Ground
from tests.secrets_used import heard

pytestmark = pytest.mark.anyio
TEST, HOME = "/api/help/test.json", "/api/statuses/home_timeline"
PLAIN_BASE = "http://lan.test:8091"


async def over_plain(edge: Edge, path: str, name: str = "alice", method: str = "GET") -> Got:
    """A request that came over the listener without TLS."""

    async def marked(scope: Any, receive: Any, sending: Any) -> None:
        await edge.app({**scope, PLAIN_HTTP: True}, receive, sending)

    reply = await send(marked, method, path, [basic(name), ("Host", "lan.test:8091")], [])
    assert reply is not None
    return reply


@pytest.mark.parametrize("path", [TEST, HOME + ".json", HOME + ".xml", "/1.1/statuses/home_timeline.json"])
async def test_only_marked_logins_come_in(path: str) -> None:
    edge = Edge()
    refused = await over_plain(edge, path)
    assert refused.status == 403
    assert NOT_THIS_LOGIN.encode() in refused.body
    assert edge.asked == []
    assert (await over_plain(edge, path, "plain")).status == 200
    assert (await edge.get(path)).status == 200  # the main listener takes both
    assert (await edge.get(path, login=False, headers=[basic("plain")])).status == 200


async def test_a_wrong_password_is_401_there_too() -> None:
    assert (await over_plain(Edge(), HOME + ".json", "stranger")).status == 401


async def test_nobody_is_served_where_the_operator_named_a_backend() -> None:
    edge = Edge()
    nobody = edge.session()
    nobody.login.id = ""  # type: ignore[misc]
    edge.anonymous_session = nobody

    async def marked(scope: Any, receive: Any, sending: Any) -> None:
        await edge.app({**scope, PLAIN_HTTP: True}, receive, sending)

    reply = await send(marked, "GET", "/api/users/show.json?screen_name=bob", [("Host", "lan.test")], [])
    assert reply is not None
    assert reply.status == 200


@pytest.mark.parametrize(
    "path",
    ["/", "/connect", "/connect/", "/CONNECT", "/settings", "/settings/oauth", "/static/style.css", "/oauth/authorize",
     "/oauth/authorize?oauth_token=x", "/api/oauth/authorize", "/1.1/oauth/authorize", "/api//oauth/authorize/",
     "//connect", "/index.php?pagename=connect", "/index.php?pagename=oauth/authorize"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
async def test_no_page_for_people_is_there(path: str, method: str) -> None:
    reply = await over_plain(Edge(), path, "plain", method)
    assert reply.status == 403
    assert "location" not in reply.headers
    assert method == "HEAD" or NO_PAGES.encode() in reply.body


async def test_what_is_beside_the_calls(lan: httpx.AsyncClient) -> None:
    edge = Edge()
    assert (await over_plain(edge, "/livez")).body == b"ok\n"
    assert (await over_plain(edge, "/api/no/such.json")).status == 501
    assert (await lan.get("/photo/" + "0" * 32 + "-0.png")).text == "There is no such photo.\n"


async def password_for(ground: Ground, *, plain_http: bool) -> str:
    """A further password of alice's."""
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    logins = Logins(ground.gateway.store, vault, ground.connections)
    device = Device(name="old phone", plain_http=plain_http)
    return (await logins.link(ground.world.base_url, TOKEN + "alice", device=device)).password


@pytest.fixture
async def lan(ground: Ground) -> AsyncIterator[httpx.AsyncClient]:
    """A client on the listener without TLS."""
    way = httpx.ASGITransport(app=Marked(ground.app, 8091))
    async with httpx.AsyncClient(transport=way, base_url=PLAIN_BASE, trust_env=False, timeout=60) as client:
        yield client


async def test_a_login_is_let_in_and_kept_out_at_once(ground: Ground, lan: httpx.AsyncClient) -> None:
    ordinary = ("alice", await password_for(ground, plain_http=False))
    marked = ("alice", await password_for(ground, plain_http=True))
    for _ in range(2):  # from the store, then from memory
        assert (await lan.get(f"{HOME}.json", auth=ordinary)).status_code == 403
        assert (await lan.get(f"{HOME}.json", auth=marked)).status_code == 200
    for _, password in (ordinary, marked):
        assert (await ground.request("GET", "statuses/home_timeline", password=password)).status == 200
    vault = await open_vault(ground.gateway.settings.data_dir, ground.gateway.store)
    logins = Logins(ground.gateway.store, vault, ground.connections)
    for login in await logins.list("alice"):
        await logins.let_plain_http("alice", login.id, allowed=not login.plain_http)
    assert (await lan.get(f"{HOME}.json", auth=ordinary)).status_code == 200
    assert (await lan.get(f"{HOME}.json", auth=marked)).status_code == 403


async def test_addresses_in_replies_are_those_the_device_can_reach(ground: Ground, lan: httpx.AsyncClient) -> None:
    """The configured base URL is the one with TLS, which it cannot speak."""
    auth = ("alice", await password_for(ground, plain_http=True))
    reply = (await lan.get("/api/statusnet/config.json", auth=auth)).json()
    usual = (await ground.get("statusnet/config")).json
    assert usual["site"]["textlimit"] == reply["site"]["textlimit"]
    assert BASE not in (await lan.get("/api/statuses/nothing.json", auth=auth)).text
    for found, base in ((reply, PLAIN_BASE), (usual, BASE)):
        assert base.partition("://")[2] in json.dumps(found)


class Marks:
    """Answers whether the request was marked."""

    async def __call__(self, scope: Any, receive: Any, sending: Any) -> None:
        """One request."""
        body = b"plain" if PLAIN_HTTP in scope else b"main"
        headers = [(b"content-length", b"%d" % len(body))]
        await sending({"type": "http.response.start", "status": 200, "headers": headers})
        await sending({"type": "http.response.body", "body": body})


async def test_the_mark_is_of_the_listener_whatever_the_request_says() -> None:
    settings = Settings(port=0, plain_http="127.0.0.1:0", trusted_proxies=("127.0.0.1",))
    with listeners.listening(settings) as found:
        main, plain = found.main
        server = Server(configured(Marked(Marks(), listeners.port_of(plain)), settings))
        running = asyncio.create_task(server.serve(sockets=found.main))
        told = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": f"127.0.0.1:{listeners.port_of(main)}"}
        async with httpx.AsyncClient(trust_env=False) as client:
            for headers in ({}, told, {"Host": listeners.address(main).removeprefix("http://")}):
                assert (await client.get(listeners.address(plain), headers=headers)).text == "plain"
                assert (await client.get(listeners.address(main), headers=headers)).text == "main"
        server.should_exit = True
        await running


async def test_where_the_listener_is_not_known_it_is_the_one_without_tls() -> None:
    seen: list[bool] = []

    async def app(scope: Any, receive: Any, sending: Any) -> None:
        seen.append(PLAIN_HTTP in scope)

    for server in (None, ("127.0.0.1", 8091), ("127.0.0.1", 8090), ("/run/sock", None)):
        await Marked(app, 8091)({"type": "http", "server": server}, None, None)  # type: ignore[arg-type]
    assert seen == [True, True, False, False]


def test_it_is_off_by_default_and_needs_a_port_of_its_own() -> None:
    with listeners.listening(Settings(port=0)) as found:
        assert (len(found.main), found.metrics) == (1, [])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    same = Settings(host="127.0.0.2", port=port, plain_http=f"127.0.0.1:{port}")
    with pytest.raises(Problem, match="different ports"), listeners.listening(same):
        pass
    for wrong in ("127.0.0.1:99999", "256.0.0.1:0"):
        given = Settings(port=0, plain_http=wrong)
        with pytest.raises(Problem, match="setting plain_http"), listeners.listening(given):
            pass


def test_the_command_opens_both(tmp_path: Path) -> None:
    settings = environment(tmp_path, plain_http="127.0.0.1:0", base_url="https://gate.example")
    with subprocess.Popen([*OLDBIRD, "serve"], env=settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = next(line for line in iter(process.stderr.readline, "") if "Listening at" in line)
        main, plain = json.loads(line)["message"].removeprefix("Listening at ").split(" and, without TLS, ")
        with httpx.Client(trust_env=False) as client:
            for url in (main, plain):
                assert client.get(f"{url}/api/help/test.json").json() == "ok"
                assert client.get(f"{url}/api/statuses/home_timeline.json").status_code == 401
            assert client.get(main).status_code == 200
            assert client.get(plain).status_code == 403
        process.terminate()
        heard("oldbird serve", process.stderr.read())
        assert process.wait(20) == 0


async def test_a_private_photo_is_not_shown_to_a_login_that_may_not_come_this_way(
    ground: Ground, lan: httpx.AsyncClient
) -> None:
    path = (await address(ground, await keep(ground, **CLOSED))).partition("?")[0]
    for plain_http, status in ((False, 404), (True, 200)):
        auth = ("alice", await password_for(ground, plain_http=plain_http))
        assert (await ground.client.get(path, auth=auth)).status_code == 200
        assert (await lan.get(path, auth=auth)).status_code == status
