"""The status a call names by `id`."""

from __future__ import annotations

from adapters.errors import Missing
from gateway.ask import Ask
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
    """The status itself; where the backend cannot fetch a boost (Takahe), its original. Raises ApiError."""
    try:
        return await ask.session.backend.status(record.native)
    except Missing:
        if not record.boosted:
            raise ApiError(status, text, NO_STATUS) from None
    try:
        return await ask.session.backend.status(record.boosted)
    except Missing:
        raise ApiError(status, text, NO_STATUS) from None
