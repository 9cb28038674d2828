"""Activities on their way: to people here at once, to people of another instance by HTTP before the answer is given.

Between servers a shared secret stands in for signatures: nobody but servers sees them. `Post.hold()` keeps activities
back until `release`, so that they arrive late or in another order.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx2 as httpx

from tests.c2s.dialect.verbs import COUNTED, POSTED, flat, kind, received
from tests.c2s.dialect.views import expanded
from tests.c2s.dialect.world import COLLECTIONS, OPEN, OWN, Json, World, addressed, id_of

PEER = "x-peer"
SECRET = secrets.token_urlsafe()


def peer(actor: str) -> dict[str, str]:
    """The header with which a server speaks for `actor`."""
    return {PEER: f"{SECRET} {actor}"}


def speaker(header: str | None) -> str | None:
    """The actor that such a header is for."""
    secret, _, actor = (header or "").partition(" ")
    return actor if actor and secrets.compare_digest(secret.encode(), SECRET.encode()) else None


@dataclass
class Post:
    """The outgoing and incoming side of one world."""

    world: World
    holding: bool = False
    held: list[tuple[str, str]] = field(default_factory=list)

    async def perform(self, actor: str, data: Json) -> Json:
        """Do what an activity asks for, keep it, show it in the own outbox and inbox, deliver it."""
        data = {name: value for name, value in data.items() if name not in ("id", "@context")}
        data["actor"] = actor
        await self.meet(actor, data)
        effect = POSTED.get(kind(data))
        if effect:
            effect(self.world, actor, data)
        self.world.save(data, actor)
        for part in ("outbox", "inbox"):
            self.world.prepend(self.world.part(actor, part), data["id"])
        await self.send(data["id"], self.recipients(actor, data))
        return expanded(self.world, data)

    async def meet(self, actor: str, data: Json) -> None:
        """Get the documents of other servers that an activity speaks of."""
        inside = data.get("object")
        names = [inside, data.get("target"), *(inside.get(name) for name in ("inReplyTo",) if isinstance(inside, dict))]
        for url in [found for one in names if (found := id_of(one))]:
            if not self.world.mine(url) and url not in self.world.documents:
                remote = await self.fetch(url, actor)
                if remote and remote.get("id") == url:
                    self.keep(remote, str(id_of(remote.get("attributedTo")) or url), actor)

    def recipients(self, actor: str, data: Json) -> list[str]:
        """Actors: those addressed, and the members of own collections that are addressed."""
        found: dict[str, None] = {}
        for one in addressed(data):
            known = self.world.documents.get(one, {})
            if known.get("type") not in COLLECTIONS:
                found[one] = None
            elif self.world.owners[one] == actor:
                found |= dict.fromkeys(self.world.members(one))
        found.pop(actor, None)
        return list(found)

    async def send(self, activity: str, whom: Iterable[str]) -> None:
        """To each of them, or on the heap while deliveries are held back."""
        for one in whom:
            if self.holding:
                self.held.append((activity, one))
            else:
                await self.deliver(activity, one)

    async def deliver(self, activity: str, whom: str) -> None:
        """To one. Whoever cannot be reached gets nothing, and nobody is told."""
        if self.world.person_of(whom):
            self.world.prepend(self.world.part(whom, "inbox"), activity)
            return
        document = self.world.documents[activity]
        remote = await self.fetch(whom, document["actor"])
        if remote and isinstance(remote.get("inbox"), str):
            async with httpx.AsyncClient(trust_env=False, timeout=10) as web:
                body = expanded(self.world, document)
                await web.post(remote["inbox"], json=body, headers=peer(document["actor"]))

    def hold(self) -> None:
        """From now on keep deliveries back."""
        self.holding = True

    async def release(self, *, backwards: bool = False) -> None:
        """Deliver what was held back, the newest first if `backwards`."""
        waiting, self.held, self.holding = self.held, [], False
        for activity, whom in reversed(waiting) if backwards else waiting:
            await self.deliver(activity, whom)

    async def fetch(self, url: str, reader: str) -> Json | None:
        """A document of another server, as `reader` of this one may see it; None where there is none."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=10, follow_redirects=True) as web:
                answer = await web.get(url, headers=peer(reader) | {"Accept": "application/activity+json"})
                found = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return None
        return found if answer.status_code in (200, 410) and isinstance(found, dict) else None

    async def accept(self, owner: str, sender: str, data: Json) -> None:
        """An activity of another server arrives for somebody here."""
        inside = data.get("object")
        if isinstance(inside, dict) and data.get("type") in ("Create", "Update", "Announce"):
            author = id_of(inside.get("attributedTo"))
            if author == sender or (author and inside.get("id") not in self.world.documents):
                self.keep(inside, str(author), owner)
        known = data.get("id") in self.world.documents
        kept = self.keep(data, sender, owner)
        self.world.prepend(self.world.part(owner, "inbox"), kept["id"])
        if not known:
            received(self.world, owner, kept)
        if not self.world.documents.get(sender):
            remote = await self.fetch(sender, owner)
            if remote:
                self.keep(remote, sender, owner)

    def keep(self, document: Json, owner: str, reader: str) -> Json:
        """A copy of a document of another server, readable by whom it is addressed to and by who received it."""
        links = ("actor", "object", "target", "to", "cc", "attributedTo", "inReplyTo", *COUNTED, *OPEN, *OWN)
        kept: dict[str, Any] = {name: value for name, value in document.items() if name != "@context"}
        kept |= {name: flat(kept[name]) for name in links if name in kept}
        seen = self.world.audiences.get(kept["id"], set())
        self.world.documents[kept["id"]] = kept
        self.world.owners[kept["id"]] = owner
        self.world.audiences[kept["id"]] = seen | set(addressed(kept)) | {reader}
        return kept
