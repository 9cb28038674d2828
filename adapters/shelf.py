"""What an adapter keeps for one account in the gateway's store, for servers that keep no timelines of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A row of an index. `id` is a position (`mappings.order`), `key` unique in the index, `native` what it means."""

    id: int
    key: str
    native: str
    row: str = ""


class Shelf(Protocol):
    """One account's records and indexes. Each method is one round trip; all raise only the store's own error."""

    async def put_records(self, kind: str, records: Mapping[str, bytes]) -> None:
        """Add or replace, all or none."""

    async def records(self, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        """Those under `keys`, or all of the kind, in no order."""

    async def drop_records(self, kind: str, keys: Sequence[str]) -> None: ...
    async def index_add(self, name: str, rows: Sequence[Placed], state: dict[str, str]) -> None:
        """Add rows and merge `state`, atomically."""

    async def index_drop(self, name: str, keys: Sequence[str]) -> None: ...
    async def index_page(self, name: str, *, below: int, above: int, offset: int, limit: int) -> tuple[Placed, ...]:
        """Rows with above < id <= below, highest first."""

    async def index_state(self, name: str) -> tuple[dict[str, str], int]:
        """(state, number of rows)."""

    async def claim(self, key: str, seconds: int) -> bool:
        """A short lock: True for the first in all processes."""
