"""statusnet/tags/timeline, and the feeds beside the API that Choqok's search reads: USER/rss, USER/replies/rss.

They show what the reader may read, so they need a login: KIO asks for it when it gets the challenge.
"""

from __future__ import annotations

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.handlers import search, timelines
from gateway.people import names_me
from gateway.replies import Reply, Statuses


async def tag(ask: Ask) -> Reply:
    """Public posts with a hashtag, from its timeline."""
    name = ask.text("tag").strip().lstrip("#＃")
    if not name or not search.TAG.fullmatch(f"#{name}"):
        raise ApiError(400, "tag parameter is required.")
    return Statuses(entries=await search.tagged(ask, name), title=f"#{name}")


async def user(ask: Ask) -> Reply:
    """Posts of one person."""
    return await timelines.user(ask)


async def replies(ask: Ask) -> Reply:
    """Posts that mention the reader; of anybody else what a search for the name finds."""
    name = ask.text("user")
    if names_me(ask, name):
        return await timelines.mentions(ask)
    return Statuses(entries=await search.holding(ask, f"@{name.removeprefix('@')}"), title=f"Replies to {name}")
