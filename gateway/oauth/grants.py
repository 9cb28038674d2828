"""Request tokens: from a program's wish for access to a person's answer, and on to the access token.

A request token lives ten minutes in the store, sealed to itself, so that the store alone tells nothing of it. Between a
person's yes and the program's last step the backend token lies there as well, sealed to request token and verifier
together. The last step spends the request token, whether its verifier is right or wrong.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from gateway.logs import without
from gateway.oauth.consumers import OOB, Consumer, Consumers
from gateway.problems import Problem
from gateway.stores.store import AccountRecord, LoginRecord, Store
from gateway.vault import Unsealable, Vault

LIFETIME = 600
"""Seconds from the request to the answer, and from the answer to the last step."""
TOKEN_BYTES = 16
PIN_DIGITS = 8
MOST = 50
"""Tokens of one account for one consumer. Where a program asks anew at each start, the one longest unused goes."""


class GrantProblem(Problem):
    """The request token cannot be answered, for the reason in the text."""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """What the person decides on. `callback`: an address, or `oob` for a number to type in. `plain_http`: the program
    asked over the listener without TLS, so a login it may not use there will be of no use to it."""

    token: str
    consumer: str
    name: str
    icon: str = ""
    callback: str = OOB
    read_only: bool = False
    plain_http: bool = False

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "token")


class Allowed(msgspec.Struct, frozen=True, kw_only=True):
    """`verifier` is what the program needs; `redirect` where to send the browser with it, "" to show it as a number."""

    verifier: str
    redirect: str = ""

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "verifier", "redirect")


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A new access token, told once."""

    token: str
    secret: str

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "token", "secret")


