"""Uploaded files on every store: integers given by it, and integers made elsewhere."""

from __future__ import annotations

import pytest

from gateway.stores.store import Store

pytestmark = pytest.mark.anyio
NOW = 1_700_000_000_000


async def test_a_file_gets_the_integer_that_was_promised(store: Store) -> None:
    given = await store.put_media("alice", "native-1", NOW)
    promised = given + 2048
    assert await store.media_by_ids("alice", [promised]) == {}
    await store.set_media("alice", promised, "native-2")
    assert await store.media_by_ids("alice", [given, promised]) == {given: "native-1", promised: "native-2"}
    assert await store.media_by_ids("bob", [promised]) == {}
    await store.set_media("alice", promised, "native-3")
    assert await store.media_by_ids("alice", [promised]) == {promised: "native-3"}
    assert await store.put_media("alice", "native-4", NOW) == given + 1
