"""Who an account is on its server, and what the server can do (activitypub-c2s sections 2, 4 and 5).

Servers say little about themselves: what is known of a software by its name, the rest by what its actors have.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from adapters.activitypub.client import Client
from adapters.backend import UNSTATED_CHARS, Capabilities
from adapters.errors import BackendError, BadAnswer, Missing, Slow, Unavailable
from adapters.transport import Transport
from adapters.webfinger import origin
from mappings import activitypub as ap
from mappings.hub import Order

REMEMBER_SECONDS = 3600
WEBFINGER = "/.well-known/webfinger?resource="
NODEINFO = "/.well-known/nodeinfo"

_HANDLE = re.compile(r"@?([^\s@/<>\"'&?#\\:]{1,100})@([\w.-]{1,255}(?::\d{1,5})?)").fullmatch


class Software(msgspec.Struct, frozen=True, kw_only=True):
    """What cannot be seen in an actor. `whole`: an Update replaces the object, so all of it is sent; that is safe
    everywhere. `collections`: own collections can be made; None: where actors have the lists of FEP-c648 or FEP-4ccd,
    they can. `upload`: whose form files are sent in (section 5.7), `wiki` or `pleroma`."""

    label: str
    whole: bool = True
    collections: bool | None = None
    upload: str = "wiki"


ROWS = {
    "bovine": Software(label="bovine", collections=False),
    "onepage.pub": Software(label="onepage.pub", whole=False, collections=True),
    "wordpress": Software(label="WordPress", collections=False),
    "pleroma": Software(label="Pleroma", collections=False, upload="pleroma"),
    "friendica": Software(label="Friendica", collections=False),
    "fedbox": Software(label="FedBOX", collections=False),
}
UNKNOWN = Software(label="ActivityPub")


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """One account on one server; addresses are "" where there are none.

    `whole`: see `Software`. `upload`: `wiki`, `pleroma` or "". `autocomplete`: a URI template with `q`. `handle`:
    user@host as WebFinger or the server has it. `collections`: lists can be made there, and be addressed.
    """

    actor: str
    document: ap.Document
    inbox: str
    outbox: str
    capabilities: Capabilities
    followers: str = ""
    following: str = ""
    liked: str = ""
    blocked: str = ""
    pending_followers: str = ""
    proxy: str = ""
    upload_url: str = ""
    upload: str = ""
    autocomplete: str = ""
    handle: str = ""
    whole: bool = True
    collections: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """The names of the own server as they stand behind @."""
        return frozenset({ap.host_of(self.actor), self.handle.partition("@")[2].lower()} - {""})


async def discover(client: Client) -> Facts:
    """An account's facts: the actor, and what its server says of its software. Raises BackendError."""
    document = (await client.own(client.actor)).document
    if document is None or ap.id_of(document) != client.actor:
        raise BadAnswer("The account is not at its own address.")
    name, version = await _software(client)
    return facts_of(document, name, version)


def facts_of(document: ap.Document, name: str, version: str) -> Facts:
    """From the actor's document. Raises BadAnswer for one without inbox or outbox on its own server."""
    actor = ap.id_of(document)
    inbox, outbox = _own(document, "inbox"), _own(document, "outbox")
    if not inbox or not outbox:
        raise BadAnswer("The account has no inbox or no outbox.")
    row = ROWS.get(name, UNKNOWN)
    ends = document.get("endpoints")
    ends = ends if isinstance(ends, dict) else {}
    collections = bool(document.keys() & {"blocked", "pendingFollowers", "pendingFollowing"})
    collections = collections if row.collections is None else row.collections
    upload_url = _within(ends, "uploadMedia", actor)
    label = row.label if row is not UNKNOWN or not name else name
    return Facts(
        actor=actor,
        document=document,
        inbox=inbox,
        outbox=outbox,
        capabilities=capabilities(label, version, uploads=bool(upload_url)),
        followers=_own(document, "followers"),
        following=_own(document, "following"),
        liked=_own(document, "liked"),
        blocked=_own(document, "blocked"),
        pending_followers=_own(document, "pendingFollowers"),
        proxy=_within(ends, "proxyUrl", actor),
        upload_url=upload_url,
        upload=row.upload if upload_url else "",
        autocomplete=_template(ends.get("actorAutocomplete"), actor),
        handle=_handle(document, actor),
        whole=row.whole and not (row is UNKNOWN and collections),
        collections=collections,
    )


