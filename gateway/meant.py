"""The other person a call is about: `user_id`, `screen_name`, `id`, or the end of the path, in this order."""

from __future__ import annotations

from typing import NamedTuple

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.params import PERSON_DIGITS, whole_number
from gateway.people import by_name, names_me
from mappings import hub

NOBODY_NAMED = "no user_id specified"
NO_SUCH_USER = "User not found."


class Meant(NamedTuple):
    """A person by native id; `account` where it came along."""

    native: str
    account: hub.Account | None = None


async def find(ask: Ask, id: int | None, name: str) -> Meant | None:
    """By our number, else by name; None for nobody. Raises BackendError, StoreDown."""
    if id is not None:
        native = await ask.gateway.ids.account(ask.session.scope, id) if 0 < id < 10**PERSON_DIGITS else None
        return Meant(native) if native else None
    if not name:
        return None
    if names_me(ask, name):
        return Meant(ask.session.account.native)
    try:
        account = await by_name(ask, name)
    except ApiError:
        return None
    return Meant(account.native, account)


async def either(ask: Ask, text: str) -> Meant | None:
    """By a text that is a number of ours or a name."""
    id = whole_number(text, PERSON_DIGITS)
    found = None if id is None else await find(ask, id, "")
    return found or await find(ask, None, text)


async def other(ask: Ask, oneself: ApiError) -> Meant:
    """Whom the call names. Raises ApiError: 400 when nobody is named, 404 for who is nobody, `oneself`."""
    id, name, text = ask.id("user_id"), ask.text("screen_name"), ask.text("user")
    if id is None and not name and not text:
        raise ApiError(400, NOBODY_NAMED)
    found = await (find(ask, id, name) if id is not None or name else either(ask, text))
    if found is None:
        raise ApiError(404, NO_SUCH_USER, NO_USER)
    if found.native == ask.session.account.native:
        raise oneself
    return found


async def account_of(ask: Ask, meant: Meant) -> hub.Account:
    """Their account: what came along, a contact's, else as the backend has it. Raises ApiError 404."""
    if meant.account:
        return meant.account
    contact = (await ask.gateway.contacts.of(ask.session)).get(meant.native)
    if contact:
        return contact
    try:
        return await ask.session.backend.account(meant.native)
    except Missing:
        raise ApiError(404, NO_SUCH_USER, NO_USER) from None


async def related(ask: Ask, native: str) -> hub.Relationship:
    """How the reader stands to them: one call."""
    found = await ask.session.backend.relationships([native])
    return next(iter(found), hub.Relationship(native=native))
