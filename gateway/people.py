"""Which person a call means: `user_id`, `screen_name`, `profileurl`, the end of the path, else the signed-in one.

Order and errors: reference/wire-statuses-users.md section 1.6; names: DESIGN section 8.
"""

from __future__ import annotations

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.audience import GROUP
from gateway.errors import NO_USER, ApiError
from gateway.session import Session
from mappings import hub


def _unknown(text: str = "User not found.") -> ApiError:
    return ApiError(400, text, NO_USER)


def names_me(session: Session, name: str) -> bool:
    """`name` is one of the forms of the signed-in person's own name."""
    account = session.account
    host = account.backend.partition("://")[2]
    own = {account.login, account.username, f"{account.username}@{host}", session.screen_name}
    return name.removeprefix("@").casefold() in {form.casefold() for form in own}


async def native_of(ask: Ask) -> str:
    """Native id of the person meant. Raises ApiError 400 when there is none."""
    session, id = ask.session, ask.id("user_id")
    if id is not None:
        return await _by_number(ask, id)
    name = ask.text("screen_name")
    if not name and not ask.text("profileurl"):
        tail = ask.text("user")
        if tail.isdecimal():
            return await _by_number(ask, int(tail))
        name = tail
    if name:
        return session.account.native if names_me(session, name) else (await by_name(ask, name)).native
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
    if native is None or native.startswith(GROUP):
        raise _unknown(f"User ID {id} not found.")
    return native


async def by_name(ask: Ask, name: str) -> hub.Account:
    """Exact address, contacts (oldest follow first), then the backend's own users. Raises ApiError 400."""
    session, name = ask.session, name.strip().removeprefix("@")
    contacts = (await ask.gateway.contacts.of(session)).named(name)
    if contacts:
        return contacts[0]
    host = session.account.backend.partition("://")[2]
    try:
        return await session.backend.lookup(name.removesuffix(f"@{host}"))
    except Missing:
        raise _unknown() from None


async def by_url(ask: Ask, url: str) -> hub.Account:
    """By profile page: contacts, then whom the backend finds there. Raises ApiError 400."""
    if not url.startswith(("http://", "https://")):
        raise _unknown("User URL not found.")
    contact = (await ask.gateway.contacts.of(ask.session)).at(url)
    if contact:
        return contact
    try:
        return await ask.session.backend.lookup_url(url)
    except Missing:
        raise _unknown("User not found.") from None


def names_another(ask: Ask) -> bool:
    """`user_id`/`screen_name` were sent and do not mean the signed-in person (checked without asking anybody)."""
    session = ask.session
    name = ask.text("screen_name")
    return bool(name) and not names_me(session, name)


async def asks_for_another(ask: Ask) -> bool:
    """The call names somebody else, whose favourites, friends and followers are not shown (specification)."""
    id = ask.id("user_id")
    if id is not None:
        return await ask.gateway.ids.account(ask.session.scope, id) != ask.session.account.native
    return names_another(ask)
