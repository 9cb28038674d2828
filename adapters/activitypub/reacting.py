"""What people do with posts: like, dislike, share, answer an event (activitypub-c2s section 8).

Each is one activity. Doing any of it twice changes nothing, also where the server would take it twice.
"""

from __future__ import annotations

from adapters.activitypub.collections import first_page
from adapters.activitypub.outbox import Outbox, afterwards
from adapters.errors import Rejected, Unsupported
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_writing import audience_of
from mappings.hub import Visibility

LIKE, DISLIKE, ANNOUNCE = "Like", "Dislike", "Announce"
THUMBS_DOWN = "\N{THUMBS DOWN SIGN}"
JOIN, LEAVE = "Join", "Leave"
UNDONE = tuple(acts.VERBS.values())
"""Answers that are taken back by an Undo."""
JOINED = frozenset({"free", "restricted"})
"""How people come to events that are joined, by the organiser's `joinMode` (Mobilizon)."""
SHARED = frozenset({Visibility.PUBLIC, Visibility.UNLISTED})


class Reacting(Outbox):
    """Each is one activity, and one read where the post is not at hand."""

    async def favourite(self, native: str) -> hub.Entry:
        """A Like to the author."""
        found = await self.known(native)
        if not await self.standing(ap.id_of(found), LIKE):
            try:
                await self.perform(acts.like(self.me_id, found, self.now()))
            except Rejected:
                if not await self.likes(ap.id_of(found)):  # servers take a second like for a mistake
                    raise
        return await self.shown(native)

    async def unfavourite(self, native: str) -> hub.Entry:
        """Undo of the Like. Raises Rejected where the server holds a like that cannot be found."""
        found = ap.id_of(await self.known(native))
        if not await self.take_back(found, LIKE) and await self.likes(found):
            raise Rejected("The like was made too long ago to be found.")
        return await self.shown(native)

    async def likes(self, object: str) -> bool:
        """It is among the newest that the server says the owner likes."""
        if not self.link.facts.liked:
            return False
        page = await first_page(self.link.client, self.link.facts.liked)
        return object in ap.ids_of(page.items)

    async def react(self, native: str, emoji: str) -> hub.Entry:
        """A Dislike for the thumbs down; servers of this kind have no other."""
        self.need_thumbs_down(emoji)
        found = await self.known(native)
        if not await self.standing(ap.id_of(found), DISLIKE):
            await self.perform(acts.like(self.me_id, found, self.now(), kind=DISLIKE))
        return await self.shown(native)

    async def unreact(self, native: str, emoji: str) -> hub.Entry:
        """Undo of the Dislike."""
        self.need_thumbs_down(emoji)
        await self.take_back(ap.id_of(await self.known(native)), DISLIKE)
        return await self.shown(native)

    def need_thumbs_down(self, emoji: str) -> None:
        """Raises Unsupported."""
        if not emoji.startswith(THUMBS_DOWN):
            raise Unsupported(f"{self.capabilities.label} has no reactions but likes and dislikes.")

    async def attend(self, native: str, verb: str) -> hub.Entry:
        """Accept, Reject or TentativeAccept to the organiser; the answer before it is undone first, "" does only that.
        Events that people join are joined and left: who joined has no other way out.

        Raises Rejected for what is no event, or takes no such answers.
        """
        found = await self.known(native)
        if "Event" not in ap.types_of(found):
            raise Rejected("Only events can be answered.")
        joining = is_joined(found)
        event, wanted = ap.id_of(found), (acts.JOINING if joining else acts.VERBS)[verb] if verb else ""
        stands = bool(wanted) and bool(await self.standing(event, wanted))
        if wanted not in {JOIN, LEAVE} and await self.standing(event, JOIN):
            await self.perform(acts.attend(self.me_id, found, "attendno", self.now(), joining=True))
        await self.take_back(event, *(answer for answer in UNDONE if answer != wanted))
        if wanted and not stands:
            await self.perform(acts.attend(self.me_id, found, verb, self.now(), joining=joining))
        return await self.shown(native)

    async def reblog(self, native: str) -> hub.Entry:
        """An Announce to everybody; the one that stands, where there is one. Raises Rejected for what is not public."""
        found = await self.known(native)
        object = ap.id_of(found)
        if stands := await self.standing(object, ANNOUNCE):
            return await self.shown(stands)
        if (await self.shown(object)).status.original.visibility not in SHARED:
            raise Rejected("Only public posts can be shared.")
        audience = audience_of(Visibility.PUBLIC, followers=self.link.facts.followers)
        done = await self.perform(acts.announce(self.me_id, found, audience, self.now()))
        return await afterwards(self.shown(ap.id_of(done)))

    async def unreblog(self, native: str) -> None:
        """Undo of the Announce."""
        await self.take_back(ap.id_of(await self.known(native)), ANNOUNCE)


def is_joined(event: ap.Document) -> bool:
    """People come by joining (FEP-8a8e); else by the answers that Friendica sends. Raises Rejected for an event that
    takes answers elsewhere, or only from who was invited."""
    mode = event.get("joinMode")
    if not isinstance(mode, str):
        return False
    if mode not in JOINED:
        raise Rejected("The organiser does not take answers to this event from here.")
    return True
