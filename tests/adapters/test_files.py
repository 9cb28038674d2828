"""Files are fetched without a token, from public addresses only, within bounds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.errors import BackendError, BadAnswer, Missing, Slow, Unavailable
from adapters.files import AT_ONCE, Files
from adapters.transport import Transport
from tests.adapters.conftest import Open
from tests.adapters.far_server import CUT, HANG, FarServer, Reply, far_server

pytestmark = pytest.mark.anyio
PNG = b"\x89PNG\r\n\x1a\n"
CAT = "/media/cat%20%C3%A4.png"
HERE = "/media/cat ä.png"
LOOPBACK = ("127.0.0.1", "localhost")


@pytest.fixture
async def stranger() -> AsyncIterator[FarServer]:
    """A server that the operator did not allow."""
    async with far_server() as server:
        yield server


async def test_no_token_goes_with_the_question(far: FarServer, open_backend: Open) -> None:
    backend = await open_backend("mastodon", token="secret")
    far.on("GET", HERE, Reply(body=PNG, kind="Image/PNG; charset=binary"))
    assert await backend.fetch(far.url + CAT) == (PNG, "image/png")
    [asked] = far.asked
    assert "authorization" not in asked.headers
    assert (asked.headers["accept"], asked.headers["user-agent"][:7]) == ("*/*", "oldbird")


async def test_a_file_of_no_type(far: FarServer, transport: Transport) -> None:
    far.on("GET", HERE, Reply(body=PNG, kind=""))
    assert await Files(transport).fetch(far.url + CAT) == (PNG, "application/octet-stream")


async def test_redirects_are_checked_hop_by_hop(far: FarServer, stranger: FarServer, transport: Transport) -> None:
    stranger.otherwise = Reply(body=PNG, kind="image/png")
    far.on("GET", "/a", Reply(302, headers=(("Location", "/b"),)))
    far.on("GET", "/b", Reply(body=PNG, kind="image/png"))
    assert (await Files(transport).fetch(f"{far.url}/a"))[0] == PNG
    loopback = [f"{scheme}://{host}:{stranger.port}/x" for scheme in ("http", "https") for host in LOOPBACK]
    for target in (*loopback, "file:///etc/hosts", "http://[::1]/"):
        far.on("GET", "/a", Reply(302, headers=(("Location", target),)))
        with pytest.raises((Unavailable, BadAnswer)):
            await Files(transport).fetch(f"{far.url}/a")
    far.on("GET", "/a", Reply(302, headers=(("Location", "/a"),)))
    with pytest.raises(BadAnswer):
        await Files(transport).fetch(f"{far.url}/a")
    assert stranger.connections == 0


async def test_addresses_that_are_not_public_are_not_reached(stranger: FarServer, transport: Transport) -> None:
    loopback = [f"{scheme}://{host}:{stranger.port}/x" for scheme in ("http", "https") for host in LOOPBACK]
    for url in (*loopback, "https://169.254.169.254/latest/meta-data"):
        with pytest.raises(Unavailable):
            await Files(transport).fetch(url)
    assert stranger.connections == 0


@pytest.mark.parametrize(
    "url", ["", "x", "/media/1.png", "ftp://far.example/x", "file:///etc/hosts", "http://", "http://a:b@far.example/x",
            "http://[", "javascript:x", "data:image/png;base64,AA"]
)  # fmt: skip
async def test_what_is_no_web_address_is_missing(transport: Transport, url: str) -> None:
    with pytest.raises(Missing):
        await Files(transport).fetch(url)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(404), Missing), (Reply(403), Missing), (Reply(410), Missing), (Reply(429), Unavailable),
        (Reply(503), Unavailable), (Reply(500), BadAnswer), (Reply(204), BadAnswer), (Reply(body=b""), BadAnswer),
        (Reply(body=b"x" * 60_000), BadAnswer), (CUT, Unavailable), (HANG, Slow),
    ],
)  # fmt: skip
@pytest.mark.hasty
async def test_what_can_go_wrong(
    far: FarServer, transport: Transport, reply: Reply | str, error: type[BackendError]
) -> None:
    far.on("GET", "/x", reply)
    with pytest.raises(error):
        await Files(transport).fetch(f"{far.url}/x")


@pytest.mark.hasty
async def test_only_a_few_are_held_at_once(far: FarServer, transport: Transport) -> None:
    files = Files(transport)
    for _ in range(AT_ONCE):
        await files.turns.acquire()
    with pytest.raises(Slow):
        await files.fetch(f"{far.url}/x")
    assert far.asked == []
