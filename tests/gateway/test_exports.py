"""Export and import: of either kind of store to either, whole, without secrets, never against what is there."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.exports import VERSION, export
from gateway.imports import Import, Imported, ImportProblem
from gateway.stores.copies import FIELDS, OWN, PAGE, SHARED
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import AccountRecord, IndexEntry, LoginRecord, Store
from gateway.vault import Vault
from mappings.order import position
from tests.stores.conftest import NOW, place, redis_cluster, redis_server, redis_url, store
from tests.stores.samples import DAY, SCOPE, counted, flake
from tests.stores.test_logins_contract import ALICE

__all__ = ["place", "redis_cluster", "redis_server", "redis_url", "store"]

pytestmark = pytest.mark.anyio

BOB = msgspec.structs.replace(ALICE, id="2", login="bob", native="11", username="bob", created=101)
ELSEWHERE = msgspec.structs.replace(ALICE, id="3", login="alice@other", backend="https://other.example", created=102)
LOGIN = LoginRecord(
    hash="5ec2e7" * 8, id="phone", account="1", name="Phone", public=b"P5ec2e7", sealed=b"S5ec2e7", secret=b"T5ec2e7"
)
BASE = NOW - 10**9
VAULT = Vault(bytes(32))
LEFT_OUT = ("photo", "contact-version")
"""Kinds of records that no file has."""


async def fill(store: Store) -> None:
    """Three accounts at two servers, with something of everything."""
    for account in (ALICE, BOB, ELSEWHERE):
        await store.put_account(account)
        await store.index_add(account.id, "favourites", [IndexEntry(id=5, key="k", native="n")], {"head": account.id})
        await store.number(account.id, "group", [f"group of {account.id}"])
        await store.put_records(account.id, "seen", {f"mark of {account.id}": b"\x00\xff"})
        for kind in LEFT_OUT:
            await store.put_records(account.id, kind, {"0" * 32: b"{}"})
        await store.put_media(account.id, f"file of {account.id}", NOW)
        await store.narrow(account.id, "status", [position(BASE)])
    await store.put_login(LOGIN)
    await store.put_records("", "consumer", {"key": b"consumer 5ec2e7"})
    await store.keep("web", b"5ec2e7", 600)
    await store.assign(SCOPE, [flake(BASE + n) for n in range(PAGE + 5)], ["10", "11"], DAY)
    await store.assign(ELSEWHERE.backend, [counted(n, BASE) for n in (1, 2)], ["10"], DAY)
    await store.set_kind(SCOPE, "k", "message")


async def file_of(store: Store, *accounts: AccountRecord) -> bytes:
    return b"".join([piece async for piece in export(store, VAULT, *accounts)])


def lines_of(file: bytes) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in file.splitlines()]


def parts_of(file: bytes) -> dict[str, int]:
    """part -> number of lines"""
    parts = [line["part"] for line in lines_of(file)]
    return {part: parts.count(part) for part in parts}


async def imported(store: Store, file: bytes, **options: bool) -> Imported:
    return await Import(store, VAULT, io.BytesIO(file), today=DAY, **options).run()


async def rows_of(store: Store, account: AccountRecord = ALICE, id: str = "1") -> list[object]:
    """All that can be carried of an account, in an order of its own."""
    found: list[object] = []
    for part in (*SHARED, *OWN):
        pages = [page async for page in store.dump(part, account.backend if part in SHARED else id)]
        found.append((part, sorted(row for page in pages for row in page if row[0] not in LEFT_OUT)))
    return found


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    """A second, empty store."""
    store = SqliteStore(tmp_path / "other.sqlite")
    await store.open()
    yield store
    await store.close()


async def test_a_file_says_what_it_is_and_ends_with_its_length(store: Store):
    await fill(store)
    lines = lines_of(await file_of(store, ALICE))
    assert (lines[0]["part"], lines[0]["version"]) == ("oldbird export", VERSION)
    assert lines[1] == {
        "part": "account", "id": "1", "login": "alice", "backend": SCOPE, "software": "mastodon", "native": "10",
        "username": "alice", "created": 100,
    }  # fmt: skip
    assert lines[-1] == {"part": "end", "lines": len(lines) - 1}
    status = next(line for line in lines if line["part"] == "statuses")
    native = str(BASE << 16)
    assert status == {
        "part": "statuses", "of": SCOPE, "id": position(BASE), "key": native, "native": native,
        "sort": flake(BASE).sort,
    }  # fmt: skip
    assert {"part": "records", "of": "1", "kind": "seen", "key": "mark of 1", "value": "AP8="} in lines


async def test_one_account_takes_its_backends_map_and_nothing_of_others(store: Store):
    await fill(store)
    file = await file_of(store, ALICE)
    assert parts_of(file) == {
        "oldbird export": 1, "account": 1, "statuses": PAGE + 5, "people": 2, "media": 1, "numbers": 1, "narrow": 1,
        "entries": 1, "records": 1, "states": 1, "end": 1,
    }  # fmt: skip
    for foreign in (b"of 2", b"of 3", b"other.example", b'"bob"', b"5ec2e7", b"consumer", b"photo", b"contact-version"):
        assert foreign not in file


async def test_which_posts_are_messages_is_told_to_who_is_alone_or_exports_all(store: Store):
    await fill(store)
    assert "kinds" not in parts_of(await file_of(store, ALICE))
    assert parts_of(await file_of(store, ALICE, BOB))["kinds"] == 1
    await store.remove_account("2")
    assert parts_of(await file_of(store, ALICE))["kinds"] == 1


async def test_all_accounts_share_each_map_once_and_no_secret_is_in_it(store: Store):
    await fill(store)
    file = await file_of(store, *await store.accounts())
    found = parts_of(file)
    assert (found["account"], found["statuses"], found["people"], found["records"]) == (3, PAGE + 7, 3, 3)
    for secret in (b"5ec2e7", b"NWVjMmU3", b"VjMmU3", b"Phone", b"consumer"):
        assert secret not in file


async def test_what_was_exported_comes_back_whole_in_a_new_store(store: Store, other: Store):
    await fill(other)
    done = await imported(store, await file_of(other, *await other.accounts()))
    assert done.new == (ALICE, BOB, ELSEWHERE) == await store.accounts()
    assert done.left_out == 0
    assert done.rows["statuses"] == PAGE + 7
    for account in (ALICE, BOB, ELSEWHERE):
        assert await rows_of(store, account, account.id) == await rows_of(other, account, account.id)
        assert await store.logins(account.id) == ()
    assert await store.records("", "consumer") == {}


async def test_and_from_any_store_to_another(store: Store, other: Store):
    await fill(store)
    file = await file_of(store, ALICE, BOB)
    await imported(other, file)
    assert await rows_of(other) == await rows_of(store)
    assert lines_of(await file_of(other, ALICE, BOB))[1:3] == lines_of(file)[1:3]


async def test_importing_again_changes_nothing(store: Store):
    await fill(store)
    before = await rows_of(store)
    done = await imported(store, await file_of(store, *await store.accounts()))
    assert (done.new, done.left_out) == ((), 0)
    assert await rows_of(store) == before
    assert len(await store.logins("1")) == 1


async def test_an_account_linked_under_another_id_gets_its_own(store: Store, other: Store):
    await fill(other)
    mine = msgspec.structs.replace(ALICE, id="a1", login="me")
    stranger = msgspec.structs.replace(ALICE, id="1", login="bob", native="99")
    await store.put_account(mine)
    await store.put_account(stranger)
    done = await imported(store, await file_of(other, ALICE, BOB))
    assert [(account.id, account.login) for account in done.new] == [("2", "bob@backend.example")]
    assert await store.records("a1", "seen") == {"mark of 1": b"\x00\xff"}
    assert await store.records("1", "seen") == {}
    assert await store.account("a1") == mine


async def test_a_new_account_whose_id_is_taken_gets_another(store: Store, other: Store):
    await fill(other)
    await store.put_account(msgspec.structs.replace(ALICE, login="carol", native="99"))
    (alice,) = (await imported(store, await file_of(other, ALICE))).new
    assert alice.id != "1"
    assert alice.login == "alice"
    assert await store.records(alice.id, "seen") == {"mark of 1": b"\x00\xff"}


async def test_a_name_that_belongs_to_others_is_not_taken(store: Store, other: Store):
    await fill(other)
    for number, name in enumerate(("ALICE", "alice@backend.example")):
        await store.put_account(msgspec.structs.replace(ALICE, id=f"c{number}", login=name, native=f"9{number}"))
    with pytest.raises(ImportProblem, match="belongs to somebody else"):
        await imported(store, await file_of(other, ALICE))
    assert len(await store.accounts()) == 2


async def contradicting(store: Store, other: Store) -> bytes:
    """A file of `other` with a number, a person and a status that `store` gave to others; the rest fits."""
    await fill(other)
    await store.put_account(ALICE)
    await store.number("1", "group", ["mine"])
    await store.load("people", SCOPE, [(77, "10")], DAY, write=True)
    await store.load(
        "statuses", SCOPE, [(position(BASE) - 4096, str(BASE << 16), "n", "", "", "", "")], DAY, write=True
    )
    return await file_of(other, ALICE)


async def test_contradictions_are_named_and_nothing_is_imported(store: Store, other: Store):
    file = await contradicting(store, other)
    before = await rows_of(store)
    with pytest.raises(ImportProblem) as caught:
        await imported(store, file)
    said = str(caught.value)
    assert said.startswith("3 rows contradict")
    assert "nothing was imported" in said
    assert f"statuses {position(BASE)} {BASE << 16}" in said
    assert "numbers group 1 group of 1" in said
    assert await rows_of(store) == before


async def test_contradictions_can_be_left_out(store: Store, other: Store):
    file = await contradicting(store, other)
    done = await imported(store, file, keep_mine=True)
    assert done.left_out == 3
    assert done.rows["statuses"] == PAGE + 4
    assert (await store.status_by_key(SCOPE, str(BASE << 16))).id == position(BASE) - 4096
    assert (await store.status_by_key(SCOPE, str((BASE + 1) << 16))).id == position(BASE + 1)
    assert await store.account_by_id(SCOPE, 77) == "10"
    assert await store.numbered("1", "group", [1]) == {1: "mine"}
    assert await store.records("1", "seen") == {"mark of 1": b"\x00\xff"}


async def test_how_far_a_list_was_filled_is_not_taken_over_where_it_is_filled(store: Store, other: Store):
    await fill(other)
    await other.index_add("1", "mentions", [], {"older": "cursor"})
    await store.put_account(ALICE)
    await store.index_add("1", "favourites", [], {"older": "mine"})
    await imported(store, await file_of(other, ALICE))
    assert await store.index_state("1", "favourites") == ({"older": "mine"}, 1)
    assert await store.index_state("1", "mentions") == ({"older": "cursor"}, 0)


class Meddling:
    """A store in which others write before the first row is imported."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def load(self, part: Any, scope: str, rows: Any, today: int, *, write: bool) -> list[int]:
        if write:
            await self._store.load("people", SCOPE, [(77, "10")], DAY, write=True)
        return await self._store.load(part, scope, rows, today, write=write)


