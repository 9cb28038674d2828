"""`oldbird rotate-key`: a new server key in the place of the old one (DESIGN section 6).

No secret of a client is known here, and none is needed: only the outer layer of what is sealed, and what is wrapped, is
made anew. What logins are found by does not change. The order of the steps makes an interruption harmless at any point:

1. the key file gets the new key beside the old one: from here on processes seal under the new one and open both;
2. everything in the store is brought to the new key, each thing only if nobody changed it meanwhile;
3. after a pause, in which a process may finish what it began under the old key, once more, until nothing is left;
4. the old key leaves the file.

A rotation begun again goes on where the file says. Short-lived things stay under the old key and end with it: people
sign in to the web page again, a login of a client that was under way is begun again.
"""

from __future__ import annotations

import asyncio
import fcntl
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from gateway.key_file import KEY_BYTES, KeyFile, KeyProblem, Keys
from gateway.problems import Problem
from gateway.shelves import PREFIX, Seal
from gateway.stores.store import LoginRecord, Store
from gateway.vault import Unsealable, Vault

WHOLE = ""
WRAPPED = {"consumer": "secret", "app": WHOLE}
"""Kinds of records of the account "" that are wrapped -> the field of their msgpack map that is, or all of it."""

PAUSE_SECONDS = 5.0
PASSES = 100
"""More than so many in a row, and somebody seals under the old key all the time."""

Swap = Callable[[], Awaitable[bool]]


class RotationProblem(Problem):
    """The key was not rotated, or not to the end, for the reason in the text."""


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """`renewed`: secrets brought to the new key by this run; `unreadable`: left as they are."""

    renewed: int
    unreadable: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A login or record with secrets in it: how many of them are old, how many nobody can open, how to renew it."""

    old: int
    unreadable: int
    swap: Swap


class Rotation:
    """One run. `pause` waits so many seconds."""

    def __init__(
        self, store: Store, file: KeyFile, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._store = store
        self._file = file
        self._pause = pause

    def prepare(self) -> None:
        """Step 1 alone, for several machines on one store. Raises KeyProblem, RotationProblem."""
        with locked(self._file):
            self._begin()

    async def run(self, *, leave_unreadable: bool = False) -> Rotated:
        """All steps. Raises KeyProblem, RotationProblem, StoreDown."""
        with locked(self._file):
            unreadable = await self._look(Vault(self._keys()), leave_unreadable)
            keys = self._begin()
            vault = Vault(keys)
            renewed = await self._renew(vault)
            await self._pause(PAUSE_SECONDS)
            renewed += await self._renew(vault)
            self._file.replace(Keys(keys.hash, keys.ring[:1]))
            return Rotated(renewed=renewed, unreadable=unreadable)

    def _keys(self) -> Keys:
        keys = self._file.read()
        if keys is None:
            raise RotationProblem(f"There is no server key {self._file.path} to rotate.")
        return keys

    def _begin(self) -> Keys:
        """The keys with a new one in front, in the file; a rotation under way goes on with its own."""
        keys = self._keys()
        if len(keys.ring) == 1:
            keys = Keys(keys.hash, (secrets.token_bytes(KEY_BYTES), *keys.ring))
            self._file.replace(keys)
        return keys

    async def _look(self, vault: Vault, leave_unreadable: bool) -> int:
        """How many secrets nobody can open. Before anything is changed: perhaps this is the key of another store."""
        unreadable = 0
        async for found in self._all(vault):
            unreadable += found.unreadable
        if unreadable and not leave_unreadable:
            raise RotationProblem(
                f"{unreadable} secrets in the store cannot be opened with {self._file.path}; nothing was changed. "
                "If it is the right key, --leave-unreadable rotates the others."
            )
        return unreadable

    async def _renew(self, vault: Vault) -> int:
        """Until a pass finds nothing old; returns how many secrets were brought to the new key."""
        renewed = 0
        for _ in range(PASSES):
            old = 0
            async for found in self._all(vault):
                old += found.old
                if found.old and await found.swap():
                    renewed += found.old
            if not old:
                return renewed
        raise RotationProblem("Some process goes on sealing under the old key: restart all, then run this again.")

    async def _all(self, vault: Vault) -> AsyncIterator[Found]:
        for account in await self._store.accounts():
            for login in await self._store.logins(account.id):
                yield self._login(vault, login)
            async for found in self._shelf(vault, account.id):
                yield found
        for kind, field in WRAPPED.items():
            for key, value in (await self._store.records("", kind)).items():
                yield self._record("", (kind, key, value), Renewal(vault.rewrap), field)

    async def _shelf(self, vault: Vault, account: str) -> AsyncIterator[Found]:
        """Posts, messages and whatever else an account has on its shelf."""
        seal = Seal(vault, account)
        async for page in self._store.dump("records", account):
            for kind, key, value in page:
                if str(kind).startswith(PREFIX) and isinstance(value, bytes):
                    yield self._record(account, (str(kind), str(key), value), Renewal(seal.renewed), WHOLE)

    def _login(self, vault: Vault, login: LoginRecord) -> Found:
        renewal = Renewal(lambda sealed: vault.reseal(sealed, login.public))
        after = msgspec.structs.replace(login, sealed=renewal.of(login.sealed), secret=renewal.of(login.secret))
        return Found(old=renewal.old, unreadable=renewal.unreadable, swap=lambda: self._store.swap_login(login, after))

    def _record(self, account: str, record: tuple[str, str, bytes], renewal: Renewal, field: str) -> Found:
        kind, key, value = record
        after = renewed_record(value, field, renewal)
        return Found(
            old=renewal.old,
            unreadable=renewal.unreadable,
            swap=lambda: self._store.swap_record(account, kind, key, value, after),
        )


class Renewal:
    """Renews secrets one by one and counts."""

    def __init__(self, renew: Callable[[bytes], bytes]) -> None:
        self._renew = renew
        self.old = self.unreadable = 0

    def of(self, secret: bytes) -> bytes:
        """The secret under the newest key; as it is where there is none or nobody can open it."""
        if not secret:
            return secret
        try:
            renewed = self._renew(secret)
        except Unsealable:
            self.unreadable += 1
            return secret
        self.old += renewed != secret
        return renewed


def renewed_record(value: bytes, name: str, renewal: Renewal) -> bytes:
    """A record with what is wrapped in it renewed; everything else in it stays."""
    if name == WHOLE:
        return renewal.of(value)
    try:
        fields: dict[str, Any] = msgspec.msgpack.decode(value, type=dict[str, Any])
        fields[name] = renewal.of(msgspec.convert(fields.get(name, b""), bytes))
    except (msgspec.DecodeError, msgspec.ValidationError):
        renewal.unreadable += 1
        return value
    return msgspec.msgpack.encode(fields)


@contextmanager
def locked(file: KeyFile) -> Iterator[None]:
    """One rotation at a time on this machine. Raises RotationProblem, KeyProblem."""
    try:
        with file.path.with_suffix(".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RotationProblem("The server key is being rotated already.") from error
            yield
    except OSError as error:
        raise KeyProblem(f"The server key {file.path} cannot be locked: {error.strerror}.") from error
