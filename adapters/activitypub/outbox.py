"""Sending activities to the own outbox, and knowing which of them stand (activitypub-c2s sections 4 and 9).

Servers undo an activity by its id only. The mirror knows those of the newest pages of the outbox, and all that were
made here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from adapters.activitypub.client import Sent
from adapters.activitypub.log import OUTBOX
from adapters.activitypub.reading import Reading
from adapters.activitypub.sync import Budget
from adapters.errors import BadAnswer, Missing, OutcomeUnknown, Refused, Unsupported
from mappings import activitypub as ap
from mappings import activitypub_activities as acts

T = TypeVar("T")

CONFIRMING, FIRST_WAIT = 6, 0.1
"""Looks at something until its deletion shows, and the seconds before the second, doubled each time."""


class Outbox(Reading):
    """The writing hand. All raise BackendError and the store's own error."""

    sleep = staticmethod(asyncio.sleep)

    async def send(self, activity: ap.Document) -> Sent:
        """Post an activity. Raises Unsupported where the server takes it and does nothing with it."""
        try:
            return await self.link.client.send(activity)
        except Unsupported as error:
            kind = ap.types_of(activity)[0]
            raise Unsupported(
                f"{self.capabilities.label} does nothing with {kind} activities of its people."
            ) from error

    async def perform(self, activity: ap.Document) -> ap.Document:
        """Post an activity, complete it with the server's ids, and show it in all lists."""
        sent = await self.send(activity)
        return await afterwards(self._done(activity, sent))

    async def _done(self, activity: ap.Document, sent: Sent) -> ap.Document:
        done = await self.link.completed(activity, sent)
        self.link.library.put(ap.id_of(done), done)  # an Undo needs to know whom it reached
        await self.link.mirror.wrote(done)
        return done

    async def standing(self, object: str, *verbs: str) -> str:
        """The id of the own activity by which one of the verbs stands, as far as it is known; "" when none does."""
        mirror = self.link.mirror
        async with mirror.lock:
            await mirror.load()
        return next((found for verb in verbs if (found := mirror.activity_of(verb, object))), "")

    async def take_back(self, object: str, *verbs: str) -> bool:
        """Undo what stands; False where nothing does, also in the newest pages of the outbox."""
        found = await self.standing(object, *verbs)
        if not found:
            async with self.link.mirror.lock:
                await self.link.sync.heads((OUTBOX,), Budget())
            found = await self.standing(object, *verbs)
        if found:
            await self.undo(found)
        return bool(found)

    async def undo(self, native: str) -> None:
        """Undo an own activity. One that the server has no more is undone, and so is one on what was deleted since:
        there servers answer 500."""
        done = (await self.link.library.documents([native])).get(native) or {"id": native}
        activity = acts.undo(self.me_id, done, self.now())
        try:
            await self.perform(activity)
        except (BadAnswer, Missing) as error:
            if await self.exists(native) and await self.exists(ap.id_of(done.get("object")) or native):
                raise error from None
            await self.link.mirror.wrote(activity | {"id": f"{native}#undone"})

    async def exists(self, native: str) -> bool:
        """It is there and no Tombstone, as the server says now."""
        try:
            return "Tombstone" not in ap.types_of(await self.link.client.document(native))
        except Missing:
            return False

    async def gone(self, native: str) -> bool:
        """It was deleted, as the server shows it within a moment: some do it after their answer."""
        wait = FIRST_WAIT
        for look in range(CONFIRMING):
            if not await self.exists(native):
                return True
            if look < CONFIRMING - 1:
                await self.sleep(wait)
                wait *= 2
        return False

    async def mine(self, native: str) -> ap.Document:
        """An own object, read anew. Raises Missing, Refused."""
        found = await self.link.client.document(native)
        if "Tombstone" in ap.types_of(found):
            raise Missing("The post was deleted.")
        if not ap.owns(self.me_id, found):
            raise Refused("The post is somebody else's.")
        return found


async def afterwards(work: Awaitable[T]) -> T:
    """What remains to be done when the server has taken a change: whatever fails now, the change must not be sent
    again. Raises OutcomeUnknown only."""
    try:
        return await work
    except OutcomeUnknown:
        raise
    except Exception as error:  # that of the store, too, whichever it is
        raise OutcomeUnknown("The server took a change that cannot be shown.") from error
