"""A shelf in memory, which several processes may share."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from adapters.shelf import Placed


class MemoryShelf:
    """What one account keeps. `trips` counts calls; `claimed` tells until when, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, bytes]] = {}
        self.rows: dict[str, dict[str, Placed]] = {}
        self.states: dict[str, dict[str, str]] = {}
        self.claimed: dict[str, float] = {}
        self.trips = 0

    async def put_records(self, kind: str, records: Mapping[str, bytes]) -> None:
        self.trips += 1
        self.kinds.setdefault(kind, {}).update(records)

    async def records(self, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        self.trips += 1
        kept = self.kinds.get(kind, {})
        return dict(kept) if keys is None else {key: kept[key] for key in keys if key in kept}

    async def drop_records(self, kind: str, keys: Sequence[str]) -> None:
        self.trips += 1
        for key in keys:
            self.kinds.get(kind, {}).pop(key, None)

    async def index_add(self, name: str, rows: Sequence[Placed], state: dict[str, str]) -> None:
        self.trips += 1
        self.rows.setdefault(name, {}).update({row.key: row for row in rows})
        self.states.setdefault(name, {}).update(state)

    async def index_drop(self, name: str, keys: Sequence[str]) -> None:
        self.trips += 1
        for key in keys:
            self.rows.get(name, {}).pop(key, None)

    async def index_page(self, name: str, *, below: int, above: int, offset: int, limit: int) -> tuple[Placed, ...]:
        self.trips += 1
        rows = sorted(self.rows.get(name, {}).values(), key=lambda row: row.id, reverse=True)
        return tuple(row for row in rows if above < row.id <= below)[offset : offset + limit]

    async def index_state(self, name: str) -> tuple[dict[str, str], int]:
        self.trips += 1
        return dict(self.states.get(name, {})), len(self.rows.get(name, {}))

    async def claim(self, key: str, seconds: int) -> bool:
        self.trips += 1
        now = time.monotonic()
        if self.claimed.get(key, 0.0) > now:
            return False
        self.claimed[key] = now + seconds
        return True
