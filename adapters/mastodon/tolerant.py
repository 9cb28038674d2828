"""The second try at an entity that is not quite right: keep what has the right type, drop the rest.

Only reached after the typed decoder refused, so it may be slow. Required fields still have to be there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from adapters.errors import BadAnswer

DEPTH = 40
WRONG: Any = object()


def untyped(raw: bytes) -> Any:
    """Any JSON, also with a byte order mark, bad UTF-8, lone surrogates or NaN. Raises BadAnswer."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        loose = json.loads(raw.decode("utf-8-sig", "replace"), parse_constant=lambda _name: None)
        return msgspec.json.decode(json.dumps(loose, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise BadAnswer("The server answered half a JSON or none.") from error


def decode(raw: bytes, kind: Any) -> Any:
    """`raw` as `kind` (a struct, or a list of something) without the nulls, else with everything wrong left out.

    Raises BadAnswer when nothing useful is left.
    """
    value = untyped(raw)
    try:
        return msgspec.convert(without_nulls(value, DEPTH), kind, strict=False)
    except (msgspec.ValidationError, RecursionError):
        found = fitting(value, kind, DEPTH)
    if found is WRONG:
        raise BadAnswer("The server sent something that is not what was asked for.")
    return found


def without_nulls(value: Any, depth: int) -> Any:
    """The same without null fields and items."""
    if isinstance(value, dict):
        return {name: without_nulls(inner, depth - 1) for name, inner in value.items() if inner is not None and depth}
    if isinstance(value, list):
        return [without_nulls(inner, depth - 1) for inner in value if inner is not None and depth]
    return value


def fitting(value: Any, kind: Any, depth: int) -> Any:
    """`value` as `kind`, or WRONG."""
    origin, inner = get_origin(kind), get_args(kind)
    if depth == 0:
        found = WRONG
    elif origin in {Union, UnionType}:
        tries = (fitting(value, option, depth - 1) for option in inner)
        found = next((fit for fit in tries if fit is not WRONG), WRONG)
    elif origin in {list, tuple}:
        found = items(value, inner[0], depth, origin)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        found = struct(value, kind, depth)
    else:
        found = plain(value, kind)
    return found


def plain(value: Any, kind: Any) -> Any:
    """A text, number or flag; an id sent as a number becomes a text."""
    if kind is msgspec.Raw:
        return msgspec.Raw(msgspec.json.encode(value))
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return str(value) if kind is str and type(value) in {int, float} else WRONG


def items(value: Any, kind: Any, depth: int, collect: Callable[[list[Any]], Any]) -> Any:
    """The items of a list that fit."""
    if not isinstance(value, list):
        return WRONG
    return collect([found for item in value if (found := fitting(item, kind, depth - 1)) is not WRONG])


@lru_cache
def fields_of(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, name on the wire, type) of each field."""
    hints = get_type_hints(kind)
    return tuple((field.name, field.encode_name, hints[field.name]) for field in msgspec.structs.fields(kind))


def struct(value: Any, kind: type[msgspec.Struct], depth: int) -> Any:
    """A struct from the fields that fit; WRONG when a required one does not."""
    if not isinstance(value, dict):
        return WRONG
    found = {
        name: fit
        for name, wire_name, hint in fields_of(kind)
        if wire_name in value and (fit := fitting(value[wire_name], hint, depth - 1)) is not WRONG
    }
    try:
        return kind(**found)
    except TypeError:
        return WRONG
