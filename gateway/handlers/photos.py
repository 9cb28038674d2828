"""Photos and albums: shown, stored, changed, deleted (reference/wire-friendica.md section 8)."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from adapters.backend import File
from adapters.errors import BackendError, Missing
from gateway import photo_albums, photo_carriers, photo_rights, photo_uploads
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.imaging import Picture
from gateway.logins import ACTIVITYPUB
from gateway.posting import parts, since
from gateway.replies import Post, Reply, Tree, User
from mappings import hub, photos
from mappings.photos import Kind, People, Photo, Rights, Sized

NO_ALBUM, NO_SUCH_ALBUM, NO_SUCH_PHOTO = "no albumname specified", "album not available", "photo not available"
NOBODY = People({}, ())


async def listed(ask: Ask) -> Reply:
    """All photos, newest first. One upstream call, however many there are; two for who never posted a file."""
    return _list(ask, await ask.gateway.photos.of(ask.session))


async def albums(ask: Ask) -> Reply:
    """Every album by name. Upstream calls as above."""
    rows = [photos.album_tree(album) for album in photos.albums(await ask.gateway.photos.of(ask.session))]
    return Tree(json=_inside_object(ask, "albums", rows), xml=rows)


async def album(ask: Ask) -> Reply:
    """A page of one album; an album nobody knows is empty. Upstream calls as above."""
    name = ask.text("album")
    if not name:
        raise ApiError(400, "No album name specified.")
    inside = [photo for photo in await ask.gateway.photos.of(ask.session) if photo.album == name]
    start = ask.number("offset")
    rows = (inside if ask.flag("latest_first") else inside[::-1])[start : start + ask.number("limit")]
    return _list(ask, rows, "photo")


def _list(ask: Ask, some: Iterable[Photo], key: str = "") -> Reply:
    rows = [photos.row(photo, _address(ask, photo, photos.THUMB[photo.kind])) for photo in some]
    return Tree(json=_inside_object(ask, key, rows), xml=photos.listed(rows))


def _inside_object(ask: Ask, key: str, rows: list[dict[str, Any]]) -> Any:
    """A list under its key, for the client that reads albums so."""
    return {key: rows} if key and ask.session.dialect.albums_in_object else rows


def _address(ask: Ask, photo: Photo, scale: int) -> str:
    return ask.gateway.photo_addresses.of(ask.base_url, ask.session.account.id, photo, scale)


async def show(ask: Ask) -> Reply:
    """One photo. Upstream: nothing for a known photo of an album, two calls for that of a post, one more for `scale`,
    or where the server tells no size, unless the file is at hand."""
    if not ask.has("photo_id"):
        raise ApiError(400, "No photo id.")
    photo = await ask.gateway.photos.find(ask.session, ask.text("photo_id"))
    scale = ask.text("scale")
    if photo is None or (scale and scale not in map(str, photos.SCALES[photo.kind])):
        raise ApiError(404, "Not Found")
    try:
        people, sized, photo = await asyncio.gather(
            _people(ask, photo), _sized(ask, photo, scale), _measured(ask, photo)
        )
    except Missing:
        raise ApiError(404, "Not Found") from None
    return _detail(ask, photo, people, sized, scales=(int(scale),) if scale else photos.SCALES[photo.kind])


def _detail(
    ask: Ask, photo: Photo, people: People = NOBODY, sized: Sized | None = None, scales: Iterable[int] = ()
) -> Reply:
    links = {scale: _address(ask, photo, scale) for scale in scales or photos.SCALES[photo.kind]}
    tree = photos.detail(photo, links, people, sized)
    if ask.session.dialect.photo_numbers == "text":
        tree |= {name: str(tree[name]) for name in photos.NUMBERS}
    return Tree(json=tree, xml=photos.detail_xml(photo, links, people, sized))


async def _sized(ask: Ask, photo: Photo, scale: str) -> Sized | None:
    if not scale:
        return None
    made = await _file(ask, photo, int(scale))
    data = base64.b64encode(made.data).decode()
    return Sized(data=data, size=len(made.data), width=made.width, height=made.height, mime=made.mime)


async def _measured(ask: Ask, photo: Photo) -> Photo:
    """With width and height: where the server does not tell them the file does."""
    if photo.width:
        return photo
    try:
        file = await _file(ask, photo, 0)
    except (BackendError, ApiError):
        return photo
    return replace(photo, width=file.width, height=file.height)


async def _file(ask: Ask, photo: Photo, scale: int) -> Picture:
    """As the reader may see it: a server of actors is asked with their login, and what it says is theirs alone."""
    session = ask.session
    whose = session.account.id if session.account.software == ACTIVITYPUB else ""
    return await ask.gateway.photo_files.picture(session.backend, photo.url, scale, whose=whose)


async def _people(ask: Ask, photo: Photo) -> People:
    """Who did what with the post of a picture, and what was answered; nobody else sees a carrier."""
    if photo.kind is not Kind.WALL or not photo.status:
        return NOBODY
    backend = ask.session.backend
    thread, activities = await asyncio.gather(backend.thread(photo.status), backend.activities(photo.status))
    seen = await ask.gateway.cards.read(backend, (thread.status, *thread.descendants))
    listed = [s for s in seen if s.card.listed or s.card.native == photo.status]
    verbs = {verb: [User(person, full=True) for person in getattr(activities, verb)] for verb in hub.ACTIVITIES}
    return People(verbs, [Post(s.entry) for s in sorted(listed, key=lambda s: s.card.id)])


async def save(ask: Ask) -> Reply:
    """A new photo, or with `photo_id` a changed one, on either path."""
    if not ask.has("album"):
        raise ApiError(400, NO_ALBUM)
    return await (_update(ask) if ask.has("photo_id") else _create(ask))


async def _create(ask: Ask) -> Reply:
    """Upstream: upload and post; the contacts for `_cid`s unless at hand, the groups for `_gid`s."""
    uploads = ask.files("media")
    if not uploads:
        raise photo_uploads.no_data()
    rights = photo_rights.asked(ask, Rights())
    await photo_rights.check(ask, rights)
    file, facts = await photo_uploads.photo(uploads[0], ask.gateway.settings.photo_bytes)
    wanted = Photo(
        id="", album=ask.text("album"), filename=uploads[0].name or file.name, mime=file.mime, desc=ask.text("desc"),
        width=facts.width, height=facts.height, rights=rights,
    )  # fmt: skip
    return _detail(ask, await _created(ask, await _stored_once(ask, wanted, file), wanted))


async def _stored_once(ask: Ask, wanted: Photo, file: File) -> hub.Status:
    """The carrier, also that of an equal request before or one whose answer was lost. Raises ApiError, BackendError."""
    text = await photo_carriers.text_of(ask, wanted, beside=True)
    began: float | None = None

    async def write() -> bytes:
        nonlocal began
        began = time.time()
        stored = await photo_carriers.upload(ask, replace(file, description=wanted.desc))
        return (await photo_carriers.post(ask, text, stored.native)).raw

    async def look() -> bytes | None:
        entry = await photo_carriers.sought(ask, text, since(ask, began))
        if entry is None or (began is None and await _is_another(ask, entry.status, wanted)):
            return None
        return entry.raw

    once, account = ask.gateway.once, ask.session.account.id
    key = once.key(account, "friendica/photo/create", parts(ask))
    status = ask.session.backend.entry(await once.run(key, write, look)).status
    await once.remember(account, status.native, key)
    return status


async def _is_another(ask: Ask, status: hub.Status, wanted: Photo) -> bool:
    """A photo of the same name that was answered before: it is not the one whose answer was lost."""
    return await ask.gateway.photos.known(ask.session, photo_carriers.photo_of(ask, status, wanted).id) is not None


async def _created(ask: Ask, status: hub.Status, wanted: Photo) -> Photo:
    """The record of a new photo; made before by an equal request, it may have been changed since."""
    made = photo_carriers.photo_of(ask, status, wanted)
    known = await ask.gateway.photos.known(ask.session, made.id)
    if known is None:
        await ask.gateway.photos.keep(ask.session, [made])
    return known or made


async def _update(ask: Ask) -> Reply:
    """Upstream: one edit where the server has that, an upload before it for a new file; else fetch, upload, post,
    remove and a look that it is gone. Where an edit leaves the old file, it is taken back and the photo made anew."""
    return await photo_carriers.to_the_end(ask, _updated(ask), "Changing a photo")


async def _updated(ask: Ask) -> Reply:
    id, uploads = ask.text("photo_id"), ask.files("media")
    photo = await _of_album(ask, id)
    rights = photo_rights.asked(ask, photo.rights)
    if rights != photo.rights:
        await photo_rights.check(ask, rights)
    if not uploads and not any(ask.has(name) for name in ("desc", "album_new", *photos.RIGHTS)):
        return _result("cancelled", f"Nothing to update for image id `{id}`.")
    album = ask.text("album_new") if ask.has("album_new") and not uploads else photo.album
    desc = ask.text("desc") if ask.has("desc") else photo.desc
    wanted = replace(photo, album=album, desc=desc, rights=rights)
    if photo.awaiting and not uploads and wanted.album == photo.album:
        await _described(ask, photo, wanted)
    elif uploads or wanted != photo:
        photo_albums.refuse_foreign(ask, [photo], "change")
        wanted = await _changed(ask, photo, wanted)
    return _detail(ask, wanted) if uploads else _result("updated", f"Image id `{id}` has been updated.")


async def _changed(ask: Ask, photo: Photo, wanted: Photo) -> Photo:
    file = None
    if uploads := ask.files("media"):
        file, facts = await photo_uploads.photo(uploads[0], ask.gateway.settings.photo_bytes)
        name = uploads[0].name or photo.filename
        wanted = replace(wanted, filename=name, mime=file.mime, width=facts.width, height=facts.height)
    try:
        changed = await photo_carriers.change(ask, photo, wanted, file)
    except Missing:
        raise await _vanished(ask, photo) from None
    await ask.gateway.photos.keep(ask.session, [changed])
    return changed


async def _described(ask: Ask, photo: Photo, wanted: Photo) -> None:
    """A picture that waits for its post: DiCa gives it rights before it posts (reference section 16.3)."""
    if wanted.desc != photo.desc:
        try:
            await ask.session.backend.describe(photo.media, wanted.desc)
        except Missing:
            raise ApiError(400, NO_SUCH_PHOTO) from None
    await ask.gateway.photos.keep(ask.session, [wanted])


async def _of_album(ask: Ask, id: str) -> Photo:
    photo = await ask.gateway.photos.find(ask.session, id)
    if photo is None or photo.album != ask.text("album"):
        raise ApiError(400, NO_SUCH_PHOTO)
    return photo


async def _vanished(ask: Ask, photo: Photo) -> ApiError:
    """It was deleted elsewhere."""
    await ask.gateway.photos.drop(ask.session, [photo.id])
    return ApiError(400, NO_SUCH_PHOTO)


async def delete(ask: Ask) -> Reply:
    """Upstream: the deletion and a look that it is done."""
    id = ask.text("photo_id")
    if not id:
        raise ApiError(400, "no photo_id specified")
    await photo_carriers.to_the_end(ask, _deleted(ask, id), "Deleting a photo")
    return _result("deleted", f"photo with id `{id}` has been deleted from server.")


async def _deleted(ask: Ask, id: str) -> None:
    photo = await ask.gateway.photos.find(ask.session, id)
    if photo is None:
        raise ApiError(400, NO_SUCH_PHOTO)
    photo_albums.refuse_foreign(ask, [photo], "delete")
    await photo_carriers.remove(ask, photo)
    await ask.gateway.photos.drop(ask.session, [photo.id])


async def delete_album(ask: Ask) -> Reply:
    """All photos of the album or none. Upstream: the list; then per photo its file and the deletion, and one look at
    all of them (bounded parallel where the server has no call for several)."""
    name = ask.text("album")
    inside = await _inside(ask, name)
    photo_albums.refuse_foreign(ask, inside, "delete")
    await photo_albums.delete(ask, inside)
    return _result("deleted", f"album `{name}` with all containing photos has been deleted.")


async def rename_album(ask: Ask) -> Reply:
    """All photos of the album or none. Upstream: the list, then per photo what an update costs."""
    name, new = ask.text("album"), ask.text("album_new")
    if name and not new:
        raise ApiError(400, "no new albumname specified")
    inside = await _inside(ask, name)
    if new != name:
        photo_albums.refuse_foreign(ask, inside, "move")
        await photo_albums.rename(ask, inside, new)
    return _result("updated", f"album `{name}` with all containing photos has been renamed to `{new}`.")


async def _inside(ask: Ask, name: str) -> list[Photo]:
    if not name:
        raise ApiError(400, NO_ALBUM)
    inside = [photo for photo in await ask.gateway.photos.of(ask.session) if photo.album == name]
    if not inside:
        raise ApiError(400, NO_SUCH_ALBUM)
    return inside


def _result(result: str, message: str) -> Reply:
    return Tree(json={"result": result, "message": message})
