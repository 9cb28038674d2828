"""Bringing an account up to date while no client asks: what is new, then what was left out before."""

from __future__ import annotations

from adapters.activitypub.log import INBOX, OUTBOX
from adapters.activitypub.shown import Shown
from adapters.activitypub.sync import Budget


class Refreshing(Shown):
    """The part of a backend that runs in the background."""

    async def refresh(self, *, pages: int, seconds: float = 0.0) -> None:
        """Read at most so many pages of inbox and outbox, under the lock of requests; nothing where some client's
        request read them less than so many `seconds` ago, or where another process is at it.

        Raises BackendError, and the store's own error.
        """
        mirror, sync, budget = self.link.mirror, self.link.sync, Budget(pages)
        if not sync.due(INBOX, seconds):
            return
        async with mirror.lock:
            await mirror.load()
            sources = (INBOX,) if sync.state.get("echo") == "1" else (INBOX, OUTBOX)
            await sync.heads(sources, budget)
            while sync.leads() and (gaps := sync.gaps()):
                if not await sync.fill(max(gaps, key=lambda gap: gap.high), budget):
                    return
