"""A table of fields compiled to bytes: one format operation and one split for an object, whatever its size.

`mappings.fields` tells what; here is how. lxml is the oracle in the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from mappings.characters import clean_tree, encode, json_value, suspect, xml_text, xml_value
from mappings.fields import NESTED, UNSET, Field, element
from mappings.fragments import Format, Fragment, Hole

Nested = bytes | Fragment | Hole | None
"""What stands in a slot; None leaves the key out."""

_CUT = b"\0"
"""Marks a hole while bytes are put together. No encoded value can hold it."""


class Slot(NamedTuple):
    """A place for nested bytes: what comes before and after them when there are any."""

    name: str
    open: bytes
    close: bytes
    gap: bytes


class Template:
    """Renders one kind of object in one format. `values` names the computed values, `slots` the nested ones, in order.

    In XML the result is the content of the element without the element itself, in JSON a whole object.
    """

    def __init__(
        self, fields: Sequence[Field], values: tuple[str, ...], format: Format, trusted: tuple[str, ...] = ()
    ) -> None:
        """`trusted` values hold no forbidden character that another value does not hold too."""
        rows = _grouped(fields)
        plain = [field for field in rows if not _nested(field) and field.const is UNSET]
        types = {field.source: field.type for field in reversed(plain)}
        texts = [values.index(name) for name, type in types.items() if type.startswith("text") and name not in trusted]
        self.slots = tuple([_slot(field, format) for field in rows if _nested(field)])
        self._row = self._json_row if format == "json" else self._xml_row
        self._skeleton = _skeleton(rows, format)
        names = [*values, *[slot.name for slot in self.slots]]
        cells = [names.index(_cell_name(field)) for field in rows if field.const is UNSET]
        self._order = itemgetter(*cells)
        self._texts = itemgetter(*texts)
        self._encoders = [_XML[types[name]] if name in types else _unused for name in values]

    def render(self, values: Sequence[Any], nested: Sequence[Nested]) -> Fragment:
        """The object. `nested` fits `slots`."""
        holes: list[Hole] = []
        row = self._row(values)
        for (_, open_, close, gap), item in zip(self.slots, nested, strict=True):
            if item is None:
                row.append(b"")
            elif isinstance(item, bytes):
                row.append(open_ + item + close)
            elif isinstance(item, Hole):
                holes.append(item)
                row.append(gap)
            else:
                inside, gaps = item
                holes += gaps
                row.append(open_ + _CUT.join(inside) + close)
        rest: bytes = self._skeleton % self._order(row)
        parts = []
        for _ in holes:  # many times faster than bytes.split
            part, _, rest = rest.partition(_CUT)
            parts.append(part)
        return Fragment((*parts, rest), tuple(holes))

    def _xml_row(self, values: Sequence[Any]) -> list[bytes]:
        return [code(value) for code, value in zip(self._encoders, values, strict=True)]

    def _json_row(self, values: Sequence[Any]) -> list[bytes]:
        try:
            row = [*map(encode, values)]
        except UnicodeEncodeError:
            return self._json_row(clean_tree(values))
        if suspect(b"".join(self._texts(row))):
            return [*map(encode, clean_tree(values))]
        return row


def _cell_name(field: Field) -> str:
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


def _slot(field: Field, format: Format) -> Slot:
    before, after = b"", b""
    if format == "json":
        before = b"," if field.hole == "contact" else b',"%b":' % field.name.encode()
    elif field.hole != "contact":
        tag = element(field.name).encode()
        before, after = b"<%b>" % tag, b"</%b>" % tag
    return Slot(field.name, before, after, before + _CUT + after)


def _skeleton(rows: Sequence[Field], format: Format) -> bytes:
    """Slots bring their own keys, because they may be empty."""
    cells = b"".join([b"%b" if _nested(field) else _cell(field, format) for field in rows])
    return b"{" + cells.removeprefix(b",") + b"}" if format == "json" else cells


def _cell(field: Field, format: Format) -> bytes:
    if field.const is not UNSET:
        data = xml_value(field.const) if format == "xml" else json_value(field.const)
    else:
        data = b'"%b"' if field.type == "digits" and format == "json" else b"%b"
    return (b"," if format == "json" else b"") + pair(field.name, data, format)


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
