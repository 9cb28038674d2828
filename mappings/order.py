"""Positions: the arithmetic of wire ids (DESIGN section 5). Pure; no store, no clock.

A position is `(milliseconds since 2010-01-01 UTC) << 12 | slot`, at least 1 and below 2^53, so that it survives JSON
numbers in JavaScript clients. Native id forms are those of reference/backend-facts.md section 1; Takahe's layout
(41 bits of milliseconds since 1641020400 s, 19 random bits, 3 type bits) was read in its `core/snowflake.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from mappings.hub import Order

EPOCH_MS = 1_262_304_000_000
SLOT_BITS = 12
SLOTS = 1 << SLOT_BITS
LIMIT = 1 << 53
TAKAHE_EPOCH_MS = 1_641_020_400_000
SKEW_MS = 10_000
"""A backend's clock may be this far ahead before its ids count as dated in the future."""

CLOSE = 16 * SLOTS
"""How far (in slots) a timed id may be moved by its neighbours, and the most room that is kept for unseen counters."""

DIGITS = 20
ULID_CHARS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FLAKE_CHARS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ULID_LENGTH, FLAKE_LENGTH = 26, 22


class IdForm(StrEnum):
    """How a server writes the ids of statuses."""

    SNOWFLAKE = "snowflake"
    ULID = "ulid"
    FLAKE = "flake"
    TAKAHE = "takahe"
    SNAC = "snac"
    COUNTER = "counter"


class Placing(NamedTuple):
    """The fields of a `hub.Sighting` that come from the native id."""

    order: Order
    ms: int
    sub: int
    sort: str


def position(ms: int, sub: int = 0) -> int:
    """The wire id for a time in milliseconds since 1970 and a slot 0-4095."""
    return min(max(((ms - EPOCH_MS) << SLOT_BITS) | sub, 1), LIMIT - 1)


def time_of(id: int) -> int:
    """Milliseconds since 1970 of a wire id."""
    return EPOCH_MS + (min(max(id, 0), LIMIT - 1) >> SLOT_BITS)


