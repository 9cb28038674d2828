"""Making a new status: checked, addressed, sent once, and what came back verified (DESIGN section 8)."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from collections.abc import Iterator

import msgspec

from adapters.backend import Draft
from adapters.errors import BackendError, BadAnswer, Missing, OutcomeUnknown, Rejected
from gateway import audience as audiences
from gateway.ask import Ask, Upload
from gateway.audience import Audience
from gateway.cards import decoded
from gateway.compose import check_length, compose
from gateway.errors import NO_STATUS, TOO_LONG, ApiError
from gateway.pictures import upload_all
from mappings import hub
from mappings.dates import milliseconds
from mappings.hub import Visibility
from mappings.text import named, text_from_html

CLOCK_SKEW = 60
"""Seconds the backend's clock may be off."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What a client wants posted, still as it said it."""

    text: str
    html: str
    title: str
    parent: hub.Status | None
    audience: Audience
    media: tuple[str, ...]
    uploads: tuple[Upload, ...]


async def read(ask: Ask) -> Message:
    """From the parameters of statuses/update. Raises ApiError for anything that cannot be posted; sends nothing."""
    html = ask.text("htmlstatus")
    text = text_from_html(html) if html else ask.text("status")
    media = await media_of(ask)
    uploads = ask.files("media")
    if not text.strip() and not media and not uploads:
        raise ApiError(400, "Empty post discarded.")
    check_length(text, ask.text("title"), ask.session.backend.capabilities)
    parent, me = await asyncio.gather(parent_of(ask), ask.session.backend.me())
    if parent is not None:
        audience = audiences.of_reply(parent, me.default_visibility, ask.session.account.native)
    elif audiences.asked(ask):
        audience = await audiences.of_lists(ask)
    else:
        audience = Audience(visibility=Visibility(me.default_visibility))
    return Message(
        text=text, html=html, title=ask.text("title"), parent=parent, audience=audience, media=media, uploads=uploads
    )


async def parent_of(ask: Ask) -> hub.Status | None:
    """The answered status; through a boost, the original. Raises ApiError 404."""
    id = ask.id("in_reply_to_status_id")
    if id is None:
        return None
    lost = ApiError(404, "Unable to locate original post.", NO_STATUS)
    record = await ask.gateway.ids.status(ask.session.scope, id)
    if record is None:
        raise lost
    try:
        entry = await ask.session.backend.status(record.boosted or record.native)
    except Missing:
        raise lost from None
    return entry.status.original


async def media_of(ask: Ask) -> tuple[str, ...]:
    """Native ids of `media_ids`. Raises ApiError 400 for one that media/upload did not give to this account."""
    asked = [part.strip() for value in ask.texts("media_ids") for part in value.split(",") if part.strip()]
    numbers = [int(part) if part.isdecimal() and len(part) < 17 else -1 for part in dict.fromkeys(asked)]
    if not numbers:
        return ()
    known = await ask.gateway.store.media_by_ids(ask.session.account.id, numbers)
    unknown = [part for part, number in zip(dict.fromkeys(asked), numbers, strict=True) if number not in known]
    if unknown:
        raise ApiError(400, f"media_ids: {unknown[0][:20]} is not an uploaded file.")
    return tuple(known[number] for number in numbers)


async def send(ask: Ask, key: str) -> bytes:
    """Post, verify the audience that came back, remember the kind. Returns the raw status.

    Raises ApiError, BackendError.
    """
    message, backend = await read(ask), ask.session.backend
    contacts = await ask.gateway.contacts.of(ask.session)
    text = compose(message.text, message.audience, message.parent, contacts, ask.session.account.native)
    check_length(text, message.title, backend.capabilities)
    uploaded = await upload_all(ask, message.uploads, len(message.media))
    draft = Draft(
        text=text,
        html=message.html if text == message.text else "",
        visibility=message.audience.visibility,
        title=message.title,
        in_reply_to=message.parent.native if message.parent else None,
        media=(*message.media, *(upload.native for upload in uploaded)),
        lists=message.audience.lists,
        place=place_of(ask),
        source=ask.text("source"),
        idempotency_key=hashlib.sha256(key.encode()).hexdigest(),
    )
    try:
        entry = await backend.post(draft)
    except Rejected as error:
        limit = backend.capabilities.max_chars
        raise ApiError(400, f"The server refused the post; it takes {limit} characters.", TOO_LONG) from error
    await verify(ask, _made(entry), message.audience)
    return entry.raw


def _made(entry: hub.Entry) -> hub.Status:
    """What was posted. Raises OutcomeUnknown."""
    try:
        return entry.status
    except BadAnswer as error:
        raise OutcomeUnknown("The server's answer to the post cannot be read.") from error


async def verify(ask: Ask, status: hub.Status, audience: Audience) -> None:
    """The returned audience must be the intended one, else the post is deleted. Raises ApiError 502."""
    backend = ask.session.backend
    if status.visibility != audience.visibility or (audience.exact and not _same_people(status, audience)):
        try:
            await backend.remove(status.native)
        except BackendError:
            raise ApiError(502, "The server gave the post another audience than asked and kept it.") from None
        raise ApiError(502, "The server gave the post another audience than asked; it was deleted again.")
    if status.visibility == Visibility.DIRECT:
        key = backend.sighting(status).key
        await ask.gateway.store.set_kind(backend.base_url, key, audience.kind or hub.Kind.MESSAGE)


def _same_people(status: hub.Status, audience: Audience) -> bool:
    if audience.lists:
        return not status.mentions
    return {m.acct.casefold() for m in status.mentions} == {p.acct.casefold() for p in audience.people}


def place_of(ask: Ask) -> hub.Place | None:
    """`lat` and `long`, both needed, kept only where the backend has places."""
    lat, long = ask.decimal("lat"), ask.decimal("long")
    if not ask.session.backend.capabilities.places or lat is None or long is None:
        return None
    return hub.Place(lat=lat, long=long)


def parts(ask: Ask) -> Iterator[bytes]:
    """What makes two posts equal: every parameter, files by their digest."""
    for name in sorted(ask.params):
        value = ask.params[name]
        if value is None:
            continue
        if isinstance(value, tuple):
            value = [hashlib.sha256(v.data).hexdigest() if isinstance(v, Upload) else v for v in value]
        yield f"{name}={value!r}".encode("utf-8", "surrogatepass")


def _letters(text: str) -> str:
    for start, end, name, _ in reversed(list(named(text))):
        text = f"{text[:start]}{name}{text[end:]}"
    return re.sub(r"\W+", "", text).casefold()


async def look(ask: Ask) -> bytes | None:
    """The raw status, when a post whose answer was lost is found among the own newest ones."""
    try:
        newest = await ask.session.backend.own_newest()
    except BackendError:
        return None
    html = ask.text("htmlstatus")
    wanted = _letters(text_from_html(html) if html else ask.text("status"))
    since = (time.time() - ask.gateway.settings.post_once_seconds - CLOCK_SKEW) * 1000
    for entry in newest:
        status = decoded(entry)
        if status is None or status.reblog_of or milliseconds(status.created_at) < since:
            continue
        if _letters(text_from_html(status.content)).endswith(wanted):
            return entry.raw
    return None
