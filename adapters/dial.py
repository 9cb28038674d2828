"""Making connections: names are looked up once a minute, every address is checked when its socket is made."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import httpx2 as httpx
from cachetools import LRUCache

from adapters.guard import AddressInfo, Guard
from adapters.wire import Wire

NAME_SECONDS, NAMES = 60.0, 1024
Infos = list[AddressInfo]


class Origin(NamedTuple):
    """Where to connect to. `name` is the host as people write it, `host` as DNS and TLS know it."""

    scheme: str
    name: str
    host: str
    port: int


def origin(url: httpx.URL) -> Origin:
    """The origin of a web address. Raises httpx.ConnectError for what is none."""
    if url.scheme not in {"http", "https"} or not url.raw_host:
        raise httpx.ConnectError("not a web address")
    port = url.port or (443 if url.scheme == "https" else 80)
    return Origin(url.scheme, url.host, url.raw_host.decode("ascii"), port)


@cache
def tls() -> ssl.SSLContext:
    """The process's TLS settings; making them costs 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


class Dialer:
    """`seconds` bound the making of one connection: name, addresses and TLS together."""

    def __init__(self, guard: Guard, seconds: float) -> None:
        self.guard, self.seconds = guard, seconds
        self.names: LRUCache[tuple[str, int], tuple[float, asyncio.Task[Infos]]] = LRUCache(NAMES)

    async def open(self, to: Origin, make: Callable[[], Wire]) -> Wire:
        """A new connection. Raises httpx.ConnectError, httpx.ConnectTimeout."""
        secure = to.scheme == "https"
        try:
            self.guard.enter(to.scheme, to.name, to.port)
            async with asyncio.timeout(self.seconds):
                connected = await self.first(await self.addresses(to.host, to.port))
                _, wire = await asyncio.get_running_loop().create_connection(
                    make, sock=connected, ssl=tls() if secure else None, server_hostname=to.host if secure else None
                )
                return wire
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except (OSError, ValueError) as error:  # ValueError: a name that DNS cannot hold
            raise httpx.ConnectError("no connection") from error

    async def addresses(self, host: str, port: int) -> Infos:
        """What a name stands for; who asks at the same time asks once. Raises OSError, ValueError."""
        now = asyncio.get_running_loop().time()
        until, lookup = self.names.get((host, port), (0.0, None))
        if lookup is None or until < now:
            lookup = asyncio.create_task(looked_up(host, port))
            self.names[host, port] = now + NAME_SECONDS, lookup
        try:
            return await asyncio.shield(lookup)
        except (OSError, ValueError):
            self.names.pop((host, port), None)
            raise

    async def first(self, infos: Infos) -> socket.socket:
        """A connection to the first address that takes one; each gets its share of the time. Raises OSError."""
        failed = OSError("no address")
        for info in infos:
            try:
                async with asyncio.timeout(self.seconds / len(infos)):
                    return await self.connected(info)
            except OSError as error:
                failed = error
        raise failed

    async def connected(self, info: AddressInfo) -> socket.socket:
        """A connection to this address, if it may be. Raises Forbidden, OSError."""
        made = self.guard.socket(info)
        try:
            made.setblocking(False)
            await asyncio.get_running_loop().sock_connect(made, info[4])
        except BaseException:
            made.close()
            raise
        return made

    async def aclose(self) -> None:
        """End the lookups under way."""
        lookups = [lookup for _, lookup in self.names.values() if not lookup.done()]
        for lookup in lookups:
            lookup.cancel()
        await asyncio.gather(*lookups, return_exceptions=True)
        self.names.clear()


async def looked_up(host: str, port: int) -> Infos:
    """The addresses of a host, in the system's order; a literal address without the detour through a thread."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [*found]
