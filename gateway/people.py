"""Which person a call means: `user_id`, `screen_name`, `profileurl`, the end of the path, else the signed-in one.

Order and errors: reference/wire-statuses-users.md section 1.6; names: DESIGN section 8.
"""

from __future__ import annotations

from collections.abc import Callable

from adapters.errors import Missing
from gateway.ask import UNKNOWN, Ask
from gateway.errors import NO_USER, ApiError
from gateway.params import PERSON_DIGITS, whole_number
from gateway.session import Session
from mappings import hub

MOST_MET = 5
"""People looked through for one address."""


def _unknown(text: str = "User not found.") -> ApiError:
    return ApiError(400, text, NO_USER)


def names_me(ask: Ask, name: str) -> bool:
    """`name` is one of the forms of the signed-in person's own name: a login, at no host, the server or the gateway."""
    account = ask.session.account
    hosts = (_host(account.backend), _host(ask.base_url))
    own = {account.login, account.username, ask.session.screen_name, *(f"{account.username}@{host}" for host in hosts)}
    return name.strip().removeprefix("@").casefold() in {form.casefold() for form in own if account.username}


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


async def native_of(ask: Ask) -> str:
    """Native id of the person meant. Raises ApiError 400 when there is none."""
    session, id = ask.session, ask.id("user_id")
    if id is not None:
        return await _by_number(ask, id)
    name = ask.text("screen_name")
    if not name and not ask.text("profileurl"):
        tail = ask.text("user")
        if (number := whole_number(tail, PERSON_DIGITS)) is not None:
            return await _by_number(ask, number)
        name = tail
    if name:
        return session.account.native if names_me(ask, name) else (await by_name(ask, name)).native
    if ask.text("profileurl"):
        return (await by_url(ask, ask.text("profileurl"))).native
    return session.account.native


async def account_of(ask: Ask) -> hub.Account:
    """The same person's account, as fresh as the backend has it."""
    native = await native_of(ask)
    if not native:
        raise ApiError(401, "This API requires login")
    try:
        return await ask.session.backend.account(native)
    except Missing:
        raise _unknown() from None


async def _by_number(ask: Ask, id: int) -> str:
    native = await ask.gateway.ids.account(ask.session.scope, id)
    if native is None:
        raise _unknown() if id == UNKNOWN else _unknown(f"User ID {id} not found.")
    return native


async def by_name(ask: Ask, name: str) -> hub.Account:
    """Exact address, contacts (oldest follow first), then the backend's own users. Raises ApiError 400."""
    session = ask.session
    name = _at_home(session, name.strip().removeprefix("@"))
    contacts = (await ask.gateway.contacts.of(session)).named(name)
    if contacts:
        return contacts[0]
    if not session.account.native and "@" in name:
        return await _met(ask, name, lambda account: account.acct.casefold() == name.casefold())
    try:
        return await session.backend.lookup(name)
    except Missing:
        raise _unknown() from None


def _at_home(session: Session, name: str) -> str:
    """`name` without the server's own host."""
    nick, _, host = name.partition("@")
    return nick if host.casefold() == _host(session.account.backend).casefold() else name


async def by_url(ask: Ask, url: str) -> hub.Account:
    """By profile page: contacts, then whom the backend finds there. Raises ApiError 400."""
    if not url.startswith(("http://", "https://")):
        raise _unknown("User URL not found.")
    contact = (await ask.gateway.contacts.of(ask.session)).at(url)
    if contact:
        return contact
    if not ask.session.account.native:
        return await _met(ask, url, lambda account: account.url == url)
    try:
        return await ask.session.backend.lookup_url(url)
    except Missing:
        raise _unknown("User not found.") from None


async def _met(ask: Ask, query: str, fits: Callable[[hub.Account], bool]) -> hub.Account:
    """Somebody the server has met: for a caller without a login no server fetches anything (DESIGN section 9)."""
    found = await ask.session.backend.search_accounts(query, MOST_MET)
    for account in found:
        if fits(account):
            return account
    raise _unknown()


async def asks_for_another(ask: Ask) -> bool:
    """The call names somebody else, whose favourites, friends and followers are not shown (specification)."""
    id, name = ask.id("user_id"), ask.text("screen_name") or ask.text("user")
    if id is None and not ask.text("screen_name"):
        id = whole_number(name, PERSON_DIGITS)
    if id is not None:
        return await ask.gateway.ids.account(ask.session.scope, id) != ask.session.account.native
    return bool(name) and not names_me(ask, name)
