"""The document an entry is kept as: everything a status needs, in one canonical form.

Equal statuses are written to equal bytes, and equal bytes read to equal statuses.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import Any

import msgspec

from mappings import hub
from mappings.activitypub_terms import DEPTH, Unreadable
from mappings.activitypub_text import LARGEST
from mappings.characters import clean

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(hub.Status)
_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def written(status: hub.Status) -> bytes:
    """The canonical bytes: fields in their order without those at their defaults."""
    return _ENCODER.encode(_plain(status, DEPTH))


def read(raw: bytes) -> hub.Status:
    """The status in bytes that `written` gave. Raises Unreadable."""
    try:
        return _DECODER.decode(raw)
    except _BROKEN as error:
        raise Unreadable("These are not the bytes of a status.") from error


def entry(status: hub.Status) -> hub.Entry:
    """The status as an entry."""
    return hub.Entry(raw=written(status), read=read, known=status)


@lru_cache
def _fields(kind: type[hub.Struct]) -> tuple[tuple[str, Any], ...]:
    """(name, default) of each field, in their order."""
    return tuple((field.name, field.default) for field in msgspec.structs.fields(kind))


def _plain(value: Any, depth: int) -> Any:
    """Builtin types without fields at their defaults, texts without forbidden characters, numbers of one form."""
    if isinstance(value, hub.Place):
        return {"lat": _scalar(float(value.lat)), "long": _scalar(float(value.long))}
    if isinstance(value, hub.Struct) and depth:
        pairs = ((name, default, getattr(value, name)) for name, default in _fields(type(value)))
        return {name: _plain(inner, depth - 1) for name, default, inner in pairs if inner != default}
    if isinstance(value, tuple):
        return [_plain(item, depth - 1) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if isinstance(value, str):
        return clean(str(value))
    if isinstance(value, float):
        return value + 0.0 if isfinite(value) else 0.0
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-LARGEST, min(value, LARGEST))
    return value if isinstance(value, bool) else None
