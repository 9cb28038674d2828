"""help/configuration, languages, tos, privacy: what the server says of itself."""

from __future__ import annotations

from adapters.errors import Missing
from gateway.ask import Ask
from gateway.errors import ApiError
from gateway.handlers.site import site_of
from gateway.replies import Reply, Tree
from mappings import hub
from mappings.help_calls import configuration_tree, languages_tree
from mappings.html import plain

OWN_PATHS = ("api", "connect", "oauth", "photo", "picture", "ping", "settings", "static", "statusnet")
"""First words of the gateway's own addresses."""


async def configuration(ask: Ask) -> Reply:
    """The limits of the server, and of what the gateway takes. One upstream call."""
    site, settings = await site_of(ask), ask.gateway.settings
    return Tree(json=configuration_tree(site, most_bytes=settings.max_body, paths=OWN_PATHS))


async def languages(ask: Ask) -> Reply:
    """Those the server says it speaks. One upstream call."""
    return Tree(json=languages_tree(await site_of(ask)))


async def terms(ask: Ask) -> Reply:
    """The terms of service, else the rules of the server. One or two upstream calls."""
    try:
        text = plain(await ask.session.backend.paper(hub.Paper.TERMS))
    except Missing:
        text = "\n".join((await ask.session.backend.site()).rules)
    if not text:
        raise ApiError(404, "The server publishes no terms of service.")
    return Tree(json={"tos": text})


async def privacy(ask: Ask) -> Reply:
    """The privacy policy. One upstream call."""
    try:
        return Tree(json={"privacy": plain(await ask.session.backend.paper(hub.Paper.PRIVACY))})
    except Missing:
        raise ApiError(404, "The server publishes no privacy policy.") from None
