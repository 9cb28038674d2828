"""When short-lived things run out: by the store's clock in SQLite, by Redis's own."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.stores.redis_store import RedisStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_short import SWEPT
from tests.redis_server import RedisServer
from tests.stores.conftest import Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def file(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite", clock=clock)
    await store.open()
    yield store
    await store.close()


async def test_what_is_kept_ends_with_its_time(file: SqliteStore, clock: Clock):
    await file.keep("key", b"value", 60)
    clock.now += 59_999
    assert await file.kept("key") == b"value"
    clock.now += 1
    assert await file.kept("key") is None
    assert await file.take("key") is None


async def test_keeping_anew_gives_new_time(file: SqliteStore, clock: Clock):
    await file.keep("key", b"value", 60)
    clock.now += 50_000
    await file.keep("key", b"value", 60)
    clock.now += 50_000
    assert await file.kept("key") == b"value"


async def test_a_claim_ends_with_its_time_and_losing_it_does_not_prolong_it(file: SqliteStore, clock: Clock):
    assert await file.claim("key", 60)
    clock.now += 59_999
    assert not await file.claim("key", 60)
    clock.now += 1
    assert await file.claim("key", 60)
    assert not await file.claim("key", 60)


async def test_a_claim_that_has_run_out_is_won_also_when_it_was_not_swept_away(file: SqliteStore, clock: Clock):
    for number in range(SWEPT + 5):
        await file.claim(f"key{number}", 60 + number)
    clock.now += 600_000
    assert await file.claim(f"key{SWEPT + 4}", 60)


async def test_each_write_sweeps_a_bounded_number_of_rows(file: SqliteStore, clock: Clock, tmp_path: Path):
    for number in range(SWEPT + 5):
        await file.keep(f"key{number}", b"value", 60)
        await file.claim(f"key{number}", 60)
    clock.now += 60_000
    for left in (6, 2):
        await file.keep(f"new{left}", b"value", 60)
        await file.claim(f"new{left}", 60)
        with closing(sqlite3.connect(tmp_path / "store.sqlite")) as db:
            rows = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("kept", "claims")]
        assert rows == [left, left]


async def test_in_redis_everything_carries_its_time(redis_server: RedisServer, redis_url: str):
    store = RedisStore(redis_url)
    await store.open()
    await store.keep("key", b"value", 60)
    await store.claim("key", 30)
    await store.claim("key", 300)
    with closing(redis_server.client()) as client:
        kept, claimed = client.pttl("oldbird:kept:key"), client.pttl("oldbird:claim:key")
        assert 50_000 < kept <= 60_000
        assert 20_000 < claimed <= 30_000
        client.pexpire("oldbird:kept:key", 0)
        client.pexpire("oldbird:claim:key", 0)
    assert await store.take("key") is None
    assert await store.claim("key", 30)
    await store.close()


async def test_a_claim_repeated_by_the_connection_still_wins(redis_url: str, monkeypatch):
    monkeypatch.setattr("gateway.stores.redis_short.secrets", SimpleNamespace(token_hex=lambda _: "mark"))
    store = RedisStore(redis_url)
    await store.open()
    assert await store.claim("key", 60)
    assert await store.claim("key", 60)
    await store.close()
