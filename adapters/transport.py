"""One shared way out for all backends: httpx on kept connections, no cookies, no environment, no surprises.

Redirects are followed for reads only, hop by hop, each checked. Errors leave as `adapters.errors`. What a status number
means is decided in `adapters.upstream`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import NamedTuple

import httpx2 as httpx

from adapters.errors import BackendError, BadAnswer, OutcomeUnknown, Slow, Unavailable
from adapters.guard import Guard
from adapters.plug import FRESH, MOST, Plug
from adapters.tally import Tally

HOPS = 3
LONGEST = 4096
"""Characters of an id, a secret or a token that a server gives; more is nonsense."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Headers = list[tuple[str, str]]


class Answer(NamedTuple):
    """A complete answer, already decompressed. Names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Ask(NamedTuple):
    """A complete request. `secret`: it carries a token, which must not leave its host. `any_type`: a file is asked for,
    not JSON. `most` bounds this answer, in bytes; 0: as any."""

    method: str
    url: str
    headers: Headers
    content: bytes = b""
    secret: bool = False
    keep: bool = True
    any_type: bool = False
    most: int = 0

    def __repr__(self) -> str:
        """Without what carries the token, and without what a person wrote."""
        return f"Ask({self.method} {self.url.partition('?')[0]})"

    @property
    def reads(self) -> bool:
        """Whether it may be sent twice."""
        return self.method == "GET"


class Transport:
    """The process's client. `seconds` bounds a whole call, `max_bytes` one answer."""

    def __init__(
        self, user_agent: str, *, allow_hosts: Iterable[str] = (), seconds: float = 20.0, max_bytes: int = 1 << 24
    ) -> None:
        self.guard = Guard(allow_hosts)
        self.seconds, self.max_bytes = seconds, max_bytes
        self.tally: Tally | None = None
        self.base = [("User-Agent", user_agent), ("Accept", "application/json"), ("Accept-Encoding", "gzip")]
        self.base_of_files = [("User-Agent", user_agent), ("Accept", "*/*"), ("Accept-Encoding", "gzip")]
        # Connecting ends before the whole budget does, so a write that ran out of time had been sent.
        self.client = httpx.AsyncClient(
            transport=Plug(self.guard, connect=seconds / 2, max_bytes=max_bytes),
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
            timeout=None,
        )

    async def close(self) -> None:
        """Close all connections."""
        await self.client.aclose()

    async def send(self, ask: Ask) -> Answer:
        """The answer, whatever its status. Raises Unavailable, Slow, OutcomeUnknown, BadAnswer."""
        if self.tally is None:
            return await self.bounded(ask)
        return await self.tally.watched(self.bounded(ask), reads=ask.reads)

    async def bounded(self, ask: Ask) -> Answer:
        """The same, uncounted."""
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
        request = httpx.Request(
            ask.method,
            address(ask.url),
            headers=[*(self.base_of_files if ask.any_type else self.base), *ask.headers],
            stream=httpx.ByteStream(ask.content),  # the plug writes the headers that belong to it
            extensions={MOST: ask.most} if ask.keep else {MOST: ask.most, FRESH: True},
        )
        response = await self.client.send(request, auth=None)
        return Answer(response.status_code, response.headers, response.content)


@lru_cache(4096)
def address(url: str) -> httpx.URL:
    """A URL, parsed once. Raises httpx.ConnectError for what is none."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise httpx.ConnectError("not an address") from error


def usable(text: str, longest: int = LONGEST) -> bool:
    """Whether it can be an id, a secret or a token, which headers carry: visible ASCII, not endless."""
    return 0 < len(text) <= longest and text.isascii() and text.isprintable() and " " not in text


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
