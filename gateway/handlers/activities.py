"""friendica/activity/<verb> (reference/wire-friendica.md section 4)."""

from __future__ import annotations

from adapters.errors import Missing, Rejected, Unsupported
from gateway import activities
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.found import entry_of, record_of
from gateway.handlers import favorites
from gateway.replies import Reply, Tree

ERROR = "Error adding activity"
LIKE, UNDO = "like", "un"


async def change(ask: Ask) -> Reply:
    """Do the verb or, with `un` before it, take it back. Doing either twice changes nothing."""
    asked = ask.text("verb").strip().lower()
    verb = asked.removeprefix(UNDO)
    if verb != LIKE and verb not in activities.SLOTS:
        raise ApiError(400, ERROR)
    is_on = verb == asked
    if verb == LIKE:
        await (favorites.like if is_on else favorites.unlike)(ask, ERROR)
    elif verb == activities.DISLIKE and ask.session.backend.capabilities.reactions:
        await _react(ask, is_on=is_on)
    else:
        await _keep(ask, verb, is_on=is_on)
    return Tree(json="ok", xml=True)


async def _react(ask: Ask, *, is_on: bool) -> None:
    backend, record = ask.session.backend, await record_of(ask, ERROR)
    native = record.boosted or record.native
    try:
        if not is_on:
            for emoji in await _mine(ask, native):
                await backend.unreact(native, emoji)
            return
        await backend.react(native, activities.THUMBS_DOWN)
    except Missing:
        raise ApiError(400, ERROR, NO_STATUS) from None
    except Rejected:
        if bool(await _mine(ask, native)) != is_on:
            raise ApiError(400, ERROR) from None


async def _mine(ask: Ask, native: str) -> list[str]:
    """The reader's own thumbs down."""
    found = await ask.session.backend.reactions(native)
    return [reaction.name for reaction in found if reaction.me and activities.is_dislike(reaction.name)]


async def _keep(ask: Ask, verb: str, *, is_on: bool) -> None:
    if not ask.gateway.settings.local_activities:
        label = ask.session.backend.capabilities.label or ask.session.backend.capabilities.software
        lacks = "dislikes" if verb == activities.DISLIKE else "answers to events"
        raise Unsupported(f"{label} has no {lacks}.")
    status = (await entry_of(ask, await record_of(ask, ERROR), ERROR)).status
    await (activities.keep if is_on else activities.drop)(ask, status, verb)
