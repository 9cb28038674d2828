"""Linking accounts and giving out logins (DESIGN section 6).

A backend account is linked with its token; every device then gets an app password of its own. The token is kept only
sealed to those passwords, so whoever wants a further login brings the token again, or a password that works.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from adapters.backend import Backend
from adapters.errors import Refused, TokenGone
from adapters.shelf import Shelf
from adapters.webfinger import origin
from gateway.logs import without
from gateway.problems import Problem
from gateway.stores.store import AccountRecord, LoginRecord, Store
from gateway.vault import Unsealable, Vault, new_password
from gateway.widths import fixed, wanted
from mappings import hub

USABLE = re.compile(r"[A-Za-z0-9_.-]+(@[A-Za-z0-9.-]+)?")
"""A login name that Basic can carry: no colon, no space."""

ACTIVITYPUB = "activitypub"
"""The software of accounts whose native id is an actor, and whose token is a credential in its text form."""

FIRST_DEVICE, CONFIGURED = "first", "configuration"
MAX_NAME = 60
"""Characters in the name of a device."""


class LoginProblem(Problem):
    """Nothing was linked or given out, for the reason in the text."""


class WidthFixed(LoginProblem):
    """A login was used with ids of another width: the same posts must not get other numbers."""


class Connections(Protocol):
    """Where backends come from (`adapters.connect`)."""

    async def backend(self, base_url: str, token: str | None) -> Backend:
        """The backend of one account, None for nobody's. Raises BackendError."""

    async def actor(self, actor: str, token: str, shelf: Shelf) -> Backend:
        """The backend of an ActivityPub account. Raises BackendError."""

    async def actor_of(self, text: str, token: str) -> str:
        """The id of the ActivityPub actor that a handle or an address names. Raises BackendError."""

    async def owner(self, actor: str, token: str) -> hub.Account:
        """Whose a credential for an ActivityPub actor is. Raises Refused for somebody else's, BackendError."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """What linking gave: `password` is shown once and kept nowhere; empty when no new login was made."""

    account: AccountRecord
    login: LoginRecord | None = None
    password: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return without(self, "password")


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What a login is for. `dialect` is a name of `gateway.client_presets`, "": the mount decides. `plain_http`: it may
    come over the listener without TLS. `pictures`: it gets them from the gateway, as it can load them."""

    name: str = FIRST_DEVICE
    read_only: bool = False
    plain_http: bool = False
    pictures: bool = False
    dialect: str = ""


def device_name(text: str) -> str:
    """The name of a device that a person typed, on one line; "" for none, a long one, and one that cannot be shown."""
    name = " ".join(text.split())
    return name if len(name) <= MAX_NAME and name.isprintable() else ""


