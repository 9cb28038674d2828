"""friendships/create, friendships/destroy, friendships/update, notifications/follow, notifications/leave.

What GNU social answered on its mount, what Twitter did on its own, where the two differ.
"""

from __future__ import annotations

import asyncio

from adapters.errors import BadAnswer
from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.handlers.friendships import described
from gateway.meant import Meant, account_of, other, related
from gateway.replies import OneUser, Reply, Tree
from mappings import hub
from mappings.contact_row import contact_row

ASKED_ALREADY, MYSELF, BLOCKED = 160, 158, 162
"""Twitter's numbers."""
NOT_FOLLOWED = "Not following Contact"
UNKNOWN_CONTACT = "no contact found to given ID"
FOLLOWS_MYSELF = ApiError(403, "You can't follow yourself.", MYSELF)


async def create(ask: Ask) -> Reply:
    """Follow, or ask to: three calls for somebody new, two for who is named by an address. Answers the user.

    Who is followed already is 403 as on GNU social, and the user as on Twitter.
    """
    session, meant = ask.session, await other(ask, FOLLOWS_MYSELF)
    account, before = await asyncio.gather(account_of(ask, meant), related(ask, meant.native))
    notify = ask.params.get("follow") if session.backend.capabilities.follow_options else None
    if before.following and (not session.dialect.cursors or notify in {None, before.notifying}):
        return _followed_already(ask, account, before)
    if before.requested:
        raise ApiError(403, f"You've already requested to follow {account.username}.", ASKED_ALREADY)
    if before.blocked_by:
        raise ApiError(403, "You have been blocked from following this account.", BLOCKED)
    return OneUser(account=account, relationship=await follow(ask, account, notify=notify))


async def follow(ask: Ask, account: hub.Account, *, notify: bool | None = None) -> hub.Relationship:
    """The relationship after a follow that the server says it made, or asked for. Raises BadAnswer."""
    after = await ask.session.backend.follow(account.native, notify=notify)
    if not (after.following or after.requested):
        raise BadAnswer("The server does not follow the account.")
    if after.following:
        await ask.gateway.contacts.followed(ask.session.account.id, account)
    return after


def _followed_already(ask: Ask, account: hub.Account, before: hub.Relationship) -> Reply:
    if ask.session.dialect.cursors:
        return OneUser(account=account, relationship=before)
    raise ApiError(403, f"Could not follow user: {account.username} is already on your list.")


async def destroy(ask: Ask) -> Reply:
    """Stop following, or take a request back. Answers the contact as it now is, a user object to Twitter's clients."""
    session, meant = ask.session, await _contact(ask)
    account, before = await asyncio.gather(account_of(ask, meant), related(ask, meant.native))
    if not (before.following or before.requested):
        raise ApiError(404, NOT_FOLLOWED, NO_USER)
    after = await unfollow(ask, meant.native)
    if session.dialect.cursors:
        return OneUser(account=account, relationship=after)
    numbers = await ask.gateway.ids.number(session.backend, (), [meant.native])
    host = session.scope.partition("://")[2]
    return Tree(json=contact_row(account, numbers.accounts[meant.native], host=host, followed_by=after.followed_by))


async def unfollow(ask: Ask, native: str) -> hub.Relationship:
    """The relationship after the end of a follow, or of the request for one. Raises BadAnswer."""
    after = await ask.session.backend.unfollow(native)
    await ask.gateway.contacts.left(ask.session.account.id, native)
    if after.following or after.requested:
        raise BadAnswer("The server still follows the account.")
    return after


async def _contact(ask: Ask) -> Meant:
    """Friendica's words for who is no contact."""
    nobody = ApiError(404, UNKNOWN_CONTACT, NO_USER)
    try:
        return await other(ask, nobody)
    except ApiError as error:
        raise (nobody if error.status == 404 else error) from None


async def update(ask: Ask) -> Reply:
    """Whether their boosts are shown (`retweets`) and the reader is told of their posts (`device`): three calls at
    most. Answers the relationship."""
    meant = await other(ask, FOLLOWS_MYSELF)
    account = await account_of(ask, meant)
    after = await _choose(ask, account, reblogs=ask.params.get("retweets"), notify=ask.params.get("device"))
    return await described(ask, account, after)


async def notify(ask: Ask) -> Reply:
    """Be told of their posts."""
    return await _told(ask, notify=True)


async def leave(ask: Ask) -> Reply:
    """Be told no longer."""
    return await _told(ask, notify=False)


async def _told(ask: Ask, *, notify: bool) -> Reply:
    account = await account_of(ask, await other(ask, FOLLOWS_MYSELF))
    return OneUser(account=account, relationship=await _choose(ask, account, reblogs=None, notify=notify))


async def _choose(ask: Ask, account: hub.Account, *, reblogs: bool | None, notify: bool | None) -> hub.Relationship:
    """The relationship after a choice about somebody who is followed. Raises ApiError 403 for anybody else, 501 where
    the server did not keep it."""
    before = await related(ask, account.native)
    if not before.following:
        raise ApiError(403, f"You are not following {account.username}.")
    if reblogs in {None, before.showing_reblogs} and notify in {None, before.notifying}:
        return before
    after = await ask.session.backend.follow(account.native, reblogs=reblogs, notify=notify)
    if reblogs not in {None, after.showing_reblogs} or notify not in {None, after.notifying}:
        raise ApiError(501, "The server did not keep this choice.")
    return after
