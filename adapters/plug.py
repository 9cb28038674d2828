"""The plug under httpx: kept connections, answers read whole, gzip undone in one bounded step (docs/adr/0004).

Connections are made and checked in `adapters.dial`, used in `adapters.wire`. Errors have httpx's names.
"""

from __future__ import annotations

import asyncio
import zlib
from functools import lru_cache
from weakref import WeakSet

import httpx2 as httpx

from adapters.dial import Dialer, origin
from adapters.errors import BadAnswer
from adapters.guard import Guard
from adapters.wire import KEPT, PACKING, Reply, Wire

KEEP_SECONDS = 15.0
BUFFER = 1 << 18
"""Bytes taken from the system at once: most timelines whole."""

FRESH = "fresh"
"""Request extension: use a new connection and close it afterwards."""

MOST = "most"
"""Request extension: the most bytes of this answer, packed and unpacked; 0: as many as of any."""

NOTHING = httpx.ByteStream(b"")
Place = tuple[str, bytes]
"""Scheme and network location: connections to the same place are alike."""


class Plug(httpx.AsyncBaseTransport):
    """`connect` are seconds for making a connection, `max_bytes` bounds one answer, packed and unpacked.

    Limits per backend are kept by `upstream`: a connection is taken from the top of its stack, or made.
    """

    def __init__(self, guard: Guard, *, connect: float, max_bytes: int) -> None:
        self.dialer, self.max_bytes = Dialer(guard, connect), max_bytes
        self.buffer = memoryview(bytearray(BUFFER))
        self.idle: dict[Place, list[Wire]] = {}
        self.wires: WeakSet[Wire] = WeakSet()
        self.sweeper: asyncio.TimerHandle | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange, never repeated. Raises httpx.HTTPError, BadAnswer."""
        url, content, keep = request.url, request.read(), FRESH not in request.extensions
        place, head = (url.scheme, url.netloc), written(request, len(content), keep=keep)
        wire = self.kept(place) if keep else None
        if wire is None:
            wire = await self.dialer.open(origin(url), self.wire)
        most = int(request.extensions.get(MOST, 0))
        reply = await wire.exchange(head, content, keep=keep, most=most)
        if wire.open:
            self.keep(place, wire)
        return Whole(reply, self.plain(reply, most))

    def wire(self) -> Wire:
        """A connection to be."""
        wire = Wire(self.buffer, self.max_bytes)
        self.wires.add(wire)
        return wire

    def kept(self, place: Place) -> Wire | None:
        """The connection to this place that was used last, if it still lives."""
        stack, oldest = self.idle.get(place), asyncio.get_running_loop().time() - KEEP_SECONDS
        while stack:
            wire = stack.pop()
            if wire.open and wire.since > oldest:
                return wire
            wire.close()
        return None

    def keep(self, place: Place, wire: Wire) -> None:
        """Put it on its stack, and see to it that somebody tidies up."""
        loop = asyncio.get_running_loop()
        wire.since = loop.time()
        self.idle.setdefault(place, []).append(wire)
        if self.sweeper is None:
            self.sweeper = loop.call_later(KEEP_SECONDS, self.sweep)

    def sweep(self) -> None:
        """Close what was not used for KEEP_SECONDS, forget what is closed, come back while anything is left."""
        loop = asyncio.get_running_loop()
        oldest = loop.time() - KEEP_SECONDS
        for place, stack in tuple(self.idle.items()):
            for wire in stack:
                if wire.since <= oldest:
                    wire.close()
            stack[:] = [wire for wire in stack if wire.open]
            if not stack:
                del self.idle[place]
        first = min((stack[0].since for stack in self.idle.values()), default=None)
        self.sweeper = None if first is None else loop.call_at(first + KEEP_SECONDS, self.sweep)

    def plain(self, reply: Reply, most: int = 0) -> bytes:
        """The body without its packing: gzip, the only one asked for. Raises BadAnswer."""
        packing = b",".join(value for name, value in reply.headers if name == PACKING).strip().lower()
        if packing in {b"", b"identity"} or not reply.body:
            return reply.body
        if packing not in {b"gzip", b"x-gzip"}:
            raise BadAnswer("The server's answer is damaged.")
        return unpacked(reply.body, min(most or self.max_bytes, self.max_bytes))

    async def aclose(self) -> None:
        """Close all connections, those in use too."""
        if self.sweeper:
            self.sweeper.cancel()
            self.sweeper = None
        for wire in tuple(self.wires):
            if wire.open:
                wire.close()
        self.idle.clear()
        await self.dialer.aclose()
        await asyncio.sleep(0)  # sockets are closed in the loop's next round


class Whole(httpx.Response):
    """An answer whose body is there: nothing is streamed, decoded or copied."""

    def __init__(self, reply: Reply, body: bytes) -> None:
        super().__init__(reply.status, headers=[pair for pair in reply.headers if pair[0] in KEPT], stream=NOTHING)
        self.body = body
        self.is_closed = self.is_stream_consumed = True

    @property
    def content(self) -> bytes:
        """The body."""
        return self.body

    async def aread(self) -> bytes:
        """The body."""
        return self.body


def unpacked(body: bytes, max_bytes: int) -> bytes:
    """What gzip holds, in one bounded step. Raises BadAnswer."""
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise BadAnswer("The server's answer is damaged.") from error
    if len(plain) > max_bytes:
        raise BadAnswer("The server's answer is too large.")
    if not unpacker.eof:
        raise BadAnswer("The server's answer is damaged.")
    return plain


OURS = frozenset({b"host", b"connection", b"content-length", b"transfer-encoding"})
SIZED = frozenset({"POST", "PUT", "PATCH"})
NAME = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def written(request: httpx.Request, size: int, *, keep: bool) -> bytes:
    """The head of a request with a body of `size` bytes. Raises httpx.ConnectError for what no head can hold."""
    method, url = request.method, request.url
    lines = [b"%b %b HTTP/1.1" % (method.encode(), url.raw_path), b"Host: " + url.netloc]
    lines += [start + value for name, value in request.headers.raw if (start := started(name))]
    if size or method in SIZED:
        lines.append(b"Content-Length: %d" % size)
    if not keep:
        lines.append(b"Connection: close")
    head = b"\r\n".join([*lines, b"", b""])
    if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1 or b"\0" in head:
        raise httpx.ConnectError("not sent: a line break in a header")
    return head


@lru_cache(256)
def started(name: bytes) -> bytes:
    """How a header's line starts; nothing for those that are written here. Raises httpx.ConnectError."""
    if not name or not NAME.issuperset(name):
        raise httpx.ConnectError("not sent: not a header's name")
    return b"" if name.lower() in OURS else name + b": "
