"""For whom a new message is: `screen_name`, else `user_id` (a number or a profile address), else whom it answers."""

from __future__ import annotations

from adapters.errors import Missing, Rejected
from gateway.ask import Ask
from gateway.audience import Audience, of_reply
from gateway.correspondents import own
from gateway.errors import NO_USER, ApiError
from gateway.params import PERSON_DIGITS, whole_number
from gateway.people import by_url, names_me
from mappings import hub
from mappings.hub import Visibility


def _not_found() -> ApiError:
    return ApiError(404, "Recipient not found", NO_USER)


async def audience_of(ask: Ask, parent: hub.Status | None) -> Audience:
    """Who gets the message; a note to oneself names nobody. Raises ApiError 400, 404."""
    person = await recipient(ask)
    if parent is None:
        if person is None:
            raise ApiError(400, "Recipient not specified")
        return _to(ask, person)
    whole = of_reply(parent, Visibility.DIRECT, own(ask.session))
    if person is None:
        return whole
    if _is_me(ask, person) and not whole.people:
        return whole
    if all(person.native != one.native and person.acct.casefold() != one.acct.casefold() for one in whole.people):
        raise ApiError(400, "The recipient has no part in the answered message.")
    return _to(ask, person)


def _to(ask: Ask, person: hub.Account) -> Audience:
    people = () if _is_me(ask, person) else (person,)
    return Audience(visibility=Visibility.DIRECT, people=people, kind=hub.Kind.MESSAGE)


def _is_me(ask: Ask, person: hub.Account) -> bool:
    return person.native == ask.session.account.native


async def recipient(ask: Ask) -> hub.Account | None:
    """The person named, None when nobody is. Raises ApiError 400 where several fit, 404; BackendError."""
    name, number, page = ask.text("screen_name").strip(), ask.text("user_id").strip(), ask.text("profileurl")
    if name:
        return await _by_name(ask, name.removeprefix("@"))
    if number.startswith(("http://", "https://")):
        page = number
    elif number.strip("0"):
        return await _by_number(ask, number)
    return await _by_url(ask, page) if page else None


async def _by_name(ask: Ask, name: str) -> hub.Account:
    session = ask.session
    if names_me(ask, name):
        return own(session)
    nick, _, host = name.partition("@")
    at_home = host.casefold() == session.scope.partition("://")[2].casefold()
    wanted = (nick if at_home else name).casefold()
    contacts = await ask.gateway.contacts.exact(session)  # without them a nick may be somebody else's
    named = {one.native: one for one in (*contacts.named(nick), *contacts.named(wanted))}
    known = [one for one in named.values() if wanted == (one.acct if host else one.username).casefold()]
    if len(known) > 1:
        raise ApiError(400, f"Several of your contacts are called {nick}: give user@host as screen_name, or user_id.")
    if known:
        return known[0]
    try:
        return await session.backend.lookup(nick if at_home else name)
    except (Missing, Rejected):
        raise _not_found() from None


async def _by_number(ask: Ask, number: str) -> hub.Account:
    id = whole_number(number, PERSON_DIGITS)
    native = None if id is None else await ask.gateway.ids.account(ask.session.scope, id)
    if native is None:
        raise _not_found()
    if native == ask.session.account.native:
        return own(ask.session)
    contact = (await ask.gateway.contacts.of(ask.session)).get(native)
    if contact is not None:
        return contact
    try:
        return await ask.session.backend.account(native)
    except (Missing, Rejected):
        raise _not_found() from None


async def _by_url(ask: Ask, url: str) -> hub.Account:
    try:
        return await by_url(ask, url)
    except (ApiError, Rejected):
        raise _not_found() from None


async def names_of(ask: Ask) -> frozenset[str] | None:
    """Whom a box is limited to, as letters name them: `user_id`, else `screen_name`, else `profileurl`. None: nobody
    was named; an unknown one matches nothing."""
    id, name, page = ask.id("user_id"), ask.text("screen_name").strip().removeprefix("@"), ask.text("profileurl")
    if id is not None:
        native = await ask.gateway.ids.account(ask.session.scope, id) if id > 0 else None
        account = (await ask.gateway.contacts.of(ask.session)).get(native) if native else None
        return frozenset({native, f"@{account.acct}"} if account else {native}) if native else frozenset()
    if not name and not page:
        return None
    if name and names_me(ask, name):
        return frozenset({ask.session.account.native})
    people = (await ask.gateway.contacts.of(ask.session)).named(name) if name else []
    if not people:
        try:
            people = [await (_by_name(ask, name) if name else _by_url(ask, page))]
        except ApiError:
            return frozenset()
    return frozenset(form for one in people for form in (one.native, f"@{one.acct}"))
