"""Bodies of the pages' own forms, and nobody else's.

A form carries a token that is a keyed hash of the browser's secret cookie, so a page of another site cannot send it.
Beside that, `Sec-Fetch-Site` and `Origin` must not speak of another site. `Origin: null` says nothing: browsers send
it for our own forms, because our pages ask for no referrer.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from gateway.bodies import Incoming, parse_form
from gateway.web.notices import Notice
from gateway.web.visits import Visit, visit_of

TOKEN = "form_token"  # noqa: S105  the name of the field
MAX_BYTES = 64 * 1024
FORM = "application/x-www-form-urlencoded"
OWN_SITES = frozenset({"", "same-origin", "none"})
OWN_ORIGINS = frozenset({"", "null"})


class Fields(dict[str, str]):
    """The fields of a form, the last value of each, without space around it; "" for what was not sent."""

    def __missing__(self, name: str) -> str:
        return ""


async def form(request: Request) -> Fields:
    """The fields of a form that a page of this gateway sent. Raises Notice (400, 403), ApiError (408, 413), Gone."""
    visit = visit_of(request)
    check_sender(visit)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Notice("problem.form")
    incoming = Incoming(request.receive, visit.gateway.settings.request_seconds)
    raw = b"".join([piece async for piece in incoming.pieces(MAX_BYTES)])
    fields = Fields((name, values[-1].decode("utf-8", "replace").strip()) for name, values in parse_form(raw).items())
    given = fields.pop(TOKEN, "").encode()
    if not visit.known_csrf or not hmac.compare_digest(given, visit.known_csrf.encode()):
        raise Notice("problem.expired", 403)
    return fields


def check_sender(visit: Visit) -> None:
    """Raises Notice 403 when the browser says that another site sends this."""
    headers = visit.request.headers
    if headers.get("sec-fetch-site", "").lower() not in OWN_SITES or not _is_own(visit, headers.get("origin", "")):
        raise Notice("problem.foreign", 403)


def _is_own(visit: Visit, origin: str) -> bool:
    if origin in OWN_ORIGINS:
        return True
    host = origin.partition("://")[2].lower()
    return host in {visit.exchange.host.lower(), urlsplit(visit.base_url).netloc.lower()}
