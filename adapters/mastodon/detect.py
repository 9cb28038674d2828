"""Which software an instance runs and what it allows: nodeinfo, then v2/instance, else v1/instance."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from adapters.backend import Capabilities
from adapters.errors import BackendError, BadAnswer, Missing, Refused, Rejected, TokenGone, Unsupported
from adapters.mastodon import entities
from adapters.mastodon.capabilities import GLITCH, SOFTWARE, SOURCES, UNKNOWN, Software
from adapters.mastodon.decode import one
from adapters.upstream import Upstream, document
from mappings import hub

SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
NOT_THERE = (Missing, Refused, Rejected, TokenGone, Unsupported)
"""How servers say that they have no such document for us."""


class Detected(NamedTuple):
    """One look at an instance."""

    software: Software
    capabilities: Capabilities
    hosts: frozenset[str]


async def detect(upstream: Upstream) -> Detected:
    """What an instance is. Raises BackendError when it cannot be reached or answers nonsense."""
    name = await nodeinfo(upstream)
    row = SOFTWARE.get(name.name.lower())
    found = await instance(upstream, row or UNKNOWN)
    source = (found.source_url or "").rstrip("/").rpartition("/")[2]
    row = SOFTWARE.get(SOURCES.get(source, "")) or row
    if row is None:
        row = msgspec.structs.replace(UNKNOWN, name=name.name.lower() or UNKNOWN.name, label=name.name or UNKNOWN.label)
    told = found.configuration or entities.Configuration()
    if told.reactions and row.reacting is None:
        row = msgspec.structs.replace(row, reacting=GLITCH)
    limits = told.statuses or entities.StatusLimits()
    usual = Capabilities(software="")
    capabilities = row.capabilities(
        name.version or found.version or "",
        limits.max_characters or found.max_toot_chars or usual.max_chars,
        limits.max_media_attachments or usual.max_media,
    )
    return Detected(row, capabilities, hosts(upstream.base_url, found))


async def nodeinfo(upstream: Upstream) -> entities.SoftwareName:
    """Name and version of the software; empty when the server does not tell.

    Only the path of the linked document is used, so that a server cannot send us anywhere else.
    """
    try:
        index = one(document(await upstream.get("/.well-known/nodeinfo")), entities.NodeInfoIndex)
        links = sorted((link.rel, link.href) for link in index.links if link.rel.startswith(SCHEMA))
        path = urlsplit(links[-1][1]).path if links else ""
        if not path.startswith("/"):
            return entities.SoftwareName()
        named = one(document(await upstream.get(path)), entities.NodeInfo)
    except (*NOT_THERE, ValueError):
        return entities.SoftwareName()
    return named.software or entities.SoftwareName()


async def instance(upstream: Upstream, row: Software) -> entities.Instance:
    """The instance's own words. v2 is missing on snac and breaks on Takahe without an administrator."""
    if row.instance_v2:
        try:
            return one(document(await upstream.get("/api/v2/instance")), entities.Instance)
        except BackendError as error:
            if not worth_v1(error):
                raise
    return one(document(await upstream.get("/api/v1/instance")), entities.Instance)


def worth_v1(error: BackendError) -> bool:
    """Whether the older document may still answer."""
    return isinstance(error, (*NOT_THERE, BadAnswer))


def hosts(base_url: str, found: entities.Instance) -> frozenset[str]:
    """The names behind the @ of the instance's own people: its address and the domain it claims."""
    claimed = found.domain or found.uri or ""
    return frozenset({urlsplit(base_url).netloc.lower(), (urlsplit(claimed).netloc or claimed).lower()}) - {""}


def site(found: entities.Instance, capabilities: Capabilities) -> hub.Site:
    """An instance for statusnet/config."""
    picture = found.thumbnail
    told = found.configuration or entities.Configuration()
    registrations = found.registrations
    if isinstance(registrations, entities.Registrations):
        registrations = registrations.enabled
    return hub.Site(
        title=found.title or "",
        email=(found.contact.email if found.contact else found.email) or "",
        language=found.languages[0] if found.languages else "en",
        logo=(picture.url if isinstance(picture, entities.Picture) else picture) or "",
        closed=registrations is False,
        max_chars=capabilities.max_chars,
        max_media=capabilities.max_media,
        languages=found.languages or (),
        url_chars=(told.statuses and told.statuses.characters_reserved_per_url) or hub.Site().url_chars,
        image_bytes=(told.media_attachments and told.media_attachments.image_size_limit) or 0,
        rules=tuple(rule.text for rule in found.rules or () if rule.text),
    )
