"""The `Store` protocol (DESIGN sections 5-7). Both implementations pass the same contract tests.

Scopes: `backend` is the instance's base URL (one status and user space shared by its accounts), `account` the local
id of a linked account. Integers are positions (`mappings.order`). All methods raise only `StoreDown`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

import msgspec

from gateway.logs import without
from gateway.stores.copies import Part, Row
from mappings import hub
from mappings.narrow import Pair


class StoreDown(Exception):
    """The store cannot be reached or refuses; the client gets a 503."""


class TooNew(Exception):
    """The store was written by a newer release; start-up refuses it."""


class StatusRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the map keeps of a status it has handed out."""

    id: int
    key: str
    native: str
    sort: str = ""
    parent: str = ""
    boosted: str = ""
    booster: str = ""


class Assigned(msgspec.Struct, frozen=True, kw_only=True):
    """Integers of one batch: canonical key -> id, canonical key -> id of the thread's oldest known ancestor,
    native account id -> id."""

    statuses: dict[str, int]
    roots: dict[str, int]
    accounts: dict[str, int]


class AccountRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A linked backend account. Holds no secret."""

    id: str
    login: str
    backend: str
    software: str
    native: str
    username: str
    created: int
    broken: bool = False


class LoginRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A device (app password), and from the login issue on an OAuth token: DESIGN section 6.

    `hash` is the keyed hash of the secret the client sends, `public` its X25519 public half, `sealed` the backend
    token sealed to it and then under the server key. `kind` "oauth": `hash` is that of the `oauth_token`, `secret` the
    token's own secret, sealed in the same way, `consumer` the key of the client it was granted to. `plain_http`: the
    device may come over the listener without TLS. `pictures`: it gets them from the gateway, as it can load them.
    `id_bits` and `message_bits`: how wide the ids are that it was given, 0: not written down (`gateway.widths`).
    """

    hash: str
    id: str
    account: str
    name: str
    kind: str = "password"
    consumer: str = ""
    secret: bytes = b""
    dialect: str = ""
    read_only: bool = False
    plain_http: bool = False
    pictures: bool = False
    created: int = 0
    last_used: int = 0
    public: bytes = b""
    sealed: bytes = b""
    id_bits: int = 0
    message_bits: int = 0

    def __repr__(self) -> str:
        """Without what finds or opens it, so that no log line helps a thief of the store."""
        return without(self, "hash", "secret", "public", "sealed")


class IndexEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A status in a small per-account index. `row`: the backend's own id of the list row."""

    id: int
    key: str
    native: str
    row: str = ""


Beside = tuple[Pair | None, Pair | None]
"""The known neighbours of a narrow position: at or below it, above it."""


