"""blocks/*, mutes/*, users/report_spam: whom the reader wants nothing of (reference/wire-friendica.md section 13)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from adapters.errors import BadAnswer
from gateway.ask import Ask
from gateway.errors import NO_USER, ApiError
from gateway.handlers import crowds
from gateway.indexes import MENTIONS
from gateway.meant import account_of, other, related
from gateway.replies import OneUser, Reply, Users
from gateway.stores.store import StoreDown
from mappings import hub

MUTES_MYSELF, NOT_MUTED = 271, 272
"""Twitter's numbers."""
BLOCKS_MYSELF = ApiError(403, "You cannot block yourself!")
MYSELF_MUTED = ApiError(403, "You can't mute yourself.", MUTES_MYSELF)
REPORTS_MYSELF = ApiError(403, "You cannot report yourself for spam.")
NOT_BLOCKED = "You are not blocking this user."
UNCHANGED = "The server did not change the relationship."

Change = Callable[[str], Awaitable[hub.Relationship]]


async def blocks(ask: Ask) -> Reply:
    """People the reader blocks, by nick within the page."""
    return await _listed(ask, ask.session.backend.blocks)


async def blocking(ask: Ask) -> Reply:
    """The same, a bare list for every client that sends no cursor."""
    return await _listed(ask, ask.session.backend.blocks, always=False)


async def block_ids(ask: Ask) -> Reply:
    """Their ids in the cursor envelope."""
    return await crowds.ids(ask, ask.session.backend.blocks, always=True)


async def blocking_ids(ask: Ask) -> Reply:
    """Their ids, bare."""
    return await crowds.ids(ask, ask.session.backend.blocks, always=False)


async def mutes(ask: Ask) -> Reply:
    """People the reader mutes, in the cursor envelope."""
    return await _listed(ask, ask.session.backend.mutes, always=True)


async def mute_ids(ask: Ask) -> Reply:
    """Their ids in the cursor envelope."""
    return await crowds.ids(ask, ask.session.backend.mutes, always=True)


async def _listed(ask: Ask, fetch: crowds.Fetch, *, always: bool | None = None) -> Reply:
    found = await crowds.part(ask, fetch, always=always)
    people = sorted(found.people, key=lambda account: (account.username.casefold(), account.acct))
    return Users(accounts=tuple(people), cursors=found.cursors)


async def exists(ask: Ask) -> Reply:
    """Somebody the reader blocks. Raises ApiError 404 for anybody else."""
    meant = await other(ask, ApiError(404, NOT_BLOCKED, NO_USER))
    found = await related(ask, meant.native)
    if not found.blocking:
        raise ApiError(404, NOT_BLOCKED, NO_USER)
    return OneUser(account=await account_of(ask, meant), relationship=found)


async def block(ask: Ask) -> Reply:
    """Nothing of theirs any more, and following ends. Who is blocked stays so."""
    account = await account_of(ask, await other(ask, BLOCKS_MYSELF))
    return OneUser(account=account, relationship=await _block(ask, account.native))


async def _block(ask: Ask, native: str) -> hub.Relationship:
    after = await _changed(ask, ask.session.backend.block, native, blocking=True)
    await ask.gateway.contacts.left(ask.session.account.id, native, follower=not after.followed_by)
    return after


async def unblock(ask: Ask) -> Reply:
    """They may follow and be followed again. Who is not blocked stays so."""
    account = await account_of(ask, await other(ask, BLOCKS_MYSELF))
    after = await _changed(ask, ask.session.backend.unblock, account.native, blocking=False)
    return OneUser(account=account, relationship=after)


async def mute(ask: Ask) -> Reply:
    """Nothing of theirs in timelines and notifications."""
    account = await account_of(ask, await other(ask, MYSELF_MUTED))
    after = await _changed(ask, ask.session.backend.mute, account.native, muting=True)
    return OneUser(account=account, relationship=after)


async def unmute(ask: Ask) -> Reply:
    """They are shown again. Raises ApiError 403 for who is not muted."""
    account = await account_of(ask, await other(ask, MYSELF_MUTED))
    if not (await related(ask, account.native)).muting:
        raise ApiError(403, "You are not muting the specified user.", NOT_MUTED)
    after = await _changed(ask, ask.session.backend.unmute, account.native, muting=False)
    return OneUser(account=account, relationship=after)


async def _changed(ask: Ask, change: Change, native: str, **wanted: bool) -> hub.Relationship:
    """The relationship after a change that the server says took place. Mentions are read anew: it shows others now."""
    after = await change(native)
    if any(getattr(after, name) is not value for name, value in wanted.items()):
        raise BadAnswer(UNCHANGED)
    with suppress(StoreDown):  # the change is made
        await ask.gateway.indexes.restart(ask.session, MENTIONS)
    return after


async def report_spam(ask: Ask) -> Reply:
    """Block somebody, unless `perform_block` is off, and report them. First the block: repeating that changes nothing,
    a second report would be one, so within a short window there is none."""
    account = await account_of(ask, await other(ask, REPORTS_MYSELF))
    after = await _block(ask, account.native) if ask.flag("perform_block") else await related(ask, account.native)
    once = ask.gateway.once
    key = once.key(ask.session.account.id, ask.call.path, [account.native.encode()])
    await once.run(key, lambda: _reported(ask, account.native), _unknown)
    return OneUser(account=account, relationship=after)


async def _reported(ask: Ask, native: str) -> bytes:
    await ask.session.backend.report(native)
    return b""


async def _unknown() -> None:
    """Whether a report came can be looked up nowhere."""
