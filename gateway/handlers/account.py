"""account/verify_credentials, account/rate_limit_status."""

from __future__ import annotations

import asyncio
import time

from adapters.backend import RateState
from gateway.ask import Ask
from gateway.handlers.users import last_status
from gateway.replies import OneUser, Reply, Tree
from mappings.site import rate_limit_json, rate_limit_xml

UNLIMITED = 300
"""What is shown for a server that states no limit: Mastodon's own default per five minutes."""


async def verify_credentials(ask: Ask) -> Reply:
    """The signed-in person."""
    backend, native = ask.session.backend, ask.session.account.native
    if ask.flag("skip_status"):
        return OneUser(account=(await backend.me()).account, verified=False)
    me, status = await asyncio.gather(backend.me(), last_status(ask, native))
    return OneUser(account=me.account, status=status, verified=False)


async def rate_limit_status(ask: Ask) -> Reply:
    """The backend's true remainder, as it last said it; asked when it has said nothing yet."""
    backend = ask.session.backend
    state = backend.rate_state()
    if not state.limit:
        await backend.me()
        state = backend.rate_state()
    if not state.limit:
        state = RateState(limit=UNLIMITED, remaining=UNLIMITED)
    reset = state.reset or int(time.time()) + 3600
    return Tree(
        json=rate_limit_json(limit=state.limit, remaining=state.remaining, reset=reset),
        xml=rate_limit_xml(limit=state.limit, remaining=state.remaining, reset=reset),
    )