async def test_what_is_written_meanwhile_stops_an_import_that_can_be_repeated(store: Store, other: Store):
    await fill(other)
    file = await file_of(other, ALICE)
    meddling: Any = Meddling(store)
    with pytest.raises(ImportProblem, match="written meanwhile"):
        await imported(meddling, file)
    with pytest.raises(ImportProblem, match=r"^1 rows contradict"):
        await imported(store, file)
    assert (await imported(store, file, keep_mine=True)).left_out == 1


@pytest.fixture
async def good(other: Store) -> list[bytes]:
    """The lines of a file."""
    await fill(other)
    return (await file_of(other, ALICE)).splitlines(keepends=True)


HEAD = b'{"part":"oldbird export","version":1}\n'
ODD: dict[str, tuple[bytes, str]] = {
    "another file": (b'{"hello":1}\n', "not made by"),
    "no text": (b"\x00\xff\x00", "not made by"),
    "a later version": (b'{"part":"oldbird export","version":3}\n', "newer release"),
    "nothing": (b"", "not whole"),
    "no end": (HEAD, "end is missing"),
    "a wrong end": (HEAD + b'{"part":"end","lines":5}\n', "had 5 lines and has 1"),
    "more behind the end": (HEAD + b'{"part":"end","lines":1}\n{"part":"end","lines":2}\n', "Line 3"),
    "two heads": (HEAD + HEAD, "Line 2"),
    "nobody's row": (HEAD + b'{"part":"people","of":"x","id":1,"native":"n"}\n{"part":"end","lines":2}', "nobody"),
    "an unknown part": (HEAD + b'{"part":"logins","of":"x"}\n', "Line 2"),
    "a huge number": (HEAD + b'{"part":"people","of":"x","id":2147483648,"native":"n"}\n', "Line 2"),
    "a number of 0": (HEAD + b'{"part":"statuses","of":"x","id":0,"key":"k","native":"n"}\n', "Line 2"),
    "space in an order": (
        HEAD + b'{"part":"statuses","of":"x","id":1,"key":"k","native":"n","sort":"a b"}\n',
        "Line 2",
    ),
    "no base64": (HEAD + b'{"part":"records","of":"x","kind":"k","key":"n","value":"?"}\n', "Line 2"),
    "an odd account": (HEAD + b'{"part":"account","id":"}:","login":"a","backend":"x"}\n', "Line 2"),
}


