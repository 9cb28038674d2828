"""ActivityPub actors to `hub.Account` (activitypub-c2s sections 4 and 6). The native id is the actor's id."""

from __future__ import annotations

import re
from typing import Any

from mappings import hub
from mappings.activitypub_known import NOTHING_KNOWN, Known
from mappings.activitypub_links import host_of, last_part, media_url, page_url, web
from mappings.activitypub_terms import ACTORS, Document, Unreadable, dicts_of, id_of, is_a, normal, types_of
from mappings.activitypub_text import LONGEST_LINE, date_of, first_of, line, named, text_of, total, when
from mappings.dates import EPOCH_ISO

GROUPS = frozenset({"Group"})
MOST_FIELDS = 40
LONGEST_NOTE = 20_000

_NAME = re.compile(r"[^\s@/<>\"'&?#\\]{1,100}").fullmatch
_HANDLE = re.compile(r"(?:acct:)?@?([^\s@/<>\"'&?#\\]{1,100})(?:@([\w.-]{1,255}(?::\d{1,5})?))?").fullmatch


def is_actor(document: Any) -> bool:
    """It describes somebody, and is not only their name in another document."""
    return isinstance(document, dict) and "inbox" in document and (is_a(document, ACTORS) or "outbox" in document)


def account_of(document: Any, known: Known = NOTHING_KNOWN, *, handle: str = "") -> hub.Account:
    """An actor. `handle` (`user@host`) is what WebFinger verified. Raises Unreadable without a web id.

    `note` is what the actor wrote, unsanitised: `mappings.html` reads it.
    """
    actor = normal(document)
    native = web(id_of(actor))
    if not native:
        raise Unreadable("The person has no address.")
    username, acct = names(native, handle_of(actor, handle, native), known)
    picture, banner = media_url(actor.get("icon"), "image"), media_url(actor.get("image"), "image")
    return hub.Account(
        native=native,
        username=username,
        acct=acct,
        name=named(actor, known.language),
        note=note_of(actor, known),
        url=page_url(actor),
        avatar=picture,
        avatar_static=picture,
        header=banner,
        created_at=_created(actor),
        followers_count=total(actor.get("followers")),
        following_count=total(actor.get("following")),
        statuses_count=total(actor.get("outbox")),
        locked=actor.get("manuallyApprovesFollowers") is True,
        group=is_a(actor, GROUPS),
        fields=fields_of(actor),
    )


def _created(actor: Document) -> str:
    made = date_of(actor.get("published"))
    return "" if made == EPOCH_ISO and when(actor.get("published")) is None else made


def note_of(actor: Document, known: Known) -> str:
    """The self-description as HTML."""
    text = text_of(actor, "summary", known.language)[:LONGEST_NOTE]
    return "" if machine_made(text) else text


def machine_made(summary: str) -> bool:
    """What onepage.pub writes for things nobody gave a summary: `A(n) Note by X`."""
    return re.match(r"(?i)an?\(n\) \w+", summary.strip()) is not None


def fields_of(actor: Document) -> tuple[hub.ProfileField, ...]:
    """Rows of the profile's table."""
    rows = [item for item in dicts_of(actor.get("attachment")) if "PropertyValue" in types_of(item)]
    made = ((named(row), text_of(row, "value")[: LONGEST_LINE * 4]) for row in rows[:MOST_FIELDS])
    return tuple(hub.ProfileField(name=name, value=value) for name, value in made if name or value)


# names ----------------------------------------------------------------------------------------------------------------


def handle_of(actor: Document, verified: str, native: str) -> str:
    """`user@host`, or `user` where only that is known. What an actor says of its host counts only for a domain its
    server belongs to: anybody could claim any name."""
    told = verified or line(actor.get("webfinger"))
    if told and (verified or believable(told, native)):
        return told
    names = (text_of(actor, "preferredUsername").strip(), last_part(native).lstrip("@"))
    return first_of([name if _NAME(name) else "" for name in names]) or "unknown"


def believable(handle: str, native: str) -> bool:
    """The host of a handle is that of the actor, or a domain above it."""
    parts = _HANDLE(handle)
    host, claimed = host_of(native), (parts[2] or "").lower() if parts else ""
    return bool(claimed) and (host == claimed or ("." in claimed and host.endswith(f".{claimed}")))


def names(native: str, handle: str, known: Known) -> tuple[str, str]:
    """(user name, acct): bare for people of the own server, else `user@host`, the port kept."""
    parts = _HANDLE(handle)
    username = parts[1] if parts else "unknown"
    host = ((parts[2] or "") if parts else "").lower() or host_of(native)
    return username, username if host in known.hosts or host_of(native) in known.hosts else f"{username}@{host}"


def stub(native: str, known: Known, brief: Document | None = None) -> hub.Account:
    """Somebody of whom only the id is known, or what another document says (`brief`: name and icon)."""
    told = brief or {}
    document = {key: told[key] for key in ("name", "nameMap", "icon", "preferredUsername", "url") if key in told}
    return account_of({**document, "id": native, "type": told.get("type", "Person")}, known)


def person_of(value: Any, known: Known) -> hub.Account:
    """Whoever is meant by an id or a brief object. Raises Unreadable without a web id."""
    native = web(id_of(value))
    found = known.people.get(native)
    if found is not None:
        return found
    document = known.document(native)
    if is_actor(document):
        return account_of(document, known)
    if not native:
        raise Unreadable("It does not say who did it.")
    return stub(native, known, value if isinstance(value, dict) else None)


def mention_of(native: str, told: str, known: Known) -> hub.Mention:
    """A person named in a status; `told` is how the author wrote the name, believed where it can be."""
    found = known.people.get(native)
    if found is not None:
        return hub.Mention(native=native, username=found.username, acct=found.acct, url=found.url or native)
    parts = _HANDLE(told.strip())
    handle = handle_of({}, "", native)
    if parts and (not parts[2] or believable(told.strip(), native)):
        handle = told.strip()
    username, acct = names(native, handle, known)
    return hub.Mention(native=native, username=username, acct=acct, url=native)
