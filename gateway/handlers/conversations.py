"""conversation/show, statusnet/conversation."""

from __future__ import annotations

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.found import NO_SUCH_STATUS, record_of
from gateway.paging import Span
from gateway.replies import Reply, Statuses


async def show(ask: Ask) -> Reply:
    """All answers to a post, any depth, newest first (DESIGN section 9), with the post itself for who wants it."""
    record = await record_of(ask)
    try:
        found = await ask.session.backend.thread(record.boosted or record.native)
    except Missing:
        raise ApiError(400, NO_SUCH_STATUS, NO_STATUS) from None
    own = (found.status,) if ask.session.dialect.whole_conversation else ()
    seen = await ask.gateway.cards.read(ask.session.backend, (*own, *found.descendants))
    return Statuses(entries=Span.of(ask).cut(s for s in seen if s.card.listed), title="Conversation")
