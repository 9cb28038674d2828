"""statuses/update, update_with_media."""

from __future__ import annotations

from gateway import posting
from gateway.ask import Ask
from gateway.replies import OneStatus, Reply


async def update(ask: Ask) -> Reply:
    """A new status; the same request again within a short window gives the same status."""
    once, account = ask.gateway.once, ask.session.account.id
    key, attempt = once.key(account, ask.call.path, posting.parts(ask)), posting.Attempt(ask)
    entry = ask.session.backend.entry(await once.run(key, attempt.send, attempt.look))
    await once.remember(account, entry.status.native, key)
    return OneStatus(entry=entry)
