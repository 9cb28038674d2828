"""Making connections: names, addresses in turn, time, TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters import dial
from adapters.dial import Dialer, Origin, origin
from adapters.guard import Guard
from adapters.plug import Plug
from adapters.wire import Wire
from tests.adapters.far_server import FarServer

pytestmark = pytest.mark.anyio
Look = Callable[..., list[Any]]


def wire() -> Wire:
    return Wire(memoryview(bytearray(1024)), 1024)


def at(port: int, *addresses: str) -> list[Any]:
    """What a name server would say."""
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The answers of name lookups by name, and how many were made."""
    answers: dict[str, Any] = {"made": 0}

    async def looked_up(host: str, port: int) -> list[Any]:
        answers["made"] += 1
        await asyncio.sleep(0)
        if host not in answers:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return at(port, *answers[host])

    monkeypatch.setattr(dial, "looked_up", looked_up)
    return answers


async def dialled(dialer: Dialer, host: str, port: int) -> str:
    """Open and close a connection; the address it went to."""
    made = await dialer.open(Origin("http", host, host, port), wire)
    peer = made.transport.get_extra_info("peername")[0]
    made.close()
    return str(peer)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/x", Origin("http", "a.example", "a.example", 80)),
        ("https://A.example:8443/", Origin("https", "a.example", "a.example", 8443)),
        ("https://bücher.example/", Origin("https", "bücher.example", "xn--bcher-kva.example", 443)),
        ("http://[::1]:81/", Origin("http", "::1", "::1", 81)),
    ],
)
def test_where_an_address_leads(url: str, expected: Origin) -> None:
    assert origin(httpx.URL(url)) == expected


async def test_the_next_address_is_tried(far: FarServer, lookups: dict[str, Any]) -> None:
    dialer = Dialer(Guard([f"a.example:{far.port}"]), 5)
    lookups["a.example"] = ["127.9.9.9", "127.0.0.1"]
    assert await dialled(dialer, "a.example", far.port) == "127.0.0.1"


async def test_each_address_is_checked_by_itself(far: FarServer, lookups: dict[str, Any]) -> None:
    dialer = Dialer(Guard(), 5)
    lookups["a.example"] = ["127.0.0.1", "10.0.0.1", "169.254.169.254"]
    with pytest.raises(httpx.ConnectError):
        await dialer.open(Origin("https", "a.example", "a.example", far.port), wire)
    assert lookups["made"] == 1
    assert far.connections == 0


async def test_a_name_is_looked_up_once(far: FarServer, lookups: dict[str, Any]) -> None:
    dialer = Dialer(Guard([f"a.example:{far.port}"]), 5)
    lookups["a.example"] = ["127.0.0.1"]
    await asyncio.gather(*(dialled(dialer, "a.example", far.port) for _ in range(5)))
    await dialled(dialer, "a.example", far.port)
    assert lookups["made"] == 1


async def test_a_name_is_looked_up_again_later_and_after_a_failure(
    far: FarServer, lookups: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialer = Dialer(Guard([f"a.example:{far.port}"]), 5)
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            await dialled(dialer, "a.example", far.port)
    assert lookups["made"] == 2
    monkeypatch.setattr(dial, "NAME_SECONDS", -1.0)
    lookups["a.example"] = ["127.0.0.1"]
    for _ in range(2):
        await dialled(dialer, "a.example", far.port)
    assert lookups["made"] == 4


async def test_the_systems_names(far: FarServer) -> None:
    dialer = Dialer(Guard([f"localhost:{far.port}"]), 5)
    assert await dialled(dialer, "localhost", far.port) == "127.0.0.1"
    for name in ("a" * 70 + ".example", "a..example"):
        with pytest.raises(httpx.ConnectError):
            await dialled(dialer, name, far.port)


async def test_a_slow_name_is_given_up_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = asyncio.Event()

    async def never(host: str, port: int) -> list[Any]:
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    monkeypatch.setattr(dial, "looked_up", never)
    dialer = Dialer(Guard(["a.example:80"]), 0.01)
    with pytest.raises(httpx.ConnectTimeout):
        await dialled(dialer, "a.example", 80)
    await dialer.aclose()
    assert ended.is_set()


async def test_a_slow_server_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        dialer = Dialer(Guard([f"127.0.0.1:{port}"]), 0.05)
        with pytest.raises(httpx.ConnectTimeout):
            await dialer.open(Origin("https", "127.0.0.1", "127.0.0.1", port), wire)


class Secure:
    """A TLS server for a.example that answers 95 KB, and what trusts it."""

    def __init__(self, folder: Path) -> None:
        self.port, self.body = 0, b"x" * 95_000
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])
        now = datetime.now(UTC)
        start = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        dated = start.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
        named = dated.add_extension(x509.SubjectAlternativeName([x509.DNSName("a.example")]), critical=False)
        certificate = named.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "both.pem").write_bytes(private + certificate)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "both.pem")
        self.trust = ssl.create_default_context(cadata=certificate.decode())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(self.body) + self.body)
        except (asyncio.IncompleteReadError, OSError):
            writer.transport.abort()


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Secure]:
    """The server, running."""
    found = Secure(tmp_path)
    async with await asyncio.start_server(found.serve, "127.0.0.1", 0, ssl=found.context) as server:
        found.port = server.sockets[0].getsockname()[1]
        yield found


@pytest.mark.parametrize(("host", "trusted"), [("a.example", True), ("b.example", True), ("a.example", False)])
async def test_tls_tells_who_answers(
    secure: Secure, lookups: dict[str, Any], monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setattr(dial, "tls", lambda: secure.trust)
    lookups[host] = ["127.0.0.1"]
    plug = Plug(Guard([f"{host}:{secure.port}"]), connect=5, max_bytes=100_000)
    request = httpx.Request("GET", f"https://{host}:{secure.port}/")
    if trusted and host == "a.example":
        for _ in range(3):
            assert (await plug.handle_async_request(request)).content == secure.body
        assert [len(stack) for stack in plug.idle.values()] == [1]
    else:
        with pytest.raises(httpx.ConnectError):
            await plug.handle_async_request(request)
    await plug.aclose()
