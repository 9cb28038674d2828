"""Which addresses are public, and that the check stands where the socket is made."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import Unavailable
from adapters.guard import Forbidden, Guard, is_public, pair
from adapters.transport import Ask, Transport
from tests.adapters.conftest import AGENT
from tests.adapters.far_server import FarServer

PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1", "2002:101:101::1"]
FORBIDDEN = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%lo",
    "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
    "192.0.0.8", "192.0.0.9", "192.88.99.1", "3fff::1", "2001::1", "2001:0:7f00:1::", "::ffff:0:7f00:1", "100::1",
    "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "64:ff9b::", "64:ff9b:1::101:101", "2002:c000:1::", "5f00::1", "fec0::",
    "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1", "::127.0.0.1", "::ffff:169.254.169.254",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_other_addresses_do_not(address: str) -> None:
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: object) -> None:
    plain = is_public(str(address))
    assert is_public(f"::ffff:{address}") == plain
    assert is_public(f"64:ff9b::{address}") == plain


def test_the_allow_list_holds_exact_pairs() -> None:
    assert pair("LocalHost:8080") == ("localhost", 8080)
    assert pair("[::1]:80") == ("::1", 80)
    for wrong in ("localhost", "localhost:", ":80", "localhost:http", ""):
        with pytest.raises(ValueError, match=r"host:port|invalid literal"):
            pair(wrong)


def test_a_socket_is_only_made_for_what_was_entered() -> None:
    guard, info = Guard(["127.0.0.1:80"]), (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    guard.enter("http", "127.0.0.1", None)
    guard.socket(info).close()
    for scheme, host, port in (("https", "127.0.0.1", None), ("https", "localhost", 80), ("https", "127.0.0.1", 81)):
        guard.enter(scheme, host, port)
        with pytest.raises(Forbidden, match="not public"):
            guard.socket(info)


def test_without_tls_only_what_is_listed_is_entered() -> None:
    guard = Guard(["social.example:80", "[2606:4700:4700::1111]:8080"])
    guard.enter("http", "Social.Example", None)
    guard.enter("http", "2606:4700:4700::1111", 8080)
    guard.enter("https", "other.example", None)
    for host, port in (("social.example", 81), ("other.example", 80), ("www.social.example", 80)):
        with pytest.raises(Forbidden, match="TLS"):
            guard.enter("http", host, port)


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_no_spelling_of_loopback_is_reached(far: FarServer, host: str, scheme: str) -> None:
    transport = Transport(AGENT, seconds=2)
    try:
        with pytest.raises(Unavailable):
            await transport.send(Ask("GET", f"{scheme}://{host}:{far.port}/", []))
    finally:
        await transport.close()
    assert far.connections == 0


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["ftp://example.org/", "file:///etc/passwd", "gopher://127.0.0.1/", "http://"])
async def test_only_the_web_is_asked(transport: Transport, url: str) -> None:
    with pytest.raises(Unavailable):
        await transport.send(Ask("GET", url, []))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://far.example/a.png?b=http://c", "https://far.example/a.png?b=http://c"),
        ("http://far.example", "https://far.example"),
        ("https://far.example/a.png", "https://far.example/a.png"),
        ("http://listed.example/a.png", "http://listed.example/a.png"),
        ("http://Listed.Example/a.png", "http://Listed.Example/a.png"),
        ("http://far.example:8080/a.png", "http://far.example:8080/a.png"),
        ("http://[::1]/a.png", "http://[::1]/a.png"),
    ],
)
def test_what_is_refused_without_tls_is_asked_for_with_it(url: str, asked: str) -> None:
    assert Guard(["listed.example:80"]).secured(url) == asked
