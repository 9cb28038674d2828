"""What answers mean: errors by status and content type, both kinds of 429, limits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from adapters.backend import RateState
from adapters.errors import (
    BackendError,
    BadAnswer,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    Slow,
    TokenGone,
    Unavailable,
    Unsupported,
)
from adapters.transport import Transport
from adapters.upstream import LONGEST_WAIT, Upstream
from tests.adapters.conftest import Clock
from tests.adapters.far_server import FarServer, Reply

pytestmark = pytest.mark.anyio
HTML = Reply(200, b"<h1>It works</h1>", kind="text/html")

READS: list[tuple[int, type[BackendError]]] = [
    (304, BadAnswer), (400, Rejected), (401, TokenGone), (403, Refused), (404, Missing), (405, Unsupported),
    (406, Rejected), (410, Missing), (413, Rejected), (418, Rejected), (422, Rejected), (500, BadAnswer),
    (502, BadAnswer), (503, Unavailable), (504, Slow),
]  # fmt: skip


@pytest.fixture
def make(far: FarServer, transport: Transport, clock: Clock) -> Callable[..., Upstream]:
    """An instance with chosen properties."""
    return lambda **chosen: Upstream(transport, far.url, clock=clock, **chosen)


@pytest.mark.parametrize(("status", "error"), READS)
@pytest.mark.parametrize("body", [b'{"error":"Geheim"}', b"<h1>Geheim</h1>", b""])
async def test_the_status_alone_decides(
    far: FarServer, make: Callable[..., Upstream], status: int, error: type[BackendError], body: bytes
) -> None:
    far.on("GET", "/x", Reply(status, body, kind="application/json" if body[:1] == b"{" else "text/html"))
    with pytest.raises(error) as caught:
        await make().get("/x", "secret")
    assert type(caught.value) is error
    assert "Geheim" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [(502, OutcomeUnknown), (504, OutcomeUnknown), (500, BadAnswer), (503, Unavailable), (422, Rejected)],
)
async def test_a_proxy_that_lost_its_server_leaves_a_write_open(
    far: FarServer, make: Callable[..., Upstream], status: int, error: type[BackendError]
) -> None:
    far.on("POST", "/x", Reply(status))
    with pytest.raises(error) as caught:
        await make().write("POST", "/x", "secret", json={})
    assert type(caught.value) is error


async def test_a_401_to_nobody_is_no_lost_token(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.on("GET", "/x", Reply(401))
    with pytest.raises(Refused):
        await make().get("/x", None)


async def test_html_is_no_answer(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.on("GET", "/x", HTML)
    far.on("POST", "/x", HTML)
    with pytest.raises(BadAnswer):
        await make().get("/x")
    with pytest.raises(OutcomeUnknown):
        await make().write("POST", "/x", None, json={})


async def test_software_may_mean_something_else(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.on("DELETE", "/x", Reply(401))
    with pytest.raises(Refused):
        await make(errors={("DELETE", 401): Refused}).call("DELETE", "/x", "secret")


async def test_the_token_goes_with_each_request(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.on("GET", "/x", json=[])
    upstream = make()
    for token in ("one", None, "two"):
        await upstream.get("/x", token, [("types[]", "a b")])
    assert [asked.headers.get("authorization") for asked in far.asked] == ["Bearer one", None, "Bearer two"]
    assert far.asked[0].query == [("types[]", "a b")]


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ((("Retry-After", "30"),), 30),
        ((("Retry-After", "120"), ("Retry-After", "Wed, 18 Nov 2026 11:00:00 GMT")), 120),
        ((("Retry-After", "Wed, 18 Nov 2026 11:07:20 GMT"),), 40),
        ((("X-RateLimit-Reset", "2026-11-18T11:08:20.123456Z"),), 100),
        ((("X-RateLimit-Reset", "1795000050"),), 50),
        ((("X-RateLimit-Reset", "soon"),), 60),
        ((("X-RateLimit-Reset", "2026-11-18T00:00:00Z"),), 1),
        ((("Retry-After", "99999999"),), LONGEST_WAIT),
        ((), 60),
    ],
)
async def test_both_kinds_of_429_say_how_long(
    far: FarServer, make: Callable[..., Upstream], headers: tuple[tuple[str, str], ...], wait: int
) -> None:
    far.on("GET", "/x", Reply(429, headers=headers))
    with pytest.raises(RateLimited) as caught:
        await make().get("/x")
    assert caught.value.retry_after == wait


async def test_a_429_pauses_the_server_until_then(far: FarServer, make: Callable[..., Upstream], clock: Clock) -> None:
    far.on("GET", "/y", json=[])
    far.on("GET", "/x", Reply(429, headers=(("X-RateLimit-Reset", "2026-11-18T11:08:20Z"),)))
    upstream = make()
    with pytest.raises(RateLimited):
        await upstream.get("/x", "alice")
    clock.now += 40
    with pytest.raises(RateLimited) as caught:
        await upstream.get("/y", "bob")
    assert caught.value.retry_after == 60
    assert far.paths() == ["GET /x"]
    clock.now += 61
    await upstream.get("/y", "bob")


@pytest.mark.parametrize(
    ("method", "header", "paused"),
    [
        ("GET", ("X-RateLimit-Reset", "2026-11-18T11:08:20Z"), {"alice"}),
        ("POST", ("X-RateLimit-Reset", "2026-11-18T11:08:20Z"), set()),
        ("GET", ("Retry-After", "30"), {"alice", "bob"}),
    ],
)
async def test_where_limits_are_per_account_others_go_on(
    far: FarServer, make: Callable[..., Upstream], method: str, header: tuple[str, str], paused: set[str]
) -> None:
    far.on("GET", "/y", json=[])
    far.on(method, "/x", Reply(429, headers=(header,)))
    upstream = make(per_token=True)
    with pytest.raises(RateLimited):
        await upstream.call(method, "/x", "alice")
    found = set()
    for token in ("alice", "bob"):
        try:
            await upstream.get("/y", token)
        except RateLimited:
            found.add(token)
    assert found == paused


async def test_a_503_says_how_long(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.once("GET", "/x", Reply(503, b"<html>", (("Retry-After", "120"), ("Retry-After", "Wed")), "text/html"))
    far.once("GET", "/x", Reply(503))
    for wait in (120, 30):
        with pytest.raises(Unavailable) as caught:
            await make().get("/x")
        assert caught.value.retry_after == wait


async def test_limits_are_remembered_by_token(far: FarServer, make: Callable[..., Upstream]) -> None:
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "17", "X-RateLimit-Reset": "2026-11-18T11:10:00.5Z"}
    far.on("GET", "/x", json=[], headers=headers)
    far.on("POST", "/x", json={}, headers={**headers, "X-RateLimit-Limit": "30"})
    far.on("GET", "/odd", json=[], headers={"X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "-"})
    upstream = make()
    await upstream.get("/x", "alice")
    await upstream.write("POST", "/x", "alice", json={})
    await upstream.get("/odd", "alice")
    assert upstream.rate_state("alice") == RateState(limit=300, remaining=17, reset=1_795_000_200)
    assert upstream.rate_state("bob") == upstream.rate_state(None) == RateState()


async def test_no_more_connections_than_agreed(far: FarServer, make: Callable[..., Upstream]) -> None:
    far.on("GET", "/x", json=[])
    far.gate = asyncio.Event()
    upstream = make(connections=2)
    calls = [asyncio.create_task(upstream.get("/x")) for _ in range(6)]
    for _ in range(500):
        await asyncio.sleep(0)
    assert far.running == 2
    far.gate.set()
    await asyncio.gather(*calls)
    assert far.most_running == 2


@pytest.mark.hasty
async def test_waiting_for_a_turn_is_bounded_too(far: FarServer, make: Callable[..., Upstream]) -> None:
    upstream = make(connections=1)
    await upstream.slots.acquire()
    with pytest.raises(Slow) as caught:
        await upstream.write("POST", "/x", None, json={})
    assert type(caught.value) is Slow
    assert far.paths() == []
