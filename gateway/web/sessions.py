"""Who is signed in to the pages.

The cookie is a random secret of 256 bits. The store has it only as a keyed hash, and under that hash the account and
its backend token, sealed to the key pair derived from the cookie (DESIGN section 6): a stolen store opens nothing. A
session ends when it was not used for `IDLE_SECONDS`, `LONGEST_SECONDS` after it began, on signing out, when its
account is removed, and when the account is linked again: its token is of no use then.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import msgspec

from gateway.logs import without
from gateway.stores.store import AccountRecord, Store
from gateway.vault import Unsealable, Vault

IDLE_SECONDS = 12 * 3600
LONGEST_SECONDS = 7 * 86_400
RENEW_SECONDS = 600
"""So long a use of a session is not written down again."""
ENDED_SECONDS = 600
"""Longer than any page loads."""
SECRET_BYTES = 32


class WebSession(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in browser. `token` is the backend token of `account`."""

    account: AccountRecord
    token: str

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "token")


class Held(msgspec.Struct, frozen=True, array_like=True):
    """What the store holds of a session. `started` and `used` are seconds since 1970."""

    account: str
    sealed: bytes
    started: int
    used: int

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "sealed")


def new_secret() -> str:
    """A fresh cookie value: 43 characters of base64."""
    return secrets.token_urlsafe(SECRET_BYTES)


class Sessions:
    """Begins, finds and ends sessions by the secret in their cookie. All methods raise only StoreDown."""

    def __init__(self, store: Store, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def begin(self, account: AccountRecord, token: str) -> str:
        """The secret of a new session."""
        secret = new_secret()
        now = int(self._clock())
        sealed = self._vault.seal(token.encode(), self._vault.public(_named(secret)))
        await self._keep(secret, Held(account.id, sealed, now, now))
        return secret

    async def find(self, secret: str) -> WebSession | None:
        """The session behind a cookie, None when there is none any more."""
        raw = await self._store.kept(self._key(secret))
        if raw is None:
            return None
        held = msgspec.msgpack.decode(raw, type=Held)
        now = int(self._clock())
        account = await self._store.account(held.account)
        if account is None or account.created > held.started or not self._lasts(held, now):
            await self.end(secret)
            return None
        try:
            token = self._vault.open(held.sealed, _named(secret)).decode()
        except Unsealable:
            return None
        if now - held.used >= RENEW_SECONDS:
            await self._keep(secret, Held(held.account, held.sealed, held.started, now))
            if await self._store.kept(self._ended(secret)):  # signed out since it was read
                await self.end(secret)
                return None
        return WebSession(account=account, token=token)

    async def end(self, secret: str) -> None:
        """Sign out. A page that loads in the same moment may be about to write the session down again: it looks."""
        await self._store.keep(self._ended(secret), b"1", ENDED_SECONDS)
        await self._store.take(self._key(secret))

    async def _keep(self, secret: str, held: Held) -> None:
        left = held.started + LONGEST_SECONDS - held.used
        if left > 0:
            await self._store.keep(self._key(secret), msgspec.msgpack.encode(held), min(IDLE_SECONDS, left))

    def _key(self, secret: str) -> str:
        return "web:" + self._vault.hash(_named(secret))

    def _ended(self, secret: str) -> str:
        return self._key(secret) + " ended"

    @staticmethod
    def _lasts(held: Held, now: int) -> bool:
        return now < min(held.used + IDLE_SECONDS, held.started + LONGEST_SECONDS)


def _named(secret: str) -> str:
    """The secret for this purpose: the hash of a cookie finds nothing else, and opens nothing else."""
    return f"web session {secret}"