def base_url(server: str) -> str:
    """`scheme://host[:port]` of what a person typed for a server; https when they named no scheme.

    Raises LoginProblem.
    """
    try:
        parts = urlsplit(server if "://" in server else f"https://{server}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise LoginProblem("The server's address cannot be read.") from error
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise LoginProblem("The server's address must look like https://social.example.")
    host = f"[{host}]" if ":" in host else host
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"


def host_of(url: str) -> str:
    """The host name in a URL, lower-case, without port; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_named(account: AccountRecord, actor: str) -> bool:
    """A handle or an address is that of the account's actor."""
    handle = f"{account.username}@{account.backend.partition('://')[2]}"
    return actor.strip().removeprefix("@").lower() in {account.native.lower(), handle.lower()}


class Logins:
    """Accounts and their logins, on one store."""

    def __init__(
        self, store: Store, vault: Vault, connections: Connections, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._vault = vault
        self._connections = connections
        self._clock = clock

    async def link(
        self,
        server: str,
        token: str,
        *,
        name: str = "",
        device: Device | None = None,
        actor: str = "",
        client: str = "",
    ) -> Linked:
        """Link the owner of `token`, or link them anew, and give out a password for `device`.

        `name` is the wanted login name. `actor` is the id of an ActivityPub actor on `server`: then `token` is a
        credential for it (`adapters.activitypub.credentials`), and no Mastodon API is looked for. Linking anew keeps
        the login name, seals the new token for every login there is and gives out a further password only when a
        `device` is named; a first one without a device is for `client`. Raises LoginProblem, BackendError, StoreDown.
        """
        account, logins = await self._linked(base_url(server), token, name, actor)
        if logins and device is None:
            return Linked(account=account)
        return await self._give(account, token, device or Device(dialect=client))

    async def configured(self, server: str, token: str, password: str, *, actor: str = "") -> AccountRecord:
        """Link the account that the operator's configuration names, under the app password it names. `actor`: the
        handle or address of an ActivityPub actor, in place of the server.

        Where all is as it was the server is asked nothing. Raises LoginProblem, BackendError, StoreDown.
        """
        url = "" if actor else base_url(server)
        found = await self._store.login(self._vault.hash(password))
        if found is not None:
            login, account = found
            is_same = is_named(account, actor) if actor else account.backend == url
            if is_same and not account.broken and self._opens(login, password, token):
                return account
        if actor:
            actor = await self._connections.actor_of(actor, token)
            url = origin(actor)
        account, _ = await self._linked(url, token, "", actor)
        if found is None or found[1].id != account.id:
            if found is not None:
                await self._store.remove_login(found[1].id, found[0].id)
            await self._give(account, token, Device(name=CONFIGURED), password)
        return account

    async def _linked(
        self, url: str, token: str, name: str, actor: str
    ) -> tuple[AccountRecord, tuple[LoginRecord, ...]]:
        """The owner of `token`, stored, and the logins there are, which hold the token now."""
        account = await self._described(url, token, name, actor)
        logins = await self._store.logins(account.id)
        for login in logins:
            await self._change(login, sealed=self._vault.seal(token.encode(), login.public))
        await self._store.put_account(account)
        return account, logins

    def _opens(self, login: LoginRecord, password: str, token: str) -> bool:
        try:
            return hmac.compare_digest(self._vault.open(login.sealed, password), token.encode())
        except Unsealable:
            return False

    async def add(self, name: str, device: Device, *, password: str = "", token: str = "") -> Linked:
        """A further login of the account `name`, on the strength of a working password or of the token.

        Raises LoginProblem, BackendError, StoreDown.
        """
        account = await self.account(name)
        if token:
            await self._check_owner(account, token)
        else:
            token = await self._unsealed(account, password)
        return await self._give(account, token, device)

    async def entered(self, name: str, password: str) -> tuple[AccountRecord, str]:
        """The account and its backend token, for who knows an app password of it that is not read-only.

        Raises LoginProblem, TokenGone, StoreDown.
        """
        account = await self.account(name)
        return account, await self._unsealed(account, password)

    async def account(self, name: str) -> AccountRecord:
        """The account with the login name `name`, in any case. Raises LoginProblem."""
        wanted = name.strip().lower()
        for account in await self._store.accounts():
            if account.login.lower() == wanted:
                return account
        raise LoginProblem(f"Nobody is linked under the name {name}.")

    async def list(self, name: str) -> tuple[LoginRecord, ...]:
        """The logins of the account `name`, oldest first. Raises LoginProblem."""
        account = await self.account(name)
        return tuple(sorted(await self._store.logins(account.id), key=lambda login: (login.created, login.id)))

    async def revoke(self, name: str, id: str) -> None:
        """End one login; running workers refuse it from their next request on. Raises LoginProblem."""
        account = await self.account(name)
        if not await self._store.remove_login(account.id, id):
            raise LoginProblem(f"{account.login} has no login with the id {id}.")

    async def let_plain_http(self, name: str, id: str, *, allowed: bool) -> LoginRecord:
        """Say whether a login may come over the listener without TLS. Raises LoginProblem."""
        return await self._set(name, id, plain_http=allowed)

    async def let_pictures(self, name: str, id: str, *, wanted: bool) -> LoginRecord:
        """Say whether a login gets pictures from the gateway, as old devices can load them. Raises LoginProblem."""
        return await self._set(name, id, pictures=wanted)

    async def _set(self, name: str, id: str, **changes: Any) -> LoginRecord:
        account = await self.account(name)
        for login in await self._store.logins(account.id):
            if login.id == id and (changed := await self._change(login, **changes)):
                return changed
        raise LoginProblem(f"{account.login} has no login with the id {id}.")

    async def choose(self, name: str, id: str, preset: str) -> LoginRecord:
        """Say which client a login is for, "" for none known. Raises LoginProblem, WidthFixed."""
        account = await self.account(name)
        for login in await self._store.logins(account.id):
            if login.id == id:
                _check_width(login, preset)
                if changed := await self._change(login, dialect=preset):
                    return changed
        raise LoginProblem(f"{account.login} has no login with the id {id}.")

    async def _change(self, login: LoginRecord, **changes: Any) -> LoginRecord | None:
        """The login with these fields changed; None for one revoked meanwhile, which is not brought back."""
        found: LoginRecord | None = login
        while found is not None:
            changed = msgspec.structs.replace(found, **changes)
            if await self._store.swap_login(found, changed):
                return changed
            logins = await self._store.logins(login.account)
            found = next((other for other in logins if other.hash == login.hash), None)
        return None

    async def _described(self, url: str, token: str, name: str, actor: str) -> AccountRecord:
        """The account behind `token`: as it is known, but whole again and linked now, or a new one."""
        if not token:
            raise LoginProblem("The token is empty.")
        software, person = await self._owner(url, token, actor)
        known = await self._store.accounts()
        now = int(self._clock())
        for account in known:
            if (account.backend, account.native) == (url, person.native):
                return msgspec.structs.replace(
                    account, software=software, username=person.username, created=now, broken=False
                )
        return AccountRecord(
            id=secrets.token_hex(8),
            login=_free_name(name, person.username, url, known),
            backend=url,
            software=software,
            native=person.native,
            username=person.username,
            created=now,
        )

    async def _owner(self, url: str, token: str, actor: str) -> tuple[str, hub.Account]:
        """The software of the backend, and whose the token is there."""
        if not actor:
            backend = await self._connections.backend(url, token)
            return backend.capabilities.software, (await backend.me()).account
        try:
            return ACTIVITYPUB, await self._connections.owner(actor, token)
        except Refused as error:
            raise LoginProblem("The token belongs to somebody else.") from error

    async def _check_owner(self, account: AccountRecord, token: str) -> None:
        actor = account.native if account.software == ACTIVITYPUB else ""
        _, person = await self._owner(account.backend, token, actor)
        if person.native != account.native:
            raise LoginProblem(f"The token belongs to somebody else than {account.login}.")

    async def _unsealed(self, account: AccountRecord, password: str) -> str:
        found = await self._store.login(self._vault.hash(password)) if password.strip() else None
        is_theirs = found is not None and found[1].id == account.id
        # The name of an OAuth token travels with every call; without its secret it must open nothing.
        if found is None or not is_theirs or found[0].kind != "password" or found[0].read_only:
            raise LoginProblem(f"This is no app password of {account.login} with which further ones can be made.")
        try:
            return self._vault.open(found[0].sealed, password).decode()
        except Unsealable as error:
            raise TokenGone("The stored token cannot be read; link the account again.") from error

    async def _give(self, account: AccountRecord, token: str, device: Device, password: str = "") -> Linked:
        password = password or new_password()
        public = self._vault.public(password)
        login = LoginRecord(
            hash=self._vault.hash(password),
            id=secrets.token_hex(4),
            account=account.id,
            name=device.name,
            dialect=device.dialect,
            read_only=device.read_only,
            plain_http=device.plain_http,
            pictures=device.pictures,
            created=int(self._clock()),
            public=public,
            sealed=self._vault.seal(token.encode(), public),
        )
        await self._store.put_login(login)
        return Linked(account=account, login=login, password=password)


def _check_width(login: LoginRecord, preset: str) -> None:
    """Raises WidthFixed."""
    if fixed(login) not in {None, wanted(preset)}:
        raise WidthFixed(
            f"{login.id} was used already, and its program knows the posts by numbers of another size. "
            "Make a further app password for the other program."
        )


def _free_name(wanted: str, username: str, url: str, known: tuple[AccountRecord, ...]) -> str:
    """The first usable name that no other account has."""
    if wanted and not USABLE.fullmatch(wanted):
        raise LoginProblem("A login name consists of letters, digits, dots, hyphens and underscores.")
    taken = {account.login.lower() for account in known}
    names = (name for name in _candidates(wanted, username, url) if USABLE.fullmatch(name))
    for name in names:
        if name.lower() not in taken:
            return name
    raise LoginProblem(f"The user name at {host_of(url)} cannot be typed into a client: give a login name.")


def _candidates(wanted: str, username: str, url: str) -> Iterator[str]:
    yield wanted
    yield username
    yield f"{username}@{host_of(url)}"
    if USABLE.fullmatch(username):  # two servers on one host, told apart by port
        yield from (f"{username}-{number}" for number in count(2))
