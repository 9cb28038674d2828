"""From an address and a token to a backend. Every instance is looked at once and then remembered."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from cachetools import LRUCache

from adapters.activitypub.policy import NOTHING_WANTED, Policy
from adapters.backend import Backend
from adapters.errors import BackendError, Slow, Unavailable
from adapters.files import Files
from adapters.mastodon.backend import MastodonBackend
from adapters.mastodon.detect import detect
from adapters.mastodon.instance import Instance
from adapters.mastodon.signing_in import SigningIn
from adapters.shelf import Shelf
from adapters.transport import Transport
from adapters.upstream import DOCUMENT_BYTES, Upstream
from mappings import hub

if TYPE_CHECKING:
    from adapters.activitypub.actors import Actors
    from adapters.activitypub.signing_in import ActorSigningIn

REMEMBER_SECONDS = 12 * 3600
"""After this long an instance is looked at again: it may have been updated."""
INSTANCES = 4096


class Known(NamedTuple):
    """An instance and when it was looked at, in seconds since 1970."""

    instance: Instance
    seen: float


class Connections:
    """The way to all backends of the process. `allow_hosts` are exact host:port pairs off the public network."""

    def __init__(
        self,
        user_agent: str,
        allow_hosts: Iterable[str] = (),
        upstream_seconds: float = 20.0,
        upstream_bytes: int = 1 << 24,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        policy: Policy = NOTHING_WANTED,
    ) -> None:
        self.transport = Transport(
            user_agent, allow_hosts=allow_hosts, seconds=upstream_seconds, max_bytes=upstream_bytes
        )
        self.sleep, self.clock, self.policy = sleep, clock, policy
        self.files = Files(self.transport)
        self.known: LRUCache[str, Known] = LRUCache(INSTANCES)
        self.looking: dict[str, asyncio.Task[Instance]] = {}

    async def backend(self, base_url: str, token: str | None) -> Backend:
        """The backend of one account, or for reading without one. Raises BackendError when the instance is unknown
        so far and cannot be looked at; an old view stays in use while the server does not answer."""
        return MastodonBackend(await self.instance(base_url.rstrip("/")), token)

    async def actor(self, actor: str, token: str, shelf: Shelf) -> Backend:
        """The backend of an ActivityPub account: its actor's id, its credential in the text form, and the shelf for
        what its server does not keep. Raises BackendError."""
        return await self.actors.links.backend(actor, token, shelf)

    @cached_property
    def actors(self) -> Actors:
        """What client-to-server accounts need; a gateway without any starts faster and is smaller."""
        from adapters.activitypub.actors import Actors  # noqa: PLC0415  see above

        return Actors(self.transport, self.sleep, self.clock, self.policy)

    async def signing_in(self, base_url: str) -> SigningIn:
        """The ways in for people of an instance. Raises BackendError."""
        instance = await self.instance(base_url.rstrip("/"))
        return SigningIn(instance.upstream, instance.capabilities.software)

    async def actor_of(self, text: str, token: str) -> str:
        """The id of the ActivityPub actor that a handle or an address names. Raises BackendError."""
        return await self.actors.named(text, token)

    async def owner(self, actor: str, token: str) -> hub.Account:
        """Whose a credential for an ActivityPub actor is. Raises Refused for somebody else's, BackendError."""
        return await self.actors.owner(actor, token)

    async def actor_signing_in(self, base_url: str, actor: str = "") -> ActorSigningIn:
        """The ways in for the actors of a server. Raises Unsupported where there are none, BackendError."""
        return await self.actors.signing_in(base_url, actor)

    async def instance(self, base_url: str) -> Instance:
        """As last looked at, if that is not too long ago or it cannot be looked at now. Raises BackendError."""
        known = self.known.get(base_url)
        if known and self.clock() - known.seen <= REMEMBER_SECONDS:
            return known.instance
        try:
            return await self.look(base_url)
        except BackendError:
            if known is None:
                raise
            return known.instance

    async def look(self, base_url: str) -> Instance:
        """Detect an instance, once however many ask. Raises BackendError."""
        task = self.looking.get(base_url)
        if task is None:
            task = self.looking[base_url] = asyncio.create_task(self.detect(base_url))
            task.add_done_callback(lambda done: self.looked(base_url, done))
        return await asyncio.shield(task)

    def looked(self, base_url: str, task: asyncio.Task[Instance]) -> None:
        """Keep what was found."""
        del self.looking[base_url]
        if not task.cancelled() and task.exception() is None:
            self.known[base_url] = Known(task.result(), self.clock())

    async def detect(self, base_url: str) -> Instance:
        """An instance, freshly looked at. Raises BackendError."""
        if not is_address(base_url):
            raise Unavailable("The address of the server is not one of the web.")
        try:
            async with asyncio.timeout(self.transport.seconds):
                detected = await detect(Upstream(self.transport, base_url, most=DOCUMENT_BYTES, clock=self.clock))
        except TimeoutError as error:
            raise Slow("The server did not answer in time.") from error
        row = detected.software
        upstream = Upstream(
            self.transport,
            base_url,
            connections=row.connections,
            keep=row.keep,
            per_token=row.per_token,
            errors=row.errors,
            clock=self.clock,
        )
        return Instance(upstream, detected, sleep=self.sleep, clock=self.clock)

    async def close(self) -> None:
        """Close all connections."""
        for task in tuple(self.looking.values()):
            task.cancel()
        if "actors" in vars(self):
            await self.actors.close()
        await self.transport.close()


def is_address(url: str) -> bool:
    """Whether `url` is scheme, host and perhaps port of a web server, and nothing else."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False
