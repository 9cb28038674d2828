"""friendica/activity/<verb> (reference/wire-friendica.md section 4)."""

from __future__ import annotations

from adapters.errors import Missing, Rejected
from adapters.lacks import refusal
from gateway import activities
from gateway.ask import Ask
from gateway.errors import NO_STATUS, ApiError
from gateway.found import entry_of, record_of
from gateway.handlers import favorites
from gateway.replies import Reply, Tree
from mappings import hub

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
    elif verb != activities.DISLIKE and ask.session.backend.capabilities.events:
        await _attend(ask, verb, is_on=is_on)
    else:
        await _keep(ask, verb, is_on=is_on)
    return Tree(json="ok", xml=True)


async def _react(ask: Ask, *, is_on: bool) -> None:
    backend, record = ask.session.backend, await record_of(ask, ERROR)
    native = record.boosted or record.native
    try:
        if is_on:
            await backend.react(native, activities.THUMBS_DOWN)
        else:
            await _take_back(ask, native)
    except Missing:
        raise ApiError(400, ERROR, NO_STATUS) from None
    except Rejected:
        if not is_on or not any(reaction.me for reaction in await _thumbs(ask, native)):
            raise ApiError(400, ERROR) from None


async def _attend(ask: Ask, verb: str, *, is_on: bool) -> None:
    """Answer an event. Another answer than `verb` stays when `verb` is taken back."""
    backend, record = ask.session.backend, await record_of(ask, ERROR)
    native = record.boosted or record.native
    try:
        if is_on:
            await backend.attend(native, verb)
        elif verb in activities.own_verbs(ask, await backend.activities(native)):
            await backend.attend(native, "")
    except (Missing, Rejected):
        raise ApiError(400, ERROR, NO_STATUS) from None


async def _take_back(ask: Ask, native: str) -> None:
    """Every thumbs down of the reader's; where the server does not tell whose they are, it may be none."""
    for reaction in await _thumbs(ask, native):
        try:
            if reaction.me or not reaction.accounts:
                await ask.session.backend.unreact(native, reaction.name)
        except (Missing, Rejected):
            if reaction.me:
                raise


async def _thumbs(ask: Ask, native: str) -> list[hub.Reaction]:
    found = await ask.session.backend.reactions(native)
    return [reaction for reaction in found if activities.is_dislike(reaction.name)]


async def _keep(ask: Ask, verb: str, *, is_on: bool) -> None:
    if not ask.gateway.settings.local_activities:
        raise refusal(ask.session.backend.capabilities, "reactions" if verb == activities.DISLIKE else "events")
    status = (await entry_of(ask, await record_of(ask, ERROR), ERROR)).status
    await (activities.keep if is_on else activities.drop)(ask, status, verb)
