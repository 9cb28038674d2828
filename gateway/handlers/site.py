"""help/test, statusnet/config, statusnet/version. They work without a login."""

from __future__ import annotations

from adapters.backend import UNSTATED_CHARS
from adapters.errors import BackendError
from gateway.ask import Ask
from gateway.logins import ACTIVITYPUB
from gateway.replies import Reply, Tree
from mappings import hub
from mappings.site import VERSION, config_tree


async def test(ask: Ask) -> Reply:  # noqa: ARG001  every handler takes the request
    """The gateway answers."""
    return Tree(json="ok", xml="true")


async def version(ask: Ask) -> Reply:  # noqa: ARG001
    """The StatusNet release whose API this is."""
    return Tree(json=VERSION)


async def config(ask: Ask) -> Reply:
    """The backend as its users see it; clients take the post length limit from here."""
    return Tree(json=config_tree(await site_of(ask), base_url=ask.base_url))


async def site_of(ask: Ask) -> hub.Site:
    """The server of the one who asks, else the one all linked accounts are on, else the one for reading."""
    try:
        if not ask.anonymous:
            return await ask.session.backend.site()
        linked = await ask.gateway.store.accounts()
        accounts = {(account.backend, account.software == ACTIVITYPUB) for account in linked}
        backend, of_actors = accounts.pop() if len(accounts) == 1 else (ask.gateway.settings.anonymous, False)
        if of_actors:  # it answers nobody without a login
            return hub.Site(title=backend.partition("://")[2], max_chars=UNSTATED_CHARS)
        if backend:
            return await (await ask.gateway.connections.backend(backend, None)).site()
    except BackendError:
        pass
    return hub.Site(title="Oldbird")
