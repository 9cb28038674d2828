"""JSON against XML of one request: equal data, element by element."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from mappings.fields import element
from tests import shapes_groups, shapes_notes, shapes_photos, shapes_relations, shapes_site


def same(call: str, kind: str, json: bytes, root: etree._Element) -> None:
    """A JSON body and the root of an XML one, of a call with this shape."""
    document = shapes_site.twin(call, msgspec.json.decode(json))
    if shapes_notes.same(call, json, root, lambda status, node: _same(status, node, f"{call}[]")):
        return
    if call.startswith("friendica/photo"):
        document = shapes_photos.without_links(call, document, root)
    if document is None:
        return
    if call == "help/test":
        assert (document, root.text) == ("ok", "true")
    elif call == "account/rate_limit_status":
        found = {etree.QName(child).localname.replace("-", "_"): child.text for child in root}
        assert set(found) == set(document)
        assert found["remaining_hits"] == document["remaining_hits"]
    elif kind == "ids":
        ids = document if isinstance(document, list) else document["ids"]
        assert [str(id) for id in ids] == [node.text for node in root.iter("{*}id")]
    else:
        _same(shapes_relations.inner(call, document), root, call)


def _same(value: Any, node: etree._Element, path: str) -> None:
    if isinstance(value, dict) and value.get("type") == "Point":
        assert node.text == " ".join(str(number) for number in value["coordinates"]), path
    elif isinstance(value, dict):
        _same_object(value, node, path)
    elif isinstance(value, list):
        assert len(value) == len(node), (path, len(value), [child.tag for child in node])
        for item, child in zip(value, node, strict=True):
            _same(item, child, f"{path}[]")
    else:
        assert _words(value) == _stripped(node.text or ""), (path, value, node.text)
        assert not len(node), path


def _same_object(value: dict[str, Any], node: etree._Element, path: str) -> None:
    children = {_prefixed(child): child for child in node}
    names = {_name(key, path): key for key in value}
    assert list(children) == list(names), (path, set(children) ^ set(names))
    assert len(children) == len(node), path
    for name, key in names.items():
        _same(value[key], children[name], f"{path}.{key}")


def _name(key: str, path: str) -> str:
    """XML name of a key; the lists of activities are Friendica's own (wire reference section 4.1 rule 9)."""
    other = shapes_groups.xml_name(key, path)
    return f"friendica:{key}" if path.endswith(".friendica_activities") else other or element(key)


def _prefixed(node: etree._Element) -> str:
    name = etree.QName(node).localname
    return f"{node.prefix}:{name}" if node.prefix else name


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _stripped(str(value))


def _stripped(text: str) -> str:
    """As XML can carry it: no control characters, no space at the ends, one kind of line end."""
    kept = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return kept.replace("\r\n", "\n").replace("\r", "\n").strip()
