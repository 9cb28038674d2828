"""Equal concurrent reads are one, and never older than a write."""

from __future__ import annotations

import asyncio

import pytest

from gateway.flights import Flights


class Reads:
    """Counts, and waits until let go."""

    def __init__(self) -> None:
        self.number = 0
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> bytes:
        self.number += 1
        mine = self.number
        await self.go.wait()
        if self.error:
            raise self.error
        return b"%d" % mine


async def _started(reads: Reads, number: int) -> None:
    while reads.number < number:  # noqa: ASYNC110  steps of the loop, not time
        await asyncio.sleep(0)


@pytest.mark.anyio
async def test_equal_reads_are_one_and_different_ones_are_not() -> None:
    flights, reads = Flights(), Reads()
    tasks = [asyncio.create_task(flights.read("a", asked, reads)) for asked in ("x", "x", "x", "y")]
    tasks.append(asyncio.create_task(flights.read("b", "x", reads)))
    await _started(reads, 3)
    reads.go.set()
    assert await asyncio.gather(*tasks) == [b"1", b"1", b"1", b"2", b"3"]
    assert await flights.read("a", "x", reads) == b"4"


@pytest.mark.anyio
async def test_a_read_after_a_write_is_a_new_one() -> None:
    flights, reads = Flights(), Reads()
    before = asyncio.create_task(flights.read("a", "x", reads))
    await _started(reads, 1)
    flights.wrote("a")
    after = asyncio.create_task(flights.read("a", "x", reads))
    await _started(reads, 2)
    reads.go.set()
    assert await asyncio.gather(before, after) == [b"1", b"2"]


@pytest.mark.anyio
async def test_an_error_reaches_all_and_a_cancelled_leader_none() -> None:
    flights, reads = Flights(), Reads()
    tasks = [asyncio.create_task(flights.read("a", "x", reads)) for _ in range(2)]
    await _started(reads, 1)
    tasks[0].cancel()
    await _started(reads, 2)
    reads.error = ValueError("no")
    reads.go.set()
    cancelled, failed = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(cancelled, asyncio.CancelledError)
    assert isinstance(failed, ValueError)
