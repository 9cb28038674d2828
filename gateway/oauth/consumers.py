"""Consumers: the programs that may ask for access, each with a key and a secret.

People and the command line make them; they are records of nobody (account "", kind "consumer"), their secrets wrapped
with the server key. The setting `consumers` adds the pairs that old programs carry inside them, which are no secrets.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import msgspec

from gateway.logs import without
from gateway.problems import Problem
from gateway.stores.store import Store
from gateway.vault import Unsealable, Vault

OOB = "oob"
"""The callback of a program without one: the person is shown a number and types it in."""

KIND = "consumer"
PURPOSE = "oauth consumer"
KEY_BYTES, SECRET_BYTES = 10, 20
NAME_CHARS, ADDRESS_CHARS = 100, 2000
MOST = 100
"""Consumers of one account."""

PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,40}")
_NO_PLACE = frozenset({"javascript", "data", "vbscript", "file", "blob", "about", "view-source", "mailto"})
_UNFIT = re.compile(r"[\x00-\x20\x7f\"<>\\]")


class ConsumerProblem(Problem):
    """No consumer was made, for the reason in the text. `field`: name, callback or icon, where it is about one."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """`account` is who made it, "" for one of the whole gateway. `callback`: where people are sent back to, "" for any
    place the program names. `read_only`: its tokens may not write. `listed`: it stands in the settings."""

    key: str
    secret: str
    name: str
    account: str = ""
    callback: str = ""
    icon: str = ""
    dialect: str = ""
    read_only: bool = False
    listed: bool = False
    created: int = 0

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "secret")


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """What the store keeps under the key."""

    name: str
    secret: bytes
    account: str = ""
    callback: str = ""
    icon: str = ""
    dialect: str = ""
    read_only: bool = False
    created: int = 0

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "secret")


def listed(pairs: Iterable[str]) -> dict[str, Consumer]:
    """The consumers of the setting: `key=secret` or `key=secret=name`."""
    found = {}
    for pair in pairs:
        key, _, rest = pair.partition("=")
        secret, _, name = rest.partition("=")
        found[key] = Consumer(key=key, secret=secret, name=name.strip() or key, listed=True)
    return found


def callback_problem(address: str) -> str:
    """What is wrong with a callback; "" when it can be one. Programs on telephones have schemes of their own."""
    if len(address) > ADDRESS_CHARS or _UNFIT.search(address) or not address.isascii():
        return "The callback is no address."
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  raises for what is no number
    except ValueError:
        return "The callback is no address."
    if not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _NO_PLACE:
        return "The callback must begin with https:// or the program's own scheme."
    if parts.scheme in PORTS and (not parts.hostname or parts.username is not None):
        return "The callback must look like https://program.example/back."
    return ""


def origin(address: str) -> tuple[str, str, int | None]:
    """(scheme, host, port) of a callback that is one."""
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or PORTS.get(parts.scheme)


def chosen(asked: str, consumer: Consumer) -> str:
    """Where to send people for a request that names the callback `asked` ("" when it names none).

    With a registered callback only that place itself or another address of the same origin. Raises ConsumerProblem.
    """
    registered = consumer.callback
    if not asked:
        return registered or OOB
    if asked == OOB:
        return OOB
    if problem := callback_problem(asked):
        raise ConsumerProblem(problem)
    if registered and asked != registered and origin(asked) != origin(registered):
        raise ConsumerProblem("The callback is not the one this consumer is registered with.")
    return asked


class Consumers:
    """All consumers of the gateway, on one store."""

    def __init__(
        self, store: Store, vault: Vault, pairs: Iterable[str] = (), clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._vault = vault
        self._listed = listed(pairs)
        self._clock = clock

    async def find(self, key: str) -> Consumer | None:
        """The consumer with this key. Raises StoreDown."""
        if key in self._listed:
            return self._listed[key]
        if not key or len(key) > NAME_CHARS:
            return None
        found = await self._store.records("", KIND, [key])
        return self._read(key, found[key]) if key in found else None

    async def all(self) -> tuple[Consumer, ...]:
        """Everybody's, oldest first, those of the settings before them. Raises StoreDown."""
        records = await self._store.records("", KIND)
        made = [one for key, raw in records.items() if (one := self._read(key, raw)) and key not in self._listed]
        return (*self._listed.values(), *sorted(made, key=lambda one: (one.created, one.key)))

    async def list(self, account: str) -> tuple[Consumer, ...]:
        """Those that the account with the id `account` made, oldest first. Raises StoreDown."""
        return tuple(one for one in await self.all() if one.account == account and not one.listed)

    async def add(
        self,
        account: str,
        name: str,
        callback: str = "",
        icon: str = "",
        *,
        read_only: bool = False,
        dialect: str = "",
    ) -> Consumer:
        """A new consumer of the account ("": of the whole gateway) with a fresh key and secret.

        Raises ConsumerProblem, StoreDown.
        """
        name, callback, icon = name.strip(), callback.strip(), icon.strip()
        self._check(name, callback, icon)
        if account and len(await self.list(account)) >= MOST:
            raise ConsumerProblem(f"There are {MOST} consumers already.")
        made = Consumer(
            key=secrets.token_hex(KEY_BYTES), secret=secrets.token_hex(SECRET_BYTES), name=name, account=account,
            callback="" if callback == OOB else callback, icon=icon, read_only=read_only, dialect=dialect,
            created=int(self._clock()),
        )  # fmt: skip
        record = _Record(
            name=made.name, secret=self._vault.wrap(made.secret.encode(), PURPOSE), account=account,
            callback=made.callback, icon=icon, read_only=read_only, dialect=dialect, created=made.created,
        )  # fmt: skip
        await self._store.put_records("", KIND, {made.key: msgspec.msgpack.encode(record)})
        return made

    async def remove(self, account: str, key: str) -> bool:
        """End a consumer that the account made, and every token granted to it. Raises StoreDown."""
        found = await self.find(key)
        if found is None or found.listed or found.account != account:
            return False
        await self.revoke(key)
        return True

    async def revoke(self, key: str) -> int:
        """End a consumer, whoever made it; how many granted tokens went with it. Raises StoreDown."""
        await self._store.drop_records("", KIND, [key])  # first, so that no token is granted meanwhile
        ended = 0
        for account in await self._store.accounts():
            for login in await self._store.logins(account.id):
                if login.consumer == key:
                    ended += await self._store.remove_login(account.id, login.id)
        return ended

    async def forget(self, account: str) -> None:
        """End all consumers of an account that goes. Raises StoreDown."""
        for consumer in await self.list(account):
            await self.revoke(consumer.key)

    @staticmethod
    def _check(name: str, callback: str, icon: str) -> None:
        if not name or len(name) > NAME_CHARS or not name.isprintable():
            raise ConsumerProblem(f"A consumer needs a name of at most {NAME_CHARS} characters.", "name")
        if callback not in {"", OOB} and (problem := callback_problem(callback)):
            raise ConsumerProblem(problem, "callback")
        if icon and (callback_problem(icon) or origin(icon)[0] not in PORTS):
            raise ConsumerProblem("The icon must be an address like https://program.example/icon.png.", "icon")

    def _read(self, key: str, raw: bytes) -> Consumer | None:
        """None when the server key is another one."""
        record = msgspec.msgpack.decode(raw, type=_Record)
        try:
            secret = self._vault.unwrap(record.secret, PURPOSE).decode()
        except Unsealable:
            return None
        return Consumer(
            key=key, secret=secret, name=record.name, account=record.account, callback=record.callback,
            icon=record.icon, dialect=record.dialect, read_only=record.read_only, created=record.created,
        )  # fmt: skip
