"""Files in parts on every store: several workers take them, and none is lost."""

from __future__ import annotations

import asyncio

import pytest

from gateway.errors import ApiError
from gateway.parts import Parts
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
