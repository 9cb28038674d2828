"""One HTTP/1.1 connection to a server: a request is written whole, its answer is read whole (docs/adr/0004).

llhttp (httptools) reads the answer. The head is bounded by `HEAD_BYTES`, the body by the plug's `max_bytes`.
"""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import httptools
import httpx2 as httpx

from adapters.errors import BadAnswer

HEAD_BYTES = 1 << 16
JOINED_BYTES = 1 << 16
"""A request up to this size goes out in one piece, head and body."""

KEPT = frozenset(
    {
        b"content-type",
        b"etag",
        b"link",
        b"location",
        b"retry-after",
        b"x-ratelimit-limit",
        b"x-ratelimit-remaining",
        b"x-ratelimit-reset",
    }
)
"""The headers of answers that somebody reads; servers send thirty."""

PACKING, FRAMING = b"content-encoding", frozenset({b"content-length", b"transfer-encoding"})
_WANTED = KEPT | FRAMING | {PACKING}

Pairs = list[tuple[bytes, bytes]]


class Reply(NamedTuple):
    """An answer as it came. Names of headers are in lower case; only what is KEPT or tells of the body is there."""

    status: int
    headers: Pairs
    body: bytes


class Wire(asyncio.BufferedProtocol):
    """A connection, used by one exchange at a time.

    `buffer` is where bytes arrive; what arrived is read before anything else runs, so all connections share one.
    `open` tells whether another exchange may use it, `since` from when on it has been idle (loop time).
    """

    transport: asyncio.Transport

    def __init__(self, buffer: memoryview, max_bytes: int) -> None:
        self.buffer, self.max_bytes, self.limit = buffer, max_bytes, max_bytes
        self.parser = httptools.HttpResponseParser(self)
        self.answer: asyncio.Future[Reply] | None = None
        self.open, self.since = False, 0.0
        self.begin(b"")

    async def exchange(self, head: bytes, content: bytes = b"", *, keep: bool = True, most: int = 0) -> Reply:
        """Send once and read the answer, of at most `most` bytes where that is less than `max_bytes`. A connection that
        may not be used again is closed, also when cancelled.

        Raises httpx.ConnectError (nothing was sent), httpx.ReadError (no answer, or a part), httpx.RemoteProtocolError,
        BadAnswer (too large).
        """
        if not self.open:
            raise httpx.ConnectError("closed before anything was sent")
        self.begin(head)
        self.limit = min(most or self.max_bytes, self.max_bytes)
        self.answer = answer = asyncio.get_running_loop().create_future()
        again = False
        try:
            self.send(head, content)
            reply: Reply = await answer
            again = keep and self.lasting and self.open and not self.transport.get_write_buffer_size()
        finally:
            self.answer = None
            if not again:
                self.close()
        return reply

    def begin(self, head: bytes) -> None:
        """Forget the exchange before."""
        self.status = self.size = self.received = 0
        self.headers: Pairs = []
        self.chunks: list[bytes] = []
        self.complete = self.lasting = False
        self.bodiless = head.startswith(b"HEAD ")

    def send(self, head: bytes, content: bytes) -> None:
        """Hand it all to the transport."""
        if len(content) <= JOINED_BYTES:
            self.transport.write(head + content)
            return
        self.transport.write(head)
        self.transport.write(content)

    def close(self) -> None:
        """Close at once."""
        self.open = False
        self.transport.abort()

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.open = transport, True

    def get_buffer(self, _: int) -> memoryview:
        """Where to put what arrives."""
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Something arrived."""
        answer = self.answer
        if answer is None or answer.done():  # nobody asked: whose answer the next one is could not be told
            self.close()
            return
        self.received += nbytes
        try:
            self.parser.feed_data(self.buffer[:nbytes])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.fail(httpx.RemoteProtocolError(f"not HTTP: {type(error).__name__}"))
            return
        if self.too_much():
            self.fail(BadAnswer("The server's answer is too large."))
        elif self.complete:
            self.finish(answer)

    def eof_received(self) -> None:
        """The server sends no more: the end of the answer where nothing else says so, else a loss."""
        self.open = False
        answer = self.answer
        if answer and not answer.done() and self.status and not any(name in FRAMING for name, _ in self.headers):
            self.finish(answer)
        else:
            self.lose()

    def connection_lost(self, _: Exception | None) -> None:
        """It is gone."""
        self.open = False
        self.lose()

    # What httptools calls.

    def on_message_begin(self) -> None:
        """An answer begins. Raises HttpParserError after the only one that was asked for."""
        if self.complete:
            raise httptools.HttpParserError("more than the answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; after the body they are not looked at."""
        name = name.lower()
        if name in _WANTED and not self.status:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is read; that of 1xx announces another. Raises HttpParserError for a change of protocol."""
        status = self.parser.get_status_code()
        if status < 100 or status == 101:
            raise httptools.HttpParserError("not asked for")
        if status < 200:
            self.headers.clear()
            return
        self.status = status
        self.lasting = self.parser.should_keep_alive()
        if self.bodiless:  # httptools cannot be told that none comes
            self.complete, self.lasting = True, False

    def on_body(self, body: bytes) -> None:
        """A part of the body. Raises HttpParserError when there is none."""
        if self.complete:
            raise httptools.HttpParserError("more than the answer")
        self.chunks.append(body)
        self.size += len(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.complete = self.status > 0

    # How an exchange ends.

    def too_much(self) -> bool:
        """Whether the head or the body passes its bound; what wraps chunks may be as long as they are."""
        if not self.status:
            return self.received > HEAD_BYTES
        return self.size > self.limit or self.received > 2 * self.limit + HEAD_BYTES + len(self.buffer)

    def finish(self, answer: asyncio.Future[Reply]) -> None:
        """Give the answer to who waits for it."""
        chunks = self.chunks
        answer.set_result(Reply(self.status, self.headers, chunks[0] if len(chunks) == 1 else b"".join(chunks)))

    def lose(self) -> None:
        """End the exchange under way, if there is one."""
        if self.answer and not self.answer.done():
            self.answer.set_exception(httpx.ReadError("connection lost"))

    def fail(self, error: Exception) -> None:
        """End the exchange under way, and the connection."""
        if self.answer and not self.answer.done():
            self.answer.set_exception(error)
        self.close()
