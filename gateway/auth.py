"""Who is asking: from the Authorization header to a `Session` (DESIGN section 6).

One keyed hash of the header finds a kept session; only a header not seen since the logins last changed costs a trip to
the store. Kept sessions are dropped when `Store.logins_version` changes, so revoking reaches every process.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import msgspec
from cachetools import LRUCache

from adapters.backend import Backend
from adapters.errors import TokenGone
from gateway.background import Background
from gateway.dialects import dialect_of
from gateway.errors import ApiError, LinkAgain
from gateway.logins import ACTIVITYPUB, Connections, host_of
from gateway.oauth.access import Access
from gateway.oauth.consumers import Consumers
from gateway.oauth.parameters import Sent, Unverified
from gateway.oauth.provider import Opened
from gateway.oauth.signatures import Signatures
from gateway.session import Session
from gateway.settings import Settings
from gateway.shelves import StoreShelf
from gateway.stores.store import AccountRecord, LoginRecord, Store
from gateway.throttle import Throttle
from gateway.vault import Unsealable, Vault
from gateway.widths import kept, written

log = logging.getLogger("oldbird.auth")

LOGIN_TEXT = "This API requires login"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Friendica"'}

KEPT, KEPT_SECONDS = 4096, 3600.0
"""Sessions in memory, and how long one is used before its records are read again."""
TOUCH_SECONDS = 3600
MAX_HEADER = 4096


def login_required() -> ApiError:
    """The 401 of missing and of wrong credentials alike."""
    return ApiError(401, LOGIN_TEXT, 32, dict(CHALLENGE))


class Basic(NamedTuple):
    """A Basic header, decoded and trimmed."""

    name: str
    password: str

    def __repr__(self) -> str:
        """Without the password."""
        return f"Basic(name={self.name!r})"


def read_basic(rest: str) -> Basic | None:
    """The part of a header behind `Basic`, with or without padding, UTF-8 else Latin-1; None when it is malformed."""
    text = rest.strip().rstrip("=")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        pair = raw.decode("utf-8")
    except UnicodeDecodeError:
        pair = raw.decode("latin-1")
    name, colon, password = pair.partition(":")
    return Basic(name.strip(), password.strip()) if colon else None


class Kept(NamedTuple):
    """A session in memory and when it is to be read again (seconds of the clock)."""

    session: Session
    until: float


class Caller(NamedTuple):
    """What a request says about itself: mount, peer address, and the host it was sent to."""

    mount: str
    address: str
    host: str


class Authenticator:
    """Turns headers into sessions. One per process."""

    def __init__(
        self,
        store: Store,
        vault: Vault,
        connections: Connections,
        settings: Settings,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._vault = vault
        self._connections = connections
        self._settings = settings
        self._clock = clock
        self._background = Background()
        self._key = os.urandom(32)
        self._version = store.logins_version()
        self._kept: LRUCache[tuple[bytes, str], Kept] = LRUCache(KEPT)
        self._wrong: LRUCache[bytes, bool] = LRUCache(KEPT)
        self._touched: LRUCache[str, int] = LRUCache(KEPT)
        self._throttle = Throttle(clock)
        self._gateway_host = host_of(settings.base_url)
        self.seen: Callable[[Session], None] = _unseen
        """Told of each session that was read from the store."""
        self._schemes: dict[str, Callable[[str, bytes, Caller], Awaitable[Session]]] = {"basic": self._basic}
        signatures = Signatures(store, vault, window=settings.oauth_window, clock=clock)
        self._access = Access(store, vault, Consumers(store, vault, settings.consumers, clock), signatures, clock)

    async def session(
        self, header: str | None, mount: str, *, address: str = "", host: str = "", sent: Sent | None = None
    ) -> Session | None:
        """The session of an Authorization header, None without one.

        `address` is the peer's, for the throttle; `host` the request's Host, for `nick@gateway-host` where no
        `base_url` is set; `sent` the whole request where OAuth has signed it, in its header or not.
        Raises ApiError (401, 403, 429), BackendError, StoreDown.
        """
        if sent is not None:
            return await self._signed(sent, mount)
        if header is None:
            return None
        mark = hmac.digest(self._key, header.encode("utf-8", "surrogatepass"), "sha256")
        self._follow()
        kept = self._kept.get((mark, mount))
        if kept is not None and self._clock() < kept.until:
            return kept.session
        scheme, _, rest = header.strip().partition(" ")
        read = self._schemes.get(scheme.lower())
        if read is None or len(header) > MAX_HEADER:
            raise login_required()
        return await read(rest, mark, Caller(mount, address, host))

    async def foresee(self, sent: Sent) -> None:
        """Refuse a signed request, before its body is read, whose token is nobody's. Raises ApiError, StoreDown."""
        self._follow()
        try:
            await self._access.foresee(sent)
        except Unverified as error:
            raise self._not_signed(error, sent) from error

    async def anonymous(self, mount: str) -> Session | None:
        """A session of nobody on the backend that `settings.anonymous` names, None when it names none.

        Raises BackendError.
        """
        url = self._settings.anonymous.rstrip("/")
        if not url:
            return None
        backend = await self._connections.backend(url, None)
        account = AccountRecord(
            id="", login="", backend=url, software=backend.capabilities.software, native="", username="", created=0
        )
        nobody = LoginRecord(hash="", id="", account="", name="anonymous", kind="anonymous", read_only=True)
        return _session(account, nobody, backend, "", mount)

    async def mark_broken(self, account: AccountRecord) -> None:
        """The backend refused the account's token: every login is told to link again.

        Does nothing when the account was linked again since `account` was read (`created` tells).
        """
        current = await self._store.account(account.id)
        if current is not None and not current.broken and current.created == account.created:
            await self._store.put_account(msgspec.structs.replace(current, broken=True))

    async def close(self) -> None:
        """End what runs in the background."""
        await self._background.close()

    async def opened(self, name: str, password: str, *, address: str, host: str) -> Opened:
        """The login behind a name and an app password that did not come as Basic (xAuth).

        Raises ApiError (401, 403, 429), StoreDown.
        """
        self._follow()
        mark = hmac.digest(self._key, f"{name}\n{password}".encode("utf-8", "surrogatepass"), "sha256")
        if mark in self._wrong:
            raise login_required()
        login, account = await self._found(Basic(name, password), mark, Caller("", address, host))
        return Opened(login, account, self._token(login, account, password))

    def refused(self, error: Unverified, sent: Sent) -> ApiError:
        """What a badly signed request is told; possible attacks of one address are counted."""
        wait = self._throttle.failed("", sent.address) if error.guess and not error.again else 0
        return _too_many(wait) if wait else ApiError(error.status, error.text, error.code)

    def _follow(self) -> None:
        """Forget what is in memory when any login has changed."""
        version = self._store.logins_version()
        if version != self._version:
            self._version = version
            self._kept.clear()
            self._wrong.clear()
            self._access.clear()

    async def _signed(self, sent: Sent, mount: str) -> Session:
        self._follow()
        version = self._version
        try:
            granted = await self._access.granted(sent)
        except Unverified as error:
            raise self._not_signed(error, sent) from error
        kept = self._kept.get((granted.mark, mount))
        if kept is not None and self._clock() < kept.until:
            return kept.session
        login, account = granted.login, granted.account
        session = await self._opened(login, account, Basic(account.login, granted.token), mount)
        if version == self._version:
            self._kept[granted.mark, mount] = Kept(session, self._clock() + KEPT_SECONDS)
        self._touch(login)
        return session

    def _not_signed(self, error: Unverified, sent: Sent) -> ApiError:
        refusal = self.refused(error, sent)
        if refusal.status == 429:
            return refusal
        return ApiError(401, LOGIN_TEXT if error.guess else error.text, refusal.code)

    async def _basic(self, rest: str, mark: bytes, caller: Caller) -> Session:
        basic = read_basic(rest)
        if basic is None or not basic.name or not basic.password:
            raise login_required()
        if mark in self._wrong:  # a client that repeats itself guesses nothing: not counted
            raise login_required()
        version = self._version
        login, account = await self._found(basic, mark, caller)
        session = await self._opened(login, account, basic, caller.mount)
        if version == self._version:  # else something changed meanwhile: what was read may be stale
            self._kept[mark, caller.mount] = Kept(session, self._clock() + KEPT_SECONDS)
        self._touch(login)
        return session

    async def _found(self, basic: Basic, mark: bytes, caller: Caller) -> tuple[LoginRecord, AccountRecord]:
        version = self._version
        found = await self._store.login(self._vault.hash(basic.password))
        if found is not None and found[0].kind == "password" and self._is_named(basic.name, found[1], caller.host):
            return found
        if found is None and version == self._version:
            self._wrong[mark] = True
        raise self._refusal(basic.name, caller)

    def _is_named(self, name: str, account: AccountRecord, host: str) -> bool:
        """`name` is one of the ways to write this account's login."""
        gateway = self._gateway_host or host_of(f"//{host}")  # as the request names it
        nick = account.username
        names = {account.login, nick, f"{nick}@{host_of(account.backend)}"}
        if gateway:
            names.update((f"{nick}@{gateway}", f"{account.login}@{gateway}"))
        return name.lower() in {one.lower() for one in names}

    def _refusal(self, name: str, caller: Caller) -> ApiError:
        wait = self._throttle.failed(name, caller.address)
        return _too_many(wait) if wait else login_required()

    def _token(self, login: LoginRecord, account: AccountRecord, secret: str) -> str:
        if account.broken:
            raise LinkAgain
        try:
            return self._vault.open(login.sealed, secret).decode()
        except Unsealable as error:
            log.warning("The token of login %s cannot be opened.", login.id)
            raise LinkAgain from error

    async def _opened(self, login: LoginRecord, account: AccountRecord, basic: Basic, mount: str) -> Session:
        token = self._token(login, account, basic.password)
        try:
            backend = await self._backend(account, token)
        except TokenGone as error:
            await self.mark_broken(account)
            raise LinkAgain from error
        known = await written(self._store, login)
        if known is None:
            raise login_required()
        session = _session(account, known, backend, basic.name, mount)
        self.seen(session)
        return session

    async def _backend(self, account: AccountRecord, token: str) -> Backend:
        """By what was linked: an actor, or an account of a Mastodon API."""
        if account.software == ACTIVITYPUB:
            return await self._connections.actor(account.native, token, self._shelf(account))
        return await self._connections.backend(account.backend, token)

    def _shelf(self, account: AccountRecord) -> StoreShelf:
        return StoreShelf(self._store, self._vault, account.id)

    def _touch(self, login: LoginRecord) -> None:
        """Write down that a login is in use, at most hourly, beside the request."""
        now = int(self._clock())
        if now - max(login.last_used, self._touched.get(login.hash, 0)) >= TOUCH_SECONDS:
            self._touched[login.hash] = now
            self._background.start(self._store.touch_login(login.hash, now), "Touching a login")


def _unseen(_: Session) -> None:
    """Nobody watches."""


def _too_many(wait: int) -> ApiError:
    return ApiError(429, "Too many failed logins, try again later.", headers={"Retry-After": str(wait)})


def _session(account: AccountRecord, login: LoginRecord, backend: Backend, name: str, mount: str) -> Session:
    dialect = kept(dialect_of(login.dialect, mount), login)
    return Session(account=account, login=login, backend=backend, screen_name=name, dialect=dialect)
