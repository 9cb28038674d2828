"""account/verify_credentials, update_profile, update_profile_image, rate_limit_status."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable

from msgspec.structs import replace

from adapters.backend import Person, ProfileChange, RateState
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.handlers.users import last_status
from gateway.photo_uploads import no_data, portrait
from gateway.replies import OneUser, Reply, Tree
from mappings.fragments import LABEL
from mappings.profile import PROFILE_ID
from mappings.site import rate_limit_json, rate_limit_xml

UNLIMITED = 300
"""What is shown for a server that states no limit: Mastodon's own default per five minutes."""


async def verify_credentials(ask: Ask) -> Reply:
    """The signed-in person."""
    return await _signed_in(ask, ask.session.backend.me())


async def update_profile(ask: Ask) -> Reply:
    """Name, description and place; what is not sent stays, an empty name too (reference/wire-friendica.md section 9.2).

    One upstream call, one more for a place.
    """
    name = ask.text("name").strip() or None
    note = ask.text("description") if ask.has("description") else None
    change = ProfileChange(name=name, note=note, location=_place(ask))
    if change == ProfileChange():
        return await verify_credentials(ask)
    return await _signed_in(ask, renewed(ask, ask.session.backend.update_profile(change)))


def _place(ask: Ask) -> str | None:
    """The place that is to be shown. What is shown for none, the network, is no place."""
    if not (ask.has("location") and ask.session.backend.capabilities.profile_fields):
        return None
    place = ask.text("location").strip()
    return "" if place == LABEL else place


async def update_profile_image(ask: Ask) -> Reply:
    """The profile picture, turned the right way up and without the place where it was taken (section 9.1)."""
    uploads = ask.files("image")
    if not uploads:
        raise no_data()
    if ask.id("profile_id") not in {None, PROFILE_ID}:
        raise ApiError(400, "profile_id not available")
    change = ProfileChange(avatar=await portrait(uploads[0], ask.gateway.settings.photo_bytes))
    return await _signed_in(ask, renewed(ask, ask.session.backend.update_profile(change)))


async def renewed(ask: Ask, change: Awaitable[Person]) -> Person:
    """The signed-in person after a change of theirs, which others are told of."""
    session, person = ask.session, await change
    await ask.gateway.contacts.renew(session.account.id, person.account)
    ask.gateway.correspondents.renew(session, person.account)
    return person


async def _signed_in(ask: Ask, person: Awaitable[Person]) -> Reply:
    """The signed-in person as `person` will tell of them, with their last status unless that is not wanted."""
    if ask.flag("skip_status"):
        return OneUser(account=(await person).account, verified=False)
    me, status = await asyncio.gather(person, last_status(ask, ask.session.account.native))
    return OneUser(account=me.account, status=status, verified=False)


async def limits(ask: Ask) -> RateState:
    """The backend's true remainder, as it last said it; asked when it has said nothing yet."""
    backend = ask.session.backend
    state = backend.rate_state()
    if not state.limit:
        await backend.me()
        state = backend.rate_state()
    if not state.limit:
        state = RateState(limit=UNLIMITED, remaining=UNLIMITED)
    return replace(state, reset=state.reset or int(time.time()) + 3600)


async def rate_limit_status(ask: Ask) -> Reply:
    """How many requests are left."""
    state = await limits(ask)
    return Tree(
        json=rate_limit_json(limit=state.limit, remaining=state.remaining, reset=state.reset),
        xml=rate_limit_xml(limit=state.limit, remaining=state.remaining, reset=state.reset),
    )
