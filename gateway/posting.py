"""Making a new status: checked, addressed, sent once, and what came back verified (DESIGN section 8)."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from adapters.backend import Draft, Person
from adapters.errors import BackendError, BadAnswer, Missing, OutcomeUnknown, Rejected
from gateway import audience as audiences
from gateway.ask import Ask, Upload
from gateway.audience import Audience
from gateway.cards import decoded
from gateway.compose import addressed, check_length, compose, compose_title, names_somebody
from gateway.contacts import NOBODY
from gateway.errors import NO_STATUS, TOO_LONG, ApiError
from gateway.params import whole_number
from gateway.pictures import upload_all
from gateway.stores.store import StatusRecord, StoreDown
from mappings import hub
from mappings.dates import milliseconds
from mappings.hub import Visibility
from mappings.text import INERT, named, text_from_html

CLOCK_SKEW = 10
"""Seconds the backend's clock may be off."""

ANSWER_ONLY = frozenset({"include_entities", "trim_user", "tweet_mode", "getText", "getUserObjects"})
"""Parameters that change the reply and not the post."""


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
    audience = await _audience(ask, parent, me)
    return Message(
        text=text, html=html, title=ask.text("title"), parent=parent, audience=audience, media=media, uploads=uploads
    )


async def _audience(ask: Ask, parent: hub.Status | None, me: Person) -> Audience:
    limited = await audiences.of_lists(ask) if audiences.asked(ask) else None
    if parent is None:
        return limited or Audience(visibility=Visibility(me.default_visibility))
    reply = audiences.of_reply(parent, me.default_visibility, me.account)
    if parent.visibility == Visibility.DIRECT:
        key, scope = parent.key or parent.native, ask.session.scope
        known = await ask.gateway.store.kinds(scope, [key])
        reply = replace(reply, kind=known.get(key, hub.Kind.MESSAGE))  # an answer to a limited post is one
    return audiences.within(limited, reply) if limited else reply


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
    numbers = [whole_number(part) or -1 for part in dict.fromkeys(asked)]
    if not numbers:
        return ()
    known = await ask.gateway.store.media_by_ids(ask.session.account.id, numbers)
    unknown = [part for part, number in zip(dict.fromkeys(asked), numbers, strict=True) if number not in known]
    if unknown:
        raise ApiError(400, f"media_ids: {unknown[0][:20]} is not an uploaded file.")
    return tuple(known[number] for number in numbers)


async def send(ask: Ask, message: Message) -> bytes:
    """Post, verify the audience that came back, remember the kind. Returns the raw status.

    Raises ApiError, BackendError.
    """
    backend, me = ask.session.backend, ask.session.account
    contacts = await ask.gateway.contacts.exact(ask.session) if names_somebody(message.text) else NOBODY
    audience = addressed(message.text, message.audience, contacts, me)
    text = compose(message.text, audience, message.parent, contacts, me)
    title = compose_title(message.title, audience, me)
    check_length(text, title, backend.capabilities)
    uploaded = await upload_all(ask, message.uploads, len(message.media))
    draft = Draft(
        text=text,
        html=message.html if text == message.text and not audience.exact else "",
        visibility=audience.visibility,
        title=title,
        in_reply_to=message.parent.native if message.parent else None,
        media=(*message.media, *(upload.native for upload in uploaded)),
        lists=audience.lists,
        place=place_of(ask),
        source=ask.text("source"),
        # never that of an equal post: servers remember keys for an hour, and would answer with the older post
        idempotency_key=secrets.token_hex(16),
    )
    try:
        entry = await backend.post(draft)
    except Rejected as error:
        limit = backend.capabilities.max_chars
        raise ApiError(400, f"The server refused the post; it takes {limit} characters.", TOO_LONG) from error
    await verify(ask, _made(entry), audience)
    ask.gateway.cards.drop(backend.base_url, entry.raw)
    return entry.raw


def _made(entry: hub.Entry) -> hub.Status:
    """What was posted. Raises OutcomeUnknown."""
    try:
        return entry.status
    except BadAnswer as error:
        raise OutcomeUnknown("The server's answer to the post cannot be read.") from error


async def verify(ask: Ask, status: hub.Status, audience: Audience) -> None:
    """The returned audience must be the intended one, else the post is deleted. Raises ApiError 502, OutcomeUnknown,
    BackendError when that could not be seen; then it is deleted, too."""
    backend = ask.session.backend
    try:
        meant = audiences.holds(audience, status.visibility) and await _reached(ask, status, audience)
    except (BackendError, StoreDown) as error:
        if not await _taken_back(ask, status):
            raise OutcomeUnknown("The post was made, and who it reaches could not be seen.") from error
        raise
    if not meant:
        then = "; it was deleted again" if await _taken_back(ask, status) else " and kept it"
        raise ApiError(502, f"The server gave the post another audience than asked{then}.")
    if status.visibility == Visibility.DIRECT:
        key = backend.sighting(status).key
        try:
            await ask.gateway.store.set_kind(backend.base_url, key, audience.kind or hub.Kind.MESSAGE)
        except StoreDown as error:  # posted all the same: it must not be sent again
            raise OutcomeUnknown("The post was made, and the store was lost over it.") from error


