"""help/test, statusnet/config, statusnet/version. They work without a login."""

from __future__ import annotations

from adapters.errors import BackendError
from gateway.ask import Ask
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
    return Tree(json=config_tree(await _site(ask), base_url=ask.base_url))


async def _site(ask: Ask) -> hub.Site:
    backend = await _only_backend(ask)
    if backend:
        try:
            return await (await ask.gateway.connections.backend(backend, None)).site()
        except BackendError:
            pass
    return hub.Site(title="Oldbird")


async def _only_backend(ask: Ask) -> str:
    """The server of the one who asks, else the one all linked accounts are on."""
    if not ask.anonymous:
        return ask.session.scope
    backends = {account.backend for account in await ask.gateway.store.accounts()}
    return backends.pop() if len(backends) == 1 else ask.gateway.settings.anonymous
