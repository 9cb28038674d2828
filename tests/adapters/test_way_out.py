"""What DESIGN section 8 promises of outgoing traffic, against names that lie and servers that want us elsewhere."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx2 as httpx
import pytest

from adapters import dial
from adapters.connect import Connections
from adapters.dial import Dialer, Origin
from adapters.errors import BackendError, BadAnswer, Unavailable
from adapters.guard import Guard
from adapters.transport import Ask, Transport
from adapters.upstream import DOCUMENT_BYTES
from adapters.wire import Wire
from tests.adapters.conftest import AGENT
from tests.adapters.far_server import FarServer, Reply, far_server
from tests.adapters.samples import play

pytestmark = pytest.mark.anyio
PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"


class Names:
    """A name server that changes its mind: each lookup takes the next answer, the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> list[Any]:
        self.asked += 1
        await asyncio.sleep(0)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


class Dialled:
    """Where sockets were connected to; none ever gets there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.to: list[str] = []

        async def connect(_: Any, made: socket.socket, address: tuple[str, int]) -> None:
            self.to.append(address[0])
            raise OSError("nobody there")

        monkeypatch.setattr(type(asyncio.get_running_loop()), "sock_connect", connect)


def wire() -> Wire:
    return Wire(memoryview(bytearray(1024)), 1024)


async def refused(dialer: Dialer, host: str = "a.example", port: int = 443) -> None:
    """Dial in vain."""
    with pytest.raises(httpx.ConnectError):
        await dialer.open(Origin("https", host, host, port), wire)


async def test_a_name_is_not_asked_again_between_check_and_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    names, dialled = Names([PUBLIC], ["127.0.0.1"]), Dialled(monkeypatch)
    monkeypatch.setattr(dial, "looked_up", names)
    await refused(Dialer(Guard(), 5))
    assert (dialled.to, names.asked) == ([PUBLIC], 1)


async def test_a_name_that_leads_inside_the_next_time_is_refused_then(monkeypatch: pytest.MonkeyPatch) -> None:
    names, dialled = Names([PUBLIC], ["127.0.0.1"], ["10.0.0.1", "::ffff:127.0.0.1"]), Dialled(monkeypatch)
    monkeypatch.setattr(dial, "looked_up", names)
    monkeypatch.setattr(dial, "NAME_SECONDS", -1.0)
    dialer = Dialer(Guard(), 5)
    for _ in range(3):
        await refused(dialer)
    assert (dialled.to, names.asked) == ([PUBLIC], 3)


async def test_a_private_address_among_public_ones_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    dialled = Dialled(monkeypatch)
    monkeypatch.setattr(dial, "looked_up", Names(["10.0.0.1", PUBLIC, "169.254.169.254", OTHER]))
    await refused(Dialer(Guard(), 5))
    assert dialled.to == [PUBLIC, OTHER]


@pytest.mark.parametrize(
    ("allowed", "host", "port", "reached"),
    [
        ("inside.example:443", "inside.example", 443, True),
        ("inside.example:443", "inside.example", 8443, False),
        ("inside.example:443", "www.inside.example", 443, False),
        ("inside.example:443", "10.0.0.1", 443, False),  # its address, but not its name
        ("10.0.0.1:443", "inside.example", 443, False),  # and the other way round
        ("10.0.0.1:443", "10.0.0.1", 443, True),
        ("10.0.0.1:443", "10.0.0.2", 443, False),
    ],
)
async def test_an_exception_is_that_host_and_that_port(
    monkeypatch: pytest.MonkeyPatch, allowed: str, host: str, port: int, reached: bool
) -> None:
    dialled = Dialled(monkeypatch)
    monkeypatch.setattr(dial, "looked_up", Names([host if host[0].isdigit() else "10.0.0.1"]))
    await refused(Dialer(Guard([allowed]), 5), host, port)
    assert bool(dialled.to) == reached


async def test_an_exception_ends_with_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks in turn and at once: what one of them may do, the others may not."""
    dialled = Dialled(monkeypatch)
    monkeypatch.setattr(dial, "looked_up", Names(["10.0.0.1"]))
    dialer = Dialer(Guard(["inside.example:443"]), 5)
    hosts = ["inside.example", "a.example", "b.example", "inside.example"]
    for host in hosts:
        await refused(dialer, host)
    await asyncio.gather(*(refused(dialer, host) for host in hosts))
    assert len(dialled.to) == 4


@pytest.fixture
async def stranger() -> AsyncIterator[FarServer]:
    """A server on loopback that the operator did not list."""
    async with far_server() as server:
        yield server


def sent_to(far: FarServer, target: str) -> None:
    """Whatever is asked, the answer is elsewhere."""
    far.otherwise = Reply(302, headers=(("Location", target),))


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001"])
async def test_an_instance_that_redirects_to_loopback(
    far: FarServer, stranger: FarServer, connections: Connections, scheme: str, host: str
) -> None:
    sent_to(far, f"{scheme}://{host}:{stranger.port}/api/v2/instance")
    with pytest.raises(BackendError):
        await connections.backend(far.url, None)
    assert far.asked
    assert stranger.connections == 0


async def test_a_token_is_not_sent_where_an_instance_redirects(far: FarServer, connections: Connections) -> None:
    async with far_server() as other:
        connections.transport.guard.allowed |= {("127.0.0.1", other.port)}  # reachable, and still not for the token
        play(far, "mastodon")
        backend = await connections.backend(far.url, "tok-redirected-1")
        far.usual.clear()
        sent_to(far, f"{other.url}/api/v1/accounts/verify_credentials")
        with pytest.raises(BadAnswer):
            await backend.me()
        assert other.connections == 0


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("path", ["/.well-known/nodeinfo", "/api/v2/instance"])
async def test_ten_megabytes_about_an_instance(far: FarServer, path: str, packed: bool) -> None:
    """Far less than a timeline may have."""
    play(far, "mastodon")
    body = b'{"title": "' + b"x" * 10_000_000 + b'"}'
    headers = (("Content-Encoding", "gzip"),) if packed else ()
    far.on("GET", path, Reply(body=gzip.compress(body, 1) if packed else body, headers=headers))
    far.on("GET", "/api/v1/instance", Reply(body=body))
    connections = Connections(AGENT, [far.pair], 5.0, 1 << 24)
    with pytest.raises(BadAnswer):
        await connections.backend(far.url, None)
    await connections.close()


async def test_a_smaller_bound_holds_for_one_answer_only(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", Reply(body=b"x" * 2000))
    for most, fits in ((2000, True), (1999, False), (0, True), (10**9, True)):
        ask = Ask("GET", f"{far.url}/x", [], most=most)
        if fits:
            assert len((await transport.send(ask)).body) == 2000
        else:
            with pytest.raises(BadAnswer):
                await transport.send(ask)
    far.on("GET", "/x", Reply(body=b"x" * 50_001))
    with pytest.raises(BadAnswer):  # it makes no other bound larger
        await transport.send(Ask("GET", f"{far.url}/x", [], most=10**9))
    assert DOCUMENT_BYTES < 10_000_000


async def test_plain_http_is_only_for_whom_the_operator_lists() -> None:
    transport = Transport(AGENT, seconds=2)
    with pytest.raises(Unavailable):
        await transport.send(Ask("GET", f"http://{PUBLIC}/", []))
    await transport.close()


def test_what_is_sent_does_not_show_its_token() -> None:
    ask = Ask("POST", "https://a.example/x?code=c0de-1", [("Authorization", "Bearer tok-1")], b"password=p")
    assert repr(ask) == "Ask(POST https://a.example/x)"
