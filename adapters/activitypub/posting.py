"""New posts, changes and deletions of own ones (activitypub-c2s section 8)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from adapters.activitypub.groups import Groups
from adapters.activitypub.outbox import afterwards
from adapters.activitypub.uploads import Uploads, embedded
from adapters.backend import Draft
from adapters.errors import (
    BackendError,
    BadAnswer,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenGone,
)
from mappings import activitypub as ap
from mappings import activitypub_activities as acts
from mappings import hub
from mappings.activitypub_parts import media_of
from mappings.activitypub_writing import (
    Audience,
    Unaddressable,
    Written,
    audience_of,
    body,
    mention_tags,
    names_in,
)
from mappings.hub import Visibility

MOST_NAMED = 50
"""Names in one post that are looked up."""
ANNOUNCE = frozenset({"Announce"})


class Told(NamedTuple):
    """A draft as it will be sent."""

    parent: ap.Document | None
    people: tuple[hub.Account, ...]
    written: Written
    audience: Audience


class Posting(Uploads, Groups):
    """Own posts."""

    async def post(self, draft: Draft) -> hub.Entry:
        """A Create. Beside it: the answered object, a WebFinger and an actor for each name not known yet, one Update
        for each file, and the activity and its object where the answer brings neither.

        Raises Missing (a person or file), Rejected, OutcomeUnknown.
        """
        told = await self.told(draft)
        try:
            files = await self.attachments(draft.media, told.audience)
            done = await self.created(self.made(draft, told, files))
        except OutcomeUnknown:
            raise
        except BackendError:
            await self.close_again(draft.media)
            raise
        return await afterwards(self.posted(ap.id_of(done.get("object")), draft))

    async def posted(self, native: str, draft: Draft) -> hub.Entry:
        """The new post; its files wait no longer."""
        await self.attached_now(draft.media)
        return await self.shown(native)

    async def created(self, post: acts.Post) -> ap.Document:
        """Post it; as a Note where the server refuses an Article."""
        try:
            return await self.perform(acts.create(post))
        except Rejected:
            if post.kind or not post.title:
                raise
            return await self.perform(acts.create(replace(post, kind="Note")))

    async def told(self, draft: Draft) -> Told:
        """Whom it answers, names and reaches."""
        self.check_length(draft)
        parent = await self.link.client.document(draft.in_reply_to) if draft.in_reply_to else None
        people = await self.named(draft.text, exact=draft.visibility == Visibility.DIRECT)
        answered = await self.authors(parent) if draft.visibility != Visibility.DIRECT else ()
        written = body(draft.text, people, html=draft.html)
        written = written._replace(tags=mention_tags((*people.values(), *answered), written.tags))
        everybody = tuple({one.native: one for one in (*answered, *people.values())}.values())
        lists = await self.addresses(draft.lists)
        try:
            audience = audience_of(
                draft.visibility,
                followers=self.link.facts.followers,
                people=(*lists.people, *(one.native for one in everybody if one.native != self.me_id)),
                lists=lists.collections,
            )
        except Unaddressable as error:
            raise Rejected(str(error)) from error
        return Told(parent, everybody, written, audience)

    def check_length(self, draft: Draft) -> None:
        """Servers of this kind take texts of any length. Raises Rejected."""
        if len(draft.text) > self.capabilities.max_chars:
            raise Rejected(f"The text is longer than {self.capabilities.max_chars} characters.")

    async def authors(self, parent: ap.Document | None) -> tuple[hub.Account, ...]:
        """Who wrote the answered post, unless it was the owner."""
        natives = [one for one in ap.owners_of(parent) if one != self.me_id] if parent else []
        found = await self.accounts(natives) if natives else {}
        return tuple(found.values())

    async def named(self, text: str, *, exact: bool) -> dict[str, hub.Account]:
        """The people a text names, as `body` wants them. `exact`: nobody may be lost, since they are its readers.

        Raises Missing.
        """
        names = names_in(text)[:MOST_NAMED]
        found = await asyncio.gather(*(self.one_named(name, exact=exact) for name in names))
        return {name: person for name, person in zip(names, found, strict=True) if person}

    async def one_named(self, name: str, *, exact: bool) -> hub.Account | None:
        """Somebody; None where nobody of that name can be found."""
        try:
            return await self.lookup(name)
        except (RateLimited, TokenGone):
            raise
        except BackendError:
            if exact:
                raise
            return None

    def made(self, draft: Draft, told: Told, files: Sequence[ap.Document]) -> acts.Post:
        """The object to be."""
        return acts.Post(
            actor=self.me_id,
            published=self.now(),
            audience=told.audience,
            written=told.written,
            text=draft.text,
            title=draft.title,
            sensitive=draft.sensitive,
            language=draft.language,
            in_reply_to=draft.in_reply_to or "",
            parent=told.parent,
            attachments=tuple(files),
            place=draft.place,
            source=draft.source,
            kind="Note" if draft.visibility == Visibility.DIRECT else "",
        )

    # own posts --------------------------------------------------------------------------------------------------------

    async def edit(self, native: str, draft: Draft) -> hub.Entry:
        """An Update, with the object read before and after it. Its audience stays; people it newly names are not told
        of it."""
        self.check_length(draft)
        found = await self.mine(native)
        people = await self.named(draft.text, exact=False)
        written = body(draft.text, people, html=draft.html)
        audience = Audience(ap.ids_of(found.get("to")), ap.ids_of(found.get("cc")))
        files = await self.files_after(found, draft, audience)
        kept = draft if draft.media else replace(draft, sensitive=draft.sensitive or found.get("sensitive") is True)
        made = self.made(kept, Told(None, (), written, audience), files)
        made = replace(made, kind=next(iter(ap.types_of(found)), "Note"))
        changes = acts.edited(made, found)
        done = await self.perform(acts.update(self.me_id, found, changes, self.now(), whole=self.link.facts.whole))
        await self.attached_now([media for media in draft.media if media not in natives_of(found)])
        changed = done.get("object")
        if isinstance(changed, dict) and ap.readers(changed) and not same_readers(changed, found):
            raise OutcomeUnknown("The server changed who may read the post.")
        return await self.shown(native)

    async def files_after(self, found: ap.Document, draft: Draft, audience: Audience) -> list[ap.Document]:
        """The attachments of an edited post: those kept, then new ones, described anew."""
        there = {media.native: media for media in media_of(found, ap.NOTHING_KNOWN)}
        wanted = draft.media or tuple(there)
        new = [native for native in wanted if native not in there]
        added = dict(zip(new, await self.attachments(new, audience), strict=True))
        words = dict(draft.descriptions)
        made = []
        for native in wanted:
            file = added.get(native) or embedded({}, there[native])
            made.append(file | {"name": words[native]} if native in words else file)
        return made

    async def remove(self, native: str) -> None:
        """Undo of an own boost, Delete of anything else that is one's own; read before, and until it is gone."""
        found = await self.mine(native)
        if ap.is_a(found, ANNOUNCE):
            await self.undo(native)
            return
        activity = acts.delete(self.me_id, found, self.now())
        try:
            done = activity | {"id": (await self.send(activity)).id}
        except (BadAnswer, Missing) as error:
            if await self.exists(native):
                raise error from None
            done = activity | {"id": f"{native}#deleted"}
        else:
            if not await self.gone(native):
                raise OutcomeUnknown("The server took a deletion, and the post is still there.")
        await self.link.mirror.wrote(done)


def natives_of(document: ap.Document) -> frozenset[str]:
    """The files of a post."""
    return frozenset(media.native for media in media_of(document, ap.NOTHING_KNOWN))


def same_readers(one: ap.Document, other: ap.Document) -> bool:
    """Nobody more, nobody less may read it."""
    return set(ap.readers(one)) == set(ap.readers(other))
