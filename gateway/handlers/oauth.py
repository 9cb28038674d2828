"""oauth/request_token and oauth/access_token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.oauth.parameters import Sent, Unverified
from gateway.oauth.provider import Pairs
from gateway.replies import Form, Reply


async def request_token(ask: Ask) -> Reply:
    """A token that a person can say yes or no to."""
    return await _told(ask, ask.gateway.oauth.request_token)


async def access_token(ask: Ask) -> Reply:
    """A token that signs calls."""
    return await _told(ask, ask.gateway.oauth.access_token)


async def _told(ask: Ask, step: Callable[[Sent], Awaitable[Pairs]]) -> Reply:
    if ask.sent is None:
        raise ApiError(400, "Invalid consumer key")
    try:
        return Form(pairs=await step(ask.sent))
    except Unverified as error:
        raise ask.gateway.auth.refused(error, ask.sent) from error
