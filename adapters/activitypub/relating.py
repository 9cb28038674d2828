"""Whom the owner follows, blocks and mutes (activitypub-c2s sections 4, 8 and 9)."""

from __future__ import annotations

from msgspec.structs import replace

from adapters.activitypub.log import OUTBOX
from adapters.activitypub.mirror import FOLLOW
from adapters.activitypub.profile import Profile
from adapters.errors import Missing, Rejected
from adapters.lacks import refusal, require
from mappings import activitypub_activities as acts
from mappings import hub

BLOCK = "Block"
MUTES_PAGE = 200


class Relating(Profile):
    """Each change is one activity at most; a mute is none. What stands is not done again: servers refuse it, or do it
    twice."""

    async def follow(self, native: str, *, reblogs: bool | None = None, notify: bool | None = None) -> hub.Relationship:
        """A Follow to the person, who has to accept it. There are no options. Raises Missing for who is nobody."""
        if (reblogs, notify) != (None, None):
            require(self.capabilities, "follow_options")
        await self.link.library.person(native)
        found = await self.related(native)
        if found.following or found.requested:
            return found
        try:
            await self.perform(acts.follow(self.me_id, native, self.now()))
        except Rejected:
            self.link.sets.clear()
            found = await self.related(native)
            if not found.following:
                raise
            return found
        self.link.forget_contacts()
        return await self.related(native)

    async def block(self, native: str) -> hub.Relationship:
        """A Block that nobody is told of; then the Undo of a Follow that stands. They stay a follower where the server
        does not see to that."""
        before = await self.related(native)
        if not before.blocking:
            try:
                await self.perform(acts.block(self.me_id, native, self.now()))
            except Rejected:
                if not await self.is_blocked(native):
                    raise
        self.link.sets.pop(self.link.facts.blocked, None)
        if before.following or before.requested:
            await self.unfollow(native)
        return replace(await self.related(native), following=False, requested=False, blocking=True)

    async def unblock(self, native: str) -> hub.Relationship:
        """Undo of the Block. Raises Rejected where the server holds one that cannot be found."""
        if not await self.take_back(native, BLOCK) and await self.is_blocked(native):
            raise Rejected("The block was made too long ago to be found.")
        self.link.sets.pop(self.link.facts.blocked, None)
        return replace(await self.related(native), blocking=False)

    async def is_blocked(self, native: str) -> bool:
        """As the server says now; False where it has no such list."""
        self.link.sets.pop(self.link.facts.blocked, None)
        return native in await self._ids(self.link.facts.blocked)

    async def related(self, native: str) -> hub.Relationship:
        """How the owner stands to one person."""
        (found,) = await self.relationships([native])
        return found

    # kept here
    async def mute(self, native: str) -> hub.Relationship:
        """Kept here: what they post and do is left out of what is shown. Raises Missing for who is nobody."""
        if not await self.accounts([native]):
            raise Missing("There is nobody with such an id.")
        await self.link.mutes.put(native)
        return await self.related(native)

    async def unmute(self, native: str) -> hub.Relationship:
        """They are shown again."""
        await self.link.mutes.drop(native)
        return await self.related(native)

    async def mutes(self, cursor: str | None) -> hub.Page[hub.Account]:
        """The latest first; the cursor is how many came before."""
        await self.link.mirror.glance()
        start = int(cursor) if cursor else 0
        natives = await self.link.mutes.all()
        after = start + MUTES_PAGE
        found = await self.accounts(natives[start:after])
        return hub.Page(items=tuple(found.values()), older=str(after) if after < len(natives) else None)

    async def requests_sent(self, cursor: str | None) -> hub.Page[hub.Account]:  # noqa: ARG002
        """Own follows that nobody answered, as far as the newest pages of the outbox tell; all of them at once."""
        await self._refreshed(OUTBOX)
        following = await self._ids(self.link.facts.following)
        asked = [object for verb, object in self.link.mirror.log.done if verb == FOLLOW]
        waiting = [native for native in asked[::-1] if native not in following and self.waits_for(native)]
        return hub.Page(items=await self._those(waiting))

    # what no server of this kind has
    async def suggestions(self) -> tuple[hub.Suggestion, ...]:
        """No server of this kind proposes anybody."""
        raise refusal(self.capabilities, "suggestions")

    async def report(self, native: str, comment: str = "") -> None:  # noqa: ARG002
        """A Flag would be delivered to whoever it is about, or to nobody."""
        raise refusal(self.capabilities, "reports")
