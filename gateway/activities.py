"""Who likes, dislikes and attends: what the backend tells of one status, and what is kept here.

A dislike is a thumbs-down reaction where the backend has reactions. Where it has none, and for answers to events, the
operator may have them kept in the store (`local_activities`): seen by the account alone, told to nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from adapters.errors import BackendError
from gateway.ask import Ask
from gateway.cards import decoded
from gateway.stores.store import StoreDown
from mappings import hub

T = TypeVar("T")

KIND = "activity"
"""Of records in the store: one for each slot of a status, whose value is the verb."""

DISLIKE, ATTEND = "dislike", "attend"
SLOTS = {"dislike": DISLIKE, "attendyes": ATTEND, "attendno": ATTEND, "attendmaybe": ATTEND}
"""Verbs of one slot exclude each other."""

THUMBS_DOWN = "\N{THUMBS DOWN SIGN}"
_TONES = dict.fromkeys([0xFE0F, *range(0x1F3FB, 0x1F400)])


def is_dislike(emoji: str) -> bool:
    """A thumbs down of any colour."""
    return emoji.translate(_TONES) == THUMBS_DOWN


class Told(NamedTuple):
    """What the backend tells: people by verb (None: nothing), and what the reader does without being named there."""

    people: hub.Activities | None = None
    own: tuple[str, ...] = ()


async def told(ask: Ask, native: str) -> Told:
    """Of one status. Reactions are asked for beside the rest where the backend has them."""
    backend = ask.session.backend
    if not backend.capabilities.reactions:
        return Told(await _or_none(backend.activities(native)))
    found, reactions = await asyncio.gather(_or_none(backend.activities(native)), _or_none(backend.reactions(native)))
    thumbs = [reaction for reaction in reactions or () if is_dislike(reaction.name)]
    people = {account.native: account for reaction in thumbs for account in reaction.accounts}
    own = (DISLIKE,) if any(reaction.me for reaction in thumbs) and ask.session.account.native not in people else ()
    dislikes = tuple(people.values())
    return Told(replace(found or hub.Activities(), dislike=dislikes) if dislikes else found, own)


def own_verbs(ask: Ask, people: hub.Activities) -> tuple[str, ...]:
    """What the reader does with a status, as the backend tells."""
    me = ask.session.account.native
    return tuple(verb for verb in hub.ACTIVITIES if any(who.native == me for who in getattr(people, verb)))


async def _or_none(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except BackendError:
        return None


async def keep(ask: Ask, status: hub.Status, verb: str) -> None:
    """From now on `verb` is what the reader does with the status. Raises StoreDown."""
    slot = _slot(status, SLOTS[verb])
    await ask.gateway.store.put_records(ask.session.account.id, KIND, {slot: verb.encode()})


async def drop(ask: Ask, status: hub.Status, verb: str) -> None:
    """The reader does it no longer; another verb of the slot stays. Raises StoreDown."""
    slot, store = _slot(status, SLOTS[verb]), ask.gateway.store
    if (await store.records(ask.session.account.id, KIND, [slot])).get(slot) == verb.encode():
        await store.drop_records(ask.session.account.id, KIND, [slot])


async def whole(ask: Ask, entry: hub.Entry, told: Told) -> hub.Activities | None:
    """With the reader among them, also for what is kept here; who that is, is asked for only where it is needed."""
    verbs = {*told.own, *await _kept(ask, entry)}
    me = await _or_none(ask.session.backend.me()) if verbs else None
    if me is None:
        return told.people
    known = told.people or hub.Activities()
    people = {verb: {a.native: a for a in (*getattr(known, verb), me.account)} for verb in verbs}
    return replace(known, **{verb: tuple(found.values()) for verb, found in people.items()})


async def _kept(ask: Ask, entry: hub.Entry) -> list[str]:
    session, status = ask.session, decoded(entry)
    if not ask.gateway.settings.local_activities or not session.account.native or status is None:
        return []
    with suppress(StoreDown):
        slots = [_slot(status, slot) for slot in (DISLIKE, ATTEND)]
        found = await ask.gateway.store.records(session.account.id, KIND, slots)
        return [verb for raw in found.values() if (verb := raw.decode()) in SLOTS]
    return []


def _slot(status: hub.Status, name: str) -> str:
    """A boost shares those of its original."""
    original = status.original
    return f"{name}:{original.key or original.native}"
