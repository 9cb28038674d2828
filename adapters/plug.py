"""The plug under httpx: a transport on aiohttp's connections (docs/adr/0004).

Kept connections with O(1) taking, HTTP/1.1, gzip undone in one bounded step, and every address checked when its socket
is made. Errors have httpx's names.
"""

from __future__ import annotations

import ssl
import zlib
from functools import cache, lru_cache
from io import BytesIO
from typing import Any

import aiohttp
import httpx2 as httpx
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from adapters.errors import BadAnswer
from adapters.guard import Guard

KEEP_SECONDS = 15.0
NAME_SECONDS = 60
BUFFER = 1 << 18
"""Bytes read ahead of us: most timelines whole."""

FRESH = "fresh"
"""Request extension: use a new connection and close it afterwards."""


@cache
def tls() -> ssl.SSLContext:
    """The process's TLS settings; making them costs 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def plain_errors(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Tell "never sent" from "sent, no answer", and keep aiohttp from sending anything twice by itself."""
    try:
        return await handler(request)
    except aiohttp.ServerTimeoutError as error:
        never = isinstance(error, aiohttp.ConnectionTimeoutError)
        raise (httpx.ConnectTimeout if never else httpx.ReadTimeout)("no answer in time") from error
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
        raise httpx.ConnectError("no connection") from error
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise httpx.ReadError("connection lost") from error
    except aiohttp.ClientError as error:
        raise httpx.RemoteProtocolError("not HTTP") from error


class Plug(httpx.AsyncBaseTransport):
    """`connect` are seconds for making a connection, `max_bytes` bounds one answer, packed and unpacked."""

    def __init__(self, guard: Guard, *, connect: float, max_bytes: int) -> None:
        self.guard, self.max_bytes = guard, max_bytes
        self.timeout = aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect)
        self.sessions: dict[bool, aiohttp.ClientSession] = {}

    def session(self, *, keep: bool) -> aiohttp.ClientSession:
        """The pool of kept connections, or the maker of fresh ones."""
        found = self.sessions.get(keep)
        if found is None:
            found = self.sessions[keep] = self.opened(keep=keep)
        return found

    def opened(self, *, keep: bool) -> aiohttp.ClientSession:
        """A new pool. Limits per backend are kept by `upstream`, so taking a connection is O(1)."""
        reuse: dict[str, Any] = {"keepalive_timeout": KEEP_SECONDS} if keep else {"force_close": True}
        connector = aiohttp.TCPConnector(
            limit=0, ssl=tls(), ttl_dns_cache=NAME_SECONDS, socket_factory=self.guard.socket, **reuse
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
            timeout=self.timeout,
            trust_env=False,
            auto_decompress=False,
            read_bufsize=BUFFER,
            middlewares=(plain_errors,),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange, never repeated. Raises httpx.HTTPError, BadAnswer."""
        url = parsed(request.url)
        self.guard.enter(url.scheme, url.host or "", url.port)
        content = request.content
        exchange = self.session(keep=FRESH not in request.extensions).request(
            request.method,
            url,
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
            data=BytesIO(content) if content else None,
            allow_redirects=False,
        )
        async with exchange as response:
            try:
                body = await self.body(response)
            except (aiohttp.ClientError, OSError) as error:
                raise httpx.ReadError("connection lost") from error
            return httpx.Response(response.status, headers=_kept(response), content=body)

    async def body(self, response: aiohttp.ClientResponse) -> bytes:
        """The whole body. Raises BadAnswer when it is larger than agreed, or not what its encoding says."""
        chunks, size = [], 0
        async for chunk in response.content.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            if size > self.max_bytes:
                raise BadAnswer("The server's answer is too large.")
        body = b"".join(chunks)
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        return body if encoding == "identity" or not body else self.unpacked(body, encoding)

    def unpacked(self, body: bytes, encoding: str) -> bytes:
        """What gzip holds: the only encoding that was asked for. Raises BadAnswer."""
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            plain = unpacker.decompress(body, self.max_bytes + 1)
        except zlib.error as error:
            raise BadAnswer("The server's answer is damaged.") from error
        if len(plain) > self.max_bytes:
            raise BadAnswer("The server's answer is too large.")
        if not unpacker.eof or "gzip" not in encoding:
            raise BadAnswer("The server's answer is damaged.")
        return plain

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self.sessions.values():
            await session.close()


GONE = frozenset({b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie"})


def _kept(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    """The headers of the body as it is now: unpacked, and whole."""
    return [pair for pair in response.raw_headers if pair[0].lower() not in GONE]


@lru_cache(4096)
def parsed(url: httpx.URL) -> URL:
    """A web address. Raises httpx.ConnectError for what is none."""
    try:
        found = URL(str(url), encoded=True)
    except ValueError as error:
        raise httpx.ConnectError("not an address") from error
    if found.scheme not in {"http", "https"} or not found.host:
        raise httpx.ConnectError("not a web address")
    return found
