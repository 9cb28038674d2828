"""Every setting of the gateway: name, default, meaning. The table for code, `docs/settings.md` and the environment.

A setting is read from the environment as OLDBIRD_<NAME>, else from the TOML file, else its default.
"""

from __future__ import annotations

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings. Sizes are bytes, times seconds."""

    data_dir: Path = Path("var")
    store: str = ""
    host: str = "127.0.0.1"
    port: int = 8090
    base_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    anonymous: str = ""
    forget_days: int = 0
    post_once_seconds: int = 60
    upstream_seconds: float = 20.0
    request_seconds: float = 30.0
    upstream_bytes: int = 16 * 1024 * 1024
    max_body: int = 24 * 1024 * 1024
    fragment_bytes: int = 32 * 1024 * 1024
    id_entries: int = 100_000
    contact_seconds: int = 600
    redis_unsafe: bool = False

    @property
    def store_url(self) -> str:
        """`store`, else the SQLite file in the data folder."""
        return self.store or f"sqlite:///{self.data_dir / 'oldbird.sqlite'}"
