"""Files: sent unaddressed, opened to a post's readers when the post is made (activitypub-c2s section 5.7).

The wiki's form has `file` and `object`, Pleroma's `file` and `description`. Who is not known to be Pleroma gets all
three: either dialect finds its own. What is uploaded waits on the shelf, for an hour, to be attached as a whole:
readers lose the address of a bare id.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import httpx2 as httpx
import msgspec

from adapters.activitypub.client import told
from adapters.activitypub.outbox import Outbox
from adapters.backend import File
from adapters.errors import BackendError, Missing, OutcomeUnknown, Slow
from adapters.lacks import refusal
from adapters.transport import Answer
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_parts import media_of
from mappings.activitypub_writing import Audience, attached

KIND = "upload"
WAIT_SECONDS = 3600
"""How long an unattached file is held."""
ACTIVITY_JSON = "application/activity+json"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """An uploaded file: the object as the server has it, and when it came (seconds since 1970). `closed`: nobody else
    may see it before it gets readers."""

    document: ap.Document
    since: float = 0.0
    closed: bool = False


class Uploads(Outbox):
    """Files of the own posts."""

    async def upload(self, file: File) -> hub.Upload:
        """Store a file, which nobody else can see yet where the server allows that. One call, two where the answer
        names only an id. Raises Unsupported, OutcomeUnknown."""
        made = await self.uploaded(file)
        media = file_in(made.document)
        if media is None:
            raise OutcomeUnknown("The server took a file and does not say where it is.")
        now = self.link.clock()
        kept = await self.link.shelf.records(KIND)
        old = [key for key, raw in kept.items() if now - msgspec.json.decode(raw, type=Waiting).since > WAIT_SECONDS]
        if old:
            await self.link.shelf.drop_records(KIND, old)
        await self.keep_upload(media.url, msgspec.structs.replace(made, since=now))
        return hub.Upload(
            native=media.url,
            url=media.url,
            preview_url=media.preview_url,
            width=media.width,
            height=media.height,
        )

    async def uploaded(self, file: File) -> Waiting:
        """The stored object."""
        if not self.link.facts.upload_url:
            raise refusal(self.capabilities, "uploads")
        parts = {"file": (file.name, file.data, file.mime)}
        if self.link.facts.upload != "pleroma":
            shell = msgspec.json.encode(acts.shell(self.me_id, file.mime, file.description))
            parts["object"] = ("object.json", shell, ACTIVITY_JSON)
        form = httpx.Request("POST", self.link.facts.upload_url, data={"description": file.description}, files=parts)
        content = form.read()
        answer = await self.link.client.posted(
            self.link.facts.upload_url, content, [("Content-Type", form.headers["content-type"])]
        )
        made = await self.stored(answer)
        fields = {"name": file.description, "mediaType": file.mime}  # what the server may have dropped
        whole = {**{name: value for name, value in fields.items() if value}, **made.document}
        return msgspec.structs.replace(made, document=whole)

    async def stored(self, answer: Answer) -> Waiting:
        """The object in the answer to an upload: a Create, the object itself, or only an address. What a Create made
        has the readers it names, nobody; the object itself comes from servers whose files everybody sees."""
        found = told(answer)
        if found is None or not (file_in(found) or isinstance(found.get("object"), dict)):
            location = ap.web(answer.headers.get("location", "")) or ap.id_of(found)
            if not location:
                raise refusal(self.capabilities, "uploads")
            found = await self.link.client.document(location)
        inner = found.get("object")
        if inner is None:
            return Waiting(document=found)
        made = inner if isinstance(inner, dict) else await self.link.client.document(ap.id_of(inner))
        return Waiting(document=made, closed=not ap.readers(made))

    async def describe(self, media: str, description: str) -> None:
        """What a file shows that is not attached yet; it goes out with the post. Raises Missing."""
        (waiting,) = await self.waiting([media])
        changed = waiting.document | {"name": description}
        await self.keep_upload(media, msgspec.structs.replace(waiting, document=changed))

    async def waiting(self, natives: Sequence[str]) -> list[Waiting]:
        """Uploaded files. Raises Missing for one that is not held."""
        kept = await self.link.shelf.records(KIND, natives) if natives else {}
        if not kept.keys() >= set(natives):
            raise Missing("The file was not uploaded, or is no longer held.")
        return [msgspec.json.decode(kept[native], type=Waiting) for native in natives]

    async def keep_upload(self, native: str, waiting: Waiting) -> None:
        """Until it is attached."""
        await self.link.shelf.put_records(KIND, {native: msgspec.json.encode(waiting)})

    async def attachments(self, natives: Sequence[str], audience: Audience) -> tuple[ap.Document, ...]:
        """Uploaded files as a post carries them; their own audience becomes the post's: one call for each that the
        server keeps closed. Raises Missing."""
        made = []
        for waiting in await self.waiting(natives):
            media = file_in(waiting.document)
            if media is None:
                raise Missing("The file was not uploaded, or is no longer held.")
            await self.open_to(waiting, audience)
            made.append(embedded(waiting.document, media))
        return tuple(made)

    async def open_to(self, waiting: Waiting, audience: Audience) -> None:
        """Let the readers of a post see a file."""
        if waiting.closed and ap.web(ap.id_of(waiting.document)):
            whole = self.link.facts.whole
            try:
                await self.send(acts.opened(self.me_id, waiting.document, audience, self.now(), whole=whole))
            except OutcomeUnknown as error:  # of the post that is not: it was not sent yet
                raise Slow("The server did not answer in time.") from error

    async def close_again(self, natives: Sequence[str]) -> None:
        """The post was not made: nobody needs to see its files. What fails here is not told."""
        kept = await self.link.shelf.records(KIND, natives) if natives else {}
        for raw in kept.values():
            with suppress(BackendError):
                await self.open_to(msgspec.json.decode(raw, type=Waiting), Audience())

    async def attached_now(self, natives: Sequence[str]) -> None:
        """They are part of a post and wait no longer."""
        if natives:
            await self.link.shelf.drop_records(KIND, natives)


def embedded(document: ap.Document, media: hub.Media) -> ap.Document:
    """A file inside another object, known by its address: of one with an id servers show the id alone (measured)."""
    return {name: value for name, value in attached(document, media).items() if name != "id"}


def file_in(document: ap.Document) -> hub.Media | None:
    """The file that an object is."""
    return next(iter(media_of(document, ap.NOTHING_KNOWN)), None)
