"""A gateway for one person with everything in the configuration: server, token and app password.

The account is linked when the gateway starts. While its server is away that is tried again beside the requests; once
linked, a start asks the server nothing. Nobody else can link an account then (`gateway.web.admission`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from adapters.activitypub.credentials import Credential, Unusable
from adapters.errors import BackendError, TokenGone
from gateway.logins import LoginProblem, Logins
from gateway.problems import Problem
from gateway.settings import Settings
from gateway.stores.store import StoreDown

log = logging.getLogger("oldbird")

TRY_SECONDS = 30.0
SHORTEST_PASSWORD = 20
"""Characters of an app password that a person chose."""


class SingleUserProblem(Problem):
    """The configuration names half a person."""


def check(settings: Settings) -> None:
    """Raises SingleUserProblem when something is missing or the password is too short."""
    if settings.single_server and settings.single_actor:
        raise SingleUserProblem("single_server and single_actor: set one of them.")
    given = (whose(settings), settings.single_token, settings.single_password)
    if any(given) and not all(given):
        raise SingleUserProblem(
            "single_server (or single_actor), single_token and single_password belong together: set all or none."
        )
    if settings.single_password and len(settings.single_password.strip()) < SHORTEST_PASSWORD:
        raise SingleUserProblem(f"single_password must have at least {SHORTEST_PASSWORD} characters.")


async def link(settings: Settings, logins: Logins) -> bool:
    """Link the person of the configuration; False when it is to be tried again. Raises SingleUserProblem."""
    try:
        if settings.single_actor:
            await _actor(settings, logins)
        else:
            await logins.configured(settings.single_server, settings.single_token, settings.single_password)
    except (TokenGone, LoginProblem) as error:
        named = "single_actor" if settings.single_actor else "single_server"
        raise SingleUserProblem(f"{named} and single_token: {error}") from error
    except (BackendError, StoreDown) as error:
        log.warning("The configured account is not linked yet: %s", error)
        return False
    return True


def whose(settings: Settings) -> str:
    """The server or actor of the one person, "" where there are several."""
    return settings.single_server or settings.single_actor


async def _actor(settings: Settings, logins: Logins) -> None:
    """The same for an actor; a token with a colon is a user name and an application password."""
    token = settings.single_token
    try:
        credential = Credential.of_password(token) if ":" in token else Credential.read(token)
    except Unusable as error:
        raise LoginProblem(str(error)) from error
    await logins.configured("", credential.text(), settings.single_password, actor=settings.single_actor)


async def keep_trying(
    settings: Settings, logins: Logins, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Until it is linked, or cannot be."""
    try:
        await sleep(TRY_SECONDS)
        while not await link(settings, logins):
            await sleep(TRY_SECONDS)
    except SingleUserProblem as problem:
        log.error("The configured account is not linked: %s", problem)  # noqa: TRY400  the reason is in the text
