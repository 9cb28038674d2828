"""What an account has here, as a file of its own (DESIGN section 5: the id map is user data).

One JSON object a line: first what it is, then the accounts, then the rows of `gateway.stores.copies` part by part, at
last the number of lines, so that a file cut short is noticed. `of` is the backend or the account a row belongs to.
Nothing in it opens anything: no token, no login, no consumer. Photos are left out: they are read anew from the server.
What is sealed in the store, posts and messages of ActivityPub accounts, is in the clear: only so another server key can
seal it again.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gateway.shelves import PREFIX, Seal
from gateway.stores.copies import FIELDS, OWN, SHARED, Part, Row
from gateway.stores.store import AccountRecord, Store
from gateway.vault import Unsealable, Vault
from mappings.order import LIMIT

VERSION = 2
"""2: with narrow ids."""
CONTENT_TYPE = "application/x-ndjson"
READ_ANEW = frozenset({"photo", "photo-walk"})
"""Kinds of records that are left out. The ids of photos come from the server key: elsewhere they would be others."""
STAYS_HERE = frozenset({f"{PREFIX}credential", "refresh", "contact-version"})
"""And what is of this gateway alone: a token as last renewed, a yes said to its operator, what its processes tell each
other of contacts."""

Wide = Annotated[int, Meta(ge=1, lt=LIMIT)]
Small = Annotated[int, Meta(ge=1, lt=2**31)]


class Head(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="oldbird export"):
    """The first line."""

    version: Annotated[int, Meta(ge=1)]
    made: str = ""


class ExportedAccount(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="account"):
    """An account, without whether its token still holds."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{1,32}$")]
    login: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]+(@[A-Za-z0-9.-]+)?$", max_length=300)]
    backend: Annotated[str, Meta(pattern=r"^https?://[^\s{}]+$", max_length=300)]
    software: str
    native: Annotated[str, Meta(min_length=1)]
    username: str
    created: int = 0


class End(msgspec.Struct, frozen=True, kw_only=True, tag_field="part", tag="end"):
    """The last line. `lines`: how many stand before it."""

    lines: int


KINDS: dict[tuple[str, str], Any] = {
    ("statuses", "id"): Wide, ("media", "id"): Wide, ("entries", "id"): Wide, ("people", "id"): Small,
    ("numbers", "id"): Small, ("narrow", "id"): Small, ("narrow", "wide"): Wide, ("records", "value"): bytes,
    ("statuses", "sort"): Annotated[str, Meta(pattern="^[!-~]*$")],
}  # fmt: skip
"""Types of columns that are not simply text."""
OPTIONAL = frozenset({"sort", "parent", "boosted", "booster", "row"})


def _line_type(part: Part) -> type[msgspec.Struct]:
    columns: list[Any] = [("of", str)]
    for name in FIELDS[part]:
        kind = KINDS.get((part, name), str)
        columns.append((name, kind, "") if name in OPTIONAL else (name, kind))
    return msgspec.defstruct(
        f"{part.capitalize()}Line", columns, frozen=True, tag_field="part", tag=part, omit_defaults=True
    )


LINES: dict[Part, type[msgspec.Struct]] = {part: _line_type(part) for part in FIELDS}
"""A row of each part as a line: its backend or account, then its columns."""


async def export(store: Store, vault: Vault, *accounts: AccountRecord, own: bool = False) -> AsyncIterator[bytes]:
    """The file, in pieces of some lines. What `vault` does not open is left out. Raises StoreDown.

    The id map is shared by all accounts at a backend. Which posts are messages is told only to somebody who exports
    them all, or who is alone there; with `own` (a person's own export, not the operator's) so is the map itself: it
    names posts that only others may read.
    """
    yield _line(Head(version=VERSION, made=datetime.now(UTC).isoformat(timespec="seconds")))
    lines = 1
    for account in accounts:
        yield _line(_exported(account))
        lines += 1
    everybody = await store.accounts()
    for backend in dict.fromkeys(account.backend for account in accounts):
        alone = {known.id for known in everybody if known.backend == backend} <= {account.id for account in accounts}
        for shared in SHARED:
            if alone or not (own or shared == "kinds"):
                async for piece, number in _part(store, vault, shared, backend):
                    yield piece
                    lines += number
    for account in accounts:
        for part in OWN:
            async for piece, number in _part(store, vault, part, account.id):
                yield piece
                lines += number
    yield _line(End(lines=lines))


async def _part(store: Store, vault: Vault, part: Part, scope: str) -> AsyncIterator[tuple[bytes, int]]:
    """(lines, how many)."""
    seal = Seal(vault, scope)
    async for page in store.dump(part, scope):
        rows = page if part != "records" else list(_opened(seal, page))
        if rows:
            yield _lines(part, scope, rows), len(rows)


def _opened(seal: Seal, records: Iterable[Row]) -> Iterator[Row]:
    """Records in the clear, without those that are left out."""
    for row in records:
        kind, key, value = str(row[0]), row[1], row[2]
        if kind in READ_ANEW | STAYS_HERE:
            continue
        if not kind.startswith(PREFIX):
            yield row
        elif isinstance(value, bytes):
            with contextlib.suppress(Unsealable):
                yield kind, key, seal.off(value)


def _lines(part: Part, scope: str, rows: Iterable[Row]) -> bytes:
    line = LINES[part]
    return b"".join(_line(line(scope, *row)) for row in rows)


def _line(line: msgspec.Struct) -> bytes:
    return msgspec.json.encode(line) + b"\n"


def _exported(account: AccountRecord) -> ExportedAccount:
    return ExportedAccount(
        id=account.id, login=account.login, backend=account.backend, software=account.software,
        native=account.native, username=account.username, created=account.created,
    )  # fmt: skip


@functools.cache
def decoder() -> msgspec.json.Decoder[Any]:
    """Of any line. Unknown fields are left aside, so that a later version may add some."""
    kinds: Any = Head | ExportedAccount | End
    for line in LINES.values():
        kinds = kinds | line
    return msgspec.json.Decoder(kinds)
