"""Letting in who asks to follow, where the operator wants that: no client of the old API can."""

from __future__ import annotations

import logging

from adapters.activitypub.boosts import Boosts
from adapters.activitypub.refreshing import Refreshing
from adapters.backend import Window
from adapters.errors import BackendError, TokenGone
from mappings import activitypub_activities as acts
from mappings import hub

log = logging.getLogger("oldbird.follows")

AT_ONCE = 5
"""Answers sent in one go; the others wait for the next."""


class Accepting(Boosts, Refreshing):
    """An Accept to every Follow that came and was not answered, the oldest first, once the inbox was read."""

    async def home(self, window: Window) -> hub.Page[hub.Entry]:
        """The reader's timeline; at its head whoever asked is let in."""
        page = await super().home(window)
        if window.older_than is None:
            await self.let_in()
        return page

    async def refresh(self, *, pages: int, seconds: float = 0.0) -> None:
        """The same in the background."""
        await super().refresh(pages=pages, seconds=seconds)
        await self.let_in()

    async def let_in(self) -> None:
        """Answer the Follows that wait. What a server refuses is not tried again by this process. Raises TokenGone."""
        if not self.link.policy.accept_follows:
            return
        blocked, answered = self.link.mirror.log.blocked, self.link.answered
        waiting = [row for row in self.unanswered() if row.object == self.me_id and row.id not in answered]
        for row in [row for row in reversed(waiting) if row.actor not in blocked][:AT_ONCE]:
            answered.add(row.id)
            follow = {"id": row.id, "type": "Follow", "actor": row.actor, "object": self.me_id}
            try:
                await self.perform(acts.respond(self.me_id, follow, self.now(), accept=True))
            except TokenGone:
                raise
            except BackendError as error:
                log.info("A follow was not accepted: %s", type(error).__name__)
            self.link.sets.pop(self.link.facts.followers, None)
