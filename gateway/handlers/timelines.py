"""statuses/home_timeline, friends_timeline, public_timeline, networkpublic_timeline, user_timeline, mentions."""

from __future__ import annotations

from collections.abc import Callable

from adapters.backend import Window
from gateway.ask import Ask
from gateway.cards import Card
from gateway.errors import ApiError
from gateway.handlers.statuses import thread
from gateway.indexes import MENTIONS
from gateway.paging import Keep, Span, timeline
from gateway.people import native_of
from gateway.replies import Reply, Statuses
from mappings import hub
from mappings.hub import Visibility


async def home(ask: Ask) -> Reply:
    """Everything in the reader's stream but messages and photo carriers."""
    if ask.has("conversation_id"):
        return await conversation(ask, lambda _: True, "Home")
    return Statuses(entries=await timeline(ask, ask.session.backend.home, keep(ask), arrivals=True), title="Home")


async def public(ask: Ask) -> Reply:
    """Public posts started by people of the reader's own server."""
    if ask.has("conversation_id"):
        return await conversation(ask, lambda card: card.visibility == Visibility.PUBLIC, "Public")
    backend = ask.session.backend

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.public(window, local=True)

    return Statuses(entries=await timeline(ask, fetch, keep(ask)), title="Public")


async def network(ask: Ask) -> Reply:
    """All public posts the server knows, answers too."""
    backend = ask.session.backend

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.public(window, local=False)

    return Statuses(entries=await timeline(ask, fetch, keep(ask)), title="Network")


async def user(ask: Ask) -> Reply:
    """What one person posted and boosted."""
    native, backend = await native_of(ask), ask.session.backend
    if ask.has("conversation_id"):
        return await conversation(ask, lambda card: card.author == native, "User")
    replies = not ask.flag("exclude_replies")

    async def fetch(window: Window) -> hub.Page[hub.Entry]:
        return await backend.user(native, window, replies=replies)

    return Statuses(entries=await timeline(ask, fetch, keep(ask), subject=native), title="User")


async def mentions(ask: Ask) -> Reply:
    """Statuses that mention the reader, from the index over the backend's notifications."""
    session = ask.session

    async def fetch(cursor: str | None) -> hub.Page[hub.Entry]:
        page = await session.backend.mentions(cursor)
        return hub.Page(items=tuple(n.status for n in page.items if n.status), older=page.older)

    return Statuses(entries=await ask.gateway.indexes.page(session, MENTIONS, Span.of(ask), fetch), title="Mentions")


def keep(ask: Ask) -> Keep:
    """What a timeline shows of what the backend sends."""
    replies, boosts = not ask.flag("exclude_replies"), ask.params.get("include_rts") is not False
    if replies and boosts:
        return lambda card: card.listed
    return lambda card: card.listed and (replies or not card.reply) and (boosts or not card.boost)


async def conversation(ask: Ask, belongs: Callable[[Card], bool], title: str) -> Reply:
    """The part of one thread that belongs to the timeline; an unknown thread is an empty one."""
    record = await ask.gateway.ids.status(ask.session.scope, ask.id("conversation_id") or 0)
    if record is None:
        return Statuses(entries=(), title=title)
    try:
        entries = await thread(ask, record.boosted or record.native)
    except ApiError:
        return Statuses(entries=(), title=title)
    wanted = keep(ask)
    seen = await ask.gateway.cards.read(ask.session.backend, entries)
    return Statuses(entries=Span.of(ask).cut(s for s in seen if wanted(s.card) and belongs(s.card)), title=title)
