"""Which lists an activity belongs to (activitypub-c2s section 8). Pure: what it needs was read before."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, NamedTuple

from adapters.activitypub.log import DIRECT, DONE, FILES, GROUP, HOME, MENTION, NOTE, SENT, Log
from mappings import activitypub as ap
from mappings import dates, hub
from mappings.activitypub_parts import media_of
from mappings.activitypub_terms import COLLECTIONS, MEDIA_TYPES

CHANGES = ("Update", "Delete", "Undo")
UNDOABLE = frozenset(
    {"Like", "Dislike", "EmojiReact", "Announce", "Follow", "Block", "Accept", "Reject", "TentativeAccept", "Join",
     "Leave"}
)  # fmt: skip
VERBS = ("Create", *CHANGES, *sorted(UNDOABLE), "Add", "Remove", "Invite", "Flag", "Move", "TentativeReject")


class Arrival(NamedTuple):
    """An activity to be filed. `object` is its object's document where it is at hand, `ms` its date."""

    activity: ap.Document
    seen: str
    object: ap.Document | None = None
    ms: int = 0

    @property
    def id(self) -> str:
        """The activity's."""
        return ap.web(ap.id_of(self.activity))

    @property
    def verb(self) -> str:
        """What it is, of several types the one that is known."""
        types = ap.types_of(self.activity)
        return next((verb for verb in VERBS if verb in types), next(iter(types), ""))

    @property
    def actor(self) -> str:
        """Who did it."""
        return ap.id_of(self.activity.get("actor"))

    @property
    def target(self) -> str:
        """The id of what it is about."""
        return ap.id_of(self.activity.get("object"))


class Sorted(NamedTuple):
    """What a row will say."""

    marks: str = ""
    native: str = ""
    parent: str = ""


NOWHERE = Sorted()


def is_trusted(arrival: Arrival) -> bool:
    """It is of the server of whom it claims to be by."""
    return bool(arrival.id) and ap.same_host(arrival.id, arrival.actor)


def sorted_in(arrival: Arrival, log: Log, known: ap.Known, following: Container[str] | None) -> Sorted:
    """Where an activity belongs that changes nothing of others. `following` None: it is not known who is followed."""
    if not is_trusted(arrival) or log.undone.get(arrival.id) == arrival.actor:
        return NOWHERE
    if arrival.verb == "Create":
        return _created(arrival, log, known, following)
    own = arrival.actor == log.me
    marks = DONE if own and arrival.verb in UNDOABLE and arrival.target else ""
    if arrival.verb == "Announce":
        return _announced(arrival, log, known, following, marks)
    return Sorted(marks + noted(arrival, known))


def _created(arrival: Arrival, log: Log, known: ap.Known, following: Container[str] | None) -> Sorted:
    found, own = arrival.object, arrival.actor == log.me
    native = ap.web(ap.id_of(found))
    if found is None or not native or native in log.deleted or native in log.shown or not ap.owns(arrival.actor, found):
        return NOWHERE
    if own and ap.is_a(found, COLLECTIONS):
        return Sorted(GROUP, native)
    if not ap.is_a(found, ap.STATUSES) or is_vote(found) or (own and is_upload(arrival, found)):
        return NOWHERE
    direct = ap.visibility_of(found, arrival.actor, known) == hub.Visibility.DIRECT
    marks = DIRECT if direct else ""
    marks += HOME if own or direct or is_for(arrival, found, log.me, following) else ""
    marks += (SENT + (FILES if media_of(found, known) else "")) if own else ""
    return Sorted(marks + noted(arrival, known), native, ap.web(ap.id_of(found.get("inReplyTo"))))


def _announced(arrival: Arrival, log: Log, known: ap.Known, following: Container[str] | None, marks: str) -> Sorted:
    found, own = arrival.object, arrival.actor == log.me
    if found is None or ap.id_of(found) in log.deleted:
        return Sorted(marks)
    try:
        ap.status_of(arrival.activity, known)
    except ap.Unreadable:
        return Sorted(marks)
    marks += HOME if own or is_for(arrival, None, log.me, following) else ""
    return Sorted(marks + (SENT if own else "") + noted(arrival, known), arrival.id)


def is_for(arrival: Arrival, object: ap.Document | None, me: str, following: Container[str] | None) -> bool:
    """By somebody the reader follows, or addressed to them; so it is where nobody knows whom they follow."""
    addressed = {*ap.readers(arrival.activity), *(ap.readers(object) if object else ())}
    return following is None or arrival.actor in following or me in addressed


def is_upload(arrival: Arrival, document: ap.Document) -> bool:
    """A stored file, for nobody yet: no post, also after it was opened to the readers of one."""
    return ap.is_a(document, MEDIA_TYPES) and not ap.readers(arrival.activity)


def is_vote(document: ap.Document) -> bool:
    """An answer to a poll, as Mastodon sends it."""
    return bool(document.get("name") and document.get("inReplyTo")) and not (
        document.get("content") or document.get("contentMap") or document.get("attachment")
    )


def noted(arrival: Arrival, known: ap.Known) -> str:
    """Marks of a notification."""
    found = ap.notification_of(arrival.activity, known)
    if found is None:
        return ""
    return NOTE + (MENTION if found.type == "mention" else "")


def whole(arrival: Arrival, object: ap.Document, now: str, before: ap.Document | None = None) -> ap.Document:
    """An object with what only its activity, or an earlier form, says of it: author, date, readers."""
    made: dict[str, Any] = {
        "attributedTo": arrival.activity.get("actor"),
        "published": (before or {}).get("published") or arrival.activity.get("published") or now,
        **object,
    }
    if not ap.readers(object):
        source = before if before is not None and ap.readers(before) else arrival.activity
        made |= {name: source[name] for name in ("to", "cc", "audience") if name in source}
    return {key: value for key, value in made.items() if value is not None}


def date(activity: ap.Document, object: ap.Document | None, now_ms: int) -> int:
    """When it was published, in milliseconds since 1970; now where nobody says."""
    told = ap.when(activity.get("published")) or (ap.when(object.get("published")) if object else None)
    return min(int(told.timestamp() * 1000), now_ms) if told else now_ms


def iso(ms: int) -> str:
    """ISO 8601."""
    return dates.from_milliseconds(ms)
