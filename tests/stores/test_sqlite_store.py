"""What only the SQLite store has: its file, schema and migrations."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from gateway.stores import sqlite_schema
from gateway.stores.sqlite import SqliteStore
from gateway.stores.sqlite_schema import BUSY_SECONDS, MIGRATIONS, VERSION, connect, migrate
from gateway.stores.store import StoreDown, TooNew
from mappings.narrow import second
from mappings.order import position
from tests.stores.conftest import NOW, Clock
from tests.stores.samples import DAY, SCOPE, flake
from tests.stores.test_logins_contract import ALICE, PHONE

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "store.sqlite"


def version(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


async def opened_once(file: Path) -> None:
    store = SqliteStore(file)
    await store.open()
    await store.close()


async def test_a_new_file_has_the_newest_schema_in_wal_mode(file: Path):
    await opened_once(file)
    assert version(file) == VERSION
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture
def usual_mask() -> Iterator[None]:
    """What a shell has: others may read what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """Of every file there."""
    return {path.name: mode(path) for path in folder.iterdir()}


def mode(path: Path) -> int:
    """Who may do what with it."""
    return path.stat().st_mode & 0o777


def change(path: Path, mode: int) -> None:
    """Who may do what with it from now on."""
    path.chmod(mode)


@pytest.fixture(params=["new folder", "folder that was there"])
def anywhere(request: pytest.FixtureRequest, file: Path) -> Path:
    """In a new folder, and in one for all to look into."""
    if request.param != "new folder":
        file.parent.mkdir()
        file.parent.chmod(0o755)
    return file


@pytest.mark.usefixtures("usual_mask")
async def test_the_file_is_its_owners_only_in_whatever_folder(anywhere: Path, request: pytest.FixtureRequest):
    store = SqliteStore(anywhere)
    await store.open()
    try:
        assert modes(anywhere.parent) == {"store.sqlite": 0o600, "store.sqlite-wal": 0o600, "store.sqlite-shm": 0o600}
        assert mode(anywhere.parent) == (0o700 if "new folder" in request.node.name else 0o755)
    finally:
        await store.close()


@pytest.mark.usefixtures("usual_mask")
@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o666, 0o600), (0o660, 0o660), (0o600, 0o600)])
async def test_a_file_for_all_to_read_keeps_what_it_holds_and_is_closed(file: Path, before: int, after: int):
    await opened_once(file)
    change(file, before)
    log = Path(f"{file}-wal")
    with closing(sqlite3.connect(file)) as old:  # of an older release that still runs
        old.execute("UPDATE meta SET value = 7")
        old.commit()
        assert mode(log) == before
        await opened_once(file)
        assert set(modes(file.parent).values()) == {after}
        old.execute("UPDATE meta SET value = value + 1")
        old.commit()
        assert old.execute("SELECT value FROM meta").fetchone() == (8,)


async def test_a_file_of_somebody_else_is_left_as_it_is(file: Path, monkeypatch: pytest.MonkeyPatch):
    await opened_once(file)
    change(file, 0o644)
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    await opened_once(file)
    assert modes(file.parent) == {"store.sqlite": 0o644}


async def test_a_second_connection_leaves_the_locks_of_the_first(file: Path):
    """To close a file that SQLite has open would end them: another process would then take the log away."""
    look = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT * FROM meta'); db.close()"
    store = SqliteStore(file)
    await store.open()
    try:
        await store.put_account(ALICE)
        await anyio.run_process([sys.executable, "-c", look, str(file)])
        assert "store.sqlite-wal" in modes(file.parent)
    finally:
        await store.close()


def write_previous(file: Path, schema: int = 1) -> None:
    """A file of an older schema with one of each record of the first."""
    with closing(connect(file)) as db:
        migrate(db, MIGRATIONS[:1])
        db.execute("INSERT INTO scopes VALUES (1, ?)", (SCOPE,))
        row = (1, position(NOW), flake(NOW).key, flake(NOW).key, flake(NOW).sort, "", "", "")
        db.execute("INSERT INTO statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO people VALUES (1, 77, 'somebody')")
        migrate(db, MIGRATIONS[:schema])


@pytest.mark.parametrize("schema", range(1, VERSION))
async def test_an_older_schema_is_brought_forward_with_all_it_holds(file: Path, schema: int):
    write_previous(file, schema)
    assert version(file) == schema
    store = SqliteStore(file, clock=Clock())
    await store.open()
    try:
        assert version(file) == VERSION
        assert (await store.status_by_id(SCOPE, position(NOW))).key == flake(NOW).key
        assert await store.account_by_id(SCOPE, 77) == "somebody"
        assert await store.forget(DAY) == 0, "what was not counted before counts as used today"
        assert (await store.assign(SCOPE, [flake(NOW)], ["somebody"], DAY)).accounts == {"somebody": 77}
        assert await store.media_by_ids("1", [await store.put_media("1", "file", NOW)])
        assert await store.number("1", "group", ["new"]) == {"new": 1}
        assert await store.narrow("1", "status", [position(NOW)]) == {position(NOW): second(position(NOW))}
        await store.put_records("1", "seen", {"new": b"yes"})
        assert await store.records("1", "seen") == {"new": b"yes"}
    finally:
        await store.close()


