"""Requests signed with an access token.

Of a known token everything is in memory until any login changes, so such a request costs one trip to the store: its
nonce. The tokens themselves are not kept, only keyed hashes of them.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable
from typing import NamedTuple

from cachetools import LRUCache

from gateway.oauth.consumers import Consumers
from gateway.oauth.parameters import Sent, Unverified, read
from gateway.oauth.signatures import Secrets, Signatures
from gateway.stores.store import AccountRecord, LoginRecord, Store
from gateway.vault import Unsealable, Vault

KIND = "oauth"
KEPT, KEPT_SECONDS = 4096, 3600.0


class Granted(NamedTuple):
    """Whose token signed a request. `mark` names the token in memory."""

    login: LoginRecord
    account: AccountRecord
    token: str
    mark: bytes

    def __repr__(self) -> str:
        """Without the token."""
        return f"Granted({self.login.id!r})"


class _Known(NamedTuple):
    """A token that was looked up, and when it is to be again (seconds of the clock)."""

    login: LoginRecord
    account: AccountRecord
    secrets: Secrets
    until: float


class Access:
    """Finds and checks the access token of a request. One per process; its owner clears it when a login changes."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        consumers: Consumers,
        signatures: Signatures,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._vault = vault
        self._consumers = consumers
        self._signatures = signatures
        self._clock = clock
        self._key = os.urandom(32)
        self._known: LRUCache[bytes, _Known] = LRUCache(KEPT)
        self._unknown: LRUCache[bytes, bool] = LRUCache(KEPT)
        self._stand_in = vault.seal(b"nothing", vault.public("nobody"))

    async def granted(self, sent: Sent) -> Granted:
        """The token that signed `sent`, whose nonce is used up then. Raises Unverified, StoreDown."""
        parameters = await self._signatures.read(sent)
        mark, known = await self._found(parameters.protocol)
        if isinstance(known, Unverified):
            await self._signatures.verify(sent, parameters, Secrets(), known)
            raise known
        await self._signatures.verify(sent, parameters, known.secrets)
        return Granted(known.login, known.account, parameters.protocol.get("oauth_token", ""), mark)

    async def foresee(self, sent: Sent) -> None:
        """Of a request whose form was not read yet: refuse what no form could mend. Raises Unverified, StoreDown."""
        told = read(sent).protocol
        if "oauth_consumer_key" in told and isinstance(known := (await self._found(told))[1], Unverified):
            raise known

    async def _found(self, told: dict[str, str]) -> tuple[bytes, _Known | Unverified]:
        """The mark of a token, and what is known of it."""
        consumer, token = told["oauth_consumer_key"], told.get("oauth_token", "")
        mark = hmac.digest(self._key, f"{consumer}\n{token}".encode("utf-8", "surrogatepass"), "sha256")
        known = self._remembered(mark)
        again = mark in self._unknown
        if known is None and not again:
            known = await self._looked_up(consumer, token, mark)
        return mark, known or Unverified("Invalid access token", guess=True, again=again)

    def clear(self) -> None:
        """Forget what is in memory: some login has changed."""
        self._known.clear()
        self._unknown.clear()

    def _remembered(self, mark: bytes) -> _Known | None:
        known = self._known.get(mark)
        return known if known is not None and self._clock() < known.until else None

    async def _looked_up(self, consumer_key: str, token: str, mark: bytes) -> _Known | None:
        version = self._store.logins_version()
        consumer = await self._consumers.find(consumer_key)
        found = await self._store.login(self._vault.hash(token))
        secret = self._secret(found[0] if found else None, consumer_key, token)
        is_current = version == self._store.logins_version()  # else what was read may be stale
        if found is None or consumer is None or secret is None:
            if is_current:
                self._unknown[mark] = True
            return None
        known = _Known(*found, Secrets(consumer.secret, secret), self._clock() + KEPT_SECONDS)
        if is_current:
            self._known[mark] = known
        return known

    def _secret(self, login: LoginRecord | None, consumer: str, token: str) -> str | None:
        """The secret of a token that belongs to the consumer. Something is opened in any case."""
        is_theirs = login is not None and login.kind == KIND and login.consumer == consumer
        sealed = login.secret if login is not None and is_theirs else self._stand_in
        try:
            return self._vault.open(sealed, token).decode()
        except Unsealable:
            return None