class Store(Protocol):
    """Everything durable. One method is one round trip. `round_trips` and `failures` are counted for the metrics."""

    round_trips: int
    failures: int

    async def open(self) -> None:
        """Connect, check durability settings, migrate forward. Raises TooNew, StoreDown."""

    async def close(self) -> None: ...
    async def ping(self) -> None: ...

    # id map
    async def assign(
        self, backend: str, statuses: Sequence[hub.Sighting], accounts: Sequence[str], today: int
    ) -> Assigned:
        """Get or create the integers of one reply, atomically. `today` is days since 1970 (for `forget`).

        A sighting with a `parent` updates the parent link of a known status that had none.
        """

    async def status_by_id(self, backend: str, id: int) -> StatusRecord | None: ...
    async def status_by_key(self, backend: str, key: str) -> StatusRecord | None: ...
    async def neighbours(self, backend: str, id: int) -> tuple[StatusRecord | None, StatusRecord | None]:
        """(largest known <= id, smallest known > id)."""

    async def account_by_id(self, backend: str, id: int) -> str | None: ...
    async def put_media(self, account: str, native: str, now_ms: int) -> int:
        """A new integer for an uploaded file."""

    async def set_media(self, account: str, id: int, native: str) -> None:
        """The uploaded file of an integer that was made elsewhere."""

    async def media_by_ids(self, account: str, ids: Sequence[int]) -> dict[int, str]: ...
    async def set_kind(self, backend: str, key: str, kind: str) -> None:
        """Remember what a `direct` status is (`hub.Kind`), also before it has an integer."""

    async def kinds(self, backend: str, keys: Sequence[str]) -> dict[str, str]: ...
    async def forget(self, before_day: int) -> int:
        """Drop status ids not asked for since that day; returns how many."""

    # accounts and logins
    def logins_version(self) -> int:
        """Changes when any login or account record changed in any process. Cheap; never blocks."""

    async def put_account(self, record: AccountRecord) -> None: ...
    async def account(self, id: str) -> AccountRecord | None: ...
    async def account_by_login(self, login: str) -> AccountRecord | None: ...
    async def accounts(self) -> tuple[AccountRecord, ...]: ...
    async def put_login(self, record: LoginRecord) -> None: ...
    async def swap_login(self, before: LoginRecord, after: LoginRecord) -> bool:
        """Put `after` in the place of a login that is still as `before`, last use aside; False where it is not.

        For work on many logins: one revoked or changed meanwhile is neither brought back nor overwritten.
        """

    async def login(self, hash: str) -> tuple[LoginRecord, AccountRecord] | None: ...
    async def logins(self, account: str) -> tuple[LoginRecord, ...]: ...
    async def remove_login(self, account: str, id: str) -> bool: ...
    async def remove_account(self, id: str) -> bool:
        """The account, its logins, indexes, numbers, records and media. Ids of statuses stay: others share them."""

    async def touch_login(self, hash: str, now: int) -> None: ...

    # small indexes (favourites, mentions)
    async def index_add(self, account: str, name: str, entries: Sequence[IndexEntry], state: dict[str, str]) -> None:
        """Add entries and merge `state` (cursors), atomically."""

    async def index_drop(self, account: str, name: str, keys: Sequence[str]) -> None: ...
    async def index_page(
        self, account: str, name: str, *, below: int, above: int, offset: int, limit: int
    ) -> tuple[IndexEntry, ...]:
        """Entries with above < id <= below, highest first."""

    async def index_state(self, account: str, name: str) -> tuple[dict[str, str], int]:
        """(state, number of entries)."""

    # what an account keeps beside the backend: seen marks, hidden messages, albums ...
    async def number(self, account: str, kind: str, natives: Sequence[str]) -> dict[str, int]:
        """Get or create small integers of an account's own things: from 1 up, below 2^31, never given twice.

        New ones in the order of `natives`. Here and below, things that belong to nobody have the account "".
        """

    async def numbered(self, account: str, kind: str, ids: Sequence[int]) -> dict[int, str]:
        """The way back; unknown ones are left out."""

    async def put_records(self, account: str, kind: str, records: Mapping[str, bytes]) -> None:
        """Add or replace records under their keys, all or none."""

    async def records(self, account: str, kind: str, keys: Sequence[str] | None = None) -> dict[str, bytes]:
        """Those under `keys`, or all of the kind, in no order. What one `put_records` wrote is seen whole."""

    async def swap_record(self, account: str, kind: str, key: str, before: bytes, after: bytes) -> bool:
        """Replace a record that is still `before`; False where it is not."""

    async def drop_records(self, account: str, kind: str, keys: Sequence[str]) -> None: ...

    # ids for devices that read 31 or 16 bits of them
    async def narrow(self, account: str, space: str, wides: Sequence[int], named: int = 0) -> dict[int, int]:
        """Get or create the narrow ids of wide ones, atomically: wide -> narrow. `space` is one of
        `mappings.narrow.SPACES`; what it has no number left for is left out. Those below `named` are only named by what
        is shown."""

    async def widened(self, account: str, space: str, ids: Sequence[int]) -> dict[int, Beside]:
        """The way back, also for positions that were never handed out."""

    # short-lived things: request tokens, states of a linking, web sessions, nonces; keys are keyed hashes
    async def keep(self, key: str, value: bytes, seconds: int) -> None:
        """Put `value` there, in the place of what was, for so long."""

    async def kept(self, key: str) -> bytes | None: ...
    async def take(self, key: str) -> bytes | None:
        """Read and remove, atomically: of several takers one gets it."""

    async def claim(self, key: str, seconds: int) -> bool:
        """True for the first in all processes within so many seconds (one atomic set-if-absent).

        Claims and kept things are apart: the same key may be both.
        """

    # post once
    async def reserve(self, key: str, seconds: int) -> bytes | None:
        """None: reserved for the caller. b"": somebody else is at it. Else the finished reply."""

    async def finish(self, key: str, reply: bytes, seconds: int) -> None: ...
    async def release(self, key: str) -> None: ...

    # carrying records to another store (`gateway.exports`); parts and rows: `gateway.stores.copies`
    def dump(self, part: Part, scope: str) -> AsyncIterator[list[Row]]:
        """All rows of a part of a backend or account, in pages. A row may come twice while others write."""

    async def load(self, part: Part, scope: str, rows: Sequence[Row], today: int, *, write: bool) -> list[int]:
        """Which rows contradict the integers there are, or would break the order of statuses.

        With `write`, and when there are none, all are added; what is there already stays. Order is not looked at then:
        call it without `write` first, for all rows there are.
        """

    async def counts(self) -> dict[str, int]:
        """Rows per kind and `bytes` in all, for `oldbird status`."""
