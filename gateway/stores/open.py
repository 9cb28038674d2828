"""The store that the settings name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from gateway.settings import Settings
from gateway.stores.store import Store, StoreDown

REDIS = {"redis", "rediss", "redis+sentinel", "redis+cluster"}


def open_store(settings: Settings) -> Store:
    """Not yet connected: `await store.open()`. Raises StoreDown for a URL of no known kind.

    `sqlite:///relative/file`, `sqlite:////absolute/file`, `redis://`, `rediss://`, `redis+cluster://host:port`,
    `redis+sentinel://host:port,host:port/service/db`.
    """
    url = settings.store_url
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        from gateway.stores.sqlite import SqliteStore  # noqa: PLC0415 - only one of the two is ever needed

        return SqliteStore(Path(url.removeprefix("sqlite:///")))
    if scheme in REDIS:
        from gateway.stores.redis_store import RedisStore  # noqa: PLC0415 - importing redis is slow

        return RedisStore(url, unsafe=settings.redis_unsafe)
    raise StoreDown("The store URL must begin with sqlite:/// or redis://.")
