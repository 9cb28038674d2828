"""The own actor, and whom it follows (activitypub-c2s section 8)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from adapters.activitypub.mirror import FOLLOW
from adapters.activitypub.uploads import Uploads, embedded, file_in
from adapters.backend import File, Person, ProfileChange
from adapters.errors import BadAnswer, Missing, Rejected
from adapters.lacks import require
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_writing import EVERYBODY, Audience

EDITABLE = (
    "id", "type", "name", "summary", "icon", "image", "url", "preferredUsername", "attachment", "tag", "to", "cc",
    "manuallyApprovesFollowers", "discoverable", "indexable",
)  # fmt: skip
"""What people may change of an actor: servers that replace it get all of these."""
LASTING = ("inbox", "outbox", "followers", "following", "liked", "featured", "endpoints", "publicKey")
"""What they get beside, as it is: those who follow replace what they know of the actor by what is sent, and deliver
nothing to one without an inbox (measured)."""


class Profile(Uploads):
    """Changes of the owner and of their contacts."""

    async def update_profile(self, change: ProfileChange) -> Person:
        """An Update of the own actor; a picture is an upload, opened to everybody, before it."""
        if change.location is not None:
            require(self.capabilities, "profile_fields")
        fields: dict[str, Any] = {}
        if change.name is not None:
            fields["name"] = change.name
        if change.note is not None:
            fields["summary"] = ap.paragraphs(change.note)
        for name, file in (("icon", change.avatar), ("image", change.header)):
            if file is not None:
                fields[name] = await self.picture(file)
        if fields:
            await self.change_actor(fields)
        return await self.me()

    async def picture(self, file: File) -> ap.Document:
        """An uploaded picture as actors carry it."""
        made = await self.uploaded(file)
        media = file_in(made.document)
        if media is None:
            raise BadAnswer("The server took a picture and does not say where it is.")
        await self.open_to(made, Audience(to=(EVERYBODY,)))
        return embedded(made.document, media)

    async def remove_header(self) -> Person:
        """An Update without the picture. Raises Rejected where the server keeps it."""
        await self.change_actor({"image": None})
        person = await self.me()
        if person.account.header:
            raise Rejected("The server did not take the picture away.")
        return person

    async def change_actor(self, fields: ap.Document) -> None:
        """Send the Update. A field that is None goes: left out where all is replaced, else named as null."""
        found = await self.link.client.document(self.me_id)
        editable = {name: found[name] for name in (*EDITABLE, *LASTING) if name in found}
        kept = editable if self.link.facts.whole else {"id": self.me_id, "type": found.get("type")}
        audience = Audience((EVERYBODY,), (self.link.facts.followers,) if self.link.facts.followers else ())
        changed = kept | fields
        if self.link.facts.whole:
            changed = {name: value for name, value in changed.items() if value is not None}
        await self.send(acts.activity("Update", self.me_id, changed, audience, self.now()))

    async def unfollow(self, native: str) -> hub.Relationship:
        """Undo of the Follow. Where it cannot be found, the Undo describes it."""
        if not await self.take_back(native, FOLLOW):
            described = {"type": FOLLOW, "actor": self.me_id, "object": native, "to": [native]}
            try:
                await self.send(acts.undo(self.me_id, described, self.now()))
            except BadAnswer as error:  # servers that need its id answer 500
                raise Missing("The request to follow was made too long ago to be found.") from error
        (found,) = await self.relationships([native])
        self.link.forget_contacts()  # not before: servers take who was followed off the list after their answer
        return replace(found, following=False, requested=False)

    async def mark_notifications(self, native: str) -> None:  # noqa: ARG002
        """No server of this kind keeps it: the gateway does."""
        require(self.capabilities, "markers")
