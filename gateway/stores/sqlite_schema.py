"""The SQLite file: how it is opened, its schema and the way forward from older ones."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from gateway.stores.store import TooNew

T = TypeVar("T")

BUSY_SECONDS = 5.0
OPEN_TRIES = 50

FIRST = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta VALUES ('logins', 0)",
    "CREATE TABLE scopes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    """CREATE TABLE statuses (
        scope INTEGER NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL, native TEXT NOT NULL, sort TEXT NOT NULL,
        parent TEXT NOT NULL, boosted TEXT NOT NULL, booster TEXT NOT NULL, PRIMARY KEY (scope, id)) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX statuses_key ON statuses (scope, key)",
    "CREATE INDEX statuses_sort ON statuses (scope, sort) WHERE sort <> ''",
    """CREATE TABLE people (scope INTEGER NOT NULL, id INTEGER NOT NULL, native TEXT NOT NULL,
        PRIMARY KEY (scope, id)) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX people_native ON people (scope, native)",
    """CREATE TABLE kinds (scope INTEGER NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL,
        PRIMARY KEY (scope, key)) WITHOUT ROWID""",
    "CREATE TABLE accounts (id TEXT PRIMARY KEY, login TEXT NOT NULL, created INTEGER NOT NULL, data TEXT NOT NULL)",
    "CREATE INDEX accounts_login ON accounts (login)",
    """CREATE TABLE logins (hash TEXT PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, last_used INTEGER NOT NULL,
        data TEXT NOT NULL)""",
    "CREATE INDEX logins_account ON logins (account, id)",
    """CREATE TABLE entries (
        account TEXT NOT NULL, name TEXT NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL, native TEXT NOT NULL,
        row TEXT NOT NULL, PRIMARY KEY (account, name, key)) WITHOUT ROWID""",
    "CREATE INDEX entries_id ON entries (account, name, id)",
    """CREATE TABLE entry_state (account TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (account, name, field)) WITHOUT ROWID""",
    "CREATE TABLE once (key TEXT PRIMARY KEY, expires INTEGER NOT NULL, reply BLOB NOT NULL)",
)

ASKED_AND_MEDIA = (
    "ALTER TABLE statuses ADD COLUMN asked INTEGER NOT NULL DEFAULT 0",
    "UPDATE statuses SET asked = strftime('%s', 'now') / 86400",  # nothing counts as unused from before it was counted
    "CREATE INDEX statuses_asked ON statuses (asked)",
    """CREATE TABLE media (account TEXT NOT NULL, id INTEGER NOT NULL, native TEXT NOT NULL,
        PRIMARY KEY (account, id)) WITHOUT ROWID""",
)

NUMBERS_AND_RECORDS = (
    """CREATE TABLE numbers (account TEXT NOT NULL, kind TEXT NOT NULL, id INTEGER NOT NULL CHECK (id < 2147483648),
        native TEXT NOT NULL, PRIMARY KEY (account, kind, id)) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX numbers_native ON numbers (account, kind, native)",
    """CREATE TABLE records (account TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (account, kind, key)) WITHOUT ROWID""",
)

SHORT_LIVED = (
    "CREATE TABLE kept (key TEXT PRIMARY KEY, expires INTEGER NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE INDEX kept_expires ON kept (expires)",
    "CREATE TABLE claims (key TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX claims_expires ON claims (expires)",
)

NARROW = (
    """CREATE TABLE narrow (account TEXT NOT NULL, space TEXT NOT NULL, id INTEGER NOT NULL CHECK (id < 2147483648),
        wide INTEGER NOT NULL, PRIMARY KEY (account, space, id)) WITHOUT ROWID""",
    "CREATE UNIQUE INDEX narrow_wide ON narrow (account, space, wide)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, ASKED_AND_MEDIA, NUMBERS_AND_RECORDS, SHORT_LIVED, NARROW)
"""Step n leads from version n to version n + 1."""

VERSION = len(MIGRATIONS)


def connect(path: Path) -> sqlite3.Connection:
    """A connection for one thread at a time; folder and file are made when missing, for their owner only.

    Raises sqlite3.Error, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep_private(path)
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(db)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # what is removed does not stay in free pages
    except BaseException:
        db.close()
        raise
    return db


def beside(path: Path) -> tuple[Path, ...]:
    """The file, its log and the index of that: all of them hold what is stored."""
    return tuple(path.with_name(path.name + ending) for ending in ("", "-wal", "-shm"))


def _keep_private(path: Path) -> None:
    """A new file is its owner's only, and so is one of ours that everybody could read; log and index take its mode.

    A file that is there is not opened: closing it would end the locks that SQLite has on it in this process.
    """
    with suppress(FileExistsError):
        path.touch(0o600, exist_ok=False)
    for file in beside(path):
        with suppress(OSError):  # it is not there, or has no modes
            found = file.stat()
            if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_mode & 0o007:
                file.chmod(0o600)


def _use_wal(db: sqlite3.Connection) -> None:
    """SQLite does not wait for its busy timeout when two processes change the mode of a new file at once."""
    for _ in range(OPEN_TRIES):
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(0.02)
        else:
            return
    raise sqlite3.OperationalError("database is locked")


def transaction(db: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """`work` done whole or not at all, against other writers too. Raises what `work` raises, sqlite3.Error."""
    return _between(db, "BEGIN IMMEDIATE", work)


def snapshot(db: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    """Several reads of one moment, whoever writes meanwhile. Raises what `work` raises, sqlite3.Error."""
    return _between(db, "BEGIN", work)


def _between(db: sqlite3.Connection, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
    db.execute(begin)
    try:
        result = work(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


def migrate(db: sqlite3.Connection, steps: Sequence[Sequence[str]] = MIGRATIONS) -> None:
    """Bring the file to the newest schema in one transaction. Raises TooNew, sqlite3.Error."""
    transaction(db, lambda db: _step_forward(db, steps))


def _step_forward(db: sqlite3.Connection, steps: Sequence[Sequence[str]]) -> None:
    found = int(db.execute("PRAGMA user_version").fetchone()[0])
    if found > len(steps):
        raise TooNew(f"The store has schema {found}; this release knows schemas up to {len(steps)}.")
    for step in steps[found:]:
        for statement in step:
            db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(steps)}")
