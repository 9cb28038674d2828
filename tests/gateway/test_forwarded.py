"""What is believed of a proxy's headers, and from whom."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.forwarded import Forwarded, address, network
from gateway.problems import Problem

pytestmark = pytest.mark.anyio
Headers = list[tuple[str, str]]
PROXY = "10.0.0.1"


async def seen(
    trusted: tuple[str, ...], headers: Headers, *, peer: str | None = PROXY, server: Any = ("127.0.0.1", 8090)
) -> dict[str, Any]:
    """The scope as the application behind gets it."""
    got: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        got.update(scope)

    scope = {
        "type": "http", "scheme": "http", "client": (peer, 1234) if peer is not None else None, "server": server,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in [("Host", "inner"), *headers]],
    }  # fmt: skip
    await Forwarded(app, trusted)(scope, None, None)  # type: ignore[arg-type]
    return got


def host(scope: dict[str, Any]) -> str:
    """The one Host header."""
    (found,) = (value.decode() for name, value in scope["headers"] if name == b"host")
    return str(found)


TOLD: Headers = [
    ("X-Forwarded-For", "192.0.2.9"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "gate.example:8443"),
]  # fmt: skip


@pytest.mark.parametrize("trusted", [(PROXY,), ("10.0.0.0/8",), ("10.0.0.9/8",), ("::1", "10.0.0.1/32")])
@pytest.mark.parametrize("peer", [PROXY, f"::ffff:{PROXY}"])
async def test_a_trusted_proxy_is_believed(trusted: tuple[str, ...], peer: str) -> None:
    scope = await seen(trusted, TOLD, peer=peer)
    assert (scope["client"][0], scope["scheme"], host(scope)) == ("192.0.2.9", "https", "gate.example:8443")


@pytest.mark.parametrize("trusted", [(), ("10.0.0.2",), ("unix",), ("::/0",)])
async def test_nobody_else_is_and_nothing_behind_can_read_it(trusted: tuple[str, ...]) -> None:
    scope = await seen(trusted, TOLD)
    assert (scope["client"][0], scope["scheme"]) == (PROXY, "http")
    assert scope["headers"] == [(b"host", b"inner")]


async def test_who_comes_over_the_socket() -> None:
    server = ("/run/oldbird.sock", None)
    scope = await seen(("unix",), TOLD, peer=None, server=server)
    assert (scope["client"][0], scope["scheme"], host(scope)) == ("192.0.2.9", "https", "gate.example:8443")
    assert (await seen((PROXY,), TOLD, peer=None, server=server))["scheme"] == "http"
    for unknown in (None, ("127.0.0.1", 8090)):  # no peer, but no socket either
        assert (await seen(("unix",), TOLD, peer=None, server=unknown))["scheme"] == "http"


@pytest.mark.parametrize(
    ("lines", "client"),
    [
        (["192.0.2.9"], "192.0.2.9"),
        (["1.1.1.1, 192.0.2.9"], "192.0.2.9"),  # the client made up the first
        (["1.1.1.1", "192.0.2.9, 10.0.0.7"], "192.0.2.9"),  # two proxies in a row
        (["10.0.0.8, 10.0.0.7"], "10.0.0.8"),  # all trusted
        (["1.1.1.1, unknown, 10.0.0.7"], "10.0.0.7"),
        (["1.1.1.1, _hidden"], PROXY),
        (["192.0.2.9:4711"], "192.0.2.9"),
        (["[2001:DB8::1]:4711"], "2001:db8::1"),
        (["2001:db8::1"], "2001:db8::1"),
        (["::ffff:192.0.2.9"], "192.0.2.9"),
        ([""], PROXY),
        ([","], PROXY),
        (["\xff, 127.0.0.1; DROP"], PROXY),
    ],
)
async def test_the_client_is_the_last_address_that_is_no_proxy(lines: list[str], client: str) -> None:
    scope = await seen(("10.0.0.0/8",), [("X-Forwarded-For", line) for line in lines])
    assert scope["client"][0] == client


@pytest.mark.parametrize(
    ("value", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http", "http"), ("https, http", "http"), ("ftp", "http"), ("", "http")],
)
async def test_the_scheme_is_the_nearest_proxys_word(value: str, scheme: str) -> None:
    assert (await seen((PROXY,), [("X-Forwarded-Proto", value)]))["scheme"] == scheme


@pytest.mark.parametrize(
    "value", ["", "a b", "evil.example/", "a@b", "\xe4.example", "gate.example:123456", "x" * 300, "a.example, "]
)
async def test_a_host_that_can_be_none_is_not_taken(value: str) -> None:
    assert host(await seen((PROXY,), [("X-Forwarded-Host", value)])) in {"inner", value.strip(", ")}
    assert host(await seen((PROXY,), [("X-Forwarded-Host", value)])) in {"inner", "a.example"}


async def test_an_ordinary_request_is_handed_on_as_it_is() -> None:
    scope = await seen((PROXY,), [("Accept", "*/*")])
    assert scope["headers"] == [(b"host", b"inner"), (b"accept", b"*/*")]
    assert scope["client"] == (PROXY, 1234)


async def test_a_proxy_that_is_not_believed_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        """Takes anything."""

    forwarded = Forwarded(app)
    for number in (1, 1, 2, *range(3, 30)):
        scope = {"type": "http", "client": (f"10.0.0.{number}", 1), "headers": [(b"x-forwarded-for", b"192.0.2.9")]}
        await forwarded(scope, None, None)  # type: ignore[arg-type]
    ours = [record.getMessage() for record in caplog.records if record.name == "oldbird.proxies"]
    assert ours[:2] == [
        f"10.0.0.{number} forwards, but is not believed: if it is your proxy, add it to trusted_proxies"
        for number in (1, 2)
    ]
    assert len(ours) == 8


@pytest.mark.parametrize("entry", ["*", "proxy.example", "10.0.0.0/33", "10.0.0.1:80", ""])
def test_an_entry_that_is_no_network_stops_the_start(entry: str) -> None:
    with pytest.raises(Problem, match="trusted_proxies"):
        Forwarded(lambda *_: None, (entry,))  # type: ignore[arg-type, return-value]
    with pytest.raises(Problem):
        network(entry)


def test_addresses_in_their_usual_form() -> None:
    assert address(" 192.0.2.1 ") == "192.0.2.1"
    assert address("fe80::1%eth0") == "fe80::1"
    assert address("for=192.0.2.1") == ""
