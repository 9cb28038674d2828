"""The status a call names by `id`."""

from __future__ import annotations

from adapters.backend import LOCAL_BOOST
from adapters.errors import Missing
from gateway.ask import Ask
from gateway.cards import decoded
from gateway.errors import NO_STATUS, ApiError
from gateway.stores.store import StatusRecord
from mappings import hub

NO_SUCH_STATUS = "There is no status with this id."


async def record_of(ask: Ask, text: str = NO_SUCH_STATUS, status: int = 400) -> StatusRecord:
    """What the id map has under `id`. Raises ApiError (`status`, `text`) for a missing or unknown id."""
    id = ask.id("id")
    record = None if id is None or id < 1 else await ask.gateway.ids.status(ask.session.scope, id)
    if record is None:
        raise ApiError(status, text, NO_STATUS)
    return record


async def entry_of(ask: Ask, record: StatusRecord, text: str = NO_SUCH_STATUS, status: int = 400) -> hub.Entry:
    """The status itself; a boost whose id the server does not answer for (Takahe), as its original.

    Raises ApiError (`status`, `text`), also for a boost that was taken back; BackendError.
    """
    try:
        if record.boosted:
            return await (_boost(ask, record) if _answers(ask, record) else _original(ask, record))
        return await ask.session.backend.status(record.native)
    except Missing:
        raise ApiError(status, text, NO_STATUS) from None


async def original_of(ask: Ask, record: StatusRecord, text: str = NO_SUCH_STATUS, status: int = 400) -> hub.Entry:
    """What actions reach: the status, or what it boosts, whether or not that boost still stands.

    Raises ApiError (`status`, `text`), BackendError.
    """
    try:
        return await ask.session.backend.status(record.boosted or record.native)
    except Missing:
        raise ApiError(status, text, NO_STATUS) from None


def _answers(ask: Ask, record: StatusRecord) -> bool:
    return ask.session.backend.capabilities.boosts_by_id and not record.native.startswith(LOCAL_BOOST)


async def _boost(ask: Ask, record: StatusRecord) -> hub.Entry:
    """snac goes on answering when the boost was taken back: with the original, or with somebody else's boost."""
    entry = await ask.session.backend.status(record.native)
    found = decoded(entry)
    if found is not None and (found.reblog_of is None or found.account.native != record.booster):
        _check_own(ask, record, found)
        if found.reblog_of is None:
            raise Missing("The boost was taken back.")
    return entry


async def _original(ask: Ask, record: StatusRecord) -> hub.Entry:
    entry = await ask.session.backend.status(record.boosted)
    if found := decoded(entry):
        _check_own(ask, record, found)
    return entry


def _check_own(ask: Ask, record: StatusRecord, found: hub.Status) -> None:
    """Of the reader's own boosts alone the post itself tells whether they stand. Raises Missing."""
    if record.booster == ask.session.account.native and not found.original.reblogged:
        raise Missing("The boost was taken back.")
