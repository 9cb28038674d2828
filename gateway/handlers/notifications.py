"""friendica/notifications, friendica/notifications/seen, /ping, and where a note of /ping leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from msgspec.structs import replace

from gateway.ask import Ask
from gateway.cards import decoded
from gateway.errors import ApiError, Redirect
from gateway.found import entry_of, record_of
from gateway.narrow import NOTE, STATUS, is_narrow
from gateway.notifications import Mark
from gateway.replies import Post, Reply, Tree
from mappings import hub
from mappings.notifications import SHOWN, Note, note_tree, ping_tree, ping_xml, web
from mappings.trees import Element

INVALID = "Invalid argument"
NO_NOTE, NO_POST = "There is no notification with this id.", "There is no post with this id."


async def listed(ask: Ask) -> Reply:
    """At most 50 notes, unseen ones first, then the newest."""
    session, notifications = ask.session, ask.gateway.notifications
    notes = await as_read(ask, (await notifications.listed(session))[:SHOWN])
    me = session.account.native
    uid = (await ask.gateway.ids.number(session.backend, (), [me])).accounts[me]
    now, mark = notifications.now_ms(), session.dialect.mark
    rows = [note_tree(note, uid=uid, now_ms=now, mark=mark) for note in notes]
    return Tree(json=rows, xml=[Element(row) for row in rows])


async def as_read(ask: Ask, notes: Sequence[Note]) -> Sequence[Note]:
    """With ids as the device reads them."""
    session, narrow = ask.session, ask.gateway.narrow
    if not is_narrow(session):
        return notes
    ids = await narrow.shown(session, NOTE, [note.id for note in notes])
    posts = await narrow.shown(session, STATUS, {id for note in notes for id in (note.iid, note.parent) if id})
    return [
        replace(note, id=ids[note.id], iid=note.iid and posts[note.iid], parent=note.parent and posts[note.parent])
        for note in notes
    ]


async def seen(ask: Ask) -> Reply:
    """Mark a note seen: the post it is about, in an array, else the word success."""
    mark = await ask.gateway.notifications.see(ask.session, ask.id("id") or 0)
    if mark is None:
        raise ApiError(400, INVALID)
    entry = await _post(ask, mark)
    if entry is None:
        return Tree(json="success", xml="success")
    return Tree(json=[Post(entry)], xml={"status": Post(entry)})


async def _post(ask: Ask, mark: Mark) -> hub.Entry | None:
    """The post of a note, None where there is none, or no longer."""
    record = None if mark.iid is None else await ask.gateway.ids.status(ask.session.scope, mark.iid)
    if record is None:
        return None
    with suppress(ApiError):
        entry = await entry_of(ask, record)
        return entry if decoded(entry) else None
    return None


async def ping(ask: Ask) -> Reply:
    """Counters of what is unseen, and the notes."""
    notifications, session = ask.gateway.notifications, ask.session
    notes, mail = await asyncio.gather(notifications.listed(session), ask.gateway.messages.unseen(session))
    tree = ping_tree(await as_read(ask, notes), mail=mail, base_url=ask.base_url, now_ms=notifications.now_ms())
    return Tree(json={"result": tree}, xml=ping_xml(tree))


async def view(ask: Ask) -> Reply:
    """Go on to what a note is about, which marks it seen, as it did in the original.

    Of posts the address is `/display/<nick>/<status id>`: a client takes the id out of the `Location` header
    (reference/wire-friendica.md section 16.4).
    """
    id, notifications = ask.id("id") or 0, ask.gateway.notifications
    look = notifications.mark if ask.session.login.read_only else notifications.see
    mark = await look(ask.session, id)
    if mark is None:
        raise ApiError(404, NO_NOTE)
    if not mark.iid:
        raise Redirect(mark.link or ask.session.scope)
    raise Redirect(f"{ask.base_url}/display/status/{await ask.gateway.narrow.one(ask.session, STATUS, mark.iid)}")


async def display(ask: Ask) -> Reply:
    """Go on to the page of a post on its own server."""
    entry = await entry_of(ask, await record_of(ask, NO_POST, 404), NO_POST, 404)
    post = entry.status.original
    raise Redirect(web(post.url) or web(post.uri) or ask.session.scope)
