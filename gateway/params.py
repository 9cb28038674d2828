"""From what a client sent to typed parameters (types: `gateway.calls.Type`; rules: reference/clients.md section 6.4).

The body goes before the query, the name of the table before its aliases, the last of several before the others, and
what is empty was not sent, unless the parameter is `clearable`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.ask import UNKNOWN, Upload
from gateway.bodies import DOCUMENT, Body, Fields, from_base64
from gateway.calls import Call, Param, Type
from gateway.errors import ApiError

MAX_CHARS = 200_000
"""Longest text without a cap of its own; servers of the time gave it as `textlimit`."""
MAX_ITEMS, MAX_ITEM_CHARS = 1000, 320
MAX_NUMBER = 2**31 - 1
MAX_ID_DIGITS, TOO_LARGE = 19, 2**63
MAX_FILES = 20
ID_DIGITS, PERSON_DIGITS = 16, 10
"""Of our ids below 2^53, and of people's and groups', which are below 2^31."""

TRUE = frozenset({b"true", b"1", b"t", b"yes", b"on"})
FALSE = frozenset({b"false", b"0", b"f", b"no", b"off"})
UNSET = frozenset({"None"})
"""What scripts of the time wrote into a list that was not set."""
_LIST_EDGES = " \t\r\n[]'\""
"""Some sent a whole list as Python prints it."""

_CONTROLS = dict.fromkeys([*range(32), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF])
for _kept in "\t\n\r":
    del _CONTROLS[ord(_kept)]

_FILE_TYPES = frozenset({Type.FILES})


def read(call: Call, query: Fields, body: Body, tail: str = "") -> dict[str, Any]:
    """All parameters of `call` by name; what was not sent has its default. Raises ApiError 400."""
    params: dict[str, Any] = {param.name: param.default for param in call.params}
    sent = {*query, *body.fields, *body.files}
    if sent:
        first, second = _order(call, query, body)
        for param in call.params:
            if param.name not in sent and not (param.aliases and sent.intersection(param.aliases)):
                continue
            value = _files(param, query, body) if param.type in _FILE_TYPES else _value(param, first, second)
            if value is not None:
                params[param.name] = value
    if tail:
        names = call.tail.split("/")
        for name, text in zip(names, tail.split("/", len(names) - 1), strict=False):
            params[name] = _tail(call, name, text)
    return params


def _order(call: Call, query: Fields, body: Body) -> tuple[Fields, Fields]:
    """The body goes first. Where a JSON body is itself one of the parameters, what is inside stands in for what the
    query leaves out."""
    if body.document and any(param.name == DOCUMENT for param in call.params):
        return query, body.fields
    return body.fields, query


def clean(raw: bytes, name: str, cap: int = 0) -> str:
    """Text without control characters. Raises ApiError 400 for what is not UTF-8 and for more than `cap` characters."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ApiError(400, f"Invalid UTF-8 in {name}.") from None
    text = text.translate(_CONTROLS)
    most = cap or MAX_CHARS
    if len(text) > most:
        raise ApiError(400, f"{name} is too long: at most {most} characters.")
    return text


def whole_number(text: str, digits: int = ID_DIGITS) -> int | None:
    """A number that stands in a text, as ids do in lists; None for anything else and for more `digits`."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def _tail(call: Call, name: str, tail: str) -> Any:
    for param in call.params:
        if param.name == name:
            return _READERS[param.type](param, [tail.encode("utf-8", "replace")])
    if "�" in tail:
        raise ApiError(400, "Invalid UTF-8 in the path.")
    return clean(tail.encode("utf-8", "replace"), "path", MAX_ITEM_CHARS) or None


def _sent(param: Param, *sources: Mapping[str, list[Any]]) -> list[Any]:
    for source in sources:
        for name in (param.name, *param.aliases):
            if name in source and (values := [value for value in source[name] if value]):
                return values
    return []


def _value(param: Param, first: Fields, second: Fields) -> Any:
    for source in (first, second):
        values = _sent(param, source)
        if values and (value := _READERS[param.type](param, values)) is not None:
            return value
    return "" if param.clearable and _is_named(param, first, second) else None


def _is_named(param: Param, *sources: Mapping[str, list[Any]]) -> bool:
    return any(name in source for source in sources for name in (param.name, *param.aliases))


def _files(param: Param, query: Fields, body: Body) -> tuple[Upload, ...] | None:
    files: list[Upload] = _sent(param, body.files)
    texts = _sent(param, body.fields, query)
    if len(files) + len(texts) > MAX_FILES:
        raise ApiError(400, f"Too many files: at most {MAX_FILES}.")
    return (*files, *(Upload(data=_bytes_of(raw)) for raw in texts)) or None


def _bytes_of(raw: bytes) -> bytes:
    """Base64 text is decoded; anything else is the file itself, from a part without a file name."""
    decoded = from_base64(raw)
    return raw if decoded is None else decoded


def _text(param: Param, values: Sequence[bytes]) -> str | None:
    return clean(values[-1], param.name, param.cap) or None


def _count(param: Param, values: Sequence[bytes]) -> int | None:
    digits = values[-1].strip()
    if not digits.isdigit() or not digits.strip(b"0"):
        return None
    number = int(digits) if len(digits) <= MAX_ID_DIGITS else MAX_NUMBER
    return min(number, param.cap or MAX_NUMBER)


def _id(_: Param, values: Sequence[bytes]) -> int | None:
    digits = values[-1].strip()
    if digits in {b"", b"-1"}:
        return None
    if not digits.isdigit() or len(digits.lstrip(b"0")) > MAX_ID_DIGITS:
        return UNKNOWN
    number = int(digits.lstrip(b"0") or b"0")
    if number >= TOO_LARGE:
        return UNKNOWN
    return number or None


def _flag(_: Param, values: Sequence[bytes]) -> bool | None:
    word = values[-1].strip().lower()
    if word in TRUE:
        return True
    return False if word in FALSE else None


def _list(param: Param, values: Sequence[bytes]) -> tuple[str, ...] | None:
    if sum(value.count(b",") + 1 for value in values) > MAX_ITEMS:
        raise ApiError(400, f"{param.name} is too long: at most {MAX_ITEMS} items.")
    found = [item.strip(_LIST_EDGES) for value in values for item in clean(value, param.name).split(",")]
    if any(len(item) > MAX_ITEM_CHARS for item in found):
        raise ApiError(400, f"An item of {param.name} is too long: at most {MAX_ITEM_CHARS} characters.")
    return tuple(item for item in found if item and item not in UNSET) or None


def _number(_: Param, values: Sequence[bytes]) -> float | None:
    try:
        number = float(values[-1])
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_READERS: dict[Type, Callable[[Param, Sequence[bytes]], Any]] = {
    Type.TEXT: _text,
    Type.COUNT: _count,
    Type.ID: _id,
    Type.FLAG: _flag,
    Type.LIST: _list,
    Type.NUMBER: _number,
}
