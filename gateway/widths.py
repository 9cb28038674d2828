"""How wide the ids of a device are, for ever: the dialect says it, the first request fixes it (DESIGN section 6).

A login that was used and has no width written down was given 53 bits: only other widths are written.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from gateway.dialects import Dialect, widths
from gateway.stores.store import LoginRecord, Store


class Width(NamedTuple):
    """Bits of ids, and of the ids of messages (0: the same)."""

    ids: int
    messages: int


WIDE = Width(53, 0)


def fixed(login: LoginRecord) -> Width | None:
    """What the device was given, None as long as it was not used."""
    if login.id_bits:
        return Width(login.id_bits, login.message_bits)
    return WIDE if login.last_used else None


def wanted(preset: str) -> Width:
    """What a preset asks for."""
    return Width(*widths(preset))


def kept(dialect: Dialect, login: LoginRecord) -> Dialect:
    """`dialect` with the width that the device was given, whatever became of its preset since."""
    width = fixed(login)
    if width is None or width == (dialect.id_bits, dialect.message_bits):
        return dialect
    return replace(dialect, id_bits=width.ids, message_bits=width.messages)


async def written(store: Store, login: LoginRecord) -> LoginRecord | None:
    """The login, its width written down where it is not the usual one; None for one that is gone. Raises StoreDown."""
    found: LoginRecord | None = login
    while found is not None:
        width = fixed(found) or wanted(found.dialect)
        if found.id_bits or width == WIDE:
            return found
        narrow = replace(found, id_bits=width.ids, message_bits=width.messages)
        if await store.swap_login(found, narrow):
            return narrow
        again = await store.login(login.hash)  # another process wrote it, or the device was changed or revoked
        found = again[0] if again else None
    return None
