"""Files that come in parts (reference/clients.md section 8): kept in the store until all of a file is there.

Any worker may take any part. What the store holds of an unfinished file, all of it for `SECONDS` and no longer:

    open     what was announced, and how large each segment is
    part     a segment, wrapped: it reads under the server key alone
    ledger   the announced bytes of every open file; they are bounded for each account and in all

A file that is finished leaves its answer behind, for a client that asks again.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import msgspec

from gateway.errors import BAD_MEDIA, ApiError
from gateway.stores.store import Store
from gateway.turns import Busy, turn
from gateway.vault import Unsealable, Vault
from mappings.order import position

SECONDS = 3600
"""How long a client may take to send all of a file."""
MOST_SEGMENTS = 1000
SEGMENT_BYTES = 5 * 1024 * 1024
SHARE = 4
"""An account may use one part in so many of what all may."""
MOST_FILES = 50
"""Unfinished files of an account: each is a row of the ledger, whatever it holds."""
FIRST_SLOT, SLOTS = 2048, 2048
"""Places within a millisecond from which the ids of these files are taken; other uploads begin at 0."""
PATIENCE, LOCK_SECONDS = 5.0, 30
PURPOSE = "upload"

GONE = "media_id: there is no such upload, or it took too long."


class Open(msgspec.Struct, kw_only=True):
    """A file on its way. `mime`: as announced, "" for not at all. `reply`: the answer, once it is finished."""

    total: int
    until: float
    mime: str = ""
    sizes: dict[int, int] = {}
    reply: bytes = b""


class Claim(msgspec.Struct, frozen=True):
    """A row of the ledger."""

    account: str
    total: int
    until: float


class Parts:
    """`most_file` and `most_open` are bytes: of one file, and of all that are open at once."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        *,
        most_file: int,
        most_open: int,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._vault, self._clock, self._sleep = store, vault, clock, sleep
        self._most_open = most_open
        self._most_file = min(most_file, most_open)
        self._most_own = max(most_open // SHARE, self._most_file)

    async def begin(self, account: str, total: int, mime: str) -> int:
        """The id of a new file of `total` bytes. Raises ApiError 413, 503, StoreDown."""
        if total > self._most_file:
            raise ApiError(413, f"The file is too large: at most {self._most_file} bytes.", BAD_MEDIA)
        now = self._clock()
        id = await self._free_id(account, int(now * 1000))
        opened = Open(total=total, until=now + SECONDS, mime=mime)
        await self._enter(self._name(account, id), Claim(account, total, opened.until))
        await self._keep(account, id, opened)
        return id

    async def find(self, account: str, id: int | None) -> Open:
        """A file that was begun. Raises ApiError 400, StoreDown."""
        raw = await self._store.kept(self._key("open", self._name(account, id))) if id else None
        if raw is None:
            raise ApiError(400, GONE, BAD_MEDIA)
        return msgspec.msgpack.decode(raw, type=Open)

    async def add(self, account: str, id: int | None, segment: int, data: bytes) -> None:
        """A segment, in the place of one of that number. Raises ApiError 400, 413, 503, StoreDown."""
        if len(data) > SEGMENT_BYTES:
            raise ApiError(413, f"A segment is too large: at most {SEGMENT_BYTES} bytes.", BAD_MEDIA)
        if id is None:
            raise ApiError(400, GONE, BAD_MEDIA)
        name = self._name(account, id)
        async with self._alone(name):
            opened = await self.find(account, id)
            if opened.reply:
                raise ApiError(400, "This upload is finished.", BAD_MEDIA)
            opened.sizes[segment] = len(data)
            if sum(opened.sizes.values()) > opened.total:
                raise ApiError(400, f"More than the announced {opened.total} bytes.", BAD_MEDIA)
            await self._keep(account, id, opened)
            # Under the lock: what is finished or dropped gets no segment any more.
            sealed = self._vault.wrap(data, PURPOSE)
            await self._store.keep(self._part(name, segment), sealed, self._left(opened))

    async def whole(self, account: str, id: int, opened: Open) -> bytes:
        """The file: its segments in the order of their numbers. Raises ApiError 400, StoreDown."""
        come, name = sum(opened.sizes.values()), self._name(account, id)
        if come != opened.total:
            raise ApiError(400, f"{come} of the announced {opened.total} bytes have come.", BAD_MEDIA)
        return b"".join([await self._segment(name, number, opened) for number in sorted(opened.sizes)])

    async def _segment(self, name: str, number: int, opened: Open) -> bytes:
        sealed = await self._store.kept(self._part(name, number))
        with suppress(Unsealable):
            data = self._vault.unwrap(sealed, PURPOSE) if sealed else b""
            if len(data) == opened.sizes[number]:
                return data
        raise ApiError(400, f"Segment {number} was lost, send it again.", BAD_MEDIA)

    async def finish(self, account: str, id: int, opened: Open, reply: bytes) -> None:
        """The file is stored elsewhere: only the answer stays. Raises StoreDown."""
        name = self._name(account, id)
        async with self._alone(name):
            numbers = await self._numbers(name, opened)
            opened.reply, opened.sizes = reply, {}
            await self._keep(account, id, opened)
        await self._clear(name, numbers)

    async def drop(self, account: str, id: int, opened: Open) -> None:
        """It will never be finished. Raises StoreDown."""
        name = self._name(account, id)
        async with self._alone(name):
            numbers = await self._numbers(name, opened)
            await self._store.take(self._key("open", name))
        await self._clear(name, numbers)

    async def _numbers(self, name: str, opened: Open) -> list[int]:
        """Of all segments that the store may hold, those too that came since it was read."""
        raw = await self._store.kept(self._key("open", name))
        now = msgspec.msgpack.decode(raw, type=Open).sizes if raw else {}
        return [*opened.sizes.keys() | now.keys()]

    async def _clear(self, name: str, numbers: list[int]) -> None:
        for number in numbers:
            await self._store.keep(self._part(name, number), b"", 1)
        await self._enter(name, None)

    async def _free_id(self, account: str, now_ms: int) -> int:
        while True:
            id = position(now_ms) + FIRST_SLOT + secrets.randbelow(SLOTS)
            if await self._store.claim(self._key("id", self._name(account, id)), SECONDS):
                return id

    async def _enter(self, name: str, claim: Claim | None) -> None:
        """Put a row into the ledger, or take it out. Raises ApiError 413, 503."""
        key, now = self._key("ledger", ""), self._clock()
        async with self._alone("ledger"):
            raw = await self._store.kept(key)
            ledger = msgspec.msgpack.decode(raw, type=dict[str, Claim]) if raw else {}
            ledger = {one: row for one, row in ledger.items() if row.until > now and one != name}
            if claim:
                self._refuse_more(list(ledger.values()), claim)
                ledger[name] = claim
            await self._store.keep(key, msgspec.msgpack.encode(ledger), SECONDS)

    def _refuse_more(self, rows: list[Claim], claim: Claim) -> None:
        mine = [row.total for row in rows if row.account == claim.account]
        if len(mine) >= MOST_FILES:
            raise ApiError(413, f"At most {MOST_FILES} uploads can be unfinished; finish one first.", BAD_MEDIA)
        if sum(mine) + claim.total > self._most_own:
            raise ApiError(413, f"Unfinished uploads may hold {self._most_own} bytes; finish one first.", BAD_MEDIA)
        if sum(row.total for row in rows) + claim.total > self._most_open:
            raise ApiError(503, "Too many uploads at once, try again later.", headers={"Retry-After": "60"})

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        """Nobody else changes it meanwhile, in any process. Raises ApiError 503."""
        key = self._key("lock", name)
        try:
            async with turn(self._store, key, LOCK_SECONDS, patience=PATIENCE, sleep=self._sleep):
                yield
        except Busy:
            raise ApiError(503, "The upload is busy, try again.", headers={"Retry-After": "1"}) from None

    async def _keep(self, account: str, id: int, opened: Open) -> None:
        key = self._key("open", self._name(account, id))
        await self._store.keep(key, msgspec.msgpack.encode(opened), self._left(opened))

    def _left(self, opened: Open) -> int:
        return max(int(opened.until - self._clock()), 1)

    def _part(self, name: str, number: int) -> str:
        return self._key("part", f"{name}:{number}")

    def _key(self, kind: str, name: str) -> str:
        return self._vault.hash(f"upload {kind} {name}")

    @staticmethod
    def _name(account: str, id: int | None) -> str:
        return f"{account}:{id}"
