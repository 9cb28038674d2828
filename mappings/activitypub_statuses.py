"""ActivityPub objects and activities to `hub.Status` (activitypub-c2s section 6). The native id is the object's id, of
a boost that of the Announce."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

from msgspec.structs import replace

from mappings import activitypub_parts as parts
from mappings import hub
from mappings.activitypub_known import NOTHING_KNOWN, Known
from mappings.activitypub_links import mime_of, page_url, same_host, web
from mappings.activitypub_people import machine_made, person_of
from mappings.activitypub_rights import owns
from mappings.activitypub_terms import (
    CREATING,
    MEDIA_TYPES,
    PUBLIC,
    Document,
    Gone,
    Unreadable,
    as_list,
    dicts_of,
    id_of,
    is_a,
    normal,
    types_of,
)
from mappings.activitypub_text import anchor, date_of, line, mentions_url, named, paragraphs, text_of, total, when
from mappings.html import plain
from mappings.hub import Visibility

STATUSES = frozenset(
    {"Note", "Article", "Page", "Question", "Image", "Video", "Audio", "Document", "Event", "ChatMessage"}
)
TITLED = frozenset({"Article", "Page", "Video", "Audio", "Document", "Event"})
"""Whose name is a title; their summary is an excerpt unless they are sensitive."""

PLAIN = frozenset({"text/plain", "text/markdown", "text/x.misskeymarkdown", "text/bbcode"})
EDIT_MS = 2000
"""`updated` of a new object may be this much later than `published`: the server has its own clock."""


def status_of(document: Any, known: Known = NOTHING_KNOWN) -> hub.Status:
    """The status of an object, of a Create or Update, or the boost of an Announce.

    Raises Gone for a Tombstone, Unreadable for anything that is no status, whose author cannot be told, or that
    claims an author of another server.
    """
    found = normal(document)
    if is_a(found, CREATING):
        return _created(found, known)
    if is_a(found, frozenset({"Announce"})):
        return boost_of(found, known)
    return object_of(found, known)


def _created(activity: Document, known: Known) -> hub.Status:
    """The object takes from the activity what it does not say itself."""
    inner = embedded(activity, known)
    if inner is None:
        raise Unreadable("The object of the activity is not at hand.")
    actor = id_of(activity.get("actor"))
    if not is_a(inner, frozenset({"Tombstone"})) and not owns(actor, inner):
        raise Unreadable("The activity is not by the owner of its object.")
    whole = {"attributedTo": activity.get("actor"), "published": activity.get("published"), **inner}
    if not parts.readers(inner):
        whole |= {name: activity[name] for name in parts.AUDIENCE if name in activity}
    return object_of({key: value for key, value in whole.items() if value is not None}, known)


def embedded(activity: Document, known: Known) -> Document | None:
    """The object of an activity: the known one, else the embedded one, where the actor's own server vouches for it."""
    inner = activity.get("object")
    inner = next(iter(as_list(inner)), None)
    native = id_of(inner)
    found = known.document(native)
    if found is not None:
        return found
    if not isinstance(inner, dict) or not (is_whole(inner) or is_a(activity, CREATING)):
        return None
    vouched = known.expanded or same_host(native, id_of(activity.get("actor")))
    return inner if vouched else None


def is_whole(document: Document) -> bool:
    """It can be read by itself: not an id in an object, nor the short form that some servers embed."""
    return "attributedTo" in document or "actor" in document or is_a(document, frozenset({"Tombstone"}))


def boost_of(activity: Document, known: Known) -> hub.Status:
    """An Announce. Raises Gone, Unreadable, also while the announced object is not at hand."""
    native, booster = web(id_of(activity)), id_of(activity.get("actor"))
    if not same_host(native, booster):
        raise Unreadable("The boost is not by its owner.")
    inner = embedded(activity, known)
    if inner is None:
        raise Unreadable("The boosted object is not at hand.")
    original = _created(inner, known) if is_a(inner, CREATING) else object_of(inner, known)
    return hub.Status(
        native=native,
        key=native,
        account=person_of(activity.get("actor"), known),
        created_at=date_of(activity.get("published"), arrived=known.arrived),
        visibility=parts.visibility_of(activity, booster, known),
        reblog_of=original,
        url=original.url,
        uri=native,
        favourited=original.favourited,
        reblogged=original.reblogged,
    )


