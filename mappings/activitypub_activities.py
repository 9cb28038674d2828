"""The activities a client posts to an outbox (activitypub-c2s sections 4 and 8).

Each is complete: `@context`, `actor`, `published`, `to` and `cc` on activity and object alike, because some servers set
none of them. `bto` and `bcc` are taken out of whatever is sent.
"""

from __future__ import annotations

from typing import Any

from mappings import hub
from mappings.activitypub_rights import owners_of
from mappings.activitypub_terms import CONTEXT, Document, dicts_of, id_of, ids_of, is_a, normal
from mappings.activitypub_writing import Audience, Written, generator, place

CONTEXTS = [
    CONTEXT,
    {
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "ostatus": "http://ostatus.org#",
        "conversation": "ostatus:conversation",
    },
]
HIDDEN = ("bto", "bcc")
OF_SERVER = ("likes", "shares", "replies", "dislikes", "@context", "proof", "signature")
"""Properties of an object that the server keeps itself."""

VERBS = {"attendyes": "Accept", "attendno": "Reject", "attendmaybe": "TentativeAccept"}
"""Answers to an event as Friendica 2021.01 sends them."""

JOINING = {"attendyes": "Join", "attendno": "Leave", "attendmaybe": "TentativeAccept"}
"""The same for servers that go by FEP-8a8e."""


class Post(hub.Struct, frozen=True, kw_only=True):
    """An object to be made. `text` is the plain source, `title` its name, `warning` what stands before it; `parent` is
    the document of what is answered; `attachments` as `activitypub_writing.attached` makes them."""

    actor: str
    published: str
    audience: Audience
    written: Written
    text: str = ""
    title: str = ""
    warning: str = ""
    sensitive: bool = False
    language: str = ""
    in_reply_to: str = ""
    parent: Any = None
    attachments: tuple[Any, ...] = ()
    place: hub.Place | None = None
    source: str = ""
    kind: str = ""


def object_of(post: Post) -> Document:
    """The Note, or the Article where there is a title and no other `kind` is asked for."""
    made: dict[str, Any] = {
        "type": post.kind or ("Article" if post.title else "Note"),
        "attributedTo": post.actor,
        "published": post.published,
        **post.audience.fields(),
        "content": post.written.content,
        "mediaType": "text/html",
        "name": post.title,
        "summary": post.warning,
        "sensitive": post.sensitive,
        "inReplyTo": post.in_reply_to,
        "tag": list(post.written.tags),
        "attachment": list(post.attachments),
        "source": {"content": post.text, "mediaType": "text/plain"} if post.text else None,
        "contentMap": {post.language: post.written.content} if post.language else None,
        **thread_of(post.parent),
        **place(post.place),
        **generator(post.source),
    }
    return {key: value for key, value in made.items() if value or key in {"to", "cc", "content"}}


def thread_of(parent: Any) -> Document:
    """What keeps an answer in the thread of what it answers."""
    if not isinstance(parent, dict):
        return {}
    found = normal(parent)
    return {name: value for name in ("context", "conversation") if (value := id_of(found.get(name)))}


def create(post: Post) -> Document:
    """Create of a post. Servers that get a bare object do not all wrap it."""
    return activity("Create", post.actor, object_of(post), post.audience, post.published)


def activity(kind: str, actor: str, object: Any, audience: Audience, published: str) -> Document:
    """Any activity."""
    made = {"@context": CONTEXTS, "type": kind, "actor": actor, "object": _open(object), "published": published}
    return made | audience.fields()


def _open(object: Any) -> Any:
    """Without what would hide recipients."""
    return {key: value for key, value in object.items() if key not in HIDDEN} if isinstance(object, dict) else object


# posts of others ------------------------------------------------------------------------------------------------------


def to_author(document: Any) -> Audience:
    """Whom an activity on a document is for: its owners."""
    return Audience(to=owners_of(normal(document)))


def like(actor: str, document: Any, published: str, *, kind: str = "Like") -> Document:
    """Like or Dislike, told to the author alone. Raises Unreadable."""
    found = normal(document)
    return activity(kind, actor, id_of(found), to_author(found), published)


def announce(actor: str, document: Any, audience: Audience, published: str) -> Document:
    """A boost; its author hears of it. Raises Unreadable."""
    found = normal(document)
    told = Audience(audience.to, tuple(dict.fromkeys((*audience.cc, *owners_of(found)))))
    return activity("Announce", actor, id_of(found), told, published)


def attend(actor: str, document: Any, verb: str, published: str, *, joining: bool = False) -> Document:
    """Answer an event (`attendyes`, `attendno`, `attendmaybe`), told to the organiser. Raises Unreadable, KeyError."""
    return like(actor, document, published, kind=(JOINING if joining else VERBS)[verb])