async def _taken_back(ask: Ask, status: hub.Status) -> bool:
    """It is gone again."""
    try:
        await ask.session.backend.remove(status.native)
    except Missing:
        return True
    except BackendError:
        return False
    return True


async def _reached(ask: Ask, status: hub.Status, audience: Audience) -> bool:
    """Exactly those meant, where that is asked; where the members of a list are addressed one by one, they are."""
    if not audience.exact:
        return True
    told = {mention.acct.casefold() for mention in status.mentions}
    meant = {person.acct.casefold() for person in audience.people}
    if told == meant or not audience.lists:
        return told == meant
    for native in audience.lists:
        meant |= {person.acct.casefold() for person in await ask.session.backend.group_members(native)}
    return told == meant


def place_of(ask: Ask) -> hub.Place | None:
    """`lat` and `long`, both needed, kept only where the backend has places."""
    lat, long = ask.decimal("lat"), ask.decimal("long")
    if not ask.session.backend.capabilities.places or lat is None or long is None:
        return None
    return hub.Place(lat=lat, long=long)


def parts(ask: Ask) -> Iterator[bytes]:
    """What makes two posts equal: every parameter that changes the post, files by their digest."""
    for name in sorted(ask.params.keys() - ANSWER_ONLY):
        value = ask.params[name]
        if value is None:
            continue
        if isinstance(value, tuple):
            value = [hashlib.sha256(v.data).hexdigest() if isinstance(v, Upload) else v for v in value]
        yield f"{name}={value!r}".encode("utf-8", "surrogatepass")


class Attempt:
    """One request to post. It remembers when its own write began, so that no older equal post is taken for it."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self._began: float | None = None

    async def read(self) -> Message:
        """What is asked for."""
        return await read(self.ask)

    async def send(self) -> bytes:
        """See `send`."""
        self._began = time.time()
        return await send(self.ask, await self.read())

    async def look(self) -> bytes | None:
        """The raw status, when a post whose answer was lost is found among the own newest ones."""
        try:
            newest = await self.newest()
        except BackendError:
            return None
        is_it = await self.recognised()
        for entry in newest:
            status = decoded(entry)
            if status is None or status.reblog_of or milliseconds(status.created_at) < since(self.ask, self._began):
                continue
            if is_it(status):
                return entry.raw
        return None

    async def newest(self) -> Iterable[hub.Entry]:
        """Where the post may be found."""
        return await self.ask.session.backend.own_newest()

    async def recognised(self) -> Callable[[hub.Status], bool]:
        """How the post is told from others."""
        answered, wanted = await answered_by(self.ask, "in_reply_to_status_id"), _wanted(self.ask)
        return lambda status: _told(status) == wanted and answers(self.ask, status, answered)


def since(ask: Ask, began: float | None) -> float:
    """Milliseconds since 1970: what a request made whose write began then (in seconds) is no older. None: the write was
    that of an equal request before, which began within its key's life."""
    settings = ask.gateway.settings
    return ((began or time.time() - settings.post_once_seconds - settings.request_seconds) - CLOCK_SKEW) * 1000


def _wanted(ask: Ask) -> tuple[str, str, int]:
    html = ask.text("htmlstatus")
    files = {part.strip() for value in ask.texts("media_ids") for part in value.split(",") if part.strip()}
    text = text_from_html(html) if html else ask.text("status")
    return letters(text), letters(ask.text("title")), len(files) + len(ask.files("media"))


def _told(status: hub.Status) -> tuple[str, str, int]:
    return letters(text_from_html(status.content)), letters(status.title), len(status.media)


async def answered_by(ask: Ask, name: str) -> StatusRecord | None:
    """The status that the parameter `name` says is answered."""
    id = ask.id(name)
    return None if id is None else await ask.gateway.ids.status(ask.session.scope, id)


def answers(ask: Ask, status: hub.Status, answered: StatusRecord | None) -> bool:
    """`status` answers what was to be answered."""
    backend = ask.session.backend
    sighting = backend.sighting(status)
    if answered is None or not sighting.parent:
        return answered is None and not sighting.parent
    native = answered.boosted or answered.native
    return sighting.parent == backend.parent_sighting(native, sighting).key


def letters(text: str) -> str:
    """What is left of a text on its way through any server: no names at its head (they are added), no markup."""
    text = text.replace(INERT, "")
    for start, end, name, _ in reversed(list(named(text))):
        text = f"{text[:start]}{name if text[:start].strip() and not _names_only(text[:start]) else ''}{text[end:]}"
    return re.sub(r"\W+", "", text).casefold() or "".join(text.split())


def _names_only(text: str) -> bool:
    for start, end, *_ in reversed(list(named(text))):
        text = text[:start] + text[end:]
    return not text.strip()