def account_number(backend: str, native: str) -> int:
    """The wanted integer of an account, 1 to 2^31 - 1; the same again after a lost map."""
    digest = hashlib.blake2b(f"{backend}\n{native}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % (2**31 - 1) + 1


# native forms -------------------------------------------------------------------------------------------------------


def _number(text: str, chars: str) -> int | None:
    """The value of `text` in the base of `chars`, None when it is not written in it."""
    value, base = 0, len(chars)
    for char in text:
        digit = chars.find(char)
        if digit < 0:
            return None
        value = value * base + digit
    return value if text else None


def _text(value: int, chars: str, length: int) -> str:
    out: list[str] = []
    while value or len(out) < length:
        value, digit = divmod(value, len(chars))
        out.append(chars[digit])
    return "".join(reversed(out))


def _decimal(native: str) -> int | None:
    return int(native) if native.isascii() and native.isdigit() and len(native) <= DIGITS else None


def _snowflake(native: str) -> tuple[int, int, str] | None:
    value = _decimal(native)
    return None if value is None else (value >> 16, (value >> 4) & 0xFFF, native.zfill(DIGITS))


def _takahe(native: str) -> tuple[int, int, str] | None:
    value = _decimal(native)
    if value is None:
        return None
    return (value >> 22) + TAKAHE_EPOCH_MS, (value >> 10) & 0xFFF, native.zfill(DIGITS)


def _ulid(native: str) -> tuple[int, int, str] | None:
    value = _number(native, ULID_CHARS) if len(native) == ULID_LENGTH else None
    return None if value is None or value >= 1 << 128 else (value >> 80, (value >> 68) & 0xFFF, native)


def _flake(native: str) -> tuple[int, int, str] | None:
    value = _number(native, FLAKE_CHARS) if len(native) <= FLAKE_LENGTH else None
    if value is None or value >= 1 << 128:
        return None
    return value >> 64, (value >> 52) & 0xFFF, native.zfill(FLAKE_LENGTH)


def _counter(native: str) -> tuple[int, int, str] | None:
    return None if _decimal(native) is None else (0, 0, native.zfill(DIGITS))


READERS: dict[IdForm, Callable[[str], tuple[int, int, str] | None]] = {
    IdForm.SNOWFLAKE: _snowflake,
    IdForm.TAKAHE: _takahe,
    IdForm.ULID: _ulid,
    IdForm.FLAKE: _flake,
    IdForm.COUNTER: _counter,
    IdForm.SNAC: lambda _native: None,
}


def sighting_for(form: IdForm, native: str, created_ms: int, now_ms: int) -> Placing:
    """Where a status with this native id belongs.

    `created_ms` is the status's own date (0: known only by its id), `now_ms` the gateway's clock. An implied time
    before 2010 is no time (counters of old servers); one in the future is not believed either: both keep their native
    order and take their date, at most now. What is not written in the form at all is unordered.
    """
    read = READERS[form](native)
    date = min(max(created_ms, 1), now_ms) if created_ms else 0
    if read is None:
        return Placing(Order.UNORDERED, date, 0, "")
    ms, sub, sort = read
    if ms < EPOCH_MS:
        return Placing(Order.ORDERED, date, 0, sort)
    if ms > now_ms + SKEW_MS:
        return Placing(Order.ORDERED, now_ms, 0, sort)
    return Placing(Order.TIMED, ms, sub, sort)


# cursors ------------------------------------------------------------------------------------------------------------

FIRST: dict[IdForm, Callable[[int], int]] = {
    IdForm.SNOWFLAKE: lambda ms: ms << 16,
    IdForm.TAKAHE: lambda ms: (ms - TAKAHE_EPOCH_MS) << 22,
    IdForm.ULID: lambda ms: min(ms, (1 << 48) - 1) << 80,
    IdForm.FLAKE: lambda ms: ms << 64,
}
"""The smallest native id of a millisecond, as an integer."""


def _native(form: IdForm, value: int) -> str:
    if form is IdForm.ULID:
        return _text(value, ULID_CHARS, ULID_LENGTH)
    return _text(value, FLAKE_CHARS, 1) if form is IdForm.FLAKE else str(value)


def cursor_before(form: IdForm, ms: int) -> str | None:
    """An exclusive upper cursor (`max_id`) that includes everything up to the end of `ms`; None: the form has none."""
    first = FIRST.get(form)
    return None if first is None else _native(form, max(first(ms + 1), 1))


def cursor_after(form: IdForm, ms: int) -> str | None:
    """An exclusive lower cursor (`since_id`) that includes everything from `ms` on; None: no bound is possible."""
    first = FIRST.get(form)
    if first is None or first(ms) <= 1:
        return None
    return _native(form, first(ms) - 1)


# laying out ---------------------------------------------------------------------------------------------------------


def room(below: str, above: str) -> int:
    """Slots to keep between two sort texts: as many as there are counters between them, within reason, else one.

    Keeping a slot for every counter is what lets any status seen later still go between its neighbours.
    """
    if len(below) != len(above) or not (below.isdigit() and above.isdigit()):
        return 1
    return min(max(int(above) - int(below), 1), CLOSE)


def lay(wanted: Sequence[int], steps: Sequence[int], low: int, high: int) -> list[int] | None:
    """Ascending positions strictly between `low` and `high`, each as near its wanted one as the order allows.

    `steps[i]` is the least distance before item i, `steps[-1]` the one after the last. Without room for the steps
    the items are spread evenly; None when there are fewer free positions than items.
    """
    out, floor = [], low
    for want, step in zip(wanted, steps, strict=False):
        floor = max(want, floor + step)
        out.append(floor)
    ceiling = high
    for index in range(len(out) - 1, -1, -1):
        ceiling = min(out[index], ceiling - steps[index + 1])
        out[index] = ceiling
    if out[0] >= low + steps[0]:
        return out
    count, gap = len(out), high - low
    return [low + gap * (i + 1) // (count + 1) for i in range(count)] if gap > count else None
