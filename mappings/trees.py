"""Small replies as trees of dict, list and scalars, and the documents around rendered fragments.

XML: reference/wire-statuses-users.md section 4, with the declared encoding and final line feed of DESIGN section 9.
Lists inside objects keep their items, one element each.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from mappings.characters import json_value, xml_attribute, xml_value
from mappings.fields import ACTIVITIES, element

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

NAMESPACES = (
    b' xmlns="http://api.twitter.com" xmlns:statusnet="http://status.net/schema/api/1/"'
    b' xmlns:friendica="http://friendi.ca/schema/api/1/" xmlns:georss="http://www.georss.org/georss"'
)

BARE_ROOTS = frozenset(
    {"ok", "hash", "config", "version", "ids", "notes", "photos", "result", "friends", "relationship", "oembed"}
)
"""Documents without any namespace (section 4.1 rule 2)."""

ITEMS = {
    "attachments": "attachment",
    "connections": "connection",
    "coordinates": "coordinate",
    "errors": "error",
    "events": "event",
    "hashtags": "hashtag",
    "ids": "id",
    "indices": "index",
    "custom_fields": "custom_field",
    "lists": "list",
    "media": "creative",
    "notif": "note",
    "profiles": "profile",
    "symbols": "symbol",
    "places": "place",
    "locations": "location",
    "trend_location": "location",
    "trends": "trend",
    "sizes": "size",
    "non_username_paths": "non_username_path",
    "urls": "url",
    "user": "user",
    "user_mentions": "user_mention",
    "users": "user",
    "statuses": "status",
    "search_results": "direct_message",
    "suggestions": "category",
    "wrong_users": "cid",
    "links": "link",
    "friendica_comments": "comment",
    **dict.fromkeys((f"friendica_{verb}" for verb in ACTIVITIES), "user"),
}
"""What the items of a list are called; Twitter's own words where there were any."""


class Typed(NamedTuple):
    """A scalar whose element carries `type="..."`, as the children of `hash` do."""

    value: Any
    type: str


class Cursors(NamedTuple):
    """Next and previous cursor of an envelope, 0 for none, and how many items the whole list has."""

    after: int = 0
    before: int = 0
    total: int = 0


class Element(NamedTuple):
    """XML only: a value whose element carries attributes (the notes and photos of wire-friendica.md sections 7, 8)."""

    attributes: dict[str, Any]
    content: Any = None


def json_bytes(tree: Any) -> bytes:
    """The tree as JSON, UTF-8. `msgspec.Raw` stands for finished JSON."""
    return json_value(tree)


def xml_bytes(root: str, tree: Any, item: str | None = None, namespaces: bool = True) -> bytes:
    """The tree as an XML document. A list becomes repeated `item` elements; the roots of BARE_ROOTS are bare.

    Children of `hash` carry a type and dashes where `Typed` or a number, boolean says so (section 4.4).
    """
    if root == "hash" and isinstance(tree, dict):
        tree = {name: value if isinstance(value, Typed) else _typed(value) for name, value in tree.items()}
    return xml_document(root, xml_content(tree, item or ITEMS.get(root, "item")), namespaces, _attributes(tree))


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return Typed(value, "boolean")
    return Typed(value, "integer") if isinstance(value, int) else value


def xml_document(root: str, content: bytes, namespaces: bool = True, attributes: bytes = b"") -> bytes:
    """A whole document around finished content; `attributes` stand at its root."""
    head = root.encode()
    spaces = NAMESPACES if namespaces and root not in BARE_ROOTS else b""
    return DECLARATION + _wrap(head, spaces + attributes, content) + b"\n"


def xml_content(tree: Any, item: str = "item") -> bytes:
    """The inside of the element of `tree`. The items of a list are called `item`; `msgspec.Raw` is finished XML."""
    if isinstance(tree, dict):
        return b"".join([_element(name, value) for name, value in tree.items()])
    if isinstance(tree, Typed):
        tree = tree.value
    if isinstance(tree, Element):
        tree = tree.content
    if isinstance(tree, msgspec.Raw):
        return bytes(tree)
    if isinstance(tree, (list, tuple)):
        inside, tag = ITEMS.get(item, "item"), item.encode()
        return b"".join([_wrap(tag, _attributes(value), xml_content(value, inside)) for value in tree])
    return xml_value(tree)


