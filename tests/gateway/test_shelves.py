"""What adapters keep in the store: sealed there for one account, opened for its sessions, renewed with the server key,
and carried to another store whose key is another one."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from adapters.activitypub.renewal import KIND as CREDENTIAL
from gateway import refresh
from gateway.exports import export
from gateway.imports import Import
from gateway.key_file import KeyFile
from gateway.rotation import Rotation
from gateway.shelves import PREFIX, StoreShelf
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import Store
from gateway.vault import Vault
from tests.gateway.test_rotation import no_pause
from tests.gateway.test_stolen_store import Loot, forms
from tests.stores.conftest import Place, place, redis_cluster, redis_server, redis_url
from tests.stores.test_logins_contract import ALICE

__all__ = ["place", "redis_cluster", "redis_server", "redis_url"]

pytestmark = pytest.mark.anyio
DOCUMENT = "document"
MESSAGE = {"https://a.example/1": b'{"content":"Meet me at the old bridge"}', "https://a.example/2": b""}
BOB = msgspec.structs.replace(ALICE, id="2", login="bob", native="11", username="bob")


@pytest.fixture
async def loot(place: Place, tmp_path: Path) -> AsyncIterator[Loot]:
    """A store of every kind with alice's shelf in it; the key file lies in another folder."""
    async with place.opened() as store:
        loot = Loot(place, store, tmp_path / "keys")
        await store.put_account(ALICE)
        await StoreShelf(store, loot.vault, ALICE.id).put_records(DOCUMENT, MESSAGE)
        yield loot


async def raw(store: Store, account: str = ALICE.id) -> dict[str, bytes]:
    """As it lies there."""
    return await store.records(account, PREFIX + DOCUMENT)


async def test_posts_and_messages_stand_nowhere_in_the_clear(loot: Loot) -> None:
    stolen = loot.bytes()
    assert b"https://a.example/1" in stolen, "these are the right bytes: addresses can be read"
    for form in forms(b"Meet me at the old bridge"):
        assert form not in stolen
    assert await StoreShelf(loot.store, loot.vault, ALICE.id).records(DOCUMENT) == MESSAGE


async def test_another_key_opens_nothing(loot: Loot) -> None:
    assert await StoreShelf(loot.store, Vault(b"x" * 32), ALICE.id).records(DOCUMENT) == {}


async def test_nobody_reads_it_by_a_shelf_of_their_own(loot: Loot) -> None:
    """Who can write the store moves alice's messages to bob's shelf, and signs in as bob."""
    await loot.store.put_account(BOB)
    await loot.store.put_records(BOB.id, PREFIX + DOCUMENT, await raw(loot.store))
    assert await StoreShelf(loot.store, loot.vault, BOB.id).records(DOCUMENT) == {}


async def test_records_of_an_older_release_are_read_and_sealed_by_the_next_rotation(loot: Loot) -> None:
    old = {"https://a.example/0": b'{"content":"From before"}'}
    await loot.store.put_records(ALICE.id, PREFIX + DOCUMENT, old)
    shelf = StoreShelf(loot.store, loot.vault, ALICE.id)
    assert await shelf.records(DOCUMENT) == MESSAGE | old
    await Rotation(loot.store, loot.file, no_pause).run()
    assert b"From before" not in b"".join((await raw(loot.store)).values())
    assert await shelf.records(DOCUMENT) == MESSAGE | old


async def test_after_a_rotation_the_old_key_opens_nothing_of_it(loot: Loot) -> None:
    old = Vault(loot.file.read())
    done = await Rotation(loot.store, loot.file, no_pause).run()
    assert (done.renewed, done.unreadable) == (len(MESSAGE), 0)
    for vault, expected in ((old, {}), (loot.vault, MESSAGE), (Vault.on(loot.file), MESSAGE)):
        assert await StoreShelf(loot.store, vault, ALICE.id).records(DOCUMENT) == expected


async def test_it_is_carried_to_a_store_with_another_key(loot: Loot, tmp_path: Path) -> None:
    shelf = StoreShelf(loot.store, loot.vault, ALICE.id)
    await shelf.put_records(CREDENTIAL, {CREDENTIAL: b"a renewed token"})
    await refresh.say(loot.store, ALICE.id, yes=True)
    file = b"".join([piece async for piece in export(loot.store, loot.vault, ALICE)])
    other, vault = SqliteStore(tmp_path / "other.sqlite"), Vault.on(KeyFile(tmp_path / "other"))
    await other.open()
    try:
        for _ in range(2):
            await Import(other, vault, io.BytesIO(file), today=1).run()
        assert await StoreShelf(other, vault, ALICE.id).records(DOCUMENT) == MESSAGE
        assert b"old bridge" not in b"".join((await raw(other)).values())
        assert await StoreShelf(other, vault, ALICE.id).records(CREDENTIAL) == {}, "a token stays where it is"
        assert await other.records(ALICE.id, refresh.KIND) == {}, "and so does what was allowed here"
    finally:
        await other.close()


async def test_what_no_key_opens_is_not_exported(loot: Loot) -> None:
    file = b"".join([piece async for piece in export(loot.store, Vault(b"x" * 32), ALICE)])
    assert b"a.example" not in file
