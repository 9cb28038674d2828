"""What goes back over the wire: status, headers, bytes (reference/clients.md section 4)."""

from __future__ import annotations

import re

import msgspec
from starlette.types import Send

from gateway.bodies import Fields
from gateway.errors import ApiError
from gateway.params import clean
from gateway.session import Session

CONTENT_TYPES = {
    "json": "application/json",
    "xml": "text/xml; charset=utf-8",
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "form": "application/x-www-form-urlencoded",
}
MORE_HEADERS = {"form": {"Cache-Control": "no-store", "Pragma": "no-cache"}}
"""Of a format whose replies hold secrets."""
NOSNIFF = (b"x-content-type-options", b"nosniff")
MAX_CALLBACK = 64

_CALLBACK = re.compile(r"[A-Za-z0-9_.$]{1,64}")


class Answer(msgspec.Struct, frozen=True):
    """A whole reply. `headers` are beside those every reply has."""

    status: int
    body: bytes
    headers: dict[str, str] = {}

    async def send(self, send: Send, request_id: str, *, head: bool) -> None:
        """Write it; `head`: without the body."""
        headers = [
            (b"content-length", b"%d" % len(self.body)),
            NOSNIFF,
            (b"x-request-id", request_id.encode()),
        ]
        headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


def success(body: bytes, format: str, callback: str, headers: dict[str, str]) -> Answer:
    """200. An empty body has no content type: one client dies of JSON that is none."""
    if not body:
        return Answer(200, body, headers)
    if callback:
        body = b"%s(%s)" % (callback.encode(), body)
    return Answer(200, body, {"Content-Type": content_type(format, body), **MORE_HEADERS.get(format, {}), **headers})


def content_type(format: str, body: bytes) -> str:
    """JSON says its charset unless it is ASCII: some clients parse by the exact type, one decodes by the charset."""
    if format == "json" and not body.isascii():
        return "application/json; charset=utf-8"
    return CONTENT_TYPES[format]


def callback_of(query: Fields, format: str) -> str:
    """The JSONP function that was asked for, "" for none. Raises ApiError 400."""
    names = query.get("callback")
    if not names or not names[-1] or format != "json":
        return ""
    name = clean(names[-1], "callback", MAX_CALLBACK)
    if not _CALLBACK.fullmatch(name):
        raise ApiError(400, "Invalid callback.")
    return name


def rate_headers(session: Session | None) -> dict[str, str]:
    """The backend's limit, where it has told one."""
    state = session.backend.rate_state() if session else None
    if state is None or state.limit <= 0:
        return {}
    return {
        "X-Rate-Limit-Limit": str(state.limit),
        "X-Rate-Limit-Remaining": str(max(state.remaining, 0)),
        "X-Rate-Limit-Reset": str(state.reset),
    }