def _attributes(value: Any) -> bytes:
    if isinstance(value, Typed):
        return b' type="%b"' % xml_attribute(value.type)
    if isinstance(value, Element):
        pairs = value.attributes.items()
        return b"".join([b' %b="%b"' % (name.encode(), _attribute(inner)) for name, inner in pairs])
    return b""


def _attribute(value: Any) -> bytes:
    return xml_attribute(value) if isinstance(value, str) else xml_value(value)


def _element(name: str, value: Any) -> bytes:
    """`geo` is written as a GeoRSS point, latitude first (section 4.1 rule 8)."""
    tag, item = _names(name)
    if name == "geo":
        point = value["coordinates"] if value else []
        return _wrap(tag, b"", b" ".join([repr(degree).encode() for degree in point]))
    return _wrap(tag, _attributes(value), xml_content(value, item))


@lru_cache(1024)
def _names(name: str) -> tuple[bytes, str]:
    """The tag of a key, and what the items of its list are called."""
    return element(name).encode(), ITEMS.get(name, "item")


def _wrap(tag: bytes, attributes: bytes, content: bytes) -> bytes:
    return b"<%b%b>%b</%b>" % (tag, attributes, content, tag) if content else b"<%b%b/>" % (tag, attributes)


def json_woven(items: Iterable[list[bytes]]) -> bytes:
    """A JSON array of finished values, each in pieces."""
    woven: list[bytes] = []
    for item in items:
        woven.append(b"," if woven else b"[")
        woven += item
    woven.append(b"]" if woven else b"[]")
    return b"".join(woven)


def xml_woven(root: str, item: str, items: Iterable[list[bytes]]) -> bytes:
    """A document of many objects, each in pieces."""
    before, after = b"<%b>" % item.encode(), b"</%b>" % item.encode()
    head, tail = xml_document(root, b"\0").split(b"\0")  # copying a page costs as much as looking it up
    woven = [head]
    for pieces in items:
        woven.append(before)
        woven += pieces
        woven.append(after)
    if len(woven) == 1:
        return xml_document(root, b"")
    woven.append(tail)
    return b"".join(woven)


def json_list(fragments: Iterable[bytes]) -> bytes:
    """A JSON array of finished values."""
    return b"[" + b",".join(fragments) + b"]"


def xml_items(item: str, fragments: Iterable[bytes]) -> bytes:
    """Elements called `item` around finished contents."""
    tag = item.encode()
    return b"".join([b"<%b>%b</%b>" % (tag, fragment, tag) for fragment in fragments])


def xml_list(root: str, item: str, fragments: Iterable[bytes], namespaces: bool = True) -> bytes:
    """A document of many objects."""
    return xml_document(root, xml_items(item, fragments), namespaces)


def json_cursored(name: str, fragments: Iterable[bytes], cursors: Cursors) -> bytes:
    """`{name: [...], next_cursor, ...}` around finished values."""
    tail = json_value(cursor_tree(cursors))
    return b'{"%b":%b,%b' % (name.encode(), json_list(fragments), tail[1:])


def xml_cursored(root: str, name: str, item: str, fragments: Iterable[bytes], cursors: Cursors) -> bytes:
    """The same as XML."""
    listed = _wrap(name.encode(), b"", xml_items(item, fragments))
    return xml_document(root, listed + xml_content(cursor_tree(cursors)))


def cursor_tree(cursors: Cursors) -> dict[str, Any]:
    """The cursors of an envelope (section 3.5). `total_count` is of the whole list, not of the page."""
    after, before, total = cursors
    return {
        "next_cursor": after,
        "next_cursor_str": str(after),
        "previous_cursor": before,
        "previous_cursor_str": str(before),
        "total_count": total,
    }
