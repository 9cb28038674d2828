"""Connection, checks at start, scripts and the invalidation channel of the Redis store.

Keys: `oldbird:{b:<backend>}:...` for an id map, `oldbird:{a:<account>}:...` for private records, so that every script
stays inside one hash slot of a cluster; the few others are single keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from redis.asyncio import Redis, Sentinel
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisClusterException, RedisError

from gateway.stores.store import StoreDown, TooNew

T = TypeVar("T")

SCHEMA = 1
PREFIX = "oldbird:"
CHANNEL = PREFIX + "changed"
CONNECT_SECONDS, ANSWER_SECONDS, RETRY_SECONDS = 2.0, 5.0, 1.0
FRESH_SECONDS = 5.0
"""No login may be remembered longer than this without asking again."""

SENTINEL, CLUSTER = "redis+sentinel", "redis+cluster"
TROUBLE = (RedisError, RedisClusterException, OSError, TimeoutError)

log = logging.getLogger(__name__)


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def keys_of(backend: str, *names: str) -> list[str]:
    """Keys of one backend's id map, all in one hash slot."""
    return [f"{PREFIX}{{b:{backend}}}:{name}" for name in names]


def private_key(account: str, name: str) -> str:
    """A key of one account's private records."""
    return f"{PREFIX}{{a:{account}}}:{name}"


def escaped(text: str) -> str:
    """`text` as a pattern that matches only itself."""
    return re.sub(r"([*?\[\]^\\-])", r"\\\1", text)


@cache
def script(name: str) -> tuple[str, str]:
    """(text, SHA-1 as EVALSHA wants it) of a script beside this module."""
    text = resources.files(__package__ or "").joinpath(name + ".lua").read_text("utf-8")
    return text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def connect(url: str) -> tuple[Any, ...]:
    """A client for `redis://`, `rediss://`, `redis+cluster://host:port` and
    `redis+sentinel://[user:password@]host:port,host:port/service[/db]`, and what else must be closed with it.

    Connects on first use. Raises ValueError.
    """
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 1),
    }
    parts = urlsplit(url)
    if parts.scheme == CLUSTER:
        return (RedisCluster.from_url(url.replace(CLUSTER, "redis", 1), **options),)
    if parts.scheme != SENTINEL:
        return (Redis.from_url(url, **options),)
    login, _, hosts = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    service, _, db = parts.path.strip("/").partition("/")
    if login:
        options |= {"username": unquote(user) or None, "password": unquote(password)}
    nodes = [(host, int(port or 26379)) for host, _, port in (node.partition(":") for node in hosts.split(","))]
    make: Any = Sentinel  # the class has no annotations
    asking = {**options, "socket_timeout": CONNECT_SECONDS}
    for name in ("username", "password"):
        asking.pop(name, None)  # they are the server's, not the sentinels'
    sentinel = make(nodes, sentinel_kwargs=asking, **options, db=int(db or 0))
    return sentinel.master_for(service), sentinel


class RedisBase:
    """`clock` gives milliseconds since 1970, `monotonic` seconds. `unsafe` turns refusal at start into a warning."""

    def __init__(
        self,
        url: str,
        *,
        unsafe: bool = False,
        clock: Callable[[], int] = now_ms,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._unsafe = unsafe
        self._clock = clock
        self._monotonic = monotonic
        self._client: Any = None
        self._parts: tuple[Any, ...] = ()
        self._listener: asyncio.Task[None] | None = None
        self._changes = 0
        self.round_trips = self.failures = 0

    async def open(self) -> None:
        """Raises TooNew, StoreDown."""
        try:
            self._parts = connect(self._url)
        except ValueError as error:
            raise StoreDown("The store URL cannot be read.") from error
        self._client = self._parts[0]
        try:
            await self._check_durable()
            await self._check_schema()
        except BaseException:
            await self.close()
            raise
        listening = asyncio.Event()
        self._listener = asyncio.create_task(self._listen(listening))
        await listening.wait()

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None
        self._client = None
        parts, self._parts = self._parts, ()
        for part in parts:
            with contextlib.suppress(*TROUBLE):
                await part.aclose()

    async def ping(self) -> None:
        """Raises StoreDown."""
        await self._do(lambda client: client.ping())

    async def _do(self, ask: Callable[[Any], Awaitable[T]]) -> T:
        if self._client is None:
            raise StoreDown("The store is not open.")
        self.round_trips += 1
        try:
            return await ask(self._client)
        except TROUBLE as error:
            self.failures += 1
            raise StoreDown(f"The store does not answer: {type(error).__name__}") from error

    async def _script(self, name: str, keys: Sequence[str], *args: str | int | bytes) -> Any:
        text, sha = script(name)
        try:
            return await self._do(lambda client: client.evalsha(sha, len(keys), *keys, *args))
        except StoreDown as error:
            if not isinstance(error.__cause__, NoScriptError):
                raise
        return await self._do(lambda client: client.eval(text, len(keys), *keys, *args))

    # checks at start
    async def _check_durable(self) -> None:
        for info in await self._do(infos):
            if not info.get("aof_enabled"):
                self._doubt("persistence is off (set appendonly yes)")
            if info.get("maxmemory_policy") != "noeviction":
                self._doubt("records may be evicted (set maxmemory-policy noeviction)")

    def _doubt(self, reason: str) -> None:
        if not self._unsafe:
            raise StoreDown(f"The store would lose records: {reason}.")
        log.warning("The store may lose records: %s.", reason)

    async def _check_schema(self) -> None:
        key = PREFIX + "schema"
        await self._do(lambda client: client.set(key, SCHEMA, nx=True))
        found = int(await self._do(lambda client: client.get(key)))
        if found > SCHEMA:
            raise TooNew(f"The store has schema {found}; this release knows schemas up to {SCHEMA}.")

    # changes of logins
    def logins_version(self) -> int:
        """Moves with every message on the channel, and every five seconds in case one was lost."""
        return self._changes << 40 | int(self._monotonic() // FRESH_SECONDS)

    async def _changed(self) -> None:
        self._changes += 1
        await self._do(lambda client: client.publish(CHANNEL, b"logins"))

    async def _listen(self, listening: asyncio.Event) -> None:
        while True:
            try:
                async with self._client.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for _ in channel.listen():  # the confirmation counts too: messages may have been missed
                        self._changes += 1
                        listening.set()
            except TROUBLE:
                self._changes += 1
            listening.set()
            await asyncio.sleep(RETRY_SECONDS)


async def infos(client: Any) -> list[Mapping[str, Any]]:
    """INFO of every server that takes writes."""
    if not isinstance(client, RedisCluster):
        return [await client.info()]
    await client.initialize()
    return [await client.info(target_nodes=node) for node in client.get_primaries()]


async def keys_like(client: Any, pattern: str) -> list[str]:
    """All keys that match, of all servers. There are few: maps and indexes are one key each."""
    return sorted({key.decode() async for key in client.scan_iter(match=pattern, count=1000)})
