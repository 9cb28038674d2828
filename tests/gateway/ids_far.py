"""The little of a `Backend` that ids need, and statuses for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import msgspec
import pytest

from adapters.backend import Capabilities
from gateway.ids import Ids
from gateway.stores.sqlite import SqliteStore
from mappings import hub
from mappings.order import IdForm, sighting_for

NOW = 1_790_000_000_000
BASE = NOW - 10**9
FORMS = {hub.Order.TIMED: IdForm.SNOWFLAKE, hub.Order.ORDERED: IdForm.COUNTER, hub.Order.UNORDERED: IdForm.SNAC}
scopes = count()


class Far:
    """The little of a `Backend` that ids need. A status's date is its `created_at`, in milliseconds."""

    def __init__(self, order: hub.Order = hub.Order.TIMED, form: IdForm | None = None) -> None:
        self.base_url = f"https://{next(scopes)}.example"
        self.capabilities = Capabilities(software="fake", order=order)
        self.form = form or FORMS[order]
        self.sighted: list[str] = []

    def sighting(self, status: hub.Status) -> hub.Sighting:
        self.sighted.append(status.native)
        placed = self.parent_sighting(status.native, None, int(status.created_at))
        original = status.reblog_of
        return msgspec.structs.replace(
            placed,
            parent=self.key(status.in_reply_to or ""),
            boosted=original.native if original else "",
            booster=status.account.native if original else "",
        )

    def parent_sighting(self, native: str, child: hub.Sighting | None, ms: int = 0) -> hub.Sighting:
        order, ms, sub, sort = sighting_for(self.form, native, ms, NOW)
        return hub.Sighting(key=self.key(native), native=native, order=order, ms=ms, sub=sub, sort=sort)

    def key(self, native: str) -> str:
        return native[10:] if self.form is IdForm.SNAC else native


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite", clock=lambda: NOW)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def ids(store: SqliteStore) -> Ids:
    return fresh(store)


def fresh(store: SqliteStore, *, entries: int = 10_000, forget_days: int = 0, day: list[int] | None = None) -> Ids:
    """Ids with nothing in memory."""
    today = day or [20_000]
    return Ids(store, entries=entries, forget_days=forget_days, today=lambda: today[0])


def person(native: str) -> hub.Account:
    return hub.Account(native=native, username=native, acct=native)


def flake(ms: int, low: int = 0) -> str:
    return str(ms << 16 | low)


def post(native: str, ms: int = BASE, author: str = "1", **fields: object) -> hub.Status:
    return hub.Status(native=native, account=person(author), created_at=str(ms), **fields)
