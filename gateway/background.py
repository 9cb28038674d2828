"""Work that goes on after its request: kept referenced, logged when it fails, ended with the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

log = logging.getLogger("oldbird")

T = TypeVar("T")

AGAIN_SECONDS = 0.2
FINISH_SECONDS = 5.0


class Background:
    """A set of running tasks."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` beside the requests."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("%s failed: %s", task.get_name(), type(error).__name__)

    async def close(self) -> None:
        """Let what still runs finish for a moment (a write may be among it), then cancel it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_SECONDS)
        await asyncio.gather(*[ended(task) for task in self._tasks])


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which goes on also when whoever waits for it is cancelled; they are afterwards. Raises what
    `work` raises, CancelledError."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        task.exception()
        raise asyncio.CancelledError
    return task.result()


async def ended(task: asyncio.Task[Any]) -> None:
    """Cancel it until it is over: before Python 3.11.4 a cancellation that meets the end of a time limit gets lost."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    if not task.cancelled():
        task.exception()  # it was logged where it arose, or does not matter any more
