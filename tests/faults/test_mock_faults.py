"""Samples of the fault matrix through the real adapter: a Mastodon server over HTTP that misbehaves as told."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from gateway.app import create_app
from gateway.logins import Logins
from gateway.services import open_gateway
from gateway.settings import Settings
from gateway.vault import open_vault
from tests import shapes
from tests.mock_server import TOKENS, MockServer

HOME, POST, ME = "/api/v1/timelines/home", "/api/v1/statuses", "/api/v1/accounts/verify_credentials"
LATE: dict[str, Any] = {"type": "latency", "delay_ms": 1500}

READS: tuple[tuple[str, dict[str, Any], set[int]], ...] = (
    ("401", {"status": 401}, {403}),
    ("403", {"status": 403}, {403}),
    ("404", {"status": 404}, {404}),
    ("410", {"status": 410}, {404}),
    ("418", {"status": 418}, {400, 502}),
    ("422", {"status": 422}, {400}),
    ("429", {"type": "ratelimit"}, {429}),
    ("429 without a word", {"status": 429}, {429}),
    ("500", {"status": 500}, {502}),
    ("502", {"status": 502}, {502, 503}),
    ("503", {"status": 503}, {503}),
    ("half a JSON", {"type": "malformed"}, {502}),
    ("no JSON", {"type": "malformed", "truncate": False}, {502}),
    ("an object for a list", {"status": 200, "body": {"a": 1}}, {502}),
    ("a list of nonsense", {"status": 200, "body": [1, None, {}, {"id": "1"}, "x"]}, {200, 502}),
    ("null", {"status": 200, "body": None}, {502}),
    ("too late", LATE, {504}),
)

FURTHER = {
    "search": "/api/v2/search",
    "blocks/list": "/api/v1/blocks",
    "friendships/incoming": "/api/v1/follow_requests",
    "friendica/notifications": "/api/v1/notifications",
    "friendica/group_show": "/api/v1/lists",
    "statuses/networkpublic_timeline": "/api/v1/timelines/public",
    "direct_messages": "/api/v1/conversations",
}
"""Call to the far side's path it cannot do without."""
FORMS = {"search": {"q": "radio"}}


class Client:
    """A legacy client of a real gateway before the mock."""

    def __init__(self, client: httpx.AsyncClient, mock: MockServer, password: str) -> None:
        self.http, self.mock, self.password = client, mock, password

    async def ask(self, method: str, path: str, format: str = "json", **form: str) -> httpx.Response:
        """Checked: the documented error in the asked format, without anything secret."""
        reply = await self.http.request(method, f"/api/{path}.{format}", data=form or None)
        for secret in (*TOKENS.values(), self.password, "Traceback", self.mock.url + "/api"):
            assert secret not in reply.text
        if reply.status_code != 200:
            shapes.validate_error(reply.status_code, format, reply.content, dict(reply.headers))
        return reply

    def posts(self, text: str) -> int:
        """How many statuses of alice hold the text, as the server says itself."""
        headers = {"Authorization": f"Bearer {TOKENS['alice']}"}
        me = self.mock.client.get(ME, headers=headers).json()["id"]
        listed = self.mock.client.get(f"/api/v1/accounts/{me}/statuses", headers=headers).json()
        return sum(text in status["content"] for status in listed)


@pytest.fixture
async def client(tmp_path: Path, mock: MockServer, patience: float) -> AsyncIterator[Client]:
    """Alice, linked."""
    settings = Settings(data_dir=tmp_path, allow_hosts=(mock.pair,), upstream_seconds=patience)
    async with open_gateway(settings) as gateway:
        vault = await open_vault(tmp_path, gateway.store)
        linked = await Logins(gateway.store, vault, gateway.connections).link(mock.url, TOKENS["alice"])
        app: Any = create_app(gateway)
        auth, transport = ("alice", linked.password), httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test", auth=auth) as http:
            assert (await http.get("/api/statuses/home_timeline.json")).status_code == 200
            yield Client(http, mock, linked.password)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("effect", "expected"),
    [pytest.param(*row, id=name, marks=pytest.mark.hasty if LATE in row else ()) for name, *row in READS],
)
async def test_a_reading_call_says_what_is_wrong(client: Client, effect: dict[str, Any], expected: set[int]) -> None:
    client.mock.fault({"type": "status"} | effect, path=HOME)
    for format in ("json", "xml"):
        reply = await client.ask("GET", "statuses/home_timeline", format)
        assert reply.status_code in expected, reply.text
        assert ("retry-after" in reply.headers) == (reply.status_code in {429, 503})


@pytest.mark.anyio
@pytest.mark.parametrize(("call", "far"), FURTHER.items(), ids=FURTHER)
@pytest.mark.parametrize("kind", ["503", "half a JSON", "a list of nonsense", "null", "429"])
async def test_the_calls_of_the_friendica_half_say_it_too(client: Client, call: str, far: str, kind: str) -> None:
    effect, expected = next(row[1:] for row in READS if row[0] == kind)
    client.mock.fault({"type": "status"} | effect, path=far)
    for format in ("json", "xml"):
        reply = await client.ask("POST" if call == "search" else "GET", call, format, **FORMS.get(call, {}))
        assert reply.status_code in expected | {200} if kind == "a list of nonsense" else expected, (call, reply.text)


@pytest.mark.anyio
async def test_one_failing_call_leaves_the_others_alone(client: Client) -> None:
    client.mock.fault({"type": "malformed"}, path=HOME)
    assert (await client.ask("GET", "statuses/home_timeline")).status_code == 502
    for path in ("statuses/public_timeline", "statuses/mentions", "favorites", "account/verify_credentials"):
        assert (await client.ask("GET", path)).status_code == 200, path


@pytest.mark.anyio
@pytest.mark.parametrize("status", [400, 403, 422, 500])
async def test_a_refused_post_can_be_sent_again(client: Client, status: int) -> None:
    client.mock.fault({"type": "status", "status": status}, path=POST, count=1)
    first = await client.ask("POST", "statuses/update", status="again and again")
    assert first.status_code == {400: 400, 403: 403, 422: 400, 500: 502}[status]
    assert (await client.ask("POST", "statuses/update", status="again and again")).status_code == 200
    assert client.posts("again and again") == 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "effect",
    [{"type": "malformed"}, {"type": "status", "status": 502}, pytest.param(LATE, marks=pytest.mark.hasty)],
    ids=str,
)
async def test_a_post_whose_answer_is_lost_is_never_sent_again(client: Client, effect: dict[str, Any]) -> None:
    client.mock.fault(effect, path=POST, count=1)
    answers = [await client.ask("POST", "statuses/update", status="only once") for _ in range(3)]
    assert {answer.status_code for answer in answers} <= {200, 504}
    assert client.posts("only once") <= 1


@pytest.mark.anyio
async def test_a_failing_server_puts_no_secret_into_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for _, effect, _ in READS[::4]:
        client.mock.reset()
        client.mock.fault({"type": "status"} | effect)
        await client.ask("GET", "statuses/home_timeline")
        await client.ask("POST", "statuses/update", status=f"while {effect}")
    written = "\n".join(f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records)
    assert written
    for secret in (*TOKENS.values(), client.password):
        assert secret not in written
