"""What goes on beside requests ends with the process, whatever it makes of being cancelled."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from gateway import background
from gateway.background import Background, ended, to_its_end

pytestmark = pytest.mark.anyio


async def deaf(began: asyncio.Event, times: int) -> None:
    """Loses so many cancellations."""
    began.set()
    for _ in range(times):
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    await asyncio.Event().wait()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting."""
    monkeypatch.setattr(background, "AGAIN_SECONDS", 0.001)
    monkeypatch.setattr(background, "FINISH_SECONDS", 0.001)


@pytest.mark.parametrize("times", [0, 1, 3])
async def test_a_lost_cancellation_is_repeated(times: int) -> None:
    began = asyncio.Event()
    task = asyncio.create_task(deaf(began, times))
    await began.wait()
    await ended(task)
    assert task.cancelled()


async def test_what_must_be_done_is_done_before_a_cancellation_takes_effect() -> None:
    began, go, done = asyncio.Event(), asyncio.Event(), list[str]()

    async def written() -> str:
        began.set()
        await go.wait()
        done.append("written")
        return "result"

    task = asyncio.create_task(to_its_end(written()))
    await began.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go.set()
    await ended(task)
    assert (task.cancelled(), done) == (True, ["written"])
    assert await to_its_end(written()) == "result"


async def test_all_of_it_ends() -> None:
    began, kept = asyncio.Event(), Background()
    tasks = [kept.start(deaf(began, times), "deaf") for times in (2, 0)]
    await began.wait()
    await kept.close()
    assert all(task.cancelled() for task in tasks)


async def test_what_failed_is_over() -> None:
    async def fails() -> None:
        raise ValueError

    task = asyncio.create_task(fails())
    await asyncio.wait({task})
    await ended(task)
    assert task.done()
