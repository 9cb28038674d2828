"""Recording: whose requests, from when to when, through several processes, how much, and at what cost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import msgspec
import pytest

from gateway import recorder as module
from gateway.bodies import EMPTY
from gateway.exchange import Exchange
from gateway.problems import Problem
from gateway.recorder import MOST, Recorder, Taken, key_of
from gateway.recorder_files import Folder, Recorded, packed, unpacked
from gateway.recorder_orders import STANDS_SECONDS, Order, Orders, new_order
from gateway.stores.redis_store import RedisStore
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import Store, StoreDown
from gateway.vault import Vault
from tests.deploy.gateways import Running, environment, link
from tests.gateway.far_side import Clock
from tests.gateway.test_serve import OLDBIRD
from tests.gateway_harness import Ground, gateway_on
from tests.mock_server import MockServer
from tests.recorded_clients.replay import recording
from tests.secrets_used import heard

pytestmark = pytest.mark.anyio

HOME = "/api/statuses/home_timeline.json?count=3"


async def order_for(ground: Ground, name: str = "alice", *, texts: bool = False, seconds: int = 600) -> Order:
    """An order that stands, and is known to the process."""
    account = await ground.gateway.store.account_by_login(name)
    assert account is not None
    order = new_order(account, seconds, texts=texts)
    assert await ground.gateway.recorder.standing.give(order)
    await ground.gateway.recorder.look()
    return order


async def taken(ground: Ground, order: Order) -> list[Recorded]:
    """What was recorded, once all of it is written."""
    await ground.gateway.recorder._background.close()
    found = await Taken(ground.gateway.store, ground.gateway.vault, order).new()
    return [unpacked(data) for _, data in sorted(found)]


async def test_what_one_person_asks_is_recorded_and_nobody_elses(ground: Ground) -> None:
    ground.world.post("bob", "a text of bob's")
    order = await order_for(ground)
    await ground.get("statuses/home_timeline", count=3, twin=False)
    await ground.get("statuses/home_timeline", count=3, twin=False, user="bob")
    await ground.request("GET", "help/test", user=None)
    await ground.request("GET", "statuses/home_timeline", password="a-wrong-password-7")
    await ground.post("statuses/update", status="hello from a test")
    await ground.request("GET", "/api/statuses/no_such_call.json")
    found = await taken(ground, order)
    assert [(one.asked.call, one.answered.status) for one in found] == [
        ("statuses/home_timeline", 200), ("statuses/home_timeline", 401), ("statuses/update", 200), ("", 501)
    ]  # fmt: skip
    home, wrong, update, unknown = found
    assert (home.asked.auth, home.asked.query, home.answered.kind) == ("basic", [("count", "3")], "json")
    assert home.answered.body[0]["id"] > 0
    assert update.asked.body is not None
    assert (update.asked.body.kind, update.answered.body["text"]) == ("form", update.asked.body.fields[0][1])
    assert unknown.asked.path.startswith("/api/statuses/no_")
    everything = msgspec.json.encode(found).decode()
    for secret in ("a text of bob", "hello from", "alice", "bob", ground.passwords["alice"], "a-wrong-password-7"):
        assert secret not in everything
    assert wrong.answered.headers["www-authenticate"].startswith("Basic")


async def test_without_an_order_nothing_is_looked_at(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def saw(*_: Any) -> None:
        raise AssertionError("somebody looked")

    monkeypatch.setattr(Recorder, "saw", saw)
    await ground.request("GET", "/api/help/test.json")
    ground.store.trips.clear()
    assert (await ground.request("GET", HOME)).status == 200
    assert (await ground.request("GET", HOME)).status == 200
    assert [trip for trip in ground.store.trips if trip in {"kept", "claim", "keep"}] == []
    await ground.gateway.recorder.look()
    assert [trip for trip in ground.store.trips if trip in {"kept", "claim", "keep"}] == ["kept"], "one look, one trip"


async def test_it_ends_with_its_time_and_when_nobody_asks_for_it(ground: Ground) -> None:
    clock = Clock()
    orders = Orders(ground.gateway.store, ground.gateway.vault, clock=clock)
    account = await ground.gateway.store.account_by_login("alice")
    assert account is not None
    order = new_order(account, 100, texts=False, clock=clock)
    assert await orders.give(order)
    assert not await orders.give(new_order(account, 100, texts=False, clock=clock)), "one at a time"
    clock.now += STANDS_SECONDS - 1
    assert await orders.renew(order)
    clock.now += STANDS_SECONDS + 1
    assert await orders.standing() == {}, "the command was killed"
    assert not await orders.renew(order)
    assert await orders.give(order)
    clock.now += 100
    assert not await orders.renew(order)


async def test_a_process_that_looked_a_while_ago_records_no_longer_than_the_order(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await order_for(ground)
    clock = Clock()
    clock.now = float(order.stands)
    monkeypatch.setattr(ground.gateway.recorder, "_clock", clock)
    await ground.request("GET", HOME)
    assert await taken(ground, order) == []


async def test_a_store_that_is_away_ends_it_and_harms_no_request(ground: Ground) -> None:
    order = await order_for(ground)
    assert (await ground.request("GET", HOME)).status == 200
    await ground.gateway.recorder._background.close()
    ground.store.away = True
    await ground.request("GET", HOME)
    await ground.gateway.recorder._background.close()
    await ground.gateway.recorder.look()
    assert ground.gateway.recorder.orders == {}
    ground.store.away = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Orders, "standing", _down)
        await ground.gateway.recorder.look()
    assert len(await taken(ground, order)) == 1


async def _down(_: Orders) -> dict[str, Order]:
    raise StoreDown("away")


async def test_number_and_size_are_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    order = await order_for(ground)
    for _ in range(4):
        await ground.request("GET", HOME)
    assert len(await taken(ground, order)) == 2
    assert MOST <= 1000
    long = Recorded.of(order, _exchange(), EMPTY, (200, [], b""))
    body = [os.urandom(9).hex() for _ in range(99)]
    big = msgspec.structs.replace(long, answered=msgspec.structs.replace(long.answered, kind="json", body=body))
    assert unpacked(packed(big, 10_000)).answered.body is not None
    small = packed(big, 500)
    assert len(small) < 500
    assert (unpacked(small).answered.kind, unpacked(small).answered.body) == ("other", None)


def _exchange() -> Exchange:
    return Exchange({"method": "GET", "path": "/x", "query_string": b"", "headers": [], "type": "http"}, "/x")


async def test_what_lies_in_the_store_cannot_be_read_without_the_server_key(ground: Ground) -> None:
    ground.world.post("bob", "a text of bob's")
    order = await order_for(ground, texts=True)
    await ground.request("GET", HOME)
    await ground.gateway.recorder._background.close()
    value = await ground.gateway.store.kept(key_of(order, 1))
    assert value is not None
    orders = await ground.gateway.store.kept("recording orders")
    assert orders is not None
    assert b"bob" not in value
    assert order.secret not in orders
    assert b"alice" not in orders
    thief = Taken(ground.gateway.store, Vault(b"x" * 32), order)
    assert await thief.new() == []


@pytest.fixture(params=["sqlite", "redis"])
async def two(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """Two processes on one store."""

    def made() -> Any:
        if request.param == "sqlite":
            return SqliteStore(tmp_path / "s")
        return RedisStore(request.getfixturevalue("redis_url"))

    first, second = made(), made()
    await first.open()
    await second.open()
    yield first, second
    await first.close()
    await second.close()


async def test_several_processes_give_each_exchange_a_number_of_its_own(
    two: tuple[Store, Store], ground: Ground
) -> None:
    vault = ground.gateway.vault
    account = await ground.gateway.store.account_by_login("alice")
    assert account is not None
    order = new_order(account, 600, texts=False)
    assert await Orders(two[0], vault).give(order)
    recorders = [Recorder(store, vault) for store in two]
    for recorder in recorders:
        await recorder.look()
        assert recorder.orders.keys() == {account.id}
    numbers = [await recorder._number(order) for _ in range(3) for recorder in recorders]
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    reader = Taken(two[1], vault, order)
    await two[0].keep(key_of(order, 6), vault.wrap(b"six", "recording"), 60)
    assert await reader.new() == [(6, b"six")]
    await two[0].keep(key_of(order, 2), vault.wrap(b"two", "recording"), 60)
    await two[0].keep(key_of(order, 8), vault.wrap(b"eight", "recording"), 60)
    assert await reader.new() == [(2, b"two"), (8, b"eight")], "also before the highest number is told"
    assert await reader.new() == []
    assert await Orders(two[1], vault).end(account.id)
    await recorders[0].look()
    assert recorders[0].orders == {}


def test_a_folder_is_new_private_and_read_again(tmp_path: Path) -> None:
    order = Order(id="x", account="a", names=(), until=1, stands=1, secret=b"s")
    recorded = Recorded.of(order, _exchange(), EMPTY, (200, [], b""))
    folder = Folder(tmp_path / "new", texts=False)
    folder.add(2, msgspec.structs.replace(recorded, at=1000.0))
    folder.add(1, msgspec.structs.replace(recorded, at=1001.5))
    folder.finish()
    assert [one.at for one in recording(folder.path)] == [1.5, 0.0]
    assert {path.stat().st_mode & 0o777 for path in folder.path.iterdir()} == {0o600}
    assert folder.path.stat().st_mode & 0o777 == 0o700
    with pytest.raises(Problem, match="not empty"):
        Folder(folder.path, texts=False)


def test_the_command_records_what_another_process_answers(tmp_path: Path, mock: MockServer) -> None:
    environ = environment(tmp_path / "data", allow_hosts=mock.pair)
    password = link(environ, mock)
    gateway = Running(environ)
    try:
        words = [*OLDBIRD, "record", "alice", "--minutes", "1", "--out", str(tmp_path / "out")]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with subprocess.Popen(words, env=environ, text=True, **pipes) as process:
            assert process.stdout is not None
            assert "Recording what the clients of alice ask" in process.stdout.readline()
            gateway.wait_for("is recorded now")
            with httpx.Client(base_url=gateway.url, auth=("alice", password), trust_env=False) as client:
                assert client.get(HOME).status_code == 200
            while "home_timeline" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            said = process.stdout.read()
            assert process.wait(30) == 0
        heard("oldbird record", said)
        gateway.wait_for("is recorded no more")
    finally:
        assert gateway.stop() == 0
    assert "1 exchanges are in" in said
    (one,) = recording(tmp_path / "out")
    assert (one.asked.call, one.answered.status) == ("statuses/home_timeline", 200)
    index = json.loads((tmp_path / "out" / "index.json").read_text())
    assert (index["texts"], index["exchanges"]) == (False, ["0001-statuses-home_timeline.json"])


async def test_it_begins_with_the_gateway_and_ends_with_it(tmp_path: Path) -> None:
    async with gateway_on(tmp_path, people=("alice",)) as ground:
        recorder = ground.gateway.recorder
        recorder.start()
        await recorder.close()
        assert recorder._loop is not None
        assert recorder._loop.done()
