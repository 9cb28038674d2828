"""Reading an exported file into a store: twice, first to see whether it can be, then to do it.

Nothing that is there moves or changes. A row that would have to move something is a contradiction: then nothing at all
is imported, or on demand all but these rows. An import that broke off can be repeated. Memory does not grow with the
file; other processes may go on.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import msgspec

from gateway.exports import VERSION, End, ExportedAccount, Head, decoder
from gateway.logins import host_of
from gateway.problems import Problem
from gateway.shelves import PREFIX, Seal
from gateway.stores.copies import FIELDS, PAGE, SHARED, Part, Row
from gateway.stores.store import AccountRecord, Store
from gateway.vault import Vault

LINE_BYTES = 16 * 1024 * 1024
SHOWN = 3
"""Contradictions that are told in full."""


class ImportProblem(Problem):
    """The file cannot be imported, for the reason in the text."""


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """`rows`: part -> rows of the file that are in the store now. `left_out`: those that contradict what is there.
    `new`: accounts that were not linked before, and have to be linked again."""

    rows: dict[str, int]
    left_out: int
    new: tuple[AccountRecord, ...]


class Batch(NamedTuple):
    """Neighbouring rows of one part of one backend or account; `line` is that of the first."""

    part: Part
    of: str
    rows: list[Row]
    line: int


class Import:
    """One file into one store, under its server key. `today` is days since 1970; `keep_mine` leaves contradictions
    out."""

    def __init__(self, store: Store, vault: Vault, file: BinaryIO, *, today: int, keep_mine: bool = False) -> None:
        self._store, self._vault = store, vault
        self._file = file
        self._today = today
        self._keep_mine = keep_mine
        self._accounts: dict[str, AccountRecord] = {}
        self._new: list[AccountRecord] = []
        self._begun: dict[tuple[str, str], bool] = {}

    async def run(self) -> Imported:
        """Both passes. Raises ImportProblem, StoreDown."""
        number, shown = await self._check()
        if number and not self._keep_mine:
            raise ImportProblem(
                f"{number} rows contradict what is in the store ({'; '.join(shown)}): nothing was imported. "
                "With --keep-mine they are left out."
            )
        for account in self._new:
            await self._store.put_account(account)
        return await self._write()

    async def _check(self) -> tuple[int, list[str]]:
        """Read the whole file, write nothing: the number of contradictions, and the first of them."""
        self._accounts = await self._matched(list(self._head()))
        number = 0
        shown: list[str] = []
        for batch in self._batches():
            wrong = await self._load(batch, batch.rows, write=False)
            number += len(wrong)
            shown += [_named(batch.part, batch.rows[place]) for place in wrong[: SHOWN - len(shown)]]
        return number, shown

    async def _write(self) -> Imported:
        done: Counter[str] = Counter()
        left_out = 0
        for batch in self._batches():
            rows = await self._stateless(batch)
            stale = len(batch.rows) - len(rows)
            if self._keep_mine:  # order is looked at only before writing
                rows = _without(rows, await self._load(batch, rows, write=False))
            rows = await self._added(batch, rows)
            done[batch.part] += len(rows) + stale
            left_out += len(batch.rows) - stale - len(rows)
        return Imported(rows=dict(done), left_out=left_out, new=tuple(self._new))

    async def _added(self, batch: Batch, rows: list[Row]) -> list[Row]:
        """The rows that are in the store now. What contradicts only here was written meanwhile, or stands in the file
        itself."""
        while rows and (wrong := await self._load(batch, rows, write=True)):
            if not self._keep_mine:
                raise ImportProblem(
                    f"{_named(batch.part, rows[wrong[0]])} contradicts what was written meanwhile, or the file itself: "
                    "what stands before it is imported. Try again."
                )
            rows = _without(rows, wrong)
        return rows

    async def _load(self, batch: Batch, rows: list[Row], *, write: bool) -> list[int]:
        scope = self._scope(batch)
        if write and batch.part == "records":
            rows = self._sealed(scope, rows)
        return await self._store.load(batch.part, scope, rows, self._today, write=write)

    def _sealed(self, account: str, records: list[Row]) -> list[Row]:
        """As shelves keep theirs."""
        seal = Seal(self._vault, account)

        def kept(kind: object, value: str | int | bytes) -> str | int | bytes:
            return seal.on(value) if isinstance(value, bytes) and str(kind).startswith(PREFIX) else value

        return [(kind, key, kept(kind, value)) for kind, key, value in records]

    async def _stateless(self, batch: Batch) -> list[Row]:
        """The rows without states of indexes that have one: how far those were filled is known better here."""
        rows = batch.rows
        if batch.part != "states":
            return rows
        account = self._scope(batch)
        for name in {str(row[0]) for row in rows}:
            if (account, name) not in self._begun:
                state, _ = await self._store.index_state(account, name)
                self._begun[account, name] = bool(state)
        return [row for row in rows if not self._begun[account, str(row[0])]]

    # accounts
    async def _matched(self, found: list[ExportedAccount]) -> dict[str, AccountRecord]:
        """The accounts of the file by their id there: the same person's here, or a new one."""
        known = list(await self._store.accounts())
        matched: dict[str, AccountRecord] = {}
        for theirs in found:
            same = (one for one in known if (one.backend, one.native) == (theirs.backend, theirs.native))
            mine = next(same, None)
            if mine is None:
                mine = _new_account(theirs, known)
                known.append(mine)
                self._new.append(mine)
            matched[theirs.id] = mine
        return matched

    def _scope(self, batch: Batch) -> str:
        """Where a batch goes. Raises ImportProblem for what belongs to no account of the file."""
        if batch.part in SHARED and any(account.backend == batch.of for account in self._accounts.values()):
            return batch.of
        if batch.part not in SHARED and batch.of in self._accounts:
            return self._accounts[batch.of].id
        raise ImportProblem(f"Line {batch.line} belongs to nobody whose account is in the file.")

    # the file
    def _head(self) -> Iterator[ExportedAccount]:
        for _, line in self._lines():
            if isinstance(line, ExportedAccount):
                yield line
            elif not isinstance(line, Head):
                return

    def _batches(self) -> Iterator[Batch]:
        batch: Batch | None = None
        for number, line in self._lines():
            if isinstance(line, (Head, ExportedAccount, End)):
                continue
            of, *row = msgspec.structs.astuple(line)
            part = _PARTS[type(line).__name__]
            if batch is None or (batch.part, batch.of) != (part, of) or len(batch.rows) >= PAGE:
                if batch is not None:
                    yield batch
                batch = Batch(part, of, [], number)
            batch.rows.append(tuple(row))
        if batch is not None:
            yield batch

    def _lines(self) -> Iterator[tuple[int, msgspec.Struct]]:
        """All lines with their numbers, from 1. Raises ImportProblem where the file is not whole."""
        self._file.seek(0)
        decode = decoder().decode
        ended = False
        number = 0
        while raw := self._file.readline(LINE_BYTES):
            number += 1
            try:
                line = decode(raw)
            except msgspec.MsgspecError as error:
                raise ImportProblem(_unread(number)) from error
            if ended or (number == 1) != isinstance(line, Head):
                raise ImportProblem(_unread(number))
            if isinstance(line, Head) and line.version > VERSION:
                raise ImportProblem(f"The file was made by a newer release (version {line.version} of exports).")
            if isinstance(line, End):
                ended = line.lines == number - 1
                if not ended:
                    raise ImportProblem(f"The file is not whole: it had {line.lines} lines and has {number - 1}.")
            yield number, line
        if not ended:
            raise ImportProblem("The file is not whole: its end is missing.")


