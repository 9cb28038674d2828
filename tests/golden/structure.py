"""The structure of a JSON or XML body, and how two of them differ.

A structure is flat: path -> what was seen there. JSON paths look like `[].user.id`, XML paths like
`statuses/status/user`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree


class Seen:
    """`count` times seen below `parents` parents; `types` are JSON's own names, or leaf/node for XML elements."""

    def __init__(self) -> None:
        self.count = 0
        self.parents = 0
        self.types: set[str] = set()

    @property
    def always(self) -> bool:
        """No parent went without it."""
        return self.count >= self.parents > 0


Structure = dict[str, Seen]

NAMES = {bool: "bool", int: "int", float: "float", str: "str", type(None): "null", list: "list", dict: "object"}


def of_json(document: Any) -> Structure:
    """Of a decoded JSON document."""
    found: Structure = {}
    _json(document, "", found)
    _count_parents(found, _json_parent)
    return found


def _json(value: Any, path: str, found: Structure) -> None:
    _note(found, path, NAMES[type(value)])
    if isinstance(value, dict):
        for key, item in value.items():
            _json(item, f"{path}.{key}" if path else key, found)
    if isinstance(value, list):
        for item in value:
            _json(item, f"{path}[]", found)


def _json_parent(path: str) -> str:
    return path[:-2] if path.endswith("[]") else path.rpartition(".")[0]


def of_xml(body: bytes, root_name: str = "") -> Structure:
    """Of an XML document; elements carry their namespace's prefix. `root_name` replaces the root's. Raises
    XMLSyntaxError."""
    root = etree.fromstring(body)
    if root_name:
        root.tag = etree.QName(etree.QName(root).namespace, root_name).text
    found: Structure = {}
    _xml(root, "", found)
    _count_parents(found, lambda path: path.rpartition("/")[0])
    for prefix, space in root.nsmap.items():
        _note(found, f"xmlns:{prefix or ''}={space}", "leaf")
    return found


def _xml(element: etree._Element, path: str, found: Structure) -> None:
    prefix = f"{element.prefix}:" if element.prefix else ""
    here = f"{path}/{prefix}{etree.QName(element).localname}".lstrip("/")
    _note(found, here, "node" if len(element) else "leaf")
    for child in element:
        _xml(child, here, found)


def _note(found: Structure, path: str, kind: str) -> None:
    seen = found.setdefault(path, Seen())
    seen.count += 1
    seen.types.add(kind)


def _count_parents(found: Structure, parent: Any) -> None:
    for path, seen in found.items():
        if path:
            above = parent(path)
            seen.parents = found[above].count if above in found else 1


def differences(golden: Structure, answered: Structure) -> Iterator[str]:
    """One line for each: `missing PATH`, `extra PATH`, `empty PATH`, `type PATH: NEW instead of OLD`."""
    for path, seen in golden.items():
        if _above(path) in answered or path in answered or not path:
            yield from _compare(path, seen, answered.get(path))
    for path in answered:
        if path not in golden and _known(path, golden):
            yield f"extra {path}"


def _compare(path: str, golden: Seen, answered: Seen | None) -> Iterator[str]:
    if answered is None:
        if path.endswith("[]"):
            yield f"empty {path}"
        elif golden.always:
            yield f"missing {path}"
        return
    if golden.always and not answered.always and path and not path.endswith("[]") and answered.count < answered.parents:
        yield f"missing {path}"
    new = answered.types - golden.types
    if new:
        yield f"type {path}: {' '.join(sorted(new))} instead of {' '.join(sorted(golden.types))}"


def _above(path: str) -> str:
    return path.rpartition("/")[0] if "/" in path else _json_parent(path)


def _known(path: str, golden: Structure) -> bool:
    """The capture says something about this place: the object around it was there."""
    above = _above(path)
    seen = golden.get(above)
    return not above or path.startswith("xmlns") or (seen is not None and bool(seen.types & {"object", "node", "list"}))
