"""Linking an account: out to the instance's own page and back with a code.

The state that goes out and the secret in a cookie of the browser together find what was begun, so a state works once,
within ten minutes, and only in the browser that began; several may be under way at a time. The verifier (RFC 7636) is
derived from the cookie: the store never has it.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from adapters.activitypub.oauth import readable
from adapters.activitypub.signing_in import ActorSigningIn
from adapters.connect import Connections
from adapters.errors import (
    BackendError,
    BadAnswer,
    Missing,
    Refused,
    Rejected,
    Slow,
    TokenGone,
    Unavailable,
    Unsupported,
)
from adapters.mastodon.signing_in import App, AppGone, SigningIn
from adapters.webfinger import server_of
from gateway.logins import ACTIVITYPUB, USABLE, Linked, LoginProblem, Logins
from gateway.logs import without
from gateway.turns import Busy, turn
from gateway.vault import Unsealable
from gateway.web.addresses import Wanted, base_urls
from gateway.web.admission import Admission, plain_host
from gateway.web.apps import Apps
from gateway.web.notices import Notice

if TYPE_CHECKING:
    from gateway.services import Gateway
    from mappings import hub

STATE_SECONDS = 600
LOCK_SECONDS = 120
MAX_CODE = 4096
MAX_NAME = 64


class Pending(msgspec.Struct, frozen=True, array_like=True):
    """What was begun. `person` is the expected user name or "", `next` the page to go on to, `app` the wrapped
    registration, `again`: it is the second try. `software` is ACTIVITYPUB for a server of actors; `actor` is then the
    expected one's id, where it is known. `client`: the preset that a first password is for."""

    instance: str
    person: str
    next: str
    app: bytes = b""
    again: bool = False
    software: str = ""
    actor: str = ""
    client: str = ""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send the browser, and the cookie that it needs on its way back."""

    url: str
    state: str
    secret: str

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "url", "state", "secret")


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """Who came back; `token` is the backend's, `next` the page to go on to or "", `client` the preset or ""."""

    linked: Linked
    token: str
    next: str
    client: str

    def __repr__(self) -> str:
        """Without secrets."""
        return without(self, "token")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A server that was looked at."""

    instance: str
    signing_in: SigningIn | ActorSigningIn
    software: str = ""
    actor: str = ""


class Linking:
    """The flow, for one request. `base_url` is the gateway's address as this browser knows it."""

    def __init__(self, gateway: Gateway, base_url: str) -> None:
        self._gateway, self._store, self._vault = gateway, gateway.store, gateway.vault
        self._apps = Apps(gateway.store, gateway.vault, base_url)
        self._admission = Admission(gateway.settings)
        self._logins = Logins(gateway.store, gateway.vault, gateway.connections)

    async def begin(self, meant: Wanted, next: str, client: str = "") -> Begun:
        """Somebody wants to come; `client` is a preset. Raises Notice, BackendError, StoreDown."""
        urls = base_urls(meant, self._gateway.settings.allow_hosts)
        known = await self._store.accounts()
        self._admission.check_start({meant.host, *map(plain_host, urls)}, meant.handle, known)
        try:
            found = await self._find(urls, meant)
        except (Missing, Rejected, Refused, BadAnswer, TokenGone, Unsupported) as error:
            found = await self._find_actors(urls, meant, error)
        pending = Pending(found.instance, meant.user, next, software=found.software, actor=found.actor, client=client)
        return await self._sent(found.signing_in, pending)

    async def _sent(self, signing_in: SigningIn | ActorSigningIn, pending: Pending) -> Begun:
        app = await self._apps.of(pending.instance, signing_in)
        state, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
        url = await signing_in.address(app, state=state, verifier=self._verifier(secret))
        pending = msgspec.structs.replace(pending, app=self._apps.wrapped(app))
        await self._store.keep(self._key(state, secret), msgspec.msgpack.encode(pending), STATE_SECONDS)
        return Begun(url=url, state=state, secret=secret)

    async def _find(self, urls: list[str], meant: Wanted) -> Found:
        """The first that answers as a server; else the one that the handle's host names. Raises BackendError."""
        problem: BackendError | None = None
        for url in urls:
            try:
                return Found(instance=url, signing_in=await self._gateway.connections.signing_in(url))
            except BackendError as error:
                if not isinstance(error, (Unavailable, Slow)):
                    problem = error
                    break  # somebody answered there, but not as a server
                problem = problem or error
        named = await self._named_by_host(urls[0], meant) if meant.user else ""
        if not named or named in urls:
            raise problem or Notice("connect.no_server", field="server")
        return Found(instance=named, signing_in=await self._gateway.connections.signing_in(named))

    async def _find_actors(self, urls: list[str], meant: Wanted, problem: BackendError) -> Found:
        """A server that has no Mastodon API, where actors sign in. Raises `problem` where they do not."""
        connections, actor = self._gateway.connections, ""
        if meant.user:
            with suppress(BackendError):
                actor = await connections.actor_of(meant.handle, "")
                urls = base_urls(Wanted(plain_host(actor)), self._gateway.settings.allow_hosts)
        for url in urls:
            with suppress(BackendError):
                signing_in = await connections.actor_signing_in(url, actor)
                return Found(instance=url, signing_in=signing_in, software=ACTIVITYPUB, actor=actor)
        raise problem

    async def _named_by_host(self, url: str, meant: Wanted) -> str:
        try:
            named = await server_of(self._gateway.connections.transport, url, meant.handle)
            return base_urls(Wanted(plain_host(named)), self._gateway.settings.allow_hosts)[0] if named else ""
        except (BackendError, Notice):
            return ""

    async def take(self, tag: str, state: str, secret: str) -> Pending:
        """What this browser began and now comes back from, once. Raises Notice, StoreDown."""
        raw = await self._store.take(self._key(state, secret)) if state and secret else None
        if raw is None:
            raise Notice("connect.unknown_state", 403)
        pending = msgspec.msgpack.decode(raw, type=Pending)
        if not hmac.compare_digest(self._apps.tag(pending.instance).encode(), tag.encode()):
            raise Notice("connect.unknown_state", 403)  # the answer of another server
        return pending

    async def arrive(self, pending: Pending, code: str, secret: str) -> Arrived | Begun:
        """From the code to a linked account; once out again when the instance has forgotten the gateway.

        Raises Notice, BackendError, StoreDown.
        """
        signing_in = await ways_in(self._gateway.connections, pending.instance, pending.software, pending.actor)
        try:
            app = self._apps.opened(pending.app)
            token = await signing_in.exchange(app, code=code[:MAX_CODE], verifier=self._verifier(secret))
        except Unsealable as error:
            raise Notice("connect.unknown_state", 403) from error
        except (Rejected, Refused) as error:
            raise Notice("connect.bad_code", 403) from error
        except AppGone:
            await self._apps.forget(pending.instance, app)
            if pending.again:
                raise
            return await self._sent(signing_in, msgspec.structs.replace(pending, again=True))
        try:
            linked = await self._link(pending, token)
        except (Notice, LoginProblem, BackendError):
            await self._give_back(signing_in, app, token)
            raise
        return Arrived(linked=linked, token=token, next=pending.next, client=pending.client)

    async def _link(self, pending: Pending, token: str) -> Linked:
        actor = readable(token).actor if pending.software == ACTIVITYPUB else ""
        person = await self._person(pending.instance, token, actor)
        if not person.native or not person.username:
            raise BadAnswer("The server does not say who signed in.")
        known = await self._known(pending.instance, person.native)
        self._check(pending, person, known=known)
        lock = "linking:" + self._vault.hash(f"{pending.instance} {person.native}")
        try:
            async with turn(self._store, lock, LOCK_SECONDS):
                name = "" if known or is_typable(person.username) else await self._typable(person.username)
                return await self._logins.link(pending.instance, token, name=name, actor=actor, client=pending.client)
        except Busy:
            raise Notice("connect.at_it", 409) from None

    async def _person(self, instance: str, token: str, actor: str) -> hub.Account:
        connections = self._gateway.connections
        if actor:
            return await connections.owner(actor, token)
        return (await (await connections.backend(instance, token)).me()).account

    def _check(self, pending: Pending, person: hub.Account, *, known: bool) -> None:
        """It is who was expected, and somebody who may come. Raises Notice."""
        if pending.person and pending.person.lower() != person.username.lower():
            raise Notice("connect.other_person", 403, wanted=pending.person, came=person.username)
        host = plain_host(pending.instance)
        self._admission.check_person(host, person.username, known=known)

    async def _known(self, instance: str, native: str) -> bool:
        return any((one.backend, one.native) == (instance, native) for one in await self._store.accounts())

    async def _typable(self, username: str) -> str:
        """A login name for somebody whose user name Basic cannot carry."""
        name = typable(username)
        taken = {account.login.lower() for account in await self._store.accounts()}
        return name if name.lower() not in taken else f"{name}-{secrets.token_hex(3)}"

    async def _give_back(self, signing_in: SigningIn | ActorSigningIn, app: App, token: str) -> None:
        with suppress(BackendError):
            await signing_in.revoke(app, token)

    def _key(self, state: str, secret: str) -> str:
        return "link:" + self._vault.hash(f"linking {state} {secret}")

    def _verifier(self, secret: str) -> str:
        return self._vault.hash(f"verifier {secret}")


async def ways_in(
    connections: Connections, instance: str, software: str, actor: str = ""
) -> SigningIn | ActorSigningIn:
    """How people of an instance sign in. Raises BackendError."""
    if software == ACTIVITYPUB:
        return await connections.actor_signing_in(instance, actor)
    return await connections.signing_in(instance)


def is_typable(username: str) -> bool:
    """It can be typed into any client."""
    return len(username) <= MAX_NAME and bool(USABLE.fullmatch(username))


def typable(username: str) -> str:
    """Letters, digits, dots, hyphens and underscores that remind of a user name."""
    plain = unicodedata.normalize("NFKD", username).encode("ascii", "ignore").decode()
    name = "".join(char if USABLE.fullmatch(char) else "_" for char in plain)[:MAX_NAME].strip("_")
    return name or "me"
