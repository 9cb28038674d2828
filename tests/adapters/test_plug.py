"""The plug on raw sockets: what a server may do to one connection, and what becomes of the next request."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx2 as httpx
import pytest

from adapters import plug as plugs
from adapters.errors import BadAnswer
from adapters.guard import Guard
from adapters.plug import FRESH, Plug

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"
MAX = 50_000
Serve = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Raw:
    """A server that hands each request's head to `serve`. `heads` in order, `ended` counts closed connections."""

    def __init__(self) -> None:
        self.port = self.connections = 0
        self.heads: list[bytes] = []
        self.serve: Serve = says(HELLO)
        self.ended = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head)
                await self.serve(head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended.set()
            writer.close()

    def start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.accept(reader, writer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def says(*parts: bytes, close: bool = False) -> Serve:
    """Answers everything with these bytes, each part after the one before was sent."""

    async def serve(_: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        if close:
            writer.close()
            await writer.wait_closed()

    return serve


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    """The server."""
    found = Raw()
    server = await asyncio.start_server(found.start, "127.0.0.1", 0, backlog=512)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    server.close()
    for task in tuple(found.tasks):
        task.cancel()
    await asyncio.gather(*found.tasks, return_exceptions=True)


@pytest.fixture
async def plug(raw: Raw) -> AsyncIterator[Plug]:
    """The plug, allowed to reach it under two names."""
    guard = Guard([f"127.0.0.1:{raw.port}", f"localhost:{raw.port}"])
    found = Plug(guard, connect=5, max_bytes=MAX)
    yield found
    await found.aclose()


Ask = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def ask(raw: Raw, plug: Plug) -> AsyncIterator[Ask]:
    """Sends a request through httpx and the plug."""
    async with httpx.AsyncClient(transport=plug, trust_env=False, timeout=None) as client:

        async def sent(method: str = "GET", host: str = "127.0.0.1", **more: object) -> httpx.Response:
            request = httpx.Request(method, f"http://{host}:{raw.port}/x?a=%20b", **more)  # type: ignore[arg-type]
            return await client.send(request)

        yield sent


def chunked(*parts: bytes) -> bytes:
    """A chunked body with an extension and a trailer."""
    return b"".join(b"%x;a=b\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\nContent-Type: text/x\r\n\r\n"


def packed(body: bytes) -> bytes:
    """An answer in gzip."""
    return OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


WHOLE = [
    ("length", says(HELLO), b"hello"),
    ("byte by byte", says(*(HELLO[i : i + 1] for i in range(len(HELLO)))), b"hello"),
    ("chunked", says(OK + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(b"hel", b"lo")), b"hello"),
    ("empty", says(OK + b"Content-Length: 0\r\n\r\n"), b""),
    ("gzip", says(packed(gzip.compress(b"hello"))), b"hello"),
    ("nothing in gzip", says(packed(b"")), b""),
    ("1xx", says(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early\r\nLink: <a>\r\n\r\n" + HELLO), b"hello"),
    ("1xx in one piece", says(b"HTTP/1.1 103 Early\r\nContent-Length: 9\r\n\r\n" + HELLO), b"hello"),
    ("204", says(b"HTTP/1.1 204 No Content\r\n\r\n"), b""),
    ("304", says(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), b""),
    ("at the bound", says(OK + b"Content-Length: %d\r\n\r\n" % MAX + b"x" * MAX), b"x" * MAX),
    ("many headers", says(OK + b"X-A: b\r\n" * 500 + b"Content-Length: 5\r\n\r\nhello"), b"hello"),
]


@pytest.mark.parametrize(("serve", "body"), [case[1:] for case in WHOLE], ids=[case[0] for case in WHOLE])
async def test_a_whole_answer_and_its_connection_is_used_again(raw: Raw, ask: Ask, serve: Serve, body: bytes) -> None:
    raw.serve = serve
    for _ in range(3):
        assert (await ask()).content == body
    assert raw.connections == 1


LAST = [
    ("close", says(OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", close=True), b"hello"),
    ("said but not done", says(OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello"), b"hello"),
    ("until the end", says(OK + b"\r\nhel", b"lo", close=True), b"hello"),
    ("1.0", says(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"), b"hello"),
    (
        "gzip until the end",
        says(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello"), close=True),
        b"hello",
    ),
]


@pytest.mark.parametrize(("serve", "body"), [case[1:] for case in LAST], ids=[case[0] for case in LAST])
async def test_a_whole_answer_that_is_the_connections_last(raw: Raw, ask: Ask, serve: Serve, body: bytes) -> None:
    raw.serve = serve
    for _ in range(2):
        assert (await ask()).content == body
    assert raw.connections == 2


BROKEN = [
    ("cut before", says(close=True), httpx.ReadError),
    ("cut in the head", says(OK, close=True), httpx.ReadError),
    ("cut after 1xx", says(b"HTTP/1.1 100 Continue\r\n\r\n", close=True), httpx.ReadError),
    ("cut in the body", says(HELLO[:-1], close=True), httpx.ReadError),
    ("cut in a chunk", says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", close=True), httpx.ReadError),
    ("no last chunk", says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", close=True), httpx.ReadError),
    ("nonsense", says(b"nonsense\r\n\r\n"), httpx.RemoteProtocolError),
    ("two lengths", says(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n"), httpx.RemoteProtocolError),
    ("two framings", says(OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"), httpx.RemoteProtocolError),
    ("no chunk", says(OK + b"Transfer-Encoding: chunked\r\n\r\nhello\r\n"), httpx.RemoteProtocolError),
    ("longer than said", says(HELLO + b" and more"), httpx.RemoteProtocolError),
    ("two answers", says(HELLO + HELLO), httpx.RemoteProtocolError),
    ("more after close", says(OK + b"Connection: close\r\nContent-Length: 1\r\n\r\nab"), httpx.RemoteProtocolError),
    (
        "another protocol",
        says(b"HTTP/1.1 101 Now\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        httpx.RemoteProtocolError,
    ),
    ("too large", says(OK + b"Content-Length: 50001\r\n\r\n" + b"x" * 50_001), BadAnswer),
    ("endless", says(OK + b"\r\n", b"x" * 50_001), BadAnswer),
    ("endless head", says(OK, b"X-A: b\r\n" * 10_000), BadAnswer),
    ("endless header", says(OK + b"X-A: ", b"b" * 70_000), BadAnswer),
    ("endless wrapping", says(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"a" * 600_000), BadAnswer),
    ("bomb", says(packed(gzip.compress(b"x" * 50_001))), BadAnswer),
    ("no gzip", says(packed(b"hello")), BadAnswer),
    ("half a gzip", says(packed(gzip.compress(b"hello")[:-4])), BadAnswer),
    ("not asked for", says(OK + b"Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello"), BadAnswer),
]


@pytest.mark.parametrize(("serve", "error"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
async def test_trouble_has_a_name_and_ends_with_its_request(
    raw: Raw, ask: Ask, serve: Serve, error: type[Exception]
) -> None:
    raw.serve = serve
    with pytest.raises(error) as caught:
        await ask()
    assert type(caught.value) is error
    assert len(raw.heads) == 1
    raw.serve = says(HELLO)
    assert (await ask()).content == b"hello"


async def test_head_has_no_body(raw: Raw, ask: Ask) -> None:
    raw.serve = says(OK + b"Content-Length: 5\r\n\r\n")
    assert (await ask("HEAD")).content == b""
    raw.serve = says(HELLO)
    assert (await ask()).content == b"hello"


async def test_a_request_as_it_is_written(raw: Raw, ask: Ask) -> None:
    async def serve(_: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raw.heads.append(await reader.readexactly(100_000))
        writer.write(HELLO)

    raw.serve = serve
    await ask("POST", content=b"x" * 100_000, headers={"X-Name": "a: b"})
    start = f"POST /x?a=%20b HTTP/1.1\r\nHost: 127.0.0.1:{raw.port}\r\n"
    assert raw.heads == [start.encode() + b"X-Name: a: b\r\nContent-Length: 100000\r\n\r\n", b"x" * 100_000]


async def test_the_headers_somebody_reads_come_along(raw: Raw, ask: Ask) -> None:
    raw.serve = says(OK + b"LINK: <a>; rel=next\r\nX-Other: 1\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")
    assert dict((await ask()).headers) == {"content-type": "application/json", "link": "<a>; rel=next"}


@pytest.mark.parametrize("name", ["X\r\nY", "X:", "X Y", "", "X\0"])
async def test_a_name_that_is_none_is_not_sent(raw: Raw, ask: Ask, name: str) -> None:
    with pytest.raises(httpx.ConnectError):
        await ask(headers={name: "a"})
    assert raw.connections == 0


@pytest.mark.parametrize("value", ["a\r\nX-Y: b", "a\nb", "a\rb", "a\0b"])
async def test_a_value_stays_in_its_line(raw: Raw, ask: Ask, value: str) -> None:
    with pytest.raises(httpx.ConnectError):
        await ask(headers={"X": value})
    assert raw.connections == 0


async def test_a_fresh_connection_is_new_and_closed(raw: Raw, ask: Ask) -> None:
    await ask()
    raw.ended.clear()
    await ask(extensions={FRESH: True})
    async with asyncio.timeout(5):
        await raw.ended.wait()
    assert raw.connections == 2
    assert b"\r\nConnection: close\r\n" in raw.heads[1]
    await ask()
    assert raw.connections == 2


async def test_hosts_do_not_share_connections(raw: Raw, ask: Ask) -> None:
    await ask(host="127.0.0.1")
    await ask(host="localhost")
    assert raw.connections == 2


@pytest.mark.parametrize("after", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_a_kept_connection_that_ended_or_spoke_is_not_used(
    raw: Raw, plug: Plug, ask: Ask, after: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask()
    ((wire,),) = plug.idle.values()
    go, gone = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(wire, "connection_lost", lambda _: gone.set())

    async def late(_: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HELLO)
        await go.wait()
        writer.write(after)
        writer.close()

    raw.serve = late
    await ask()
    go.set()
    async with asyncio.timeout(5):
        await gone.wait()
    raw.serve = says(HELLO)
    assert (await ask()).content == b"hello"
    assert raw.connections == 2


async def test_an_idle_connection_is_closed_in_time(
    raw: Raw, plug: Plug, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugs, "KEEP_SECONDS", 0.01)
    await ask()
    async with asyncio.timeout(5):
        await raw.ended.wait()
    assert plug.idle == {}
    assert plug.sweeper is None
    await ask()
    assert raw.connections == 2


async def test_what_was_cancelled_does_not_answer_the_next(raw: Raw, ask: Ask) -> None:
    asked = asyncio.Event()
    await ask()

    async def hang(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    raw.serve = hang
    task = asyncio.create_task(ask())  # type: ignore[arg-type]
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    raw.serve = says(HELLO)
    assert (await ask()).content == b"hello"
    assert raw.connections == 2


async def test_two_hundred_at_once(raw: Raw, plug: Plug, ask: Ask) -> None:
    waiting, all_there = [0], asyncio.Event()

    async def serve(head: bytes, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting[0] += 1
        if waiting[0] == 200:
            all_there.set()
        await all_there.wait()
        number = head.partition(b"X-Number: ")[2].partition(b"\r\n")[0]
        writer.write(OK + b"Content-Length: %d\r\n\r\n%b" % (len(number), number))

    raw.serve = serve
    for _ in range(2):
        waiting[0] = 0
        all_there.clear()
        async with asyncio.timeout(20):
            answers = await asyncio.gather(*(ask(host="localhost", headers={"X-Number": str(n)}) for n in range(200)))
        assert [int(answer.content) for answer in answers] == [*range(200)]
    assert raw.connections == 200
    assert [len(stack) for stack in plug.idle.values()] == [200]


async def test_an_answer_before_the_request_was_taken_ends_the_connection(raw: Raw, ask: Ask) -> None:
    async def serve(_: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n")
        await asyncio.Event().wait()

    raw.serve = serve
    assert (await ask("POST", content=bytes(32_000_000))).status_code == 413
    raw.serve = says(HELLO)
    async with asyncio.timeout(5):
        assert (await ask()).content == b"hello"
    assert raw.connections == 2