def undo(actor: str, done: Any, published: str) -> Document:
    """Take an activity back; whoever got it hears of it. `done` holds at least its id and type. Raises Unreadable."""
    found = normal(done)
    kept = {key: found[key] for key in ("id", "type", "actor", "object", "to", "cc") if key in found}
    kept["object"] = id_of(found.get("object")) or kept.get("object")
    inner = {key: value for key, value in {"actor": actor, **kept}.items() if value}
    return activity("Undo", actor, inner, _of(found), published)


def _of(document: Document) -> Audience:
    return Audience(ids_of(document.get("to")), ids_of(document.get("cc")))


# people ---------------------------------------------------------------------------------------------------------------


def follow(actor: str, person: str, published: str) -> Document:
    """Ask to follow somebody."""
    return activity("Follow", actor, person, Audience(to=(person,)), published)


def block(actor: str, person: str, published: str) -> Document:
    """Block somebody; nobody is told."""
    return activity("Block", actor, person, Audience(), published)


def respond(actor: str, follow: Any, published: str, *, accept: bool) -> Document:
    """Let somebody follow, or not. `follow` is their activity. Raises Unreadable."""
    found = normal(follow)
    inner = {key: found[key] for key in ("id", "type", "actor", "object") if key in found}
    to = Audience(to=ids_of(found.get("actor")))
    return activity("Accept" if accept else "Reject", actor, inner, to, published)


# own things -----------------------------------------------------------------------------------------------------------


def update(actor: str, document: Any, changes: Document, published: str, *, whole: bool) -> Document:
    """Change an own object. `changes` by property, None takes one away. `whole`: the server forgets what is not sent,
    so all of it is, and dated; others date it themselves and let nobody do it. Its audience stays, and hears of it.

    Raises Unreadable.
    """
    found = normal(document)
    if whole:
        kept = {key: value for key, value in found.items() if key not in OF_SERVER}
        changed = kept | changes | {"updated": published}
        object = {key: value for key, value in changed.items() if value is not None}
    else:
        object = {"id": id_of(found), "type": found.get("type"), **changes}
    return activity("Update", actor, object, _of(found), published)


def delete(actor: str, document: Any, published: str) -> Document:
    """Delete an own object; its audience hears of it. Raises Unreadable."""
    found = normal(document)
    return activity("Delete", actor, id_of(found), _of(found), published)


def create_collection(actor: str, name: str, published: str, *, ordered: bool = False) -> Document:
    """A list of people, or of files where it is `ordered`; private."""
    kind = "OrderedCollection" if ordered else "Collection"
    object = {"type": kind, "name": name, "attributedTo": actor, "to": [], "cc": []}
    return activity("Create", actor, object, Audience(), published)


def add(actor: str, item: str, collection: str, published: str) -> Document:
    """Put something into an own collection; nobody is told."""
    return activity("Add", actor, item, Audience(), published) | {"target": collection}


def remove(actor: str, item: str, collection: str, published: str) -> Document:
    """Take it out again."""
    return activity("Remove", actor, item, Audience(), published) | {"target": collection}


# files ----------------------------------------------------------------------------------------------------------------


def shell(actor: str, mime: str, description: str) -> Document:
    """The object sent beside an uploaded file: addressed to nobody, so that nothing is delivered yet (section 5.7)."""
    kinds = {"image": "Image", "video": "Video", "audio": "Audio"}
    made = {
        "@context": CONTEXT,
        "type": kinds.get(mime.partition("/")[0], "Document"),
        "attributedTo": actor,
        "mediaType": mime,
        "name": description,
    }
    return {key: value for key, value in made.items() if value}


def opened(actor: str, document: Any, audience: Audience, published: str, *, whole: bool) -> Document:
    """Give an uploaded file the audience of the post it is attached to; nobody hears of it. Raises Unreadable."""
    made = update(actor, document, audience.fields(), published, whole=whole)
    return made | Audience().fields()


def edited(post: Post, document: Any) -> Document:
    """The changes an edit makes to an own object: text, title, warning, files and tags; the audience stays.

    Raises Unreadable.
    """
    found, made = normal(document), object_of(post)
    names = ("content", "contentMap", "name", "summary", "sensitive", "tag", "attachment", "source")
    kept = [tag for tag in dicts_of(found.get("tag")) if is_a(tag, frozenset({"Emoji"}))]
    changes = {name: made.get(name) for name in names if name in made or name in found}
    return changes | ({"tag": [*made.get("tag", []), *kept]} if kept or made.get("tag") else {})
