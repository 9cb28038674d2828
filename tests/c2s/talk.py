"""A bare client of the embedded dialect, for the tests of the servers."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx2 as httpx

from tests.c2s.bovine import Herd, Party

Json = dict[str, Any]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Talk(NamedTuple):
    """Three people and a client."""

    herd: Herd
    web: httpx.AsyncClient

    async def get(self, who: Party | None, url: str, **headers: str) -> httpx.Response:
        """As `who`, or as nobody."""
        return await self.web.get(url, headers=(who.auth if who else {}) | headers)

    async def read(self, who: Party, url: str) -> Json:
        """A document."""
        answer = await self.get(who, url)
        assert answer.status_code == 200, (url, answer.text)
        assert answer.headers["content-type"].partition(";")[0] == "application/activity+json"
        document: Json = answer.json()
        return document

    async def actor(self, who: Party) -> Json:
        """The actor document."""
        return await self.read(who, who.actor)

    async def post(self, who: Party, activity: Json) -> httpx.Response:
        """To the own outbox."""
        return await self.web.post((await self.actor(who))["outbox"], json=activity, headers=who.auth)

    async def done(self, who: Party, activity: Json) -> Json:
        """The same, and it worked: the activity."""
        answer = await self.post(who, activity)
        assert answer.status_code == 201, answer.text
        document: Json = answer.json()
        assert answer.headers["location"] == document["id"]
        return document

    async def note(self, who: Party, text: str, *to: str, **fields: object) -> Json:
        """A new Note, as the answer shows it."""
        inside = {"type": "Note", "content": text, "to": list(to), **fields}
        made: Json = (await self.done(who, {"type": "Create", "to": list(to), "object": inside}))["object"]
        return made

    async def refused(self, who: Party, activity: Json) -> tuple[int, str]:
        """Status and detail of a problem."""
        answer = await self.post(who, activity)
        assert answer.headers["content-type"].partition(";")[0] == "application/problem+json"
        body = answer.json()
        assert (body["type"], body["status"]) == ("about:blank", answer.status_code)
        return answer.status_code, body["detail"]

    async def top(self, who: Party, collection: str) -> list[Json]:
        """The first page of a collection."""
        found = await self.read(who, collection)
        page = await self.read(who, found["first"]["id"])
        listed: list[Json] = page["items"] if "items" in page else page["orderedItems"]
        return listed

    async def mine(self, who: Party, part: str) -> list[Json]:
        """The first page of an own collection, such as inbox."""
        link = (await self.actor(who))[part]
        return await self.top(who, link if isinstance(link, str) else link["id"])