def capabilities(label: str, version: str, *, uploads: bool) -> Capabilities:
    """What the gateway may know. Lists that the server does not keep are kept here, and addressed one by one."""
    return Capabilities(
        software="activitypub",
        version=version or "1",
        label=label,
        order=Order.TIMED,
        max_chars=UNSTATED_CHARS,
        max_media=16,
        page_size=40,
        statuses_by_id=True,
        accounts_by_id=True,
        favourites_list=True,
        mutes_list=True,
        requests_sent=True,
        follow_options=False,
        suggestions=False,
        reports=False,
        lists=True,
        list_addressing=True,
        uploads=uploads,
        conversations=True,
        markers=False,
        reactions=True,
        events=True,
        editing=True,
        directory=False,
        federated=False,
        places=True,
        removes_header=True,
        connections=8,
    )


def _own(document: ap.Document, name: str) -> str:
    url = ap.web(ap.id_of(document.get(name)))
    return url if url and ap.same_host(url, ap.id_of(document)) else ""


def _within(ends: dict[str, Any], name: str, actor: str) -> str:
    """An endpoint; the credential goes there, so it must be of the own server."""
    url = ap.web(ap.id_of(ends.get(name)))
    return url if url and origin(url) == origin(actor) else ""


def _template(value: Any, actor: str) -> str:
    url = value if isinstance(value, str) and "{" in value else ""
    return url if url and origin(url.partition("{")[0]) == origin(actor) else ""


def _handle(document: ap.Document, actor: str) -> str:
    told = document.get("webfinger")
    if isinstance(told, str) and _HANDLE(told):
        return told.removeprefix("@")
    name = document.get("preferredUsername")
    return f"{name}@{ap.host_of(actor)}" if isinstance(name, str) and _HANDLE(f"{name}@x") else ""


async def _software(client: Client) -> tuple[str, str]:
    """(name, version) by nodeinfo; empty where there is none."""
    try:
        links = await client.plain(client.base_url + NODEINFO)
        rows = ap.as_list(links.get("links")) if isinstance(links, dict) else []
        hrefs = [ap.web(ap.id_of(row)) for row in rows[-3:]]
        href = next((url for url in hrefs if url and ap.same_host(url, client.actor)), "")
        told = await client.plain(href) if href else {}
    except BackendError:
        return "", ""
    software = told.get("software") if isinstance(told, dict) else None
    software = software if isinstance(software, dict) else {}
    return ap.line(software.get("name"), 60).lower(), ap.line(software.get("version"), 60)


# other people ---------------------------------------------------------------------------------------------------------


async def webfinger(client: Client, handle: str) -> str:
    """The id of the actor behind `user@host`. Raises Missing, and other BackendErrors."""
    parts = _HANDLE(handle.strip())
    if not parts:
        raise Missing("There is nobody of that name.")
    where = address_of(client.ways.transport, client.base_url, parts[2].lower())
    resource = quote(f"acct:{parts[1]}@{parts[2].lower()}", safe=":@")
    try:
        found = await client.plain(f"{where}{WEBFINGER}{resource}")
    except BadAnswer as error:
        raise Missing("There is nobody of that name.") from error
    except (Slow, Unavailable) as error:
        if client.is_own(where):
            raise
        raise Missing("There is nobody of that name at a server that answers.") from error
    for link in ap.as_list(found.get("links"))[:50] if isinstance(found, dict) else ():
        is_actor = isinstance(link, dict) and link.get("rel") == "self" and "json" in str(link.get("type"))
        if is_actor and (href := ap.web(link.get("href"))):
            return href
    raise Missing("There is nobody of that name.")


def address_of(transport: Transport, own: str, host: str) -> str:
    """Where a host of a handle is: https, but for the own server and what the operator lists. Raises Missing."""
    if urlsplit(own).netloc.lower() == host:
        return own
    name, _, port = host.rpartition(":")
    if not is_port(port) and name:
        raise Missing("There is no such server.")
    scheme = urlsplit(own).scheme if name and (name, int(port)) in transport.guard.allowed else "https"
    return f"{scheme}://{host}"


def is_port(text: str) -> bool:
    """A port number."""
    return text.isascii() and text.isdecimal() and 0 < int(text) < 1 << 16
