"""The statuses that carry photos: posted, changed and removed so that no photo is lost and nobody else sees one.

A carrier is `direct` and names nobody; what the backend made of it is verified. Where the backend can edit posts a
change is one call; elsewhere the file is stored anew under a new carrier before the old one goes.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from msgspec.structs import replace

from adapters.backend import Draft, File
from adapters.errors import BackendError, BadAnswer, Missing, OutcomeUnknown, Rejected, Slow, Unsupported
from gateway import photo_rights
from gateway.ask import Ask
from gateway.audience import Audience
from gateway.cards import decoded
from gateway.compose import length
from gateway.errors import TOO_LONG, ApiError
from gateway.photo_reading import carried, carried_photo
from gateway.posting import since, verify
from gateway.stores.store import StoreDown
from mappings import hub
from mappings.carriers import Carrier, carrier_of, written
from mappings.dates import from_milliseconds, milliseconds
from mappings.hub import Visibility
from mappings.photos import Photo

T = TypeVar("T")

ALONE = Audience(visibility=Visibility.DIRECT, kind=hub.Kind.PHOTO)

CONFIRM_LOOKS, CONFIRM_SECONDS = 3, 0.3
"""How often, and with what pause, a deleted carrier is looked for until it is gone."""

NOT_STORED = "image upload failed"
NOT_CHANGED = "unknown error - update photo entry in database failed"
NOT_DELETED = "unknown error on deleting photo from database table"


async def to_the_end(ask: Ask, work: Coroutine[Any, Any, T], name: str) -> T:
    """One change of photos at a time, each to its end, also when the client has left. Raises what `work` raises."""

    async def outcome() -> T | Exception:
        async with ask.gateway.photos.writing(ask.session):
            try:
                return await work
            except Exception as error:  # noqa: BLE001  handed on to who waits, if anybody still does
                return error

    found: T | Exception = await asyncio.shield(ask.gateway.background.start(outcome(), name))
    if isinstance(found, Exception):
        raise found
    return found


class TooLong(ApiError):
    """The backend does not take so much text in a post."""

    def __init__(self, most: int) -> None:
        text = f"Album, file name, description and rights are too long together: at most {most} characters."
        super().__init__(400, text, TOO_LONG)


async def text_of(ask: Ask, photo: Photo, *, beside: bool = False) -> str:
    """The text that carries `photo`. `beside`: a description too long for it may stand beside the file alone.

    Raises TooLong.
    """
    moved = photo.first and photo.first != photo.media
    carrier = Carrier(
        album=photo.album,
        filename=photo.filename,
        desc=photo.desc,
        first=photo.first if moved else "",
        created=photo.created if moved else "",
        **(await photo_rights.natives(ask, photo.rights))._asdict(),
    )
    most = ask.session.backend.capabilities.max_chars
    for one in (carrier, replace(carrier, desc=None)) if beside else (carrier,):
        text = written(one)
        if length(text, "") <= most:
            return text
    raise TooLong(most)


async def upload(ask: Ask, file: File) -> hub.Upload:
    """Store a file; nothing is posted yet, so its outcome never matters. Raises ApiError 500, BackendError."""
    try:
        return await ask.session.backend.upload(file)
    except OutcomeUnknown as error:
        raise Slow(str(error)) from error
    except Rejected:
        raise ApiError(500, NOT_STORED) from None


async def post(ask: Ask, text: str, media: str) -> hub.Entry:
    """A new carrier, verified. Raises ApiError 500, 502, BackendError."""
    backend = ask.session.backend
    draft = Draft(text=text, visibility=Visibility.DIRECT, media=(media,), idempotency_key=secrets.token_hex(16))
    try:
        entry = await backend.post(draft)
        status = entry.status
    except Rejected:
        raise ApiError(500, NOT_STORED) from None
    except BadAnswer as error:
        raise OutcomeUnknown("The server's answer to the post cannot be read.") from error
    await verify(ask, status, ALONE)
    ask.gateway.cards.drop(backend.base_url, entry.raw)
    if carried(status) is None:  # without its file, or in a form that would not be found again
        await backend.remove(status.native)
        raise ApiError(500, NOT_STORED)
    return entry


def photo_of(ask: Ask, status: hub.Status, wanted: Photo) -> Photo:
    """`wanted` as the carrier `status` holds it; its id stays. Raises ApiError 500."""
    carrier = carried(status)
    if carrier is None:
        raise ApiError(500, NOT_CHANGED)
    held = carried_photo(status, carrier, ask.gateway.photos.identify(ask.session))
    return replace(
        held, id=wanted.id or held.id, album=wanted.album, filename=wanted.filename, desc=wanted.desc,
        rights=wanted.rights, created=wanted.created or held.created, first=wanted.first or held.first,
        mime=wanted.mime or held.mime, width=held.width or wanted.width, height=held.height or wanted.height,
    )  # fmt: skip


async def change(ask: Ask, photo: Photo, wanted: Photo, file: File | None = None) -> Photo:
    """Make `photo` what `wanted` says, with a new file where one is given. Returns it as it is then; records are the
    caller's. Raises ApiError, BackendError; then it is as it was.
    """
    if ask.session.backend.capabilities.editing:
        with suppress(Unsupported, TooLong):  # a long description fits beside a file that is stored anew
            return await _edited(ask, photo, wanted, file)
    return await _anew(ask, photo, wanted, file)


async def _edited(ask: Ask, photo: Photo, wanted: Photo, file: File | None) -> Photo:
    backend, beside = ask.session.backend, file is not None or wanted.desc == photo.desc
    text, media = await text_of(ask, wanted, beside=beside), photo.media
    if file:
        media = (await upload(ask, replace(file, description=wanted.desc))).native
        text = await text_of(ask, replace(wanted, media=media), beside=True)
    described = ((media, wanted.desc),) if wanted.desc != photo.desc and not file else ()
    draft = Draft(text=text, visibility=Visibility.DIRECT, media=(media,) if media else (), descriptions=described)
    try:
        status = (await backend.edit(photo.status, draft)).status
    except Rejected:
        raise ApiError(500, NOT_CHANGED) from None
    if status.visibility != Visibility.DIRECT or status.mentions:
        await _unedited(ask, photo, draft.media)
        raise ApiError(502, "The server gave the photo another audience than asked; the change was taken back.")
    changed = photo_of(ask, status, wanted)
    if file and changed.media == photo.media:  # ids of new files differ between upload and post on some servers
        await _unedited(ask, photo, draft.media)
        raise Unsupported(f"{backend.capabilities.label} keeps the files of a post that is edited.")
    return changed if status.edited_at else replace(changed, edited=from_milliseconds(int(time.time() * 1000)))


async def _unedited(ask: Ask, photo: Photo, media: tuple[str, ...]) -> None:
    before = Draft(text=await text_of(ask, photo, beside=True), visibility=Visibility.DIRECT, media=media)
    await ask.session.backend.edit(photo.status, before)


async def _anew(ask: Ask, photo: Photo, wanted: Photo, file: File | None) -> Photo:
    """The file itself is stored again: servers may delete it together with the status it was first attached to."""
    if file is None:
        data, mime = await ask.session.backend.fetch(photo.url)
        file = File(data=data, name=wanted.filename, mime=mime or photo.mime, description=wanted.desc)
    await text_of(ask, replace(wanted, media=""), beside=True)  # too long is told before anything is sent
    made = await stored(ask, wanted, file)
    try:
        await remove(ask, photo, missing_ok=False)
    except (ApiError, BackendError):
        with suppress(ApiError, BackendError):
            await remove(ask, made)
        raise
    return made


async def stored(ask: Ask, wanted: Photo, file: File) -> Photo:
    """Upload and post; the photo as the backend holds it. Raises ApiError, BackendError."""
    media = (await upload(ask, replace(file, description=wanted.desc))).native
    return await _posted(ask, replace(wanted, media=media))


async def _posted(ask: Ask, wanted: Photo) -> Photo:
    """Post `wanted.media`; when the answer is lost, the carrier is looked for."""
    text, began = await text_of(ask, wanted, beside=True), time.time()
    try:
        entry = await post(ask, text, wanted.media)
    except OutcomeUnknown:
        again = await sought(ask, text, since(ask, began))
        if again is None:
            raise
        entry = again
    return photo_of(ask, entry.status, wanted)


async def sought(ask: Ask, text: str, oldest: float) -> hub.Entry | None:
    """The carrier with that text among the newest own statuses, not older than that (milliseconds since 1970)."""
    wanted = carrier_of(text)
    for entry in await ask.session.backend.own_newest():
        status = decoded(entry)
        if status is None or carried(status) != wanted:
            continue
        if milliseconds(status.created_at) >= oldest:
            return entry
    return None


async def restored(ask: Ask, photo: Photo, data: bytes | None) -> Photo:
    """A carrier that was removed, posted again: with its file where the backend still has it, else with `data`.

    Raises ApiError, BackendError.
    """
    if photo.media:
        with suppress(ApiError, BackendError):
            return await _posted(ask, photo)
    if data is None:
        data, _ = await ask.session.backend.fetch(photo.url)
    return await stored(ask, photo, File(data=data, name=photo.filename, mime=photo.mime))


async def remove(ask: Ask, photo: Photo, *, missing_ok: bool = True) -> None:
    """Delete the carrier, and see that it is gone. Raises ApiError 500, BackendError; Missing if that is not ok."""
    await start_removing(ask, photo, missing_ok=missing_ok)
    for look in range(CONFIRM_LOOKS):
        if look:
            await asyncio.sleep(CONFIRM_SECONDS)
        try:
            await ask.session.backend.status(photo.status)
        except Missing:
            return
    raise ApiError(500, NOT_DELETED)


async def start_removing(ask: Ask, photo: Photo, *, missing_ok: bool = True) -> None:
    """Delete the carrier; what came of it is still to be seen. Raises BackendError."""
    with suppress(OutcomeUnknown, *([Missing] if missing_ok else [])):
        await ask.session.backend.remove(photo.status)
    with suppress(StoreDown):  # it is deleted; only the same photo at once would be answered with it
        await ask.gateway.once.undone(ask.session.account.id, photo.status)