async def test_a_migration_that_fails_changes_nothing(file: Path, monkeypatch):
    write_previous(file)
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE fine (a)", "NO SQL AT ALL")))
    with closing(connect(file)) as db, pytest.raises(sqlite3.OperationalError):
        migrate(db, sqlite_schema.MIGRATIONS)
    assert version(file) == 1
    await opened_once(file)
    assert version(file) == VERSION


async def test_a_newer_schema_is_refused_and_left_alone(file: Path):
    await opened_once(file)
    with closing(sqlite3.connect(file)) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(TooNew):
        await opened_once(file)
    assert version(file) == VERSION + 1


def test_many_may_open_a_new_file_at_once(file: Path):
    def open_it(_: int) -> int:
        with closing(connect(file)) as db:
            migrate(db)
            return int(db.execute("PRAGMA user_version").fetchone()[0])

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(open_it, range(16))) == {VERSION}


@pytest.fixture
def no_database(tmp_path: Path) -> Path:
    path = tmp_path / "text"
    path.write_bytes(b"something else entirely" * 100)
    return path


async def test_a_file_that_is_no_database_is_no_store(no_database: Path):
    with pytest.raises(StoreDown):
        await opened_once(no_database)


async def test_a_folder_that_cannot_be_made_is_no_store(no_database: Path):
    with pytest.raises(StoreDown):
        await opened_once(no_database / "store.sqlite")


async def test_a_broken_step_is_rolled_back_and_the_store_goes_on(file: Path):
    store = SqliteStore(file, clock=Clock())
    await store.open()
    try:
        with closing(sqlite3.connect(file)) as db:
            db.execute("ALTER TABLE people RENAME TO people_away")
            with pytest.raises(StoreDown):
                await store.assign(SCOPE, [flake(NOW)], ["p"], DAY)
            db.execute("ALTER TABLE people_away RENAME TO people")
        assert await store.status_by_key(SCOPE, flake(NOW).key) is None, "nothing is half-written"
        assert (await store.assign(SCOPE, [flake(NOW)], ["p"], DAY)).statuses
    finally:
        await store.close()


async def test_the_version_of_logins_needs_an_open_store(file: Path):
    with pytest.raises(StoreDown):
        SqliteStore(file).logins_version()


async def test_media_of_the_previous_schema_keep_their_integers(file: Path):
    write_previous(file, 2)
    with closing(connect(file)) as db:
        db.execute("INSERT INTO media VALUES ('1', 5, 'file')")
    store = SqliteStore(file)
    await store.open()
    assert await store.media_by_ids("1", [5]) == {5: "file"}
    await store.close()


async def test_known_numbers_do_not_wait_for_other_writers(file: Path):
    store = SqliteStore(file)
    await store.open()
    given = await store.number("1", "group", ["a", "b"])
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with anyio.fail_after(BUSY_SECONDS / 2):
            assert await store.number("1", "group", ["b", "a"]) == given
        db.execute("ROLLBACK")
    await store.close()


async def test_numbers_end_below_two_to_the_31st(file: Path):
    store = SqliteStore(file)
    await store.open()
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("INSERT INTO numbers VALUES ('1', 'group', ?, 'last but one')", (2**31 - 2,))
    with pytest.raises(StoreDown):
        await store.number("1", "group", ["a", "b"])
    assert await store.number("1", "group", ["c"]) == {"c": 2**31 - 1}, "nothing was given to the two"
    with pytest.raises(StoreDown):
        await store.number("1", "group", ["d"])
    await store.close()


async def test_a_reservation_ends_with_its_time(file: Path):
    clock = Clock()
    store = SqliteStore(file, clock=clock)
    await store.open()
    try:
        assert await store.reserve("key", 60) is None
        clock.now += 59_999
        assert await store.reserve("key", 60) == b""
        clock.now += 1
        assert await store.reserve("key", 60) is None
        await store.finish("key", b"reply", 10)
        clock.now += 10_000
        assert await store.reserve("key", 60) is None
    finally:
        await store.close()


async def test_nothing_secret_is_readable_in_errors(file: Path):
    store = SqliteStore(file)
    await store.open()
    await store.put_account(ALICE)
    await store.put_login(PHONE)
    await store.close()
    with pytest.raises(StoreDown) as caught:
        await store.login(PHONE.hash)
    assert PHONE.hash not in str(caught.value).split()