def _unread(number: int) -> str:
    if number == 1:
        return "The file was not made by `oldbird export`."
    return f"Line {number} of the file cannot be read."


def _without(rows: list[Row], places: list[int]) -> list[Row]:
    left_out = set(places)
    return [row for place, row in enumerate(rows) if place not in left_out]


def _named(part: Part, row: Row) -> str:
    """A row, for people."""
    return " ".join([part, *(str(value) for name, value in zip(FIELDS[part], row, strict=True) if name in NAMING)])


NAMING = frozenset({"id", "key", "kind", "native", "name", "field", "space", "wide"})
_PARTS: dict[str, Part] = {f"{part.capitalize()}Line": part for part in FIELDS}


def _new_account(theirs: ExportedAccount, known: list[AccountRecord]) -> AccountRecord:
    """As it was, with its id and name where these are free. Raises ImportProblem."""
    ids, names = {account.id for account in known}, {account.login.lower() for account in known}
    wanted = (theirs.login, f"{theirs.username}@{host_of(theirs.backend)}")
    login = next((name for name in wanted if name.lower() not in names), None)
    if login is None:
        raise ImportProblem(f"The login name {theirs.login} belongs to somebody else here.")
    return AccountRecord(
        id=secrets.token_hex(8) if theirs.id in ids else theirs.id, login=login, backend=theirs.backend,
        software=theirs.software, native=theirs.native, username=theirs.username, created=theirs.created,
    )  # fmt: skip
