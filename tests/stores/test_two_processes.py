"""Two real processes on one store at the same time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

import gateway
from tests.stores.conftest import Place
from tests.stores.racer import STATUSES
from tests.stores.samples import DAY, SCOPE, Order, in_order
from tests.stores.test_logins_contract import ALICE, settled

ROOT = Path(gateway.__file__).parents[1]
PATIENCE = 30
LONG = 10**9
"""Seconds: the racers have a real clock."""


@contextmanager
def process(*command: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def tell(running: subprocess.Popen[str], line: str) -> None:
    running.stdin.write(line + "\n")
    running.stdin.flush()


@pytest.mark.anyio
async def test_racing_processes_agree_and_give_nothing_twice(place: Place):
    tokens = {f"token{start}" for start in range(len(STATUSES))}
    async with place.opened() as store:
        for token in tokens:
            await store.keep(token, b"value", LONG)
    with ExitStack() as stack:
        racers = [stack.enter_context(process("-m", "tests.stores.racer")) for _ in range(2)]
        for seed, racer in enumerate(racers):
            tell(racer, json.dumps([place.url, seed, 150]))
        assert [racer.stdout.readline().strip() for racer in racers] == ["ready", "ready"]
        for racer in racers:
            tell(racer, "go")
        found = [json.loads(racer.communicate(timeout=PATIENCE)[0]) for racer in racers]
    for kind in ("statuses", "people", "numbers", "narrow"):
        one, other = (result[kind] for result in found)
        assert one.keys() & other.keys(), "they raced for the same keys"
        assert all(one[key] == other[key] for key in one.keys() & other.keys())
        given = {**one, **other}
        assert len(set(given.values())) == len(given)
    for once in ("won", "claimed", "taken"):
        assert found[0][once]
        assert found[1][once]
        both = found[0][once] + found[1][once]
        assert len(set(both)) == len(both), "none was won twice"
    async with place.opened() as store:
        final = await store.assign(SCOPE, STATUSES, [], DAY)
        left = {token for token in tokens if await store.kept(token)}
        numbers = await store.number("", "photo", [*found[0]["numbers"], *found[1]["numbers"]])
    assert left == tokens - {*found[0]["taken"], *found[1]["taken"]}
    assert numbers == found[0]["numbers"] | found[1]["numbers"]
    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1)), "none is left out"
    assert {**found[0]["statuses"], **found[1]["statuses"]}.items() <= final.statuses.items()
    assert in_order(final.statuses, [s for s in STATUSES if s.order is Order.ORDERED])


CHANGE = """
import asyncio, sys
from tests.stores.racer import store_at
from tests.stores.test_logins_contract import ALICE
async def change():
    store = store_at(sys.argv[1])
    await store.open()
    await store.put_account(ALICE)
    await store.close()
asyncio.run(change())
"""


@pytest.mark.anyio
async def test_a_change_of_logins_in_another_process_is_noticed(place: Place):
    async with place.opened() as store:
        before = store.logins_version()
        with process("-c", CHANGE, place.url) as other:
            assert other.wait(PATIENCE) == 0
        await settled(store, before)
        assert await store.account("1") == ALICE
