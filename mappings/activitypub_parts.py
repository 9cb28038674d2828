"""Parts of ActivityPub objects: files, polls, tags, places, quotes, who may read (activitypub-c2s section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from mappings import hub
from mappings.activitypub_known import Known
from mappings.activitypub_links import Target, last_part, media_url, mime_of, targets, web
from mappings.activitypub_people import mention_of
from mappings.activitypub_terms import (
    COLLECTIONS,
    MEDIA_TYPES,
    MOST,
    PUBLIC,
    Document,
    dicts_of,
    id_of,
    ids_of,
    is_a,
    types_of,
)
from mappings.activitypub_text import count, first_of, line, named, text_of, total, when
from mappings.attachments import MIME_TYPES
from mappings.hub import Visibility

LISTED = "list"
"""Addressed to a collection that is nobody's followers, or to nobody who can be told: as Pleroma says it. Who reads
that is not known, so no answer can be given the same audience."""

MEDIA_KINDS = {"Image": "image", "Video": "video", "Audio": "audio"}
MOST_MEDIA, MOST_OPTIONS, LONGEST_ALT = 64, 50, 5000


# files ----------------------------------------------------------------------------------------------------------------


def media_of(document: Document, known: Known) -> tuple[hub.Media, ...]:
    """The files of an object: its attachments, its pictures, and itself where it is a file."""
    items = dicts_of(document.get("attachment"))
    if not is_a(document, MEDIA_TYPES):
        items += [item for item in dicts_of(document.get("image")) if is_a(item, MEDIA_TYPES)]
    found = [file_of(item, known) for item in items]
    if is_a(document, MEDIA_TYPES):
        found.insert(0, file_of(document, known, alone=True))
    unique = {media.url: media for media in found if media is not None}
    return tuple(unique.values())[:MOST_MEDIA]


def file_of(item: Document, known: Known, *, alone: bool = False) -> hub.Media | None:
    """One file; None for what is a link or has no address. `alone`: it is the post itself, whose name is a title."""
    target = _file(item)
    if target is None:
        return None
    kind = kind_of(item, target)
    told = "" if alone else text_of(item, "summary", known.language)
    alt = text_of(item, "name", known.language) if not alone or kind == "image" else ""
    preview = media_url(item.get("icon"), "image") or media_url(item.get("preview"), "image")
    return hub.Media(
        native=web(id_of(item)) or target.url,
        type=kind,
        url=target.url,
        preview_url=preview or (target.url if kind == "image" else ""),
        description=line(alt or told, LONGEST_ALT),
        width=target.width or count(item.get("width")),
        height=target.height or count(item.get("height")),
        mime=target.mime or mime_of(item) or guess(target.url),
        size=target.size or count(item.get("size")),
    )


def _file(item: Document) -> Target | None:
    """The address of the file: of several the first of the kind the object says, never an HTML page."""
    if not is_a(item, MEDIA_TYPES) and not (is_a(item, frozenset({"Link"})) and is_file(mime_of(item), item)):
        return None
    found = [target for target in targets(item) if target.mime not in {"text/html", "application/xhtml+xml"}]
    wanted = {MEDIA_KINDS[name] for name in types_of(item) if name in MEDIA_KINDS}
    best = [target for target in found if target.mime.partition("/")[0] in wanted]
    return next(iter([*best, *(target for target in found if not target.mime), *found]), None)


def is_file(mime: str, item: Document) -> bool:
    """A Link leads to a file and not to a page."""
    return (mime or guess(id_of(item.get("href")))).partition("/")[0] in MEDIA_KINDS.values()


def kind_of(item: Document, target: Target) -> str:
    """image, video, audio, else unknown: by media type, then by the object's type."""
    kind = (target.mime or mime_of(item) or guess(target.url)).partition("/")[0]
    if kind in MEDIA_KINDS.values():
        return kind
    return first_of([MEDIA_KINDS.get(name, "") for name in types_of(item)]) or "unknown"


