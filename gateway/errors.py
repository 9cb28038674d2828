"""What a client can be told went wrong, mapped once at the boundary (DESIGN sections 3 and 9).

    ApiError(status, text, code)      raised by handlers and the edge; `code` is Twitter's number for the same thing
    adapters.errors.BackendError      far side, by the table BACKEND
    gateway.stores.store.StoreDown    503

`reply_to(error)` turns any of them into an ApiError; anything else is our own fault: 500 with a fixed text.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from adapters import errors as backend
from gateway.stores.store import StoreDown


class ApiError(Exception):
    """An error reply. `text` is plain and short; `headers` are added to the reply."""

    def __init__(self, status: int, text: str, code: int | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.code = TWITTER_CODES.get(status, 131) if code is None else code
        self.headers = headers or {}

    @property
    def line(self) -> str:
        """The `code` of the body, "400 Bad Request"."""
        return f"{self.status} {HTTPStatus(self.status).phrase}"


class Redirect(ApiError):
    """No error, but it ends a call like one: 302 to `url`, with no body."""

    def __init__(self, url: str) -> None:
        super().__init__(302, "Found", headers={"Location": quote(url, safe=_SAFE)})


_SAFE = "!#$%&'()*+,/:;=?@[]~"
"""What an address may hold as it is; anything else is written in percent signs."""

TWITTER_CODES: dict[int, int] = {
    400: 214,
    401: 32,
    403: 179,
    404: 34,
    405: 86,
    413: 324,
    429: 88,
    500: 131,
    501: 34,
    502: 131,
    503: 130,
    504: 130,
}
NO_STATUS, NO_USER, BAD_MEDIA, TOO_LONG = 144, 50, 324, 186

LINK_AGAIN = "Link your account again: its server no longer accepts the stored login."
CONNECT = "/connect"
"""The page where a person does that."""


class LinkAgain(ApiError):
    """403: the backend's token is gone. `page` is the address of the gateway's page for it, where one is known."""

    def __init__(self, page: str = "") -> None:
        super().__init__(403, f"{LINK_AGAIN} {page}" if page else LINK_AGAIN)


BACKEND: dict[type[backend.BackendError], int] = {
    backend.BadAnswer: 502,
    backend.Unavailable: 503,
    backend.Slow: 504,
    backend.OutcomeUnknown: 504,
    backend.RateLimited: 429,
    backend.TokenGone: 403,
    backend.Refused: 403,
    backend.Missing: 404,
    backend.Rejected: 400,
    backend.Unsupported: 501,
}


def reply_to(error: Exception) -> ApiError:
    """The reply for any exception a handler may raise."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, StoreDown):
        return ApiError(503, "The store is not available, try again.", headers={"Retry-After": "5"})
    if isinstance(error, backend.TokenGone):
        return LinkAgain()
    if isinstance(error, backend.BackendError):
        return _backend_reply(error)
    return ApiError(500, "Internal Server Error")


def _backend_reply(error: backend.BackendError) -> ApiError:
    status = next(BACKEND[kind] for kind in type(error).__mro__ if kind in BACKEND)
    headers = {}
    if isinstance(error, (backend.Unavailable, backend.RateLimited)):
        headers["Retry-After"] = str(error.retry_after)
    return ApiError(status, str(error), headers=headers)
