"""Who is meant by a handle or an address, and whether a credential is theirs: what linking asks (section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from adapters.activitypub.client import Client, Ways
from adapters.activitypub.credentials import Credential
from adapters.activitypub.discovery import Facts, discover, webfinger
from adapters.activitypub.oauth import Asking, Metadata, metadata_of, readable, who_is
from adapters.errors import BackendError, Missing, Refused, Slow, TokenGone, Unavailable, Unsupported
from adapters.guard import PORTS
from adapters.webfinger import origin
from mappings import activitypub as ap
from mappings import hub


async def actor_of(ways: Ways, text: str, credential: Credential | None = None) -> str:
    """The id of the actor that a handle or the address of a profile names. `credential` goes to that very server.

    Raises Missing, and other BackendErrors.
    """
    if "://" not in text:
        return await _by_handle(ways, text.strip().removeprefix("acct:").removeprefix("@"))
    url = ap.web(text.strip())
    if not url:
        raise Missing("There is nobody at such an address.")
    found = (await Client(ways, url, credential).own(url)).document
    if found is None or not ap.is_actor(found) or not ap.same_host(url, ap.id_of(found)):
        raise Missing("There is nobody at that address.")
    return ap.id_of(found)


async def _by_handle(ways: Ways, handle: str) -> str:
    problem: BackendError | None = None
    for base in _bases(ways, handle.rpartition("@")[2].lower()):
        try:
            return await webfinger(Client(ways, f"{base}/", None), handle)
        except (Unavailable, Slow) as error:
            problem = problem or error
    raise problem or Missing("There is nobody of that name.")


def _bases(ways: Ways, host: str) -> Iterator[str]:
    """Where a host is: without TLS only what the operator lists, tried first then."""
    with suppress(ValueError):
        parts = urlsplit(f"//{host}")
        if (parts.hostname, parts.port or PORTS["http"]) in ways.transport.guard.allowed:
            yield f"http://{host}"
    yield f"https://{host}"


async def owner_of(ways: Ways, actor: str, text: str) -> hub.Account:
    """Whose a credential is, who must be `actor`. Raises TokenGone, Refused for somebody else's, BackendError."""
    credential = readable(text)
    facts = await discover(Client(ways, actor, credential))
    asking = Asking(ways.transport, origin(actor))
    told = credential.actor or await _told(asking, facts, credential)
    if told != actor and (told or not await _is_open(ways, facts, credential)):
        raise Refused("The login belongs to somebody else.")
    return ap.account_of(facts.document, ap.Known(hosts=facts.hosts), handle=facts.handle)


async def _told(asking: Asking, facts: Facts, credential: Credential) -> str:
    endpoints = facts.document.get("endpoints")
    metadata = Metadata()
    with suppress(Unsupported):
        metadata = await metadata_of(asking, endpoints if isinstance(endpoints, dict) else {})
    return await who_is(asking, credential, {}, metadata)


async def _is_open(ways: Ways, facts: Facts, credential: Credential) -> bool:
    """What only owners see is shown: the inbox, and what the actor says to its owner alone on bovine."""
    if not facts.followers and "endpoints" not in facts.document:
        return False
    try:
        ap.page_of((await Client(ways, facts.actor, credential).own(facts.inbox)).document)
    except (Refused, Missing, TokenGone, ap.Unreadable):
        return False
    return True
