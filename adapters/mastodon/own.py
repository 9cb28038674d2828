"""What people keep and change of their own: files, posts, profile."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from adapters.backend import Draft, File, Person, ProfileChange, Window
from adapters.lacks import require
from adapters.mastodon import entities
from adapters.mastodon.decode import one
from adapters.mastodon.instance import where
from adapters.mastodon.lists import Lists
from adapters.mastodon.reading import STATUS
from adapters.mastodon.writing import MEDIA
from adapters.upstream import written
from mappings import hub
from mappings.users import with_location

PROFILE, HEADER = "/api/v1/accounts/update_credentials", "/api/v1/profile/header"
ONLY_FILES = [("only_media", "true"), ("exclude_reblogs", "true")]
FORM = [("Content-Type", "application/x-www-form-urlencoded")]


class Own(Lists):
    """Changes are one call each unless it says otherwise."""

    async def own_media(self, cursor: str | None) -> hub.Page[hub.Entry]:
        """The reader's statuses with files; pages may be short or empty where the server cannot look for them."""
        window = Window(limit=self.capabilities.page_size, older_than=cursor)
        page = await self.own_statuses(window, ONLY_FILES)
        kept = where(page.items, lambda status: bool(status.media) and status.reblog_of is None)
        return msgspec.structs.replace(page, items=kept)

    async def edit(self, native: str, draft: Draft) -> hub.Entry:
        """Replace an own status; one read before where the draft names no files, as servers drop what is not named."""
        require(self.capabilities, "editing")
        path = self.instance.path(STATUS, native)
        if not draft.media:
            kept = (await self.status(native)).status
            media = tuple(file.native for file in kept.media)
            draft = msgspec.structs.replace(draft, media=media, sensitive=draft.sensitive or kept.sensitive)
        return self.changed_one(await self.instance.upstream.write("PUT", path, self.token, json=self.changed(draft)))

    def changed(self, draft: Draft) -> dict[str, Any]:
        """The JSON of an edit. What is empty is sent too, as it replaces what was there."""
        software = self.instance.software
        fields = self.source(draft) | {
            "spoiler_text": draft.title,
            "sensitive": draft.sensitive or bool(draft.title and software.titles_are_sensitive),
            "media_ids": list(draft.media),
            "language": draft.language,
        }
        if draft.descriptions and software.media_attributes:
            fields["media_attributes"] = [{"id": media, "description": text} for media, text in draft.descriptions]
        return {name: value for name, value in fields.items() if value or name not in {"content_type", "language"}}

    async def describe(self, media: str, description: str) -> None:
        """Say what a file shows that is not attached yet. A form: not every server reads JSON here."""
        content = urlencode({"description": description}).encode()
        path = self.instance.path(MEDIA, media)
        await self.instance.upstream.call("PUT", path, self.token, content=content, headers=FORM)

    async def update_profile(self, change: ProfileChange) -> Person:
        """Change what is given; nothing given only reads. A place is a row of the profile's table, of which the others
        are read first: servers drop what is not sent."""
        texts = {"display_name": change.name, "note": change.note}
        pictures: dict[str, File | None] = {"avatar": change.avatar, "header": change.header}
        data = {name: text for name, text in texts.items() if text is not None}
        files = {name: file for name, file in pictures.items() if file}
        if change.location is not None:
            data |= await self.place_fields(change.location)
        if not data and not files:
            return await self.me()
        return self.person(written(await self.send_form("PATCH", PROFILE, data, files)).body)

    async def place_fields(self, location: str) -> dict[str, str]:
        """The whole table, with this place."""
        require(self.capabilities, "profile_fields")
        source = one(await self.own_account(), entities.Credentials).source
        rows = with_location((source and source.fields) or (), location) or (hub.ProfileField(),)
        table = [(f"fields_attributes[{at}]", row) for at, row in enumerate(rows)]
        return {f"{key}[name]": row.name for key, row in table} | {f"{key}[value]": row.value for key, row in table}

    async def remove_header(self) -> Person:
        """No picture at the head of the profile. Pleroma takes an empty one for that."""
        require(self.capabilities, "removes_header")
        if self.instance.software.empty_header_removes:
            answer = await self.send_form("PATCH", PROFILE, {"header": ""}, {})
        else:
            answer = await self.instance.upstream.call("DELETE", HEADER, self.token)
        return self.person(written(answer).body)

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type) of a public file, wherever it is; no token goes with the question."""
        return await self.instance.files.fetch(url)
