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

from mappings.characters import clean_tree, encode, suspect, xml_text, xml_texts, xml_value
from mappings.fields import NESTED, UNSET, Field, element
from mappings.fragments import Format, Fragment, Hole

Nested = bytes | Fragment | Hole | None
"""What stands in a slot; None leaves the key out."""


class Template(ABC):
    """Renders one kind of object in one format.

    In XML the result is the content of the element without the element itself, in JSON a whole object.
    """

    def __init__(self, rows: Sequence[Field], format: Format) -> None:
        nested = [field for field in rows if _nested(field)]
        self._around = [_around(field, format) for field in nested]
        self.end = b"}" if format == "json" else b""
        self._consts = b""

    def render(self, values: Sequence[Any], nested: Sequence[Nested]) -> Fragment:
        """The object. `nested`: those of its fields, in their order."""
        pieces: list[bytes | Hole] = [self.own(values)]
        glue = self._consts
        for (before, after), item in zip(self._around, nested, strict=True):
            if item is None:
                continue
            pieces.append(glue + before)
            if isinstance(item, Fragment):
                pieces += item.pieces
            else:
                pieces.append(item)
            glue = after
        pieces.append(glue + self.end)
        return Fragment(tuple(pieces))

    @property
    def first(self) -> bytes:
        """What stands between the own values and the first nested one."""
        return self._consts + self._around[0][0]

    @abstractmethod
    def own(self, values: Sequence[Any]) -> bytes:
        """The computed values, without the constants behind them and the end of the object."""


def plain(fields: Sequence[Field]) -> tuple[str, ...]:
    """Names of the computed values, in wire order: what `render` is given."""
    return tuple([field.name for field in fields if not _nested(field) and field.const is UNSET])


def template(fields: Sequence[Field], whole: Sequence[Field], format: Format) -> Template:
    """The writer of a table. `render` is given the values of the fields `whole`, of which `fields` are some."""
    rows = _grouped(fields)
    return _Xml(rows, plain(whole)) if format == "xml" else _Json(rows, plain(whole))


Order = Callable[[Sequence[Any]], Sequence[Any]]


def _picked(names: Sequence[str], given: Sequence[str]) -> Order:
    """Takes `names` out of values that stand for `given`."""
    return tuple if names == given else itemgetter(*[given.index(name) for name in names])


class _Json(Template):
    """A struct with a member for every computed value; the constants are encoded once."""

    def __init__(self, rows: Sequence[Field], given: Sequence[str]) -> None:
        super().__init__(rows, "json")
        names = plain(rows)
        self._struct = msgspec.defstruct("Row", [(name, Any) for name in names], gc=False)
        self._order = _picked(names, given)
        consts = [pair(field.name, encode(field.const), "json") for field in rows if field.const is not UNSET]
        self._consts = b"".join([b"," + const for const in consts])

    def own(self, values: Sequence[Any]) -> bytes:
        """See `Template`. Texts are looked at once, encoded: what is forbidden or must be escaped is rare."""
        try:
            data = encode(self._struct(*self._order(values)))
        except UnicodeEncodeError:
            return encode(self._struct(*self._order(clean_tree(values))))[:-1]
        if suspect(data):
            data = encode(self._struct(*self._order(clean_tree(values))))
        return data[:-1]


class _Xml(Template):
    """A skeleton with a gap for every computed value. All texts are made XML in one go, side by side."""

    def __init__(self, rows: Sequence[Field], given: Sequence[str]) -> None:
        super().__init__(rows, "xml")
        own = [field for field in rows if not _nested(field)]
        fields = [field for field in own if field.const is UNSET]
        texts = [field.name for field in fields if field.type not in {*_WORDS, "int"} and not field.like]
        numbers = [field.name for field in fields if field.type == "int"]
        words = [field for field in fields if field.type in _WORDS]
        self._skeleton = b"".join([_element(field, b"%d" if field.type == "int" else b"%b") for field in fields])
        self._consts = b"".join([_element(field, xml_value(field.const)) for field in own if field.const is not UNSET])
        self._texts = _picked(texts, given)
        self._words = [(given.index(field.name), _WORDS[field.type]) for field in words]
        alike = [field for field in fields if field.like]
        self._alike = [(given.index(field.name), given.index(field.like), texts.index(field.like)) for field in alike]
        self._numbers = _picked(numbers, given)
        made = [*texts, *numbers, *[field.name for field in words], *[field.name for field in alike]]
        self._order = _picked([field.name for field in fields], made)

    def own(self, values: Sequence[Any]) -> bytes:
        """See `Template`."""
        texts = self._texts(values)
        row: list[Any] = xml_texts([text or "" for text in texts])
        row += self._numbers(values)
        row += [code(values[place]) for place, code in self._words]
        row += [
            row[like] if values[place] is values[other] else xml_text(values[place])
            for place, other, like in self._alike
        ]
        return self._skeleton % self._order(row)


def _around(field: Field, format: Format) -> tuple[bytes, bytes]:
    """What stands before and after a nested value. The reader's fields come as they are, without a key."""
    if field.hole == "contact":
        return (b"," if format == "json" else b""), b""
    before, after = pair(field.name, b"\0", format).split(b"\0")
    return (b"," + before if format == "json" else before), after


def _element(field: Field, content: bytes) -> bytes:
    return pair(field.name, content, "xml")


def join(items: Iterable[bytes | Fragment | Hole]) -> Fragment:
    """One fragment of many pieces."""
    pieces: list[bytes | Hole] = []
    for item in items:
        pieces += item.pieces if isinstance(item, Fragment) else (item,)
    return Fragment(tuple(pieces))


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


def _word(value: bool) -> bytes:
    return b"true" if value else b"false"


def _point(value: dict[str, Any] | None) -> bytes:
    return b"%r %r" % tuple(value["coordinates"]) if value else b""


_WORDS: dict[str, Callable[[Any], bytes]] = {
    "bool": _word,
    "int?": xml_value,
    "geo": _point,
}
"""Types that are no texts, and how XML writes them."""
