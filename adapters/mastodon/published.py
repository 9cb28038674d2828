"""What an instance publishes for everybody: hashtags that are much used, its terms and its privacy policy."""

from __future__ import annotations

import msgspec

from adapters.errors import Missing
from adapters.lacks import require
from adapters.mastodon import entities
from adapters.mastodon.decode import one, split
from adapters.mastodon.instance import readable
from adapters.mastodon.own import Own
from mappings import hub

TRENDS = "/api/v1/trends/tags"
MOST_TRENDS = "20"
PAPERS = {
    hub.Paper.TERMS: "/api/v1/instance/terms_of_service",
    hub.Paper.PRIVACY: "/api/v1/instance/privacy_policy",
}


class Published(Own):
    """Each method is one call."""

    async def trends(self) -> tuple[hub.Trend, ...]:
        """Hashtags by how much they are used."""
        require(self.capabilities, "trends")
        answer = await self.get(TRENDS, [("limit", MOST_TRENDS)])
        return readable(split(answer.body), lambda raw: trend(one(raw, entities.TrendingTag)))

    async def paper(self, kind: hub.Paper) -> str:
        """HTML. Servers without such a page, and those that know of no such pages, have none."""
        text = one((await self.get(PAPERS[kind])).body, entities.Content).content or ""
        if not text.strip():
            raise Missing("The server publishes no such page.")
        return text


def trend(tag: entities.TrendingTag) -> hub.Trend:
    """Days and uses come as text."""
    days = ((number(day.day), number(day.uses)) for day in tag.history or ())
    return hub.Trend(name=tag.name, url=tag.url or "", days=tuple(days))


def number(value: str | int) -> int:
    """0 for what is none."""
    try:
        return msgspec.convert(value, int, strict=False)
    except msgspec.ValidationError:
        return 0
