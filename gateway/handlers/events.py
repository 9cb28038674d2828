"""direct_messages/events/list, show, new, destroy; direct_messages/mark_read (reference/clients.md section 9).

Messages as everywhere; only their form is another. Every id is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec

from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.handlers import messages
from gateway.mailbox import Letter
from gateway.messages import Mail
from gateway.narrow import MEDIA, MESSAGE
from gateway.paging import HIGHEST, Span
from gateway.params import clean, whole_number
from gateway.recipients import names_of
from gateway.replies import Empty, Reply, Tree
from gateway.rows.messages import NEW
from mappings.events import KIND, event

NOT_FOUND = "Sorry, that page does not exist."
INVALID = "event is not a message_create with a recipient_id and a text."
ONLY_MEDIA = "Only media can be attached to a message."
NO_BUTTONS = "Messages with quick replies or buttons cannot be sent."


class Target(msgspec.Struct, frozen=True):
    """For whom."""

    recipient_id: int | str


class Media(msgspec.Struct, frozen=True):
    """An uploaded file."""

    id: int | str


class Attachment(msgspec.Struct, frozen=True):
    """What goes with the text."""

    type: str = ""
    media: Media | None = None


class Data(msgspec.Struct, frozen=True):
    """What is said."""

    text: str = ""
    attachment: Attachment | None = None
    quick_reply: Any = None
    ctas: Any = None


class Create(msgspec.Struct, frozen=True):
    """A message."""

    target: Target
    message_data: Data


class Event(msgspec.Struct, frozen=True):
    """What a client sends."""

    type: str
    message_create: Create


async def listed(ask: Ask) -> Reply:
    """Messages received and sent, newest first; `next_cursor` where there are older ones."""
    count, cursor = ask.number("count"), ask.text("cursor")
    span = Span(above=0, below=whole_number(cursor) or HIGHEST, count=count + 1, skip=0, page=1)
    mails = await ask.gateway.messages.page(ask.session, span, lambda _: True)
    tree = {"events": await _events(ask, mails[:count]), "apps": {}}
    if len(mails) <= count:
        return Tree(json=tree)
    following = await ask.gateway.narrow.one(ask.session, MESSAGE, mails[count].letter.id)
    return Tree(json=tree | {"next_cursor": str(following)})


async def show(ask: Ask) -> Reply:
    """One message."""
    letter = await _named(ask)
    return await _one(ask, await messages.body(ask, letter))


async def new(ask: Ask) -> Reply:
    """Send a message, in the way of direct_messages/new: once, and to nobody else."""
    create = _read(ask.text("event"))
    data = create.message_data
    if data.quick_reply or data.ctas:
        raise ApiError(400, NO_BUTTONS)
    params = {
        "text": clean(data.text.encode("utf-8", "replace"), "text"),
        "user_id": str(create.target.recipient_id),
        "media_ids": await _attached(ask, data),
    }
    return await _one(ask, await messages.send(ask.as_call(NEW, params)))


async def _attached(ask: Ask, data: Data) -> tuple[str, ...]:
    """The id of the uploaded file. Raises ApiError 400 for what is none."""
    if data.attachment is None:
        return ()
    if data.attachment.type != "media" or data.attachment.media is None:
        raise ApiError(400, ONLY_MEDIA)
    return (await ask.gateway.narrow.written(ask.session, MEDIA, str(data.attachment.media.id)),)


def _read(text: str) -> Create:
    """Raises ApiError 400."""
    with suppress(ValueError, RecursionError):
        sent = msgspec.json.decode(text, type=Event)
        if sent.type == KIND:
            return sent.message_create
    raise ApiError(400, INVALID)


async def destroy(ask: Ask) -> Reply:
    """Delete an own message, hide a received one. Twitter answers 204; here success is 200, with nothing in it."""
    await messages.delete(ask, await _named(ask))
    return Empty()


async def mark_read(ask: Ask) -> Reply:
    """Everything exchanged with one person up to a message was seen; the mark stays with the gateway."""
    person = ask.id("recipient_id")
    if person is None:
        raise ApiError(400, "recipient_id parameter is required.")
    last = await _named(ask.other(id=ask.id("last_read_event_id")))
    people = await names_of(ask.other(user_id=person)) or frozenset()
    if not last.exchanged_with(people, ask.session.account.native):
        raise ApiError(404, NOT_FOUND, NO_STATUS)
    await ask.gateway.messages.mark_until(ask.session, last.id, people)
    return Empty()


async def _named(ask: Ask) -> Letter:
    """Raises ApiError 400 without an id, 404."""
    id = ask.id("id")
    if id is None:
        raise ApiError(400, "id parameter is required.")
    found = await ask.gateway.messages.find(ask.session, id)
    if found is None:
        raise ApiError(404, NOT_FOUND, NO_STATUS)
    return found


async def _one(ask: Ask, mail: Mail) -> Reply:
    return Tree(json={"event": (await _events(ask, [mail]))[0], "apps": {}})


async def _events(ask: Ask, mails: Sequence[Mail]) -> list[dict[str, Any]]:
    escape = ask.session.dialect.escape
    return [event(status, frame, escape=escape) for status, frame in await messages.framed(ask, mails, whole=False)]