def object_of(document: Document, known: Known, *, quoting: bool = True) -> hub.Status:
    """An object with a web id and an author on the same server."""
    if is_a(document, frozenset({"Tombstone"})):
        raise Gone("The post was deleted.")
    native, author = web(id_of(document)), author_of(document)
    if not is_a(document, STATUSES):
        raise Unreadable("This is no post.")
    if not same_host(native, id_of(author)):
        raise Unreadable("The post is not by an author of its server.")
    account = person_of(author, known)
    visibility = parts.visibility_of(document, account.native, known)
    mentions = parts.mentions_of(document, account.native, visibility, known)
    body, published = body_of(document, known), date_of(document.get("published"), arrived=known.arrived)
    quoted = _quoted(document, known) if quoting else None
    answered = web(id_of(document.get("inReplyTo"))) or None
    return hub.Status(
        native=native,
        key=native,
        account=account,
        created_at=published,
        edited_at=_edited(document, published),
        content=body.content + _quote_link(document, quoted, body.content),
        title=body.title,
        sensitive=document.get("sensitive") is True,
        visibility=visibility,
        in_reply_to=answered,
        in_reply_to_account=_answered(document, answered, mentions, account, known),
        quote_of=quoted,
        media=parts.media_of(document, known),
        mentions=mentions,
        tags=parts.tags_of(document),
        poll=parts.poll_of(document, known),
        place=parts.place_of(document),
        source=source_of(document),
        url=page_url(document),
        uri=native,
        favourited=native in known.liked,
        reblogged=native in known.shared,
        favourites_count=total(document.get("likes")),
        reblogs_count=total(document.get("shares")),
        replies_count=total(document.get("replies")),
    )


def author_of(document: Document) -> Any:
    """The author: of several the first who is a person or says nothing of their kind."""
    several = as_list(document.get("attributedTo")) or as_list(document.get("actor"))
    people = [one for one in several if not is_a(one, frozenset({"Group", "Organization"}))]
    return next(iter(people or several), None)


def source_of(document: Document) -> str:
    """The client it was written with."""
    generator = next(iter(dicts_of(document.get("generator"))), None)
    return named(generator) if generator else ""


def _edited(document: Document, published: str) -> str:
    changed, made = when(document.get("updated")), when(published)
    later = changed is not None and made is not None and (changed - made).total_seconds() * 1000 > EDIT_MS
    return date_of(document.get("updated")) if later else ""


# texts ----------------------------------------------------------------------------------------------------------------


class Body(NamedTuple):
    """HTML, as it came or made from plain text, and the title or warning."""

    content: str
    title: str


def body_of(document: Document, known: Known) -> Body:
    """What an object says. A name heads what has a title; of a Note it is the title of a message."""
    content = _content(document, known)
    summary = text_of(document, "summary", known.language)
    summary = "" if machine_made(summary) else summary
    name = "" if _is_picture(document) else named(document, known.language)
    if is_a(document, TITLED) and document.get("sensitive") is not True:
        if not content and summary:
            content, summary = summary, ""
        warning = ""
    else:
        warning = line(_words(summary), 2000)
    if "Question" in types_of(document) and name and not content:
        content, name = f"<p>{escape(name, quote=False)}</p>", ""
    if "Event" in types_of(document):
        content = parts.event_head(document, known) + content
    title = " · ".join(dict.fromkeys(part for part in (warning, name) if part))
    return Body(content + _links(document, content), title)


def _is_picture(document: Document) -> bool:
    """An Image: its name describes it."""
    return "Image" in types_of(document)


def _content(document: Document, known: Known) -> str:
    """`content` as HTML; without one, the source."""
    found = text_of(document, "content", known.language)
    if found:
        return paragraphs(found) if _mime(document) in PLAIN else found
    source = next(iter(dicts_of(document.get("source"))), None)
    told = text_of(source, "content") if source else ""
    if not source or not told:
        return ""
    return told if _mime(source) == "text/html" else paragraphs(told)


