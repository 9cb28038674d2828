"""blocks/list, friendships/incoming, friendships/destroy (reference/wire-friendica.md section 13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from adapters.errors import BadAnswer
from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.handlers.people import cut, reach
from gateway.people import native_of
from gateway.replies import Ids, OneUser, Reply, Tree, Users
from mappings import hub
from mappings.contact_row import contact_row

MOST_CALLS = 12
"""Upstream calls of one request."""
NOT_FOLLOWED = "Not following Contact"
UNKNOWN_CONTACT = "no contact found to given ID"

Fetch = Callable[[str | None], Awaitable[hub.Page[hub.Account]]]


async def blocks(ask: Ask) -> Reply:
    """People the reader blocks, by nick within the page."""
    chosen, cursors = await _part(ask, ask.session.backend.blocks)
    chosen = sorted(chosen, key=lambda account: (account.username.casefold(), account.acct))
    return Users(accounts=tuple(chosen), cursors=cursors)


async def incoming(ask: Ask) -> Reply:
    """Ids of those who wait to be let in, the latest first."""
    chosen, cursors = await _part(ask, ask.session.backend.follow_requests)
    return Ids(
        natives=tuple(account.native for account in chosen), stringify=ask.flag("stringify_ids"), cursors=cursors
    )


async def destroy(ask: Ask) -> Reply:
    """Stop following, or take a request back. Answers the contact as it now is, a user object to Twitter's clients."""
    session, native = ask.session, await _named(ask)
    before = next(iter(await session.backend.relationships([native])), None)
    if before is None or not (before.following or before.requested):
        raise ApiError(404, NOT_FOLLOWED, NO_USER)
    account = (await ask.gateway.contacts.of(session)).get(native) or await session.backend.account(native)
    after = await session.backend.unfollow(native)
    ask.gateway.contacts.forget(session.account.id)
    if after.following or after.requested:
        raise BadAnswer("The server still follows the account.")
    if session.dialect.cursors:
        return OneUser(account=account, relationship=after)
    numbers = await ask.gateway.ids.number(session.backend, (), [native])
    host = session.scope.partition("://")[2]
    return Tree(json=contact_row(account, numbers.accounts[native], host=host, followed_by=after.followed_by))


async def _named(ask: Ask) -> str:
    """Native id of the contact meant. Raises ApiError 400 when nobody is named, 404 when there is no such person."""
    if not (ask.has("user_id") or ask.has("screen_name") or ask.text("user")):
        raise ApiError(400, "no user_id specified")
    try:
        native = await native_of(ask)
    except ApiError:
        raise ApiError(404, UNKNOWN_CONTACT, NO_USER) from None
    if native == ask.session.account.native:
        raise ApiError(404, UNKNOWN_CONTACT, NO_USER)
    return native


async def _part(ask: Ask, fetch: Fetch) -> tuple[Sequence[hub.Account], tuple[int, int] | None]:
    """The asked part of a list that is read only as far as it is needed: one call for a first page."""
    always = ask.session.dialect.cursors
    people: dict[str, hub.Account] = {}
    cursor, wanted = None, reach(ask, always=always)
    for _ in range(MOST_CALLS):
        page, known = await fetch(cursor), len(people)
        people.update((account.native, account) for account in page.items)
        cursor = page.older
        if cursor is None or len(people) > wanted or len(people) == known:
            break
    return cut(ask, tuple(people.values()), always=always)
