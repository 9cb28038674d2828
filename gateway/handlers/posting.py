"""statuses/update, update_with_media, media/upload."""

from __future__ import annotations

import time

from msgspec.structs import replace

from adapters.backend import File
from gateway import posting
from gateway.ask import Ask
from gateway.errors import BAD_MEDIA, ApiError
from gateway.imaging import SIDES, measured
from gateway.pictures import picture
from gateway.replies import OneStatus, Reply, Tree
from mappings import hub
from mappings.site import media_tree


async def update(ask: Ask) -> Reply:
    """A new status; the same request again within a short window gives the same status."""
    once, account = ask.gateway.once, ask.session.account.id
    key, attempt = once.key(account, ask.call.path, posting.parts(ask)), posting.Attempt(ask)
    entry = ask.session.backend.entry(await once.run(key, attempt.send, attempt.look))
    await once.remember(account, entry.status.native, key)
    return OneStatus(entry=entry)


async def media_upload(ask: Ask) -> Reply:
    """Store one picture for a later post (reference/wire-statuses-users.md section 6.8)."""
    uploads = ask.files("media")
    if not uploads:
        raise ApiError(400, "No media.", BAD_MEDIA)
    file = picture(uploads[0], ask.text("description"))
    stored = await ask.session.backend.upload(file)
    id = await ask.gateway.store.put_media(ask.session.account.id, stored.native, int(time.time() * 1000))
    if not stored.width:
        width, height = await measured(file.data)
        stored = replace(stored, width=width, height=height)
    return Tree(
        json=media_tree(
            id=id,
            size=len(file.data),
            width=stored.width,
            height=stored.height,
            mime=file.mime,
            preview=await _preview(ask, stored, file, max(stored.width, stored.height)),
        )
    )


async def _preview(ask: Ask, stored: hub.Upload, file: File, side: int) -> str:
    """The address of the picture as a photo: clients take the photo's id from it (wire-friendica.md section 16.3)."""
    if not file.mime.startswith("image/") or not stored.url:
        return stored.preview_url or stored.url
    photo = await ask.gateway.photos.uploaded(ask.session, stored, file)
    return ask.gateway.photo_addresses.of(ask.base_url, ask.session.account.id, photo, int(side > SIDES[1]))
