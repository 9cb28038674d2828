"""Asking over HTTP as a client does: no redirects followed, no cookies, no proxy of the environment.

Unlike what goes to other servers this may lead to private addresses: the base URL is the operator's own.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx2 as httpx
import msgspec

from gateway import __version__
from gateway.echo import PATH, Echo, Seen

SECONDS = 10.0
AGENT = {"User-Agent": f"oldbird-doctor/{__version__}"}
MOST = 1 << 20
"""Bytes of an answer that are looked at."""


class Asked(NamedTuple):
    """An answer. `began` and `ended` are seconds since 1970."""

    status: int
    headers: httpx.Headers
    body: bytes
    began: float
    ended: float

    @property
    def location(self) -> str:
        """Where it sends us on."""
        return self.headers.get("location", "")

    @property
    def is_redirect(self) -> bool:
        """It sends us elsewhere."""
        return 300 <= self.status < 400 and bool(self.location)


class Trouble(Exception):
    """No answer, for the reason in the text."""


class Untrusted(Trouble):
    """The certificate is not valid, for the reason in the text."""


class Address:
    """One base URL. `trusted`: its certificate must be valid. `unix`: the path of a socket to connect to instead."""

    def __init__(self, base_url: str, *, trusted: bool = True, unix: str = "") -> None:
        self.base_url = base_url.rstrip("/")
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=_tls(trusted=trusted), uds=unix or None, trust_env=False),
            trust_env=False, timeout=SECONDS, follow_redirects=False, headers=AGENT,
        )  # fmt: skip

    async def ask(self, method: str, path: str, **given: Any) -> Asked:
        """An answer. Raises Trouble, Untrusted."""
        began = time.time()
        try:
            async with self._client.stream(method, self.base_url + path, **given) as reply:
                body = b""
                async for piece in reply.aiter_raw():
                    body += piece
                    if len(body) > MOST:
                        break
        except httpx.HTTPError as error:
            raise _trouble(error) from error
        return Asked(reply.status_code, reply.headers, body, began, time.time())

    async def echo(self, echo: Echo, method: str = "POST", **given: Any) -> tuple[Asked, Seen | None]:
        """The answer to a question of the doctor; what the gateway saw, None where it is not this gateway that answers.

        Raises Trouble, Untrusted.
        """
        question = echo.question()
        answer = await self.ask(method, PATH + question, **given)
        try:
            seen = msgspec.json.decode(answer.body, type=Seen)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return answer, None
        return answer, seen if seen.proof == echo.proof(question) else None

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


@asynccontextmanager
async def at(base_url: str, *, trusted: bool = True, unix: str = "") -> AsyncIterator[Address]:
    """An address, closed at the end."""
    address = Address(base_url, trusted=trusted, unix=unix)
    try:
        yield address
    finally:
        await address.close()


def _tls(*, trusted: bool) -> ssl.SSLContext:
    """What the system trusts (or SSL_CERT_FILE names), as most clients do."""
    context = ssl.create_default_context()
    if not trusted:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _trouble(error: httpx.HTTPError) -> Trouble:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return Untrusted(seen.verify_message or "it is not valid")
        if isinstance(seen, ssl.SSLError):
            return Trouble(f"no TLS ({seen.reason or 'it speaks something else'})")
        if isinstance(seen, socket.gaierror):
            return Trouble("its name is not known to DNS")
        if isinstance(seen, ConnectionRefusedError):
            return Trouble("nobody listens there")
        seen = seen.__cause__ or seen.__context__
    slow = isinstance(error, httpx.TimeoutException)
    return Trouble("no answer in time" if slow else f"no answer ({type(error).__name__})")


async def certificate_ends(base_url: str) -> float | None:
    """Until when the certificate is valid, in seconds since 1970; None where there is none to see."""
    parts = urlsplit(base_url)
    if parts.scheme != "https":
        return None
    try:
        _, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=_tls(trusted=True))
    except OSError:
        return None
    found = writer.get_extra_info("peercert") or {}
    writer.close()
    return ssl.cert_time_to_seconds(found["notAfter"]) if "notAfter" in found else None