class Rights(msgspec.Struct, frozen=True, kw_only=True):
    """What a login may do."""

    read_only: bool = False
    plain_http: bool = False


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the store keeps of a request token. `account` and `sealed` (the backend token) come with the yes."""

    consumer: str
    secret: str
    callback: str
    expires: int
    rights: Rights = Rights()
    plain_http: bool = False
    account: str = ""
    answered: int = 0
    sealed: bytes = b""

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "secret", "sealed")


class Grants:
    """Request tokens and what becomes of them, on one store."""

    def __init__(
        self, store: Store, vault: Vault, consumers: Consumers, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._vault = vault
        self._consumers = consumers
        self._clock = clock

    # for the consent page

    async def pending(self, oauth_token: str) -> Pending | None:
        """What a request token stands for, None when it is unknown, spent or too old. Raises StoreDown."""
        request = await self.request(oauth_token)
        consumer = await self._consumers.find(request.consumer) if request else None
        if request is None or consumer is None:
            return None
        return Pending(
            token=oauth_token, consumer=consumer.key, name=consumer.name, icon=consumer.icon,
            callback=request.callback, read_only=request.rights.read_only, plain_http=request.plain_http,
        )  # fmt: skip

    async def allow(
        self,
        pending: Pending,
        *,
        account: AccountRecord,
        token: str,
        read_only: bool = False,
        plain_http: bool = False,
    ) -> Allowed:
        """The person says yes. `token` is their backend token; `read_only` narrows, never widens, what was asked for.

        Said twice (two tabs, a double click), the later verifier counts; somebody else's yes cannot be replaced.
        Raises GrantProblem, StoreDown.
        """
        request = await self._taken(pending.token)
        if request is None:
            raise GrantProblem("This request has been answered, or it is too old. Start again in your program.")
        if request.account not in {"", account.id}:
            await self._keep(pending.token, request)
            raise GrantProblem("Somebody else has answered this request. Start again in your program.")
        verifier = _pin() if request.callback == OOB else secrets.token_hex(TOKEN_BYTES)
        now = int(self._clock())
        answered = msgspec.structs.replace(
            request, account=account.id, answered=now, expires=now + LIFETIME,
            rights=Rights(read_only=read_only or request.rights.read_only, plain_http=plain_http),
            sealed=self._vault.seal(token.encode(), self._vault.public(_both(pending.token, verifier))),
        )  # fmt: skip
        await self._keep(pending.token, answered)
        if request.callback == OOB:
            return Allowed(verifier=verifier)
        return Allowed(
            verifier=verifier, redirect=_with(request.callback, oauth_token=pending.token, oauth_verifier=verifier)
        )

    async def deny(self, pending: Pending) -> str:
        """The person says no: the request token is spent. Where to send the browser, "" for nowhere.

        Raises StoreDown.
        """
        request = await self._taken(pending.token)
        if request is None or request.callback == OOB:
            return ""
        return _with(request.callback, denied=pending.token)

    # for the token calls

    async def begin(self, consumer: Consumer, callback: str, *, read_only: bool, plain_http: bool) -> tuple[str, str]:
        """(request token, its secret). Raises StoreDown."""
        token, secret = secrets.token_hex(TOKEN_BYTES), secrets.token_hex(TOKEN_BYTES)
        request = Request(
            consumer=consumer.key, secret=secret, callback=callback, expires=int(self._clock()) + LIFETIME,
            rights=Rights(read_only=read_only or consumer.read_only), plain_http=plain_http,
        )  # fmt: skip
        await self._keep(token, request)
        return token, secret

    async def request(self, oauth_token: str) -> Request | None:
        """What is kept of a request token. Raises StoreDown."""
        return self._opened(oauth_token, await self._store.kept(self._key(oauth_token)))

    async def spend(self, oauth_token: str, verifier: str) -> tuple[Request, str] | None:
        """(request, backend token) of an answered request token with its verifier, else None.

        It is gone in any case, and of several who come at once only one gets it. Raises StoreDown.
        """
        request = await self._taken(oauth_token)
        if request is None or not request.account:
            return None
        try:
            return request, self._vault.open(request.sealed, _both(oauth_token, verifier.strip())).decode()
        except Unsealable:
            return None

    async def issue(self, consumer: Consumer, account: AccountRecord, token: str, rights: Rights) -> Issued:
        """An access token of the account for the consumer; `token` is the backend's. Raises StoreDown."""
        oauth_token, secret = secrets.token_hex(TOKEN_BYTES), secrets.token_hex(TOKEN_BYTES)
        public = self._vault.public(oauth_token)
        login = LoginRecord(
            hash=self._vault.hash(oauth_token), id=secrets.token_hex(4), account=account.id, name=consumer.name,
            kind="oauth", consumer=consumer.key, dialect=consumer.dialect,
            read_only=rights.read_only or consumer.read_only, plain_http=rights.plain_http,
            created=int(self._clock()), public=public, secret=self._vault.seal(secret.encode(), public),
            sealed=self._vault.seal(token.encode(), public),
        )  # fmt: skip
        await self._make_room(account, consumer)
        await self._store.put_login(login)
        return Issued(token=oauth_token, secret=secret)

    async def _make_room(self, account: AccountRecord, consumer: Consumer) -> None:
        granted = [login for login in await self._store.logins(account.id) if login.consumer == consumer.key]
        granted.sort(key=lambda login: max(login.last_used, login.created))
        for login in granted[: max(len(granted) - MOST + 1, 0)]:
            await self._store.remove_login(account.id, login.id)

    async def _taken(self, oauth_token: str) -> Request | None:
        return self._opened(oauth_token, await self._store.take(self._key(oauth_token)))

    async def _keep(self, oauth_token: str, request: Request) -> None:
        seconds = max(request.expires - int(self._clock()), 1)
        sealed = self._vault.seal(msgspec.msgpack.encode(request), self._vault.public(oauth_token))
        await self._store.keep(self._key(oauth_token), sealed, seconds)

    def _opened(self, oauth_token: str, sealed: bytes | None) -> Request | None:
        if sealed is None:
            return None
        try:
            request = msgspec.msgpack.decode(self._vault.open(sealed, oauth_token), type=Request)
        except Unsealable:
            return None
        return request if request.expires > self._clock() else None

    def _key(self, oauth_token: str) -> str:
        return self._vault.hash(f"oauth request {oauth_token}")


def _pin() -> str:
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def _both(oauth_token: str, verifier: str) -> str:
    return f"{oauth_token}:{verifier}"


def _with(address: str, **parameters: str) -> str:
    """`address` with further parameters in its query."""
    rest, hash, fragment = address.partition("#")
    joint = "" if rest.endswith(("?", "&")) else "&" if "?" in rest else "?"
    added = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{rest}{joint}{added}{hash}{fragment}"
