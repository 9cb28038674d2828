"""A table of fields compiled to a writer of bytes: a few operations in C for an object, whatever its size.

`mappings.fields` tells what; here is how. XML is one format operation on a skeleton, JSON one encoding of a struct; a
hole is a NUL byte until the end, because no encoded value can hold one. lxml is the oracle in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from mappings.characters import clean_tree, encode, suspect, xml_text, xml_value
from mappings.fields import NESTED, UNSET, Field, element
from mappings.fragments import Format, Fragment, Hole

Nested = bytes | Fragment | Hole | None
"""What stands in a slot; None leaves the key out."""

_CUT = b"\0"
_GAP = msgspec.Raw(_CUT)
_CONTACT = b'"contact":'
"""The reader's fields come as they are, without a key around them."""


class Template:
    """Renders one kind of object in one format. `values` names the computed values, `slots` the nested ones, in order.

    In XML the result is the content of the element without the element itself, in JSON a whole object.
    """

    def __init__(self, rows: Sequence[Field]) -> None:
        self.slots = tuple([field.name for field in rows if _nested(field)])

    def render(self, values: Sequence[Any], nested: Sequence[Nested]) -> Fragment:
        """The object. `nested` fits `slots`."""
        holes: list[Hole] = []
        rest = self._bytes(values, self._cells(nested, holes))
        parts = []
        for _ in holes:  # many times faster than bytes.split
            part, _, rest = rest.partition(_CUT)
            parts.append(part)
        return Fragment((*parts, rest), tuple(holes))

    def _cells(self, nested: Sequence[Nested], holes: list[Hole]) -> list[Any]:
        raise NotImplementedError

    def _bytes(self, values: Sequence[Any], cells: Sequence[Any]) -> bytes:
        raise NotImplementedError


def template(
    fields: Sequence[Field], values: tuple[str, ...], format: Format, trusted: tuple[str, ...] = ()
) -> Template:
    """The writer of a table. `trusted` values hold no forbidden character that another value does not hold too."""
    rows = _grouped(fields)
    return _Xml(rows, values) if format == "xml" else _Json(rows, values, trusted)


class _Json(Template):
    """The struct has a member for every row; what is nested is raw bytes, what is absent is unset."""

    def __init__(self, rows: Sequence[Field], values: tuple[str, ...], trusted: tuple[str, ...]) -> None:
        super().__init__(rows)
        plain = [field for field in rows if not _nested(field) and field.const is UNSET]
        digits = [field for field in plain if field.type == "digits"]
        texts = {field.source for field in plain if field.type.startswith("text")} - {*trusted}
        self._struct = msgspec.defstruct("Row", [(field.name, Any, None) for field in rows], gc=False)
        self._texts = itemgetter(*[values.index(name) for name in values if name in texts])
        self._digits = [values.index(field.source) for field in digits]
        self._consts = [field.const for field in rows if field.const is not UNSET]
        names = [*values, *self.slots, *[f"digits {f.name}" for f in digits]]
        names += [f"const {field.name}" for field in rows if field.const is not UNSET]
        self._order = itemgetter(*[names.index(_place(field)) for field in rows])
        self._keyless = "contact" in self.slots

    def _cells(self, nested: Sequence[Nested], holes: list[Hole]) -> list[Any]:
        cells: list[Any] = []
        for item in nested:
            if item is None:
                cells.append(msgspec.UNSET)
            elif isinstance(item, bytes):
                cells.append(msgspec.Raw(item))
            elif isinstance(item, Hole):
                holes.append(item)
                cells.append(_GAP)
            else:
                holes += item[1]
                cells.append(msgspec.Raw(_CUT.join(item[0])))
        return cells

    def _bytes(self, values: Sequence[Any], cells: Sequence[Any]) -> bytes:
        try:
            if suspect(encode(self._texts(values))):
                values = clean_tree(values)
            row = [*values, *cells, *[str(values[place]) for place in self._digits], *self._consts]
            data = encode(self._struct(*self._order(row)))
        except UnicodeEncodeError:
            return self._bytes(clean_tree(values), cells)
        return data.replace(_CONTACT, b"", 1) if self._keyless else data


def _place(field: Field) -> str:
    if _nested(field):
        return field.name
    if field.const is not UNSET:
        return f"const {field.name}"
    return f"digits {field.name}" if field.type == "digits" else field.source


class _Xml(Template):
    """A skeleton with a gap for every value. Slots bring their own tags, because they may be empty."""

    def __init__(self, rows: Sequence[Field], values: tuple[str, ...]) -> None:
        super().__init__(rows)
        plain = [field for field in rows if not _nested(field) and field.const is UNSET]
        types = {field.source: field.type for field in reversed(plain)}
        names = [*values, *self.slots]
        self._tags = [_tags(field) for field in rows if _nested(field)]
        self._skeleton = b"".join([b"%b" if _nested(field) else _element(field) for field in rows])
        self._order = itemgetter(*[names.index(_source(field)) for field in rows if field.const is UNSET])
        self._encoders = [_XML[types[name]] if name in types else _unused for name in values]

    def _cells(self, nested: Sequence[Nested], holes: list[Hole]) -> list[Any]:
        cells: list[bytes] = []
        for (before, after, gap), item in zip(self._tags, nested, strict=True):
            if item is None:
                cells.append(b"")
            elif isinstance(item, bytes):
                cells.append(before + item + after)
            elif isinstance(item, Hole):
                holes.append(item)
                cells.append(gap)
            else:
                holes += item[1]
                cells.append(before + _CUT.join(item[0]) + after)
        return cells

    def _bytes(self, values: Sequence[Any], cells: Sequence[Any]) -> bytes:
        row = [code(value) for code, value in zip(self._encoders, values, strict=True)]
        data: bytes = self._skeleton % self._order([*row, *cells])
        return data


class _Tags(NamedTuple):
    before: bytes
    after: bytes
    gap: bytes


def _tags(field: Field) -> _Tags:
    if field.hole == "contact":
        return _Tags(b"", b"", _CUT)
    before, after = pair(field.name, _CUT, "xml").split(_CUT)
    return _Tags(before, after, before + _CUT + after)


def _element(field: Field) -> bytes:
    return pair(field.name, b"%b" if field.const is UNSET else xml_value(field.const), "xml")


def _source(field: Field) -> str:
    return field.name if _nested(field) else field.source


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
