"""Documents as they go over the wire: links written out, objects of some activities embedded."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.c2s.dialect.world import COLLECTIONS, OPEN, PUBLIC, PUBLICS, Json, World, as_list, id_of, listed

CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    "https://purl.archive.org/socialweb/blocked",
    "https://purl.archive.org/socialweb/pending",
    "https://purl.archive.org/socialweb/webfinger",
    "https://purl.archive.org/socialweb/miscellany",
    "https://purl.archive.org/socialweb/oauth/1.1",
]
LINKS = (
    "actor", "object", "target", "origin", "attributedTo", "inReplyTo", "to", "cc", "audience", "tag", "attachment",
    "likes", "replies", "shares", "first", "last", "next", "prev", "partOf", "icon", "image", "location", "generator",
    "inbox", "outbox", "followers", "following", "liked", "blocked", "pendingFollowers", "pendingFollowing",
)  # fmt: skip
EMBEDS = {"Create", "Update", "Accept", "Reject", "Announce"}
TITLES = ("name", "nameMap", "summary", "summaryMap")
LISTS = ("to", "cc", "bto", "bcc", "audience")
PUBLIC_OBJECT = {"id": PUBLIC, "type": "Collection", "nameMap": {"en": "Public"}}


def brief(world: World, value: Any) -> Any:
    """id, type and a title of what a link leads to; for notes also the content, for collections the first page.

    What leads nowhere, or is no document, stays as it was sent. An attachment with an id loses its url here: measured.
    """
    id_ = id_of(value)
    if id_ is None:
        return value
    if id_ in PUBLICS:
        return PUBLIC_OBJECT
    document = world.documents.get(id_)
    if document is None:
        return value
    short = {"id": id_, "type": document.get("type")}
    short |= {"icon": document["icon"]} if "icon" in document else {}
    title = next((name for name in TITLES if name in document), None)
    short |= {title: document[title]} if title else {}
    short |= {"content": document["content"]} if "content" in document else {}
    return short | ({"first": document["first"]} if document.get("type") in COLLECTIONS else {})


def expanded(world: World, document: Json) -> Json:
    """A document with its links written out, one level deep; activities of EMBEDS with their whole object."""
    written = dict(document)
    embeds = EMBEDS.intersection(as_list(document.get("type")))
    for name in LINKS:
        if name not in document:
            continue
        if name == "object" and embeds:
            inside = world.documents.get(id_of(document[name]) or "")
            written[name] = expanded(world, inside) if inside else brief(world, document[name])
        elif isinstance(document[name], list):
            written[name] = [brief(world, one) for one in document[name]]
        else:
            written[name] = page_link(world, document[name])
    for name in LISTS:
        if name in written:
            written[name] = as_list(written[name])
    return written


def page_link(world: World, value: Any) -> Any:
    """A link; pages are {id, type} without more."""
    short = brief(world, value)
    if isinstance(short, dict) and str(short.get("type")).endswith("Page"):
        return {"id": short["id"], "type": short["type"]}
    return short


def answer(world: World, id_: str, reader: str | None) -> Json:
    """What GET answers: items written out, those that the reader must not see dropped."""
    document = world.documents[id_]
    written = {"@context": CONTEXT} | expanded(world, document)
    for name in ("items", "orderedItems"):
        if name in document:
            written[name] = [item for one in listed(document) if (item := _item(world, one, reader))]
    return written | _actor_fields(world, document) if world.person_of(id_) else written


def stored(world: World, id_: str) -> Json:
    """What proxyUrl answers for documents of its own server: links are ids, whoever may read it (measured)."""
    return dict(world.documents[id_])


def _item(world: World, id_: str, reader: str | None) -> Json | None:
    document = world.documents.get(id_)
    if document is None:
        return {"id": id_}
    return expanded(world, document) if world.readable(id_, reader) else None


def _actor_fields(world: World, actor: Json) -> Json:
    endpoint = f"{world.base_url}/endpoint"
    endpoints = {"proxyUrl": f"{endpoint}/proxyUrl", "oauthAuthorizationEndpoint": f"{endpoint}/oauth/authorize"}
    endpoints |= {"oauthTokenEndpoint": f"{endpoint}/oauth/token", "uploadMedia": f"{endpoint}/upload"}
    webfinger = f"{actor['preferredUsername']}@{urlsplit(world.base_url).netloc}"
    urls = {kind: actor[kind] for kind in OPEN}
    return urls | {"endpoints": endpoints, "webfinger": webfinger, "universalClientID": True}
