"""What can go wrong on the far side. Adapters raise nothing else; `gateway.errors` maps each to a reply.

    BackendError
    ├── BadAnswer            unreadable, HTML, half a JSON, 5xx             -> 502
    ├── Unavailable          refused, reset, 503, paused                    -> 503 + Retry-After
    ├── Slow                 over the time budget                           -> 504
    │   └── OutcomeUnknown   a write was sent and no answer came            -> 504
    ├── RateLimited          429 of either kind                             -> 429 + Retry-After
    ├── TokenGone            401, or 400/422 on verify_credentials          -> 403 "link your account again"
    ├── Refused              403                                            -> 403
    ├── Missing              404, 410                                       -> 404 (the call decides)
    ├── Rejected             400, 406, 413, 422: the backend's own rules    -> 400
    └── Unsupported          the capability is missing                      -> 501

Texts are ours: a backend's error text is never passed on (reference/backend-facts.md section 5).
"""

from __future__ import annotations


class BackendError(Exception):
    """Base of all. `args[0]` is a short, plain, secret-free sentence."""


class BadAnswer(BackendError):
    """The backend answered something that cannot be read."""


class Unavailable(BackendError):
    """The backend cannot be reached. `retry_after` is seconds."""

    def __init__(self, text: str, retry_after: int = 30) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Slow(BackendError):
    """No answer within the time budget."""


class OutcomeUnknown(Slow):
    """A write was sent, and whether it took effect is not known."""


class RateLimited(BackendError):
    """Too many requests. `retry_after` is seconds until the next try may succeed."""

    def __init__(self, text: str, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class TokenGone(BackendError):
    """The stored token no longer works; the account must be linked again."""


class Refused(BackendError):
    """The account may not do this."""


class Missing(BackendError):
    """What was asked for does not exist, or not for this account."""


class Rejected(BackendError):
    """The backend's own rules refuse the content."""


class Unsupported(BackendError):
    """This backend cannot do that. The text names the backend and the reason."""