@pytest.mark.parametrize("case", ODD)
async def test_a_file_that_is_none_is_refused(other: Store, case: str):
    content, said = ODD[case]
    with pytest.raises(ImportProblem, match=said):
        await imported(other, content)
    assert (await other.counts())["statuses"] == 0


async def test_a_file_cut_short_anywhere_imports_nothing(good: list[bytes], tmp_path: Path):
    store = SqliteStore(tmp_path / "new.sqlite")
    await store.open()
    for cut in (1, 2, 3, len(good) // 2, len(good) - 1):
        with pytest.raises(ImportProblem):
            await imported(store, b"".join(good[:cut]))
        with pytest.raises(ImportProblem):
            await imported(store, b"".join(good)[: len(b"".join(good[:cut])) + 9])
    with pytest.raises(ImportProblem, match="not whole"):
        await imported(store, b"".join(good[:9] + good[10:]))
    assert await store.accounts() == ()
    assert (await store.counts())["statuses"] == 0
    await store.close()


@pytest.mark.parametrize("of", ["2", SCOPE])
async def test_rows_of_accounts_that_the_file_does_not_name_are_refused(good: list[bytes], other: Store, of: str):
    row = msgspec.json.encode({"part": "numbers", "of": of, "kind": "group", "id": 1, "native": "n"})
    end = msgspec.json.encode({"part": "end", "lines": len(good)})
    with pytest.raises(ImportProblem, match=f"Line {len(good)} belongs to nobody"):
        await imported(other, b"".join(good[:-1]) + row + b"\n" + end)


async def test_fields_of_a_later_release_are_left_aside(good: list[bytes], tmp_path: Path):
    store = SqliteStore(tmp_path / "new.sqlite")
    await store.open()
    later = [line[:-2] + b',"new":[1]}\n' for line in good]
    assert (await imported(store, b"".join(later))).rows["statuses"] == PAGE + 5
    await store.close()


async def test_memory_holds_a_page_at_a_time(store: Store):
    await fill(store)
    sizes = [piece.count(b"\n") async for piece in export(store, VAULT, ALICE)]
    assert max(sizes) <= PAGE


def test_every_part_of_a_store_is_exported():
    assert {*SHARED, *OWN} == set(FIELDS)
