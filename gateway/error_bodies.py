"""Error documents (DESIGN section 9, `JSON error body`): one JSON body for all readers, XML as specified."""

from __future__ import annotations

from urllib.parse import quote

from gateway.errors import ApiError
from mappings import site, trees


def error_body(error: ApiError, format: str, request: str, *, root: str = "status") -> bytes:
    """The body in the asked format; RSS and Atom readers get the XML document, under `root`."""
    if format == "form":
        return f"error={quote(error.text, safe='')}".encode()
    if format == "json":
        return trees.json_bytes(site.error_tree(error.text, request, error.line, error.code))
    return trees.xml_bytes(root, site.error_xml(error.text, request, error.line))
