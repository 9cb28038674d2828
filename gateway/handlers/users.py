"""users/show, externalprofile/show, users/search."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from adapters.backend import Window
from adapters.errors import BackendError
from gateway.ask import Ask
from gateway.cards import decoded
from gateway.errors import NO_USER, ApiError
from gateway.people import account_of, by_url
from gateway.replies import OneUser, Reply, Users
from mappings import hub
from mappings.hub import Visibility

MOST_FOUND = 40
LATEST = 5
"""Newest statuses looked through for one that may stand in a user object."""


async def show(ask: Ask) -> Reply:
    """One person, with how the reader stands to them and their last public post."""
    account = await account_of(ask)
    status, relationship = await asyncio.gather(last_status(ask, account.native), _relationship(ask, account.native))
    return OneUser(account=account, status=status, relationship=relationship)


async def external_profile(ask: Ask) -> Reply:
    """The same by profile address."""
    if not ask.text("profileurl"):
        raise ApiError(400, "User not found.", NO_USER)
    return await show(ask)


async def search(ask: Ask) -> Reply:
    """People whose name or address matches `q`, or whose profile page it is (wire-statuses-users section 6.5)."""
    host = ask.session.scope.partition("://")[2]
    query = ask.text("q").strip().removesuffix(f"@{host}")
    if not query:
        raise ApiError(400, "No search term specified.")
    found = await _matching(ask, query)
    if not found:
        raise ApiError(404, f"User {query} not found.", NO_USER)
    return Users(accounts=found, full=True)


async def _matching(ask: Ask, query: str) -> tuple[hub.Account, ...]:
    if not query.startswith(("http://", "https://")):
        return await ask.session.backend.search_accounts(query, MOST_FOUND)
    with suppress(ApiError):
        return (await by_url(ask, query),)
    return ()


async def last_status(ask: Ask, native: str) -> hub.Entry | None:
    """The newest public or unlisted post that is no boost; none when the backend does not tell.

    Messages and photos may be all that is newest of the reader's own: then one page more is looked through.
    """
    backend = ask.session.backend
    try:
        page = await backend.user(native, Window(limit=LATEST), replies=True)
        found = next((entry for entry in page.items if _showable(entry)), None)
        if found or native != ask.session.account.native or len(page.items) < LATEST:
            return found
        window = Window(limit=backend.capabilities.page_size, older_than=page.older)
        page = await backend.user(native, window, replies=True)
    except BackendError:
        return None
    return next((entry for entry in page.items if _showable(entry)), None)


def _showable(entry: hub.Entry) -> bool:
    status = decoded(entry)
    return (
        status is not None
        and status.reblog_of is None
        and not status.hidden
        and status.visibility in {Visibility.PUBLIC, Visibility.UNLISTED}
    )


async def _relationship(ask: Ask, native: str) -> hub.Relationship | None:
    session = ask.session
    if native == session.account.native or not session.account.native:
        return None
    try:
        return next(iter(await session.backend.relationships([native])), None)
    except BackendError:
        return None
