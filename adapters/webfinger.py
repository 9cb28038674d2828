"""WebFinger (RFC 7033): which server a handle's host names for a person."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from adapters.mastodon.decode import one
from adapters.mastodon.wire import Wire
from adapters.transport import Transport
from adapters.upstream import DOCUMENT_BYTES, Upstream, document

PATH = "/.well-known/webfinger"
SELF = "self"
ACTIVITY = "json"


class Link(Wire, frozen=True):
    """One link of a person."""

    rel: str = ""
    type: str = ""
    href: str = ""


class Person(Wire, frozen=True):
    """What the host says about a person."""

    links: list[Link] = msgspec.field(default_factory=list)


async def server_of(transport: Transport, base_url: str, handle: str) -> str:
    """The address of the server where `user@host` is at home, "" when the host names none. Raises BackendError."""
    answer = await Upstream(transport, base_url, most=DOCUMENT_BYTES).get(PATH, query=[("resource", f"acct:{handle}")])
    for link in one(document(answer), Person).links:
        if link.rel == SELF and ACTIVITY in link.type:
            return origin(link.href)
    return ""


def origin(url: str) -> str:
    """`scheme://host[:port]` of an address, "" where there is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} and parts.hostname else ""
