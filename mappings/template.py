"""A table of fields compiled to a writer of bytes: a few operations in C for an object, whatever its size.

`mappings.fields` tells what; here is how. First come the computed values and the constants (JSON: one encoding of a
struct; XML: one format operation on a skeleton), then what is nested, as it is: nothing is encoded or copied twice, and
holes need no looking for. lxml is the oracle in the tests.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from mappings.characters import clean_tree, encode, suspect, xml_text, xml_value
from mappings.fields import NESTED, UNSET, Field, element
from mappings.fragments import Format, Fragment, Hole

Nested = bytes | Fragment | Hole | None
"""What stands in a slot; None leaves the key out."""

NOTHING = Fragment((b"",), ())


class Template(ABC):
    """Renders one kind of object in one format. `slots` names the nested values, in order.

    In XML the result is the content of the element without the element itself, in JSON a whole object.
    Nested values that stand `ahead` of the others are put together apart, because many objects have the same.
    """

    def __init__(self, rows: Sequence[Field], format: Format, ahead: Sequence[str]) -> None:
        nested = [field for field in rows if _nested(field) and field.name not in ahead]
        self.slots = tuple([field.name for field in nested])
        self._around = [_around(field, format) for field in nested]
        self._around_ahead = [_around(field, format) for field in rows if field.name in ahead]
        self._end = b"}" if format == "json" else b""

    def ahead(self, nested: Sequence[Nested]) -> Fragment:
        """The values that stand ahead, for any number of objects."""
        pairs = zip(self._around_ahead, nested, strict=True)
        return join([part for (before, after), item in pairs if item is not None for part in (before, item, after)])

    def render(self, values: Sequence[Any], nested: Sequence[Nested], ahead: Fragment = NOTHING) -> Fragment:
        """The object. `nested` fits `slots`; `ahead` was made by the method of that name."""
        parts, holes, at = list[bytes](), [*ahead.holes], [*self.own(values), ahead.parts[0]]
        if holes:
            parts = [b"".join(at), *ahead.parts[1:-1]]
            at = [ahead.parts[-1]]
        for (before, after), item in zip(self._around, nested, strict=True):
            if item is None:
                continue
            if isinstance(item, bytes):
                at += (before, item, after)
            elif isinstance(item, Hole):
                parts.append(b"".join([*at, before]))
                holes.append(item)
                at = [after]
            elif not item.holes:
                at += (before, item.parts[0], after)
            else:
                inside, its = item
                parts.append(b"".join([*at, before, inside[0]]))
                parts += inside[1:-1]
                holes += its
                at = [inside[-1], after]
        parts.append(b"".join([*at, self._end]))
        return Fragment(tuple(parts), tuple(holes))

    @abstractmethod
    def own(self, values: Sequence[Any]) -> tuple[bytes, bytes]:
        """Computed values and constants, without the end of the object."""


def template(fields: Sequence[Field], values: tuple[str, ...], format: Format, ahead: Sequence[str] = ()) -> Template:
    """The writer of a table; `values` names what `render` is given, `ahead` the first nested values."""
    rows = _grouped(fields)
    return _Xml(rows, values, ahead) if format == "xml" else _Json(rows, values, ahead)


class _Json(Template):
    """A struct with a member for every computed value; the constants are encoded once."""

    def __init__(self, rows: Sequence[Field], values: tuple[str, ...], ahead: Sequence[str]) -> None:
        super().__init__(rows, "json", ahead)
        plain = [field for field in rows if not _nested(field) and field.const is UNSET]
        digits = [field for field in plain if field.type == "digits"]
        names = [*values, *[f"digits {field.name}" for field in digits]]
        self._struct = msgspec.defstruct("Row", [(field.name, Any) for field in plain], gc=False)
        self._digits = [values.index(field.source) for field in digits]
        self._order = itemgetter(*[names.index(_place(field)) for field in plain])
        consts = [pair(field.name, encode(field.const), "json") for field in rows if field.const is not UNSET]
        self._consts = b"".join([b"," + const for const in consts])

    def own(self, values: Sequence[Any]) -> tuple[bytes, bytes]:
        """See `Template`. Texts are looked at once, encoded: what is forbidden or must be escaped is rare."""
        try:
            data = self._encoded(values)
        except UnicodeEncodeError:
            data = self._encoded(clean_tree(values))
        else:
            if suspect(data):
                data = self._encoded(clean_tree(values))
        return data[:-1], self._consts

    def _encoded(self, values: Sequence[Any]) -> bytes:
        row = [*values, *[str(values[place]) for place in self._digits]]
        return encode(self._struct(*self._order(row)))


def _place(field: Field) -> str:
    return f"digits {field.name}" if field.type == "digits" else field.source


class _Xml(Template):
    """A skeleton with a gap for every computed value."""

    def __init__(self, rows: Sequence[Field], values: tuple[str, ...], ahead: Sequence[str]) -> None:
        super().__init__(rows, "xml", ahead)
        own = [field for field in rows if not _nested(field)]
        plain = [field for field in own if field.const is UNSET]
        types = {field.source: field.type for field in reversed(plain)}
        consts = [field for field in own if field.const is not UNSET]
        self._skeleton = b"".join([_element(field) for field in plain])
        self._consts = b"".join([_element(field) for field in consts])
        self._order = itemgetter(*[values.index(field.source) for field in plain])
        self._alike = [(values.index(field.source), values.index(field.like)) for field in plain if field.like]
        late = [field.source for field in plain if field.like]
        self._encoders = [_XML[types[name]] if name in types and name not in late else _unused for name in values]

    def own(self, values: Sequence[Any]) -> tuple[bytes, bytes]:
        """See `Template`."""
        row = [code(value) for code, value in zip(self._encoders, values, strict=True)]
        for place, other in self._alike:
            row[place] = row[other] if values[place] is values[other] else xml_text(values[place])
        return self._skeleton % self._order(row), self._consts


def _around(field: Field, format: Format) -> tuple[bytes, bytes]:
    """What stands before and after a nested value. The reader's fields come as they are, without a key."""
    if field.hole == "contact":
        return (b"," if format == "json" else b""), b""
    before, after = pair(field.name, b"\0", format).split(b"\0")
    return (b"," + before if format == "json" else before), after


