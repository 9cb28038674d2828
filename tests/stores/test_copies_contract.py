"""Carrying records to another store: everything, of either kind to either kind, and never against what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.stores.copies import FIELDS, OWN, PAGE, SHARED, Part, Row
from gateway.stores.sqlite import SqliteStore
from gateway.stores.store import IndexEntry, Store, StoreDown
from mappings.narrow import second
from mappings.order import position
from tests.stores.conftest import NOW, Place
from tests.stores.samples import DAY, SCOPE, counted, flake, loose

pytestmark = pytest.mark.anyio

ODD = "odd}:{kind*[1]"
BASE = NOW - 10**9


async def fill(store: Store) -> None:
    """Something of every part, more than one page of most."""
    many = range(PAGE + 5)
    statuses = (
        [flake(BASE + n, n) for n in many]
        + [counted(n, BASE - 10**8, parent="1") for n in (3, 4)]
        + [loose("l", BASE - 10**8)]
    )
    await store.assign(SCOPE, statuses, [f"p{n}" for n in many], DAY)
    await store.set_kind(SCOPE, "a", "photo")
    await store.set_kind(SCOPE, "b", "message")
    for n in range(3):
        await store.put_media("1", f"file {n}", NOW)
    for name in ("favourites", ODD):
        entries = [IndexEntry(id=n + 1, key=f"k{n}", native=f"n{n}", row=str(n)) for n in many]
        await store.index_add("1", name, entries, {"head": "1", "older": ""})
    await store.number("1", "group", [f"g{n}" for n in many])
    await store.number("1", ODD, ["x"])
    await store.narrow("1", "status", [position(BASE + 1000 * n) for n in many])
    await store.narrow("1", "message", [position(BASE)])
    await store.put_records("1", "seen", {f"r{n}": b"\x00\xff" for n in many})
    await store.put_records("1", ODD, {"ü": b""})


async def others(store: Store) -> None:
    """What is nobody's business here."""
    await store.assign("https://other.example", [flake(BASE)], ["p"], DAY)
    for account in ("", "11"):
        await store.number(account, "group", ["z"])
        await store.narrow(account, "status", [position(NOW)])
        await store.put_records(account, "seen", {"z": b"z"})


async def all_of(store: Store, part: Part) -> list[Row]:
    """The whole part, in an order of its own."""
    rows = []
    async for page in store.dump(part, SCOPE if part in SHARED else "1"):
        assert len(page) <= PAGE
        rows += page
    assert len(set(rows)) == len(rows)
    return sorted(rows)


async def everything(store: Store) -> dict[Part, list[Row]]:
    return {part: await all_of(store, part) for part in FIELDS}


async def put(store: Store, copies: dict[Part, list[Row]], account: str = "1") -> None:
    for part in (*SHARED, *OWN):
        scope = SCOPE if part in SHARED else account
        assert await store.load(part, scope, copies[part], DAY, write=False) == []
        for start in range(0, len(copies[part]), PAGE):
            assert await store.load(part, scope, copies[part][start : start + PAGE], DAY, write=True) == []


async def test_a_dump_has_every_row_of_its_scope_with_all_its_fields(store: Store):
    await fill(store)
    await others(store)
    copies = await everything(store)
    lengths = {part: len(rows) for part, rows in copies.items()}
    many = PAGE + 5
    assert lengths == {
        "statuses": many + 3, "people": many, "kinds": 2, "media": 3, "entries": 2 * many, "states": 4,
        "numbers": many + 1, "narrow": many + 1, "records": many + 1,
    }  # fmt: skip
    for part, rows in copies.items():
        assert {len(row) for row in rows} == {len(FIELDS[part])}
    assert (position(BASE), str(BASE << 16), str(BASE << 16), flake(BASE).sort, "", "", "") in copies["statuses"]
    assert (position(NOW), "file 0") in copies["media"]
    assert (ODD, 1, "x") in copies["numbers"]
    assert ("status", second(position(BASE)), position(BASE)) in copies["narrow"]
    assert (ODD, "ü", b"") in copies["records"]
    assert (ODD, 1, "k0", "n0", "0") in copies["entries"]
    assert ("favourites", "older", "") in copies["states"]


async def test_nothing_is_dumped_of_what_is_not_there(store: Store):
    assert await everything(store) == {part: [] for part in FIELDS}


async def test_what_is_carried_over_is_the_same_there_and_back(store: Store, tmp_path: Path):
    await fill(store)
    copies = await everything(store)
    there = SqliteStore(tmp_path / "there.sqlite")
    await there.open()
    await put(there, copies)
    assert await everything(there) == copies
    await there.close()
    assert await store.remove_account("1") is False
    await put(store, copies)
    assert await everything(store) == copies, "again: nothing moves"


async def test_an_empty_store_takes_everything_and_goes_on_from_there(place: Place, store: Store, tmp_path: Path):
    there = SqliteStore(tmp_path / "there.sqlite", clock=place.clock)
    await there.open()
    await fill(there)
    copies = await everything(there)
    await put(store, copies, "other id")
    ids = {row[1]: row[0] for row in copies["statuses"]}
    for batch in (
        [flake(BASE + n, n) for n in range(20)],
        [counted(5, BASE, parent="3"), counted(3)],
        [loose("m", NOW)],
    ):
        assert await store.assign(SCOPE, batch, ["p1", "new"], DAY) == await there.assign(
            SCOPE, batch, ["p1", "new"], DAY
        )
    assert await store.status_by_id(SCOPE, ids["3"]) == await there.status_by_id(SCOPE, ids["3"])
    assert await store.number("other id", "group", ["g7", "new"]) == await there.number("1", "group", ["g7", "new"])
    assert await store.numbered("other id", "group", [8]) == {8: "g7"}
    wides = [position(BASE - 1), position(BASE + 1500), position(NOW)]
    for space in ("status", "message"):
        assert await store.narrow("other id", space, wides) == await there.narrow("1", space, wides)
    asked = {"below": 2**53, "above": 0, "offset": 0, "limit": 9}
    assert await store.index_page("other id", ODD, **asked) == await there.index_page("1", ODD, **asked)
    assert await store.index_state("other id", ODD) == await there.index_state("1", ODD)
    assert await store.records("other id", ODD) == {"ü": b""}
    assert await store.kinds(SCOPE, ["a", "b"]) == {"a": "photo", "b": "message"}
    assert await store.forget(DAY) == 0, "nothing counts as unused"
    await there.close()


