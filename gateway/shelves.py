"""The store as an adapter may use it: the records and indexes of one account (`adapters.shelf`).

Names are set apart from the gateway's own by a prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.shelf import Placed
from gateway.stores.store import IndexEntry, Store

PREFIX = "adapter:"


class StoreShelf:
    """One account's. All methods raise only StoreDown."""

    def __init__(self, store: Store, account: str) -> None:
        self._store, self._account = store, account

    async def put_records(self, kind: str, records: Mapping[str, bytes]) -> None:
        """Add or replace, all or none."""
        await self._store.put_records(self._account, PREFIX + kind, records)

    async def records(self, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        """Those under `keys`, or all of the kind."""
        return await self._store.records(self._account, PREFIX + kind, keys)

    async def drop_records(self, kind: str, keys: Sequence[str]) -> None:
        """Take them away."""
        await self._store.drop_records(self._account, PREFIX + kind, keys)

    async def index_add(self, name: str, rows: Sequence[Placed], state: dict[str, str]) -> None:
        """Add rows and merge `state`, atomically."""
        entries = [IndexEntry(id=row.id, key=row.key, native=row.native, row=row.row) for row in rows]
        await self._store.index_add(self._account, PREFIX + name, entries, state)

    async def index_drop(self, name: str, keys: Sequence[str]) -> None:
        """Take rows away."""
        await self._store.index_drop(self._account, PREFIX + name, keys)

    async def index_page(self, name: str, *, below: int, above: int, offset: int, limit: int) -> tuple[Placed, ...]:
        """Rows with above < id <= below, highest first."""
        found = await self._store.index_page(
            self._account, PREFIX + name, below=below, above=above, offset=offset, limit=limit
        )
        return tuple(Placed(id=one.id, key=one.key, native=one.native, row=one.row) for one in found)

    async def index_state(self, name: str) -> tuple[dict[str, str], int]:
        """(state, number of rows)."""
        return await self._store.index_state(self._account, PREFIX + name)

    async def claim(self, key: str, seconds: int) -> bool:
        """A short lock: True for the first in all processes."""
        return await self._store.claim(f"{PREFIX}{self._account}:{key}", seconds)
