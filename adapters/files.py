"""Public files of any server, fetched without a token (DESIGN section 8): checked address, bounded size and time."""

from __future__ import annotations

import asyncio
from typing import Protocol
from urllib.parse import urlsplit

from adapters.errors import BadAnswer, Missing, Slow, Unavailable
from adapters.transport import Ask, Transport

AT_ONCE = 8
"""A file is held in memory as a whole while it is fetched."""
GONE = frozenset({401, 403, 404, 410, 451})
BUSY = frozenset({429, 503})
UNTOLD = "application/octet-stream"


class Fetching(Protocol):
    """Whatever reads files: a backend, or the way to those that are for everybody."""

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type). Raises BackendError."""


class Files:
    """The way to files, over the shared client."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.turns = asyncio.Semaphore(AT_ONCE)

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type), over TLS also where the address does not say so.

        Raises Missing, BadAnswer, Unavailable, Slow.
        """
        if not is_public_url(url):
            raise Missing("There is no such file.")
        try:
            async with asyncio.timeout(self.transport.seconds / 2):
                await self.turns.acquire()
        except TimeoutError as error:
            raise Slow("Too many files are asked for.") from error
        try:
            answer = await self.transport.send(Ask("GET", self.transport.guard.secured(url), [], any_type=True))
        finally:
            self.turns.release()
        if answer.status in GONE:
            raise Missing("There is no such file.")
        if answer.status in BUSY:
            raise Unavailable("The server is not ready.")
        if answer.status != 200 or not answer.body:
            raise BadAnswer("The server did not send the file.")
        return answer.body, answer.headers.get("content-type", "").partition(";")[0].strip().lower() or UNTOLD


def is_public_url(url: str) -> bool:
    """Whether it is a plain web address, without a login in it. Where it leads is checked when the socket is made."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False
