"""Files in parts on every store: several workers take them, and none is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.errors import ApiError
from gateway.parts import MOST_FILES, Parts
from gateway.stores.store import Store
from gateway.vault import Vault

pytestmark = pytest.mark.anyio


async def test_two_workers_take_parts_of_one_file(store: Store) -> None:
    workers = [Parts(store, Vault(bytes(32)), most_file=1000, most_open=1000) for _ in range(2)]
    id = await workers[0].begin("alice", 30, "image/png")
    await asyncio.gather(*(workers[n % 2].add("alice", id, n, b"%02d!" % n) for n in range(10)))
    opened = await workers[1].find("alice", id)
    assert await workers[0].whole("alice", id, opened) == b"".join(b"%02d!" % n for n in range(10))
    await workers[0].finish("alice", id, opened, b"{}")
    assert (await workers[1].find("alice", id)).reply == b"{}"
    with pytest.raises(ApiError, match="of the announced 30"):
        await workers[1].whole("alice", id, opened)


async def test_two_workers_count_the_same_bytes(store: Store) -> None:
    workers = [Parts(store, Vault(bytes(32)), most_file=600, most_open=1000) for _ in range(2)]
    begun = await asyncio.gather(*(workers[n % 2].begin(f"account {n}", 300, "") for n in range(6)),
                                 return_exceptions=True)  # fmt: skip
    assert sum(isinstance(found, int) for found in begun) == 3
    assert {found.status for found in begun if isinstance(found, ApiError)} == {503}


async def test_many_small_files_do_not_fill_the_ledger(store: Store) -> None:
    """Each makes every other account's beginning slower."""
    parts = Parts(store, Vault(bytes(32)), most_file=1000, most_open=1_000_000)
    first, *_ = [await parts.begin("alice", 1, "") for _ in range(MOST_FILES)]
    with pytest.raises(ApiError, match="can be unfinished") as refused:
        await parts.begin("alice", 1, "")
    assert refused.value.status == 413
    await parts.begin("bob", 1, "")
    await parts.drop("alice", first, await parts.find("alice", first))
    await parts.begin("alice", 1, "")


class Slow:
    """A store that holds up the first segment it is to keep."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def keep(self, key: str, value: bytes, seconds: int) -> None:
        if len(value) > 10_000 and not self.go.is_set():
            self.reached.set()
            await self.go.wait()
        await self._store.keep(key, value, seconds)


@pytest.mark.parametrize("end", ["finish", "drop"])
async def test_no_segment_stays_behind_a_file_that_is_over(store: Store, end: str) -> None:
    """It would be held beside what the ledger counts."""
    slow, data = Slow(store), bytes(20_000)
    parts = Parts(slow, Vault(bytes(32)), most_file=50_000, most_open=50_000)  # type: ignore[arg-type]
    id = await parts.begin("alice", len(data), "")
    opened = await parts.find("alice", id)
    late = asyncio.create_task(parts.add("alice", id, 0, data))
    await slow.reached.wait()
    more = (b"{}",) if end == "finish" else ()
    over = asyncio.create_task(getattr(parts, end)("alice", id, opened, *more))
    for _ in range(20):
        await asyncio.sleep(0)
    slow.go.set()
    await asyncio.gather(late, over)
    assert not await store.kept(parts._part(f"alice:{id}", 0))
