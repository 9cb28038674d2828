"""What only the Redis store has: checks at start, losing the server, the five seconds."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.stores.redis_store import RedisStore
from gateway.stores.store import StoreDown, TooNew
from tests.redis_server import RedisServer, running
from tests.stores.conftest import NOW
from tests.stores.samples import DAY, SCOPE, flake
from tests.stores.test_logins_contract import ALICE, PHONE, settled

pytestmark = pytest.mark.anyio


@contextmanager
def set_to(server: RedisServer, **options: str) -> Iterator[None]:
    """The server with other settings for a while."""
    with closing(server.client()) as client:
        before = {name: client.config_get(name)[name] for name in options}
        try:
            for name, value in options.items():
                client.config_set(name, value)
            yield
        finally:
            for name, value in before.items():
                client.config_set(name, value)


DOUBTS = {"persistence": {"appendonly": "no"}, "evicted": {"maxmemory-policy": "allkeys-lru"}}


@pytest.mark.parametrize("word", DOUBTS)
async def test_a_server_that_would_lose_records_is_refused(redis_server: RedisServer, redis_url: str, word: str):
    with set_to(redis_server, **DOUBTS[word]), pytest.raises(StoreDown, match=word):
        await RedisStore(redis_url).open()


@pytest.mark.parametrize("word", DOUBTS)
async def test_the_operator_may_accept_it_with_a_warning(redis_server: RedisServer, redis_url: str, word: str, caplog):
    with set_to(redis_server, **DOUBTS[word]), caplog.at_level(logging.WARNING):
        store = RedisStore(redis_url, unsafe=True)
        await store.open()
        await store.close()
    assert word in caplog.text


async def test_a_newer_schema_is_refused(redis_server: RedisServer, redis_url: str):
    with closing(redis_server.client()) as client:
        client.set("oldbird:schema", 99)
    with pytest.raises(TooNew):
        await RedisStore(redis_url).open()


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "redis+sentinel://127.0.0.1:1/main", "redis://127.0.0.1:x"])
async def test_a_server_that_is_not_there(url: str):
    store = RedisStore(url)
    with pytest.raises(StoreDown):
        await store.open()


async def test_losing_the_server_is_said_and_all_is_there_when_it_is_back(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("gateway.stores.redis_base.RETRY_SECONDS", 0.01)
    for server in running(tmp_path):
        store = RedisStore(server.url, monotonic=lambda: 0.0)
        await store.open()
        await store.put_account(ALICE)
        await store.put_login(PHONE)
        given = await store.assign(SCOPE, [flake(NOW)], ["p"], DAY)
        server.stop()
        for lost in (store.ping(), store.assign(SCOPE, [flake(NOW)], [], DAY), store.login("aa"), store.counts()):
            with pytest.raises(StoreDown):
                await lost
        before = store.logins_version()
        server.start()
        assert await store.assign(SCOPE, [flake(NOW)], ["p"], DAY) == given
        assert await store.login("aa") == (PHONE, ALICE)
        await settled(store, before)
        await store.close()


async def test_scripts_are_sent_again_when_the_server_lost_them(redis_server: RedisServer, redis_url: str):
    store = RedisStore(redis_url)
    await store.open()
    given = await store.assign(SCOPE, [flake(NOW)], [], DAY)
    with closing(redis_server.client()) as client:
        client.script_flush()
    assert await store.assign(SCOPE, [flake(NOW)], [], DAY) == given
    await store.close()


async def test_no_version_of_logins_lasts_longer_than_five_seconds(redis_url: str):
    time = [100.0]
    store = RedisStore(redis_url, monotonic=lambda: time[0])
    await store.open()
    before = store.logins_version()
    time[0] += 5
    assert store.logins_version() != before
    await store.close()


async def test_a_reservation_carries_its_time(redis_server: RedisServer, redis_url: str):
    store = RedisStore(redis_url)
    await store.open()
    await store.reserve("key", 60)
    with closing(redis_server.client()) as client:
        reserved = client.pttl("oldbird:once:key")
        await store.finish("key", b"reply", 10)
        finished = client.pttl("oldbird:once:key")
    assert 50_000 < reserved <= 60_000
    assert 5_000 < finished <= 10_000
    await store.close()


async def test_the_same_call_repeated_by_the_connection_still_wins(redis_url: str, monkeypatch):
    monkeypatch.setattr("gateway.stores.redis_store.secrets", SimpleNamespace(token_hex=lambda _: "mark"))
    store = RedisStore(redis_url)
    await store.open()
    assert await store.reserve("key", 60) is None
    assert await store.reserve("key", 60) is None
    await store.close()


class Counting(RedisStore):
    """Counts how often the server is asked."""

    asked = 0

    async def _do(self, ask):
        self.asked += 1
        return await super()._do(ask)


async def test_numbers_and_records_cost_one_round_trip_each(redis_url: str):
    store = Counting(redis_url)
    await store.open()
    many = [f"n{n}" for n in range(3000)]
    await store.number("1", "group", ["first"])  # the script is known to the server from here on
    for call in (
        store.number("1", "group", many),
        store.numbered("1", "group", range(1, 3001)),
        store.put_records("1", "seen", dict.fromkeys(many, b"yes")),
        store.records("1", "seen"),
        store.records("1", "seen", many),
        store.drop_records("1", "seen", many),
    ):
        before = store.asked
        await call
        assert store.asked == before + 1
    await store.close()


async def test_numbers_end_below_two_to_the_31st(redis_server: RedisServer, redis_url: str):
    store = RedisStore(redis_url)
    await store.open()
    with closing(redis_server.client()) as client:
        client.hset("oldbird:{a:1}:natives:group", "last", 2**31 - 2)
    with pytest.raises(StoreDown):
        await store.number("1", "group", ["a", "b"])
    assert await store.number("1", "group", ["c"]) == {"c": 2**31 - 1}, "nothing was given to the two"
    with pytest.raises(StoreDown):
        await store.number("1", "group", ["d"])
    await store.close()


async def test_all_of_an_account_is_under_its_hash_tag(redis_server: RedisServer, redis_url: str):
    store = RedisStore(redis_url)
    await store.open()
    for account in ("1", ""):
        await store.number(account, "group", ["a"])
        await store.put_records(account, "seen", {"a": b"yes"})
    with closing(redis_server.client()) as client:
        found = {key.decode() for key in client.scan_iter(match="oldbird:{a:*")}
    await store.close()
    names = ("numbers:group", "natives:group", "records:seen")
    assert found == {f"oldbird:{{a:{account}}}:{name}" for account in ("1", "") for name in names}


async def test_through_sentinel(redis_server: RedisServer, redis_url: str, tmp_path: Path):
    settings = tmp_path / "sentinel.conf"
    settings.write_text(f"sentinel monitor main 127.0.0.1 {redis_server.port} 1\n")
    sentinel = RedisServer(tmp_path, "--sentinel")
    sentinel.start_as(str(settings), "--sentinel")
    try:
        store = RedisStore(f"redis+sentinel://127.0.0.1:{sentinel.port}/main/0")
        await store.open()
        assert (await store.assign(SCOPE, [flake(NOW)], [], DAY)).statuses
        await store.close()
    finally:
        sentinel.stop()
