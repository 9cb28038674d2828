"""One shared way out for all backends: HTTP/1.1 with kept connections, no cookies, no environment, no surprises.

aiohttp is driven directly (docs/adr/0004): of httpx's layers nothing is wanted here (cookies, netrc, proxies from the
environment, redirects, URL logging), and each costs more than the exchange itself. Within this module errors have
httpx's names; they leave as `adapters.errors`. What a status number means is decided in `adapters.upstream`.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple

import aiohttp
import httpx2 as httpx
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from adapters.errors import BackendError, BadAnswer, OutcomeUnknown, Slow, Unavailable
from adapters.guard import Guard

HOPS = 3
KEEP_SECONDS = 15.0
NAME_SECONDS = 60
BUFFER = 1 << 18
"""Bytes read ahead of us: most timelines whole."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Headers = list[tuple[str, str]]


class Answer(NamedTuple):
    """A complete answer, already decompressed. Names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Ask(NamedTuple):
    """A complete request. `secret`: it carries a token, which must not leave its host."""

    method: str
    url: str
    headers: Headers
    content: bytes = b""
    secret: bool = False
    keep: bool = True

    @property
    def reads(self) -> bool:
        """Whether it may be sent twice."""
        return self.method == "GET"


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


class Transport:
    """The process's connections. `seconds` bounds a whole call, `max_bytes` one answer."""

    def __init__(
        self, user_agent: str, *, allow_hosts: Iterable[str] = (), seconds: float = 20.0, max_bytes: int = 1 << 24
    ) -> None:
        self.guard = Guard(allow_hosts)
        self.seconds, self.max_bytes = seconds, max_bytes
        self.base = {"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
        # Connecting ends before the whole budget does, so a write that ran out of time had been sent.
        self.timeout = aiohttp.ClientTimeout(total=None, connect=seconds / 2, sock_connect=seconds / 2)
        self.tls = httpx.create_ssl_context(trust_env=False)
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
            headers=self.base,
            skip_auto_headers=("Content-Type",),
            timeout=self.timeout,
            trust_env=False,
            auto_decompress=False,
            read_bufsize=BUFFER,
            middlewares=(plain_errors,),
        )

    async def close(self) -> None:
        """Close all connections."""
        for session in self.sessions.values():
            await session.close()

    async def send(self, ask: Ask) -> Answer:
        """The answer, whatever its status. Raises Unavailable, Slow, OutcomeUnknown, BadAnswer."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self.follow(ask) if ask.reads else await self.write(ask)
        except TimeoutError as error:
            raise too_late(ask) from error

    async def follow(self, ask: Ask) -> Answer:
        """A read, with redirects followed hop by hop."""
        for _ in range(HOPS + 1):
            answer = await self.read(ask)
            if answer.status not in REDIRECTS:
                return answer
            ask = ask._replace(url=hop(ask, answer.headers.get("location", "")))
        raise BadAnswer("The server redirects in circles.")

    async def read(self, ask: Ask) -> Answer:
        """A read, once more on a new connection when the first was cut (snac closes without saying)."""
        try:
            return await self.once(ask)
        except httpx.ReadError:
            ask = ask._replace(keep=False)
        except httpx.HTTPError as error:
            raise failure(error) from error
        try:
            return await self.once(ask)
        except httpx.HTTPError as error:
            raise failure(error) from error

    async def write(self, ask: Ask) -> Answer:
        """A write, sent at most once."""
        try:
            return await self.once(ask)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise failure(error) from error
        except (httpx.HTTPError, BadAnswer) as error:
            raise OutcomeUnknown("The server gave no readable answer to a change.") from error

    async def once(self, ask: Ask) -> Answer:
        """One exchange. Raises httpx.HTTPError, BadAnswer."""
        url = parsed(ask.url)
        self.guard.enter(url.scheme, url.host or "", url.port)
        request = self.session(keep=ask.keep).request(
            ask.method,
            url,
            headers=ask.headers,
            data=BytesIO(ask.content) if ask.content else None,
            allow_redirects=False,
        )
        async with request as response:
            try:
                body = await self.body(response)
            except (aiohttp.ClientError, OSError) as error:
                raise httpx.ReadError("connection lost") from error
            return Answer(response.status, response.headers, body)

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


def parsed(url: str) -> URL:
    """A web address. Raises httpx.ConnectError for what is none."""
    try:
        found = URL(url)
    except ValueError as error:
        raise httpx.ConnectError("not an address") from error
    if found.scheme not in {"http", "https"} or not found.host:
        raise httpx.ConnectError("not a web address")
    return found


def hop(ask: Ask, location: str) -> str:
    """Where a redirect leads. A token stays with its host. Raises BadAnswer."""
    url = httpx.URL(ask.url)
    try:
        target = url.join(location).copy_with(username=None, password=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadAnswer("The server redirects to nowhere.") from error
    same = (target.host, target.scheme, target.port) == (url.host, url.scheme, url.port)
    upgrade = target.host == url.host and target.scheme == "https" and url.scheme == "http"
    if not location or (ask.secret and not (same or upgrade)):
        raise BadAnswer("The server redirects elsewhere.")
    return str(target)


def too_late(ask: Ask) -> BackendError:
    """The time budget ran out."""
    if ask.reads:
        return Slow("The server did not answer in time.")
    return OutcomeUnknown("The server did not answer in time; whether it did the change is not known.")


def failure(error: httpx.HTTPError) -> BackendError:
    """What a failed exchange means when nothing was changed by it."""
    if isinstance(error, httpx.TimeoutException):
        return Slow("The server did not answer in time.")
    if isinstance(error, httpx.RemoteProtocolError):
        return BadAnswer("The server does not speak HTTP.")
    return Unavailable("The server cannot be reached.")
