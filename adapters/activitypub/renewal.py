"""Tokens that end, and their renewal (RFC 6749 section 6).

A renewed token is kept on the account's shelf, encrypted under a key that stands in the sealed credential: every login
and every process finds it there, and a stolen store does not open it. Servers give a new refresh token with each, so
only one of several processes renews; the others read what it wrote.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec
from cachetools import LRUCache
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.activitypub.credentials import Credential
from adapters.activitypub.oauth import Asking, object_of
from adapters.activitypub.signing_in import granted, named
from adapters.errors import BackendError, OutcomeUnknown, TokenGone, Unavailable
from adapters.shelf import Shelf

KIND = CLAIM = "credential"
NONCE_BYTES = 12
EARLY_SECONDS, CLAIM_SECONDS = 60, 15
"""So long before its end a token is renewed; so long a process may take over it."""
LOOKS, BETWEEN = 20, 0.25
FINISH_SECONDS = 5.0
PEOPLE = 4096


class Renewed(msgspec.Struct, frozen=True, kw_only=True):
    """What the server gave last."""

    token: str
    refresh: str
    expires: int

    def __repr__(self) -> str:
        """Without secrets."""
        return "Renewed()"


class Renewals:
    """The current tokens of one process, by the key in their credential."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.clock, self.sleep = clock, sleep
        self.current: LRUCache[str, Credential] = LRUCache(PEOPLE)
        self.turns: LRUCache[str, asyncio.Lock] = LRUCache(PEOPLE)
        self.under_way: set[asyncio.Task[Credential]] = set()

    async def usable(self, credential: Credential, asking: Asking, shelf: Shelf, *, refused: str = "") -> Credential:
        """The credential as it is now, renewed when it ends or when `refused` is its token: the server did not take it.

        Raises TokenGone when it cannot be renewed, Unavailable while it cannot, BackendError, the store's error.
        """
        if not credential.renewable:
            if refused:
                raise gone()
            return credential
        known = self.current.get(credential.key, credential)
        if self._lasts(known, refused):
            return known
        turn = self.turns.setdefault(credential.key, asyncio.Lock())
        async with turn:
            return await self._anew(credential, asking, shelf, refused)

    def _lasts(self, credential: Credential, refused: str) -> bool:
        ends = credential.expires
        return credential.token != refused and (not ends or self.clock() < ends - EARLY_SECONDS)

    async def _anew(self, credential: Credential, asking: Asking, shelf: Shelf, refused: str) -> Credential:
        for _ in range(LOOKS):
            known = await self._kept(credential, shelf)
            if self._lasts(known, refused):
                self.current[credential.key] = known
                return known
            if await shelf.claim(CLAIM, CLAIM_SECONDS):
                return await self._whole(self._renew(known, asking, shelf))
            await self.sleep(BETWEEN)  # another process is at it
        raise Unavailable("The login is being renewed.", 5)

    async def _whole(self, renewal: Coroutine[Any, Any, Credential]) -> Credential:
        """A renewal to its end, whoever no longer waits: the old token is spent, and the new one must be kept."""
        task = asyncio.create_task(renewal)
        self.under_way.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Credential]) -> None:
        self.under_way.discard(task)
        if not task.cancelled():
            task.exception()  # perhaps nobody waits for it any more

    async def close(self) -> None:
        """Let what is under way come to its end, for a moment."""
        if self.under_way:
            await asyncio.wait(set(self.under_way), timeout=FINISH_SECONDS)

    async def _renew(self, known: Credential, asking: Asking, shelf: Shelf) -> Credential:
        fields = [("grant_type", "refresh_token"), ("refresh_token", known.refresh), *named(known.client, known.secret)]
        try:
            answer = await asking.form(known.endpoint, fields)
        except OutcomeUnknown as error:  # the token was perhaps used up, which the next try tells
            raise Unavailable("The server did not answer when the login was renewed.") from error
        if answer.status in {400, 401, 403}:
            raise gone()
        if answer.status >= 300:
            raise unready(asking.error(known.endpoint, answer))
        new = granted(object_of(answer.body), self.clock())
        made = msgspec.structs.replace(
            known, token=new.token, refresh=new.refresh or known.refresh, expires=new.expires
        )
        self.current[known.key] = made
        await shelf.put_records(KIND, {KIND: sealed(made)})
        return made

    async def _kept(self, credential: Credential, shelf: Shelf) -> Credential:
        """As renewed last, under this very credential."""
        raw = (await shelf.records(KIND, [KIND])).get(KIND)
        found = opened(raw, credential.key) if raw else None
        if found is None:
            return credential
        return msgspec.structs.replace(credential, token=found.token, refresh=found.refresh, expires=found.expires)


def sealed(credential: Credential) -> bytes:
    """The changing half of a credential, under its key."""
    plain = Renewed(token=credential.token, refresh=credential.refresh, expires=credential.expires)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher(credential.key).encrypt(nonce, msgspec.json.encode(plain), None)


def opened(raw: bytes, key: str) -> Renewed | None:
    """And back; None for what was made under another key."""
    try:
        plain = cipher(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
        return msgspec.json.decode(plain, type=Renewed)
    except (InvalidTag, ValueError, msgspec.MsgspecError, TokenGone):
        return None


def cipher(key: str) -> AESGCM:
    """Raises TokenGone for what is no key."""
    try:
        return AESGCM(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
    except (binascii.Error, ValueError) as error:
        raise gone() from error


def gone() -> TokenGone:
    """The person has to link again."""
    return TokenGone("The server no longer accepts the stored login; link the account again.")


def unready(error: BackendError) -> BackendError:
    """A renewal that failed is no failed change."""
    return Unavailable("The login cannot be renewed now.") if isinstance(error, OutcomeUnknown) else error
