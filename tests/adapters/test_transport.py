"""The one way out: headers, cookies, connections, budgets, redirects, retries."""

from __future__ import annotations

import gzip
import os

import pytest

from adapters.errors import BackendError, BadAnswer, OutcomeUnknown, Slow, Unavailable
from adapters.transport import Answer, Ask, Transport
from tests.adapters.conftest import AGENT
from tests.adapters.far_server import CUT, HANG, FarServer, Reply, Scripted, far_server

pytestmark = pytest.mark.anyio
RESET = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"


async def get(transport: Transport, far: FarServer, path: str = "/x", *, secret: bool = False) -> Answer:
    return await transport.send(Ask("GET", far.url + path, [], secret=secret))


async def post(transport: Transport, far: FarServer) -> Answer:
    return await transport.send(Ask("POST", f"{far.url}/x", [("Content-Type", "text/plain")], b"hello"))


async def test_every_request_says_who_asks_and_what_it_takes(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", json=[])
    assert (await get(transport, far)).body == b"[]"
    headers = far.asked[0].headers
    assert headers["user-agent"] == AGENT
    assert headers["accept"] == "application/json"
    assert headers["accept-encoding"] == "gzip"
    assert "authorization" not in headers


async def test_a_cookie_never_comes_back(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", json=[], headers={"Set-Cookie": "session=1; Path=/"})
    for _ in range(2):
        await get(transport, far)
    assert len(far.asked) == 2
    assert not [asked for asked in far.asked if "cookie" in asked.headers]


async def test_proxies_and_netrc_of_the_environment_are_ignored(
    far: FarServer, transport: Transport, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    netrc = os.path.join(tmp_path, "netrc")  # noqa: PTH118
    with open(netrc, "w") as file:  # noqa: ASYNC230, PTH123
        file.write("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", netrc)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    far.on("GET", "/x", json=[])
    await get(transport, far)
    assert "authorization" not in far.asked[0].headers


async def test_connections_are_kept_unless_told(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", json=[])
    for keep in (True, True, False, False):
        await transport.send(Ask("GET", f"{far.url}/x", [], keep=keep))
    assert [asked.connection for asked in far.asked] == [1, 1, 2, 3]


async def test_gzip_is_read(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", Reply(body=gzip.compress(b"[1]"), headers=(("Content-Encoding", "gzip"),)))
    assert (await get(transport, far)).body == b"[1]"


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(body=b"x" * 50_001), BadAnswer),
        (Reply(body=gzip.compress(b"x" * 50_001), headers=(("Content-Encoding", "gzip"),)), BadAnswer),
        (Reply(body=b"no gzip", headers=(("Content-Encoding", "gzip"),)), BadAnswer),
        (b"nonsense\r\n\r\n", BadAnswer),
        (HANG, Slow),
        (CUT, Unavailable),
        (RESET, Unavailable),
    ],
)
@pytest.mark.hasty
async def test_what_a_read_makes_of_trouble(
    far: FarServer, transport: Transport, reply: Scripted, error: type[BackendError]
) -> None:
    far.on("GET", "/x", reply)
    with pytest.raises(error) as caught:
        await get(transport, far)
    assert type(caught.value) is error


@pytest.mark.parametrize("reply", [CUT, HANG, RESET, b"nonsense\r\n\r\n", Reply(body=b"x" * 50_001)])
@pytest.mark.hasty
async def test_a_write_is_sent_once_and_may_have_worked(far: FarServer, transport: Transport, reply: Scripted) -> None:
    far.on("POST", "/x", reply)
    with pytest.raises(OutcomeUnknown):
        await post(transport, far)
    assert len(far.asked) == 1


@pytest.mark.parametrize("trouble", [CUT, RESET])
async def test_a_cut_read_is_asked_again_on_a_new_connection(
    far: FarServer, transport: Transport, trouble: Scripted
) -> None:
    far.once("GET", "/x", trouble)
    far.on("GET", "/x", json=[])
    assert (await get(transport, far)).status == 200
    assert [asked.connection for asked in far.asked] == [1, 2]


async def test_a_cut_read_is_asked_twice_at_most(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", CUT)
    with pytest.raises(Unavailable):
        await get(transport, far)
    assert len(far.asked) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_server_that_is_not_there_has_done_nothing(method: str) -> None:
    async with far_server() as gone:
        pass
    transport = Transport(AGENT, allow_hosts=[gone.pair], seconds=1)
    with pytest.raises(Unavailable):
        await transport.send(Ask(method, f"{gone.url}/x", []))
    await transport.close()


async def test_a_read_follows_redirects_on_its_host(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", Reply(301, headers=(("Location", "/y?a=1"),)))
    far.on("GET", "/y", json=["y"])
    assert (await get(transport, far, secret=True)).body == b'["y"]'
    assert far.asked[1].query == [("a", "1")]


async def test_a_token_does_not_follow_to_another_host(far: FarServer, transport: Transport) -> None:
    far.on("GET", "/x", Reply(302, headers=(("Location", f"http://localhost:{far.port}/y"),)))
    with pytest.raises(BadAnswer):
        await get(transport, far, secret=True)
    assert far.paths() == ["GET /x"]


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/y", "http://localhost:{port}/y", "http://[::1]:{port}/", "file:///etc/passwd",
     "https://127.0.0.1:1/y", "https://localhost:{port}/y", "https://[::1]:{port}/", "https://2130706433:{port}/"],
)  # fmt: skip
async def test_every_hop_is_checked(far: FarServer, transport: Transport, target: str) -> None:
    far.on("GET", "/x", Reply(302, headers=(("Location", target.format(port=far.port)),)))
    with pytest.raises(Unavailable):
        await get(transport, far)
    assert far.paths() == ["GET /x"]


@pytest.mark.parametrize("headers", [(("Location", "/x"),), (), (("Location", "http://a:b/"),)])
async def test_redirects_that_lead_nowhere(
    far: FarServer, transport: Transport, headers: tuple[tuple[str, str], ...]
) -> None:
    far.on("GET", "/x", Reply(302, headers=headers))
    with pytest.raises(BadAnswer):
        await get(transport, far)
    assert len(far.asked) <= 4


async def test_a_write_is_not_redirected(far: FarServer, transport: Transport) -> None:
    far.on("POST", "/x", Reply(307, headers=(("Location", "/y"),)))
    assert (await post(transport, far)).status == 307
    assert far.paths() == ["POST /x"]
