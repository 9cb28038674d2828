"""media/upload: a picture in one piece, or in parts by INIT, APPEND, FINALIZE and STATUS (reference/clients.md 8)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import msgspec
from msgspec.structs import replace

from adapters.backend import File
from adapters.errors import OutcomeUnknown, Slow
from gateway.ask import Ask, Upload
from gateway.calls import GET
from gateway.errors import BAD_MEDIA, ApiError
from gateway.imaging import SIDES, measured
from gateway.narrow import MEDIA
from gateway.params import whole_number
from gateway.parts import MOST_SEGMENTS, SECONDS, Open
from gateway.pictures import picture
from gateway.replies import Empty, Reply, Tree
from mappings import hub
from mappings.site import media_tree, upload_tree

KINDS = frozenset({"image", "video"})
"""What comes before the slash in types that servers take."""


async def upload(ask: Ask) -> Reply:
    """One of the commands, or a whole picture."""
    command = ask.text("command").strip().upper()
    if ask.method in GET and command != "STATUS":
        raise ApiError(405, "Method Not Allowed", headers={"Allow": "POST, PUT"})
    if command and command not in COMMANDS:
        raise ApiError(400, f"command: {', '.join(COMMANDS)} are known.", BAD_MEDIA)
    reply = await (COMMANDS[command] if command else _at_once)(ask)
    return await _as_read(ask, reply.json) if isinstance(reply, Tree) else reply


async def _as_read(ask: Ask, tree: dict[str, object]) -> Reply:
    """With the id as the device reads it."""
    id = await ask.gateway.narrow.one(ask.session, MEDIA, int(str(tree["media_id"])))
    return Tree(json={**tree, "media_id": id, "media_id_string": str(id)})


async def _at_once(ask: Ask) -> Reply:
    """Store one picture for a later post (reference/wire-statuses-users.md section 6.8)."""
    uploads = ask.files("media")
    if not uploads:
        raise ApiError(400, "No media.", BAD_MEDIA)
    file = picture(uploads[0], ask.text("description"))
    stored = await ask.session.backend.upload(file)
    account, now = ask.session.account.id, int(time.time() * 1000)
    id = await ask.gateway.store.put_media(account, stored.native, now)
    return Tree(json=await _told(ask, id, stored, file))


async def _told(ask: Ask, id: int, stored: hub.Upload, file: File) -> dict[str, object]:
    if not stored.width:
        width, height = await measured(file.data)
        stored = replace(stored, width=width, height=height)
    return media_tree(
        id=id,
        size=len(file.data),
        width=stored.width,
        height=stored.height,
        mime=file.mime,
        preview=await _preview(ask, stored, file, max(stored.width, stored.height)),
    )


async def _preview(ask: Ask, stored: hub.Upload, file: File, side: int) -> str:
    """The address of the picture as a photo: clients take the photo's id from it (wire-friendica.md section 16.3)."""
    if not file.mime.startswith("image/") or not stored.url:
        return stored.preview_url or stored.url
    photo = await ask.gateway.photos.uploaded(ask.session, stored, file)
    return ask.gateway.photo_addresses.of(ask.base_url, ask.session.account.id, photo, int(side > SIDES[1]))


async def _init(ask: Ask) -> Reply:
    """A file is announced."""
    total, mime = ask.number("total_bytes"), ask.text("media_type").strip().lower()
    if not total:
        raise ApiError(400, "total_bytes: the size of the file in bytes.", BAD_MEDIA)
    if mime and mime.partition("/")[0] not in KINDS:
        raise ApiError(400, "media_type: only pictures and videos are taken.", BAD_MEDIA)
    id = await ask.gateway.parts.begin(ask.session.account.id, total, mime)
    return Tree(json=upload_tree(id, SECONDS))


async def _append(ask: Ask) -> Reply:
    """A segment. The answer is empty, and says so by having no type."""
    files, text = ask.files("media"), ask.text("segment_index").strip()
    if len(files) != 1 or not files[0].data:
        raise ApiError(400, "media: one segment of the file.", BAD_MEDIA)
    index = whole_number(text)
    if index is None or index >= MOST_SEGMENTS:
        raise ApiError(400, f"segment_index: a number from 0 to {MOST_SEGMENTS - 1}.", BAD_MEDIA)
    await ask.gateway.parts.add(ask.session.account.id, ask.id("media_id"), index, files[0].data)
    return Empty()


async def _finalize(ask: Ask) -> Reply:
    """All of it is there: it goes to the server. Asked again, the same answer."""
    id, account, once = ask.id("media_id") or 0, ask.session.account.id, ask.gateway.once
    opened = await ask.gateway.parts.find(account, id)
    if not opened.reply:
        raw = await once.run(once.key(account, "media/upload", [str(id).encode()]), lambda: _stored(ask, id), _unknown)
        return Tree(json=msgspec.json.decode(raw))
    return Tree(json=msgspec.json.decode(opened.reply))


async def _stored(ask: Ask, id: int) -> bytes:
    parts, account = ask.gateway.parts, ask.session.account.id
    opened = await parts.find(account, id)
    if opened.reply:
        return opened.reply
    file = await _file(ask, id, opened)
    try:
        stored = await ask.session.backend.upload(file)
    except OutcomeUnknown as error:  # nothing is posted yet: it may be sent again
        raise Slow(str(error)) from error
    await ask.gateway.store.set_media(account, id, stored.native)
    reply = msgspec.json.encode(await _told(ask, id, stored, file))
    await parts.finish(account, id, opened, reply)
    return reply


async def _file(ask: Ask, id: int, opened: Open) -> File:
    """The complete file, of the kind that was announced. Raises ApiError 400."""
    parts, account = ask.gateway.parts, ask.session.account.id
    data = await parts.whole(account, id, opened)
    try:
        file = picture(Upload(data=data), ask.text("description"))
        _check_kind(file.mime, opened.mime or file.mime)
    except ApiError:
        await parts.drop(account, id, opened)
        raise
    return file


def _check_kind(mime: str, announced: str) -> None:
    if mime.partition("/")[0] != announced.partition("/")[0]:
        raise ApiError(400, f"The file is {mime}, not {announced}.", BAD_MEDIA)


async def _unknown() -> None:
    """Whether an upload took effect can be looked up nowhere."""


async def _status(ask: Ask) -> Reply:
    """How far an upload in parts is. There is nothing to wait for: FINALIZE answers when all is done."""
    id = ask.id("media_id")
    opened = await ask.gateway.parts.find(ask.session.account.id, id)
    if opened.reply:
        return Tree(json=msgspec.json.decode(opened.reply))
    return Tree(json=upload_tree(id or 0, max(int(opened.until - time.time()), 0)))


COMMANDS: dict[str, Callable[[Ask], Awaitable[Reply]]] = {
    "INIT": _init, "APPEND": _append, "FINALIZE": _finalize, "STATUS": _status,
}  # fmt: skip
