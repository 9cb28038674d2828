"""Post once (DESIGN section 8): a write repeated by an impatient client within a short window is done a single time.

The key is reserved in the store before anything is sent upstream. What is kept under it:

    b""            somebody is at it: wait
    b"done" + raw  the finished status as the backend sent it
    b"lost"        sent, and no answer came: look before any resend

Beside it the store keeps as long which key a status was made under, so that whoever deletes it frees the key.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from adapters.errors import OutcomeUnknown
from gateway.background import to_its_end
from gateway.errors import ApiError
from gateway.stores.store import Store, StoreDown

DONE, LOST = b"done", b"lost"
POLL_SECONDS = 0.1

Write = Callable[[], Awaitable[bytes]]
Look = Callable[[], Awaitable[bytes | None]]

UNKNOWN = "The server did not answer, and whether the post was made is not known. It is not sent again for now."


class Once:
    """The guard around every write that must not be doubled."""

    def __init__(self, store: Store, *, secret: bytes, seconds: int, patience: float) -> None:
        self._store = store
        self._secret = secret
        self._seconds = seconds
        self._patience = patience
        self._going: dict[str, asyncio.Event] = {}

    def key(self, account: str, call: str, parts: Iterable[bytes]) -> str:
        """Keyed hash of everything that makes two requests equal."""
        digest = hashlib.blake2b(key=self._secret, digest_size=20)
        for part in (account.encode(), call.encode(), *parts):
            digest.update(len(part).to_bytes(8, "big") + part)
        return f"{account}:{digest.hexdigest()}"

    async def run(self, key: str, write: Write, look: Look) -> bytes:
        """The raw result of `write`, of the equal request before it, or of what `look` finds when its answer was lost.

        Raises what `write` raises (the key is free again), ApiError 504 while the outcome is unknown, StoreDown.
        """
        kept = await self._reserved(key)
        if kept is None:
            return await self._write(key, write, look)
        if kept == LOST:
            return await self._found(key, look)
        return kept.removeprefix(DONE)

    async def remember(self, account: str, native: str, key: str) -> None:
        """The status was made under `key`."""
        with suppress(StoreDown):  # it is made; only deleted at once it could not be made again at once
            await self._store.keep(self._made(account, native), key.encode(), self._seconds)

    async def undone(self, account: str, native: str, key: str = "") -> None:
        """The status was deleted, in whatever process: the same request makes a new one. Raises StoreDown."""
        key = key or (await self._store.take(self._made(account, native)) or b"").decode()
        if key:
            await self._store.release(key)

    def _made(self, account: str, native: str) -> str:
        return self.key(account, "made", [native.encode()])

    async def _reserved(self, key: str) -> bytes | None:
        """What is kept under the key once nobody is at it; None: it is ours. Raises ApiError 504."""
        try:
            async with asyncio.timeout(self._patience):
                while True:
                    if going := self._going.get(key):
                        await going.wait()
                    elif (kept := await self._store.reserve(key, self._seconds)) != b"":
                        return kept
                    elif key not in self._going:
                        await asyncio.sleep(POLL_SECONDS)  # somebody in another process
        except TimeoutError:
            raise ApiError(504, "The same post is still being sent.") from None

    async def _write(self, key: str, write: Write, look: Look) -> bytes:
        """In this process others wait for the end of it, also when it takes longer than the key lives in the store."""
        going = self._going[key] = asyncio.Event()
        try:
            return await self._done(key, write, look)
        finally:
            del self._going[key]
            going.set()

    async def _done(self, key: str, write: Write, look: Look) -> bytes:
        try:
            raw = await write()
        except OutcomeUnknown:
            await self._finish(key, LOST)
            return await self._found(key, look)
        except asyncio.CancelledError:  # the process ends: nobody knows how far this came
            with suppress(StoreDown):
                await self._finish(key, LOST)
            raise
        except BaseException:
            await to_its_end(self._store.release(key))
            raise
        await self._finish(key, DONE + raw)
        return raw

    async def _finish(self, key: str, state: bytes) -> None:
        """Written down whoever goes meanwhile: it is known only here."""
        await to_its_end(self._store.finish(key, state, self._seconds))

    async def _found(self, key: str, look: Look) -> bytes:
        raw = await look()
        if raw is None:
            raise ApiError(504, UNKNOWN)
        await self._finish(key, DONE + raw)
        return raw