def _element(field: Field) -> bytes:
    return pair(field.name, b"%b" if field.const is UNSET else xml_value(field.const), "xml")


def join(items: Iterable[bytes | Fragment | Hole]) -> Fragment:
    """One fragment of many pieces."""
    parts: list[bytes] = []
    holes: list[Hole] = []
    at: list[bytes] = []
    for item in items:
        if isinstance(item, bytes):
            at.append(item)
        elif isinstance(item, Hole):
            parts.append(b"".join(at))
            holes.append(item)
            at = []
        elif item.holes:
            parts += (b"".join(at) + item.parts[0], *item.parts[1:-1])
            holes += item.holes
            at = [item.parts[-1]]
        else:
            at.append(item.parts[0])
    return Fragment((*parts, b"".join(at)), tuple(holes))


def _nested(field: Field) -> bool:
    return field.type in NESTED or field.hole != "" or field.optional


def _grouped(fields: Sequence[Field]) -> list[Field]:
    """The reader's fields as one."""
    rows: list[Field] = []
    for field in fields:
        if field.hole != "contact":
            rows.append(field)
        elif not rows or rows[-1].hole != "contact":
            rows.append(field._replace(name="contact"))
    return rows


def pair(name: str, data: bytes, format: Format) -> bytes:
    """A key with its encoded value, as one member of an object or element."""
    if format == "json":
        return b'"%b":%b' % (name.encode(), data)
    tag = element(name).encode()
    return b"<%b>%b</%b>" % (tag, data, tag)


def _unused(value: object) -> bytes:  # noqa: ARG001
    return b""


def _word(value: bool) -> bytes:
    return b"true" if value else b"false"


def _number(value: int) -> bytes:
    return b"%d" % value


def _point(value: dict[str, Any] | None) -> bytes:
    return b"%r %r" % tuple(value["coordinates"]) if value else b""


_XML: dict[str, Callable[[Any], bytes]] = {
    "text": xml_text,
    "date": xml_text,
    "int": _number,
    "digits": _number,
    "bool": _word,
    "int?": xml_value,
    "digits?": xml_value,
    "text?": xml_value,
    "geo": _point,
}
