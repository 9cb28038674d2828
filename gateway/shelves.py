"""The store as an adapter may use it: the records and indexes of one account (`adapters.shelf`).

Names are set apart from the gateway's own by a prefix. What a record holds is sealed under the server key: there are
posts and messages among them. Keys of records and rows of indexes, which the store has to compare, are in the clear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.shelf import Placed
from gateway.stores.store import IndexEntry, Store
from gateway.vault import Unsealable, Vault, is_wrapped

PREFIX = "adapter:"


class Seal:
    """Of one account: what was sealed for another one does not open."""

    def __init__(self, vault: Vault, account: str) -> None:
        self._vault, self._purpose = vault, f"shelf {account}"

    def on(self, value: bytes) -> bytes:
        """Sealed."""
        return self._vault.wrap(value, self._purpose)

    def off(self, value: bytes) -> bytes:
        """Opened; as it is, what was written in the clear by an older release. Raises Unsealable."""
        return self._vault.unwrap(value, self._purpose) if is_wrapped(value) else value

    def renewed(self, value: bytes) -> bytes:
        """Under the newest server key; unchanged where it is. Raises Unsealable."""
        return self._vault.rewrap(value) if is_wrapped(value) else self.on(value)


class StoreShelf:
    """One account's. All methods raise only StoreDown."""

    def __init__(self, store: Store, vault: Vault, account: str) -> None:
        self._store, self._account, self._seal = store, account, Seal(vault, account)

    async def put_records(self, kind: str, records: Mapping[str, bytes]) -> None:
        """Add or replace, all or none."""
        sealed = {key: self._seal.on(value) for key, value in records.items()}
        await self._store.put_records(self._account, PREFIX + kind, sealed)

    async def records(self, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        """Those under `keys`, or all of the kind; without those of another server key."""
        found = {}
        for key, value in (await self._store.records(self._account, PREFIX + kind, keys)).items():
            try:
                found[key] = self._seal.off(value)
            except Unsealable:
                continue
        return found

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
