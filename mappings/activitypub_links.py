"""Addresses in ActivityPub documents: hosts, pages, files, and the ways through collections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from mappings.activitypub_terms import (
    COLLECTIONS,
    LONGEST_ID,
    MEDIA_TYPES,
    MOST,
    Document,
    Unreadable,
    as_list,
    dicts_of,
    id_of,
    is_a,
    normal,
)
from mappings.activitypub_text import count, line
from mappings.characters import clean

_WEB = re.compile(r"(?i:https?)://[^\s<>\"\x00-\x20\x7f]+").fullmatch
_PORTS = {"http": ":80", "https": ":443"}


def web(value: Any) -> str:
    """`value` when it is the address of something on the web, else ""."""
    return value if isinstance(value, str) and len(value) <= LONGEST_ID and _WEB(value) and host_of(value) else ""


@lru_cache(4096)
def host_of(url: str) -> str:
    """Host and port of an address, in lower case, without the usual port; "" when there is none."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""
    return host.removesuffix(_PORTS.get(scheme, " ")) if scheme in _PORTS else ""


def same_host(*urls: str) -> bool:
    """All are on one server that can be told."""
    hosts = {host_of(url) for url in urls}
    return len(hosts) == 1 and "" not in hosts


def last_part(url: str) -> str:
    """The last part of the path, readable; "" when there is none."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    return clean(unquote(path.rstrip("/").rpartition("/")[2]))


class Target(NamedTuple):
    """An address and what is there, as far as it is said."""

    url: str
    mime: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    name: str = ""


def targets(value: Any, depth: int = 3) -> Iterator[Target]:
    """The addresses in a `url`: text, Link, media object, or a list of these; PeerTube nests Links as tags of one."""
    for item in as_list(value)[:MOST] if depth else ():
        if isinstance(item, dict):
            yield from _linked(item, depth)
        elif found := web(item):
            yield Target(found)


def _linked(item: Document, depth: int) -> Iterator[Target]:
    href = web(item.get("href"))
    if href:
        yield Target(
            href,
            mime_of(item),
            count(item.get("width")),
            count(item.get("height")),
            count(item.get("size")),
            line(item.get("name")),
        )
        yield from targets([tag for tag in dicts_of(item.get("tag")) if is_a(tag, frozenset({"Link"}))], depth - 1)
    else:
        yield from (_described(target, item) for target in targets(item.get("url"), depth - 1))


def _described(target: Target, item: Document) -> Target:
    """What the object around an address says, where the address says nothing."""
    return Target(
        target.url,
        target.mime or mime_of(item),
        target.width or count(item.get("width")),
        target.height or count(item.get("height")),
        target.size or count(item.get("size")),
        target.name or line(item.get("name")),
    )


def mime_of(item: Document) -> str:
    """The media type without parameters, in lower case."""
    value = item.get("mediaType") or item.get("mimeType")
    found = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return found if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", found) else ""


def page_url(document: Document) -> str:
    """Where people read it: an HTML page before anything else, and no media file; the id when nothing is said."""
    is_file = is_a(document, MEDIA_TYPES)
    found = [
        target for target in targets(document.get("url")) if not target.mime.startswith(("image/", "video/", "audio/"))
    ]
    best = [target for target in found if target.mime == "text/html"]
    if not is_file:
        best = best or [target for target in found if not target.mime] or found
    return next((target.url for target in best), "") or web(id_of(document))


def media_url(value: Any, kind: str) -> str:
    """The first address of the kind ("image"), else the first of unknown kind."""
    found = list(targets(value))
    best = [target for target in found if target.mime.startswith(f"{kind}/")]
    return next((target.url for target in best or [target for target in found if not target.mime]), "")


# collections ----------------------------------------------------------------------------------------------------------


class Page(NamedTuple):
    """A collection or one of its pages, newest first as the server orders them. `total` is None where it is not said.

    `first`, `next`: addresses, "" for none; `embedded` is the first page where it came along.
    """

    items: list[Any]
    first: str = ""
    next: str = ""
    total: int | None = None
    embedded: Document | None = None


def page_of(document: Any) -> Page:
    """The items and the way on. Raises Unreadable when it is no collection."""
    found = normal(document)
    if not is_a(found, COLLECTIONS) and not found.keys() & {"items", "orderedItems", "first"}:
        raise Unreadable("This is no collection.")
    first = found.get("first")
    return Page(
        items=[*as_list(found.get("orderedItems")), *as_list(found.get("items"))],
        first=web(id_of(first)),
        next=web(id_of(found.get("next"))),
        total=count(found["totalItems"]) if "totalItems" in found else None,
        embedded=first if isinstance(first, dict) and first.keys() & {"items", "orderedItems"} else None,
    )