def _mime(document: Document) -> str:
    return mime_of(document) if not is_a(document, MEDIA_TYPES) else _media_text(document)


def _media_text(document: Document) -> str:
    """A file's media type is that of the file, unless it can only be that of the text (PeerTube)."""
    mime = mime_of(document)
    return mime if mime.startswith("text/") else ""


def _words(html: str) -> str:
    """A warning is plain text; servers that write HTML into it are read, too."""
    return plain(html) if "<" in html or "&" in html else html


def _links(document: Document, html: str) -> str:
    """Attached links to pages that the text does not hold."""
    missing = {url: name for url, name in parts.links_of(document) if not mentions_url(html, url)}
    return "".join(f"<p>{anchor(url, name)}</p>" for url, name in missing.items())


# other statuses -------------------------------------------------------------------------------------------------------


def _quoted(document: Document, known: Known) -> hub.Status | None:
    """The quoted status, where it is at hand; it quotes nothing itself."""
    found = known.document(parts.quote_of(document))
    if found is None:
        return None
    try:
        return object_of(found, known, quoting=False)
    except Unreadable:
        return None


def _quote_link(document: Document, quoted: hub.Status | None, html: str) -> str:
    """A link to a quoted post that is not at hand."""
    url = parts.quote_of(document)
    return f"<p>RE: {anchor(url)}</p>" if url and quoted is None and not mentions_url(html, url) else ""


def _answered(
    document: Document, answered: str | None, mentions: tuple[hub.Mention, ...], author: hub.Account, known: Known
) -> str | None:
    """Whose post is answered: as the post itself says, else the named person below whose address it lies."""
    if answered is None:
        return None
    inner = document.get("inReplyTo")
    for one in (known.document(answered), inner if isinstance(inner, dict) else None):
        owner = web(id_of(author_of(one))) if one else ""
        if owner and same_host(owner, answered):
            return owner
    if answered in known.own:
        return known.me or None
    people = (author.native, known.me, *(mention.native for mention in mentions))
    return next((native for native in people if native and answered.startswith(f"{native}/")), None)


class Wanted(NamedTuple):
    """Ids to fetch before a document can be read (`documents`), and people whose names would be better known."""

    documents: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def wanted(document: Any, known: Known = NOTHING_KNOWN) -> Wanted:
    """What is missing: the object of an activity, authors, the quoted object; in `named` mentioned people. Of an
    object that has to be fetched first, nothing more can be told yet. Never raises."""
    try:
        found = normal(document)
    except Unreadable:
        return Wanted()
    activity = found if "object" in found else None
    inner = embedded(found, known) if activity else found
    actors = [id_of(found.get("actor"))] if activity else []
    if inner is None:
        missing = web(id_of(activity.get("object"))) if activity else ""
        return Wanted((missing,) if missing else (), _unknown(actors, known))
    quoted = parts.quote_of(inner)
    people = _unknown([*actors, id_of(author_of(inner))], known)
    names = [id_of(tag.get("href")) for tag in dicts_of(inner.get("tag")) if "Mention" in types_of(tag)]
    direct = parts.visibility_of(inner, id_of(author_of(inner)), known) == Visibility.DIRECT
    names += [id for id in parts.readers(inner) if id not in PUBLIC] if direct else []
    return Wanted((quoted,) if quoted and known.document(quoted) is None else (), people, _unknown(names, known))


def _unknown(ids: list[str], known: Known) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for id in ids if web(id) and id not in known.people and id != known.me))


def marked(status: hub.Status, *, favourited: bool, reblogged: bool) -> hub.Status:
    """The same with what the reader did, on the boosted one too."""
    inner = status.reblog_of
    if inner is not None:
        status = replace(status, reblog_of=marked(inner, favourited=favourited, reblogged=reblogged))
    return replace(status, favourited=favourited, reblogged=reblogged)