def guess(url: str) -> str:
    """The media type by the end of the file's name, "" when it says nothing."""
    _, dot, ending = last_part(url).rpartition(".")
    return MIME_TYPES.get(ending.lower(), "") if dot else ""


def links_of(document: Document) -> Iterator[tuple[str, str]]:
    """(address, name) of attached links to pages."""
    for item in dicts_of(document.get("attachment")):
        target = next(targets(item), None)
        if target and is_a(item, frozenset({"Link", "Page", "Article"})) and _file(item) is None:
            yield target.url, named(item) or target.name


# polls, tags, places --------------------------------------------------------------------------------------------------


def poll_of(document: Document, known: Known) -> hub.Poll | None:
    """The answers of a Question; None when there are none."""
    several = "anyOf" in document
    rows = dicts_of(document.get("anyOf") if several else document.get("oneOf"))[:MOST_OPTIONS]
    options = tuple(
        hub.PollOption(title=named(row, known.language), votes_count=_votes(row)) for row in rows if named(row)
    )
    if "Question" not in types_of(document) or not options:
        return None
    end = when(document.get("endTime")) or when(document.get("closed"))
    now = when(known.now)
    return hub.Poll(
        options=options,
        expired=bool(document.get("closed")) or (end is not None and now is not None and end <= now),
        multiple=several,
        votes_count=sum(option.votes_count or 0 for option in options),
    )


def _votes(row: Document) -> int | None:
    """None where the server does not tell."""
    return total(row["replies"]) if isinstance(row.get("replies"), dict | int) else None


def tags_of(document: Document) -> tuple[hub.Tag, ...]:
    """Hashtags, each once."""
    found: dict[str, hub.Tag] = {}
    for tag in dicts_of(document.get("tag")):
        name = line(tag.get("name")).lstrip("#")
        if "Hashtag" in types_of(tag) and name and not name.isspace():
            found.setdefault(name.casefold(), hub.Tag(name=name))
    return tuple(found.values())


def mentions_of(document: Document, author: str, visibility: str, known: Known) -> tuple[hub.Mention, ...]:
    """People named by tags; of a `direct` object also everybody it is addressed to, but its author."""
    found: dict[str, hub.Mention] = {}
    for tag in dicts_of(document.get("tag")):
        native = web(id_of(tag.get("href") or (tag if web(id_of(tag)) else None)))
        if native and "Mention" in types_of(tag):
            found.setdefault(native, mention_of(native, line(tag.get("name")), known))
    if visibility == Visibility.DIRECT:
        for native in readers(document)[:MOST]:
            if web(native) and native != author:
                found.setdefault(native, mention_of(native, "", known))
    return tuple(found.values())[:MOST]


def place_of(document: Document) -> hub.Place | None:
    """Where it was written; a Place with numbers that can be."""
    for item in dicts_of(document.get("location")):
        lat, long = _degrees(item.get("latitude"), 90), _degrees(item.get("longitude"), 180)
        if lat is not None and long is not None:
            return hub.Place(lat=lat, long=long)
    return None


def _degrees(value: Any, most: int) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        return None
    return float(value) + 0.0  # without a negative zero


def spot(document: Document, known: Known) -> str:
    """The places of an event in words: names and addresses."""
    found = []
    for item in dicts_of(document.get("location"))[:5]:
        address = item.get("address")
        parts = [address] if isinstance(address, str) else _address(address)
        words = [named(item, known.language), *(line(part) for part in parts)]
        found.append(", ".join(dict.fromkeys(word for word in words if word)))
    online = [url for item in dicts_of(document.get("location")) if (url := web(id_of(item.get("url"))))]
    plain = [line(item) for item in _texts(document.get("location"))]
    return "; ".join(dict.fromkeys(word for word in [*found, *plain, *online] if word))


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value])[:5] if isinstance(item, str)]


