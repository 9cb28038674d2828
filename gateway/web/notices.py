"""What a page can say went wrong, and errors as pages.

Notice(key, status, field)         raised by endpoints: a text of the catalogues, about the input `field`
adapters.errors.BackendError       the far side, by the table FAR
gateway.stores.store.StoreDown     503
anything else                      500; the log has it
"""

from __future__ import annotations

import logging
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from adapters import errors as backend
from gateway.errors import ApiError
from gateway.stores.store import StoreDown
from gateway.web.pages import page
from gateway.web.visits import visit_of

log = logging.getLogger("oldbird.web")


class Notice(Exception):
    """A refusal with a text in the person's language. `values` fill the text, `headers` go with the page."""

    def __init__(
        self, key: str, status: int = 400, *, field: str = "", headers: dict[str, str] | None = None, **values: Any
    ) -> None:
        super().__init__(key)
        self.key, self.status, self.field, self.values = key, status, field, values
        self.headers = headers or {}


FAR: dict[type[backend.BackendError], tuple[str, int]] = {
    backend.Slow: ("far.slow", 504),
    backend.Unavailable: ("far.unavailable", 503),
    backend.RateLimited: ("far.busy", 503),
    backend.TokenGone: ("far.token_gone", 403),
    backend.BackendError: ("far.unreadable", 502),
}
BODY: dict[int, str] = {408: "problem.slow", 413: "problem.too_large"}


def notice_of(error: Exception) -> Notice:
    """The notice for any exception an endpoint may raise."""
    if isinstance(error, Notice):
        return error
    if isinstance(error, StoreDown):
        return Notice("problem.store", 503, headers={"Retry-After": "5"})
    if isinstance(error, TimeoutError):
        return Notice("problem.slow", 504)
    if isinstance(error, ApiError):
        return Notice(BODY.get(error.status, "problem.form"), error.status)
    for kind in type(error).__mro__:
        if kind in FAR:
            return Notice(*FAR[kind])
    return Notice("problem.own", 500)


def shown(request: Request, error: Exception) -> Response:
    """The page for an exception that an endpoint let go."""
    notice = notice_of(error)
    visit = visit_of(request)
    if notice.key == "problem.own":
        log.error("Page %s failed", visit.exchange.id, exc_info=error)
    return page(request, "problem.html", status=notice.status, headers=notice.headers, notice=notice)
