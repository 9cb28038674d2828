"""One at a time, for as long as a turn lasts."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from gateway import turns
from gateway.stores.store import Store
from gateway.turns import MARGIN, Busy, turn

pytestmark = pytest.mark.anyio


class Reservations:
    """What the store does of it, by a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.held: dict[str, float] = {}

    def monotonic(self) -> float:
        return self.now

    async def reserve(self, key: str, seconds: int) -> bytes | None:
        if self.held.get(key, 0.0) > self.now:
            return b""
        self.held[key] = self.now + seconds
        return None

    async def release(self, key: str) -> None:
        self.held.pop(key, None)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Reservations:
    made = Reservations()
    monkeypatch.setattr(turns, "time", made)  # not the clock of the whole process: other loops run by it
    return made


def store(held: Reservations) -> Store:
    return cast("Store", held)


async def test_somebody_at_it_is_busy_and_afterwards_nobody_is(held: Reservations) -> None:
    async with turn(store(held), "k", 10):
        with pytest.raises(Busy):
            async with turn(store(held), "k", 10):
                pass
        async with turn(store(held), "another", 10):
            pass
    assert held.held == {}


async def test_it_is_waited_for_so_long(held: Reservations) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        held.now += seconds

    async with turn(store(held), "k", 10):
        with pytest.raises(Busy):
            async with turn(store(held), "k", 10, patience=1, sleep=sleep):
                pass
        assert sum(waits) == pytest.approx(1, abs=0.05)
        async with turn(store(held), "k", 10, patience=20, sleep=sleep):
            assert held.now == pytest.approx(10, abs=0.05)


@pytest.mark.parametrize("late", [10.5, 10 - MARGIN])
async def test_one_that_ran_out_is_not_given_back(held: Reservations, late: float) -> None:
    async with turn(store(held), "k", 10):
        held.now = late
        held.held["k"] = 99.0  # somebody else's by now
    assert held.held == {"k": 99.0}


async def test_a_cancellation_gives_it_back(held: Reservations) -> None:
    entered = asyncio.Event()

    async def work() -> None:
        async with turn(store(held), "k", 10):
            entered.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert held.held == {}
