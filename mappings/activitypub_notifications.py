"""Activities aimed at the reader to `hub.Notification` (activitypub-c2s section 8). The native id is the activity's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mappings import activitypub_parts as parts
from mappings import hub
from mappings.activitypub_known import Known
from mappings.activitypub_links import same_host, web
from mappings.activitypub_people import person_of
from mappings.activitypub_raw import entry
from mappings.activitypub_rights import applies, owners_of
from mappings.activitypub_statuses import author_of, embedded, status_of
from mappings.activitypub_terms import Document, Unreadable, as_list, dicts_of, id_of, ids_of, is_a, normal, types_of
from mappings.activitypub_text import date_of

MENTION, FOLLOW, REQUEST, ACCEPTED = "mention", "follow", "follow_request", "follow_accepted"
REACTIONS = {"Like": "favourite", "Dislike": "dislike", "Announce": "reblog", "EmojiReact": "reaction"}
ANSWERS = {
    "Accept": "attendyes",
    "Join": "attendyes",
    "Reject": "attendno",
    "Leave": "attendno",
    "TentativeAccept": "attendmaybe",
    "TentativeReject": "attendno",
}
"""What an activity on an event says of who comes."""

EVENT, FOLLOWS, QUESTION = frozenset({"Event"}), frozenset({"Follow"}), frozenset({"Question"})


def notification_of(activity: Any, known: Known) -> hub.Notification | None:
    """What an activity means to the reader (`known.me`); None where it is not aimed at them, their own, not by whom it
    says, or unreadable. Never raises.

    Types: mention (named, answered, written to or invited), follow, follow_request (nobody has let them in yet),
    follow_accepted, favourite, reblog, dislike, reaction, attendyes, attendno, attendmaybe, poll (a question of the
    reader's, or one that names them, was closed).
    """
    try:
        found = normal(activity)
        return _notification(found, known)
    except Unreadable:
        return None


def _notification(activity: Document, known: Known) -> hub.Notification | None:
    actor, native = id_of(activity.get("actor")), web(id_of(activity))
    if not known.me or actor == known.me or not same_host(actor, native) or not applies(activity):
        return None
    kind = next((found for rule in RULES if (found := rule(activity, known))), "")
    if not kind:
        return None
    return hub.Notification(
        native=native,
        type=kind,
        created_at=date_of(activity.get("published"), arrived=known.arrived),
        account=person_of(activity.get("actor"), known),
        status=_status(activity, known),
    )


# rules: each gives the type, or "" ------------------------------------------------------------------------------------


def _follow(activity: Document, known: Known) -> str:
    """Somebody follows the reader, or wants to."""
    if not is_a(activity, FOLLOWS) or known.me not in ids_of(activity.get("object")):
        return ""
    return FOLLOW if id_of(activity.get("actor")) in known.followed_by else REQUEST


def _accepted(activity: Document, known: Known) -> str:
    """Whom the reader asked to follow agrees: it is the followed person's to say."""
    if "Accept" not in types_of(activity):
        return ""
    follow = _object(activity, known)
    if not is_a(follow, FOLLOWS) or id_of(follow.get("actor")) != known.me:
        return ""
    return ACCEPTED if id_of(follow.get("object")) == id_of(activity.get("actor")) else ""


def _written(activity: Document, known: Known) -> str:
    """A post that names the reader, answers them, or is addressed to them alone."""
    if "Create" not in types_of(activity):
        return ""
    inner = embedded(activity, known)
    return MENTION if inner is not None and aimed(inner, known) else ""


def aimed(document: Document, known: Known) -> bool:
    """The post names the reader, answers one of theirs, or is written to them directly."""
    if id_of(author_of(document)) == known.me or "Tombstone" in types_of(document):
        return False
    tags = (tag for tag in dicts_of(document.get("tag")) if "Mention" in types_of(tag))
    if any(id_of(tag.get("href")) == known.me for tag in tags) or is_own(document.get("inReplyTo"), known):
        return True
    direct = parts.visibility_of(document, id_of(author_of(document)), known) == hub.Visibility.DIRECT
    return direct and known.me in parts.readers(document)


def _reacted(activity: Document, known: Known) -> str:
    """Somebody likes, dislikes or shares a post of the reader's."""
    kind = next((REACTIONS[name] for name in types_of(activity) if name in REACTIONS), "")
    return kind if kind and is_own(activity.get("object"), known) else ""


def _answered(activity: Document, known: Known) -> str:
    """Somebody answers an event of the reader's."""
    kind = next((ANSWERS[name] for name in types_of(activity) if name in ANSWERS), "")
    return kind if kind and is_a(_object(activity, known), EVENT) and is_own(activity.get("object"), known) else ""


def _invited(activity: Document, known: Known) -> str:
    """Somebody invites the reader to an event."""
    invited = {*ids_of(activity.get("target")), *ids_of(activity.get("to")), *ids_of(activity.get("object"))}
    return MENTION if "Invite" in types_of(activity) and known.me in invited else ""


def _closed(activity: Document, known: Known) -> str:
    """A question was closed."""
    inner = embedded(activity, known) if "Update" in types_of(activity) else None
    if inner is None or not is_a(inner, QUESTION) or not inner.get("closed"):
        return ""
    return "poll" if aimed(inner, known) else ""


Rule = Callable[[Document, Known], str]
RULES: tuple[Rule, ...] = (_follow, _accepted, _written, _reacted, _answered, _invited, _closed)


# objects --------------------------------------------------------------------------------------------------------------


def _object(activity: Document, known: Known) -> Document:
    """The object as it is known, else as the activity brings it; empty for a bare id."""
    inner = next(iter(as_list(activity.get("object"))), None)
    found = known.document(id_of(inner))
    return found if found is not None else inner if isinstance(inner, dict) else {}


def is_own(value: Any, known: Known) -> bool:
    """The reader wrote it: known to be, else its document says so, on the reader's own server."""
    native = id_of(value)
    if not native or not known.me:
        return False
    if native in known.own:
        return True
    found = known.document(native) or (value if isinstance(value, dict) else None)
    return found is not None and same_host(native, known.me) and known.me in owners_of(found)


def _status(activity: Document, known: Known) -> hub.Entry | None:
    """The post it is about, where it is at hand; none for requests and what cannot be read."""
    if is_a(activity, FOLLOWS):
        return None
    native = id_of(activity.get("object"))
    document = activity if "Create" in types_of(activity) else _object(activity, known)
    if document is not activity and not (known.expanded or known.document(native)):
        return None
    try:
        return entry(status_of(document, known))
    except Unreadable:
        return None