GIVEN: dict[Part, Row] = {
    "statuses": (10_000, "k5", "5", "005", "", "", ""),
    "people": (77, "p"),
    "media": (5, "file"),
    "numbers": ("group", 3, "g"),
    "narrow": ("status", 3, 2**53 - 1),
}
AGAINST: list[tuple[Part, Row]] = [
    ("statuses", (10_001, "k5", "5", "005", "", "", "")),
    ("statuses", (10_000, "k6", "6", "006", "", "", "")),
    ("people", (78, "p")),
    ("people", (77, "q")),
    ("media", (5, "other")),
    ("numbers", ("group", 4, "g")),
    ("numbers", ("group", 3, "h")),
    ("narrow", ("status", 4, 2**53 - 1)),
    ("narrow", ("status", 3, 2**53 - 2)),
]
BESIDE: dict[Part, Row] = {
    "statuses": (10_002, "k7", "7", "007", "", "", ""),
    "people": (79, "r"),
    "media": (6, "file"),
    "numbers": ("other", 3, "h"),
    "narrow": ("note", 3, 2**53 - 2),
}


def scope(part: Part) -> str:
    return SCOPE if part in SHARED else "1"


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize(("part", "row"), AGAINST)
async def test_what_contradicts_is_named_and_nothing_of_its_batch_is_added(
    store: Store, part: Part, row: Row, write: bool
):
    assert await store.load(part, scope(part), [GIVEN[part]], DAY, write=True) == []
    before = await everything(store)
    batch = [BESIDE[part], row, GIVEN[part]]
    assert await store.load(part, scope(part), batch, DAY, write=write) == [1]
    assert await everything(store) == before


@pytest.mark.parametrize(("part", "row"), AGAINST)
async def test_rows_that_contradict_each_other_are_not_added(store: Store, part: Part, row: Row):
    assert await store.load(part, scope(part), [GIVEN[part], row], DAY, write=True) == [1]
    assert await everything(store) == {part: [] for part in FIELDS}


@pytest.mark.parametrize("id", [9_999, 10_000 - 4096])
async def test_a_status_out_of_order_contradicts_before_anything_is_written(store: Store, id: int):
    await store.load("statuses", SCOPE, [GIVEN["statuses"]], DAY, write=True)
    newer = (id, "k6", "6", "006", "", "", "")
    older = (20_001 - id, "k4", "4", "004", "", "", "")
    unordered = (id, "loose", "loose", "", "", "", "")
    assert await store.load("statuses", SCOPE, [newer, older, unordered], DAY, write=False) == [0, 1]
    fine = [(10_001, "k6", "6", "006", "", "", ""), (9_999, "k4", "4", "004", "", "", "")]
    assert await store.load("statuses", SCOPE, fine, DAY, write=False) == []


async def test_what_is_there_already_stays(store: Store):
    kept: dict[Part, list[Row]] = {
        "kinds": [("a", "photo")],
        "entries": [("favourites", 5, "k", "n", "1")],
        "records": [("seen", "a", b"mine")],
        "states": [("favourites", "head", "mine")],
    }
    other: dict[Part, Row] = {
        "kinds": ("a", "message"),
        "entries": ("favourites", 6, "k", "m", "2"),
        "records": ("seen", "a", b"theirs"),
        "states": ("favourites", "head", "theirs"),
    }
    for part, rows in kept.items():
        await store.load(part, scope(part), rows, DAY, write=True)
        assert await store.load(part, scope(part), [other[part]], DAY, write=True) == []
        assert await all_of(store, part) == rows
    page = await store.index_page("1", "favourites", below=2**53, above=0, offset=0, limit=9)
    assert [entry.id for entry in page] == [5]


async def test_links_that_were_empty_are_filled_and_others_kept(store: Store):
    await store.load("statuses", SCOPE, [(9, "k", "n", "", "mine", "", "")], DAY, write=True)
    full: Row = (9, "k", "other", "", "parent", "boosted", "booster")
    assert await store.load("statuses", SCOPE, [full], DAY, write=True) == []
    assert await all_of(store, "statuses") == [(9, "k", "n", "", "mine", "boosted", "booster")]


async def test_two_loads_at_once_agree_on_one_owner_of_each_number(place: Place):
    async with place.opened() as here, place.opened() as there:
        loads = [
            store.load("people", SCOPE, [(77, f"{n}")], DAY, write=True) for n, store in enumerate([here, there] * 8)
        ]
        done = await asyncio.gather(*loads)
        assert done.count([]) == 1
        assert len(await all_of(here, "people")) == 1


@pytest.mark.parametrize("part", FIELDS)
async def test_a_closed_store_says_so(place: Place, part: Part):
    store = place.store()
    with pytest.raises(StoreDown):
        await store.load(part, scope(part), [GIVEN.get(part, ("a", "b", "c"))], DAY, write=True)
    with pytest.raises(StoreDown):
        await all_of(store, part)