ADDRESS = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")


def _address(address: Any) -> list[Any]:
    return [address.get(key) for key in ADDRESS] if isinstance(address, dict) else []


def event_head(document: Document, known: Known) -> str:
    """When and where an event is, as a paragraph."""
    start, end = when(document.get("startTime")), when(document.get("endTime"))
    rows = [
        ("Starts", f"{start:%Y-%m-%d %H:%M} UTC" if start else ""),
        ("Ends", f"{end:%Y-%m-%d %H:%M} UTC" if end else ""),
        ("Location", spot(document, known)),
    ]
    told = [f"{name}: {escape(value, quote=False)}" for name, value in rows if value]
    return f"<p>{'<br>'.join(told)}</p>" if told else ""


QUOTES = ("quoteUrl", "quoteUri", "quote")
_QUOTE_RELS = ("_misskey_quote", "fep/044f#quote", "fep/e232")
_QUOTE_MIMES = frozenset({"application/activity+json", "application/ld+json"})


def quote_of(document: Document) -> str:
    """The id of the quoted object: quoteUrl, quoteUri, _misskey_quote, quote (FEP-044f), or a tag (FEP-e232)."""
    told = first_of([web(id_of(document.get(name))) for name in QUOTES])
    if told:
        return told
    for tag in dicts_of(document.get("tag")):
        if "Link" in types_of(tag) and (_quotes(tag) or mime_of(tag) in _QUOTE_MIMES):
            return web(id_of(tag.get("href")))
    return ""


def _quotes(tag: Document) -> bool:
    rels = tag.get("rel")
    rels = rels if isinstance(rels, list) else [rels]
    return any(isinstance(rel, str) and rel.endswith(_QUOTE_RELS) for rel in rels)


# audience -------------------------------------------------------------------------------------------------------------

AUDIENCE = ("to", "cc", "audience", "bto", "bcc")


def readers(document: Document) -> tuple[str, ...]:
    """Everybody an object is addressed to, each once; the public in its written form."""
    return tuple(dict.fromkeys(id for name in AUDIENCE for id in ids_of(document.get(name))))


def visibility_of(document: Document, author: str, known: Known) -> str:
    """Who may read it (section 6). Never wider than it says: what is addressed to nobody who can be told is `direct`.

    Where the reader got it without being named, one of the named must be a collection: LISTED unless it is somebody's
    followers.
    """
    everybody = readers(document)
    if any(id in PUBLIC for name in ("to", "audience") for id in ids_of(document.get(name))):
        return Visibility.PUBLIC
    if any(id in PUBLIC for id in everybody):
        return Visibility.UNLISTED
    theirs = id_of((known.document(author) or {}).get("followers"))
    if any(id == theirs or is_followers(id, known) for id in everybody):
        return Visibility.PRIVATE
    if any(id in known.collections for id in everybody) or _names_collection(document):
        return LISTED
    outside = bool(known.me) and known.me != author and known.me not in everybody
    return LISTED if outside and any(id not in known.people for id in everybody) else Visibility.DIRECT


_FOLLOWERS = re.compile(
    r"https?://[^/]+/(?:followers/[^/]+|(?:.*/)?(?!(?:users?|u|people|profiles?|accounts?|actors?|authors?)/)[^/]+/followers/?)"
).fullmatch
"""How servers call the followers of somebody; `/users/followers` is a person of that name."""


def is_followers(id: str, known: Known) -> bool:
    """It is the collection of somebody's followers: known to be, or called so."""
    return id in known.followers or (id not in known.people and _FOLLOWERS(id.partition("?")[0]) is not None)


def _names_collection(document: Document) -> bool:
    """Servers that fill in what is addressed say which are collections."""
    addressed = (item for name in AUDIENCE for item in dicts_of(document.get(name)))
    return any(is_a(item, COLLECTIONS) and id_of(item) not in PUBLIC for item in addressed)
