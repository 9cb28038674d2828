"""Notes of friendica/notifications and /ping: what happened, in words, BBCode, HTML, JSON and XML attributes.

Rules: reference/wire-friendica.md sections 7, 13 and 16.4. What people wrote is escaped for each form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import Any, NamedTuple

from mappings import hub
from mappings.dates import friendica, milliseconds
from mappings.html import plain
from mappings.order import position
from mappings.text import INERT, heads
from mappings.trees import Element

SHOWN = 50
EXCERPT = 60
"""Characters of a post that stand in a note."""

ITEM, INTRO = "item", "intro"
VERBS = "http://activitystrea.ms/schema/1.0/"


class Kind(NamedTuple):
    """A row of section 7.2: the documented number, what it is about, the activity, and what follows the name."""

    type: int
    otype: str
    verb: str
    words: str


COMMENT, MENTION = "comment", "mention"
KINDS: dict[str, Kind] = {
    COMMENT: Kind(8, ITEM, "post", "answered you"),
    MENTION: Kind(128, ITEM, "tag", "mentioned you"),
    "status": Kind(1024, ITEM, "post", "has posted"),
    "follow": Kind(1, INTRO, "follow", "follows you now"),
    "follow_request": Kind(1, INTRO, "request-friend", "asks to follow you"),
    "follow_accepted": Kind(2, INTRO, "make-friend", "lets you follow them"),
}
"""By Mastodon's word for it. What is not here (likes, boosts, polls, ...) makes no note, as in the original."""

TYPES = {name: name for name in KINDS if name != COMMENT} | {"follow_request_accepted": "follow_accepted"}
"""A backend's word to the row."""


class Note(hub.Struct, frozen=True, kw_only=True):
    """One note as it is shown. `kind` is a key of KINDS, `created` ISO 8601, `text` the excerpt ("" for none).

    `iid` and `parent` are status ids: the post and the start of its thread; None where there is no post.
    """

    id: int
    kind: str
    name: str
    url: str
    photo: str
    created: str
    text: str = ""
    link: str = ""
    iid: int | None = None
    parent: int | None = None
    seen: bool = False

    @property
    def otype(self) -> str:
        """What it is about: `item` or `intro`."""
        return KINDS[self.kind].otype


# what goes in ---------------------------------------------------------------------------------------------------------


def one_line(text: str, most: int) -> str:
    """`text` in one line of at most `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def excerpt(status: hub.Status) -> str:
    """The beginning of a post; only its warning where it has one, which must be read before it."""
    warnings = heads(status.original)
    return one_line("; ".join(warnings) if warnings else plain(status.original.content), EXCERPT)


def web(url: str) -> str:
    """`url` when a browser may be sent there, else ""."""
    return url if url.startswith(("https://", "http://")) and not any(char in url for char in ' \t\r\n"<>') else ""


def order(native: str) -> tuple[int, str]:
    """Compares as the ids of notifications do: numbers and ULIDs grow in length, then in the alphabet."""
    return len(native), native


def place(created: str, *, floor: int, ceiling: int, used: Collection[int], now_ms: int) -> int:
    """The id of a note: its time as a position, above `floor` and below `ceiling` (0: none), not in `used`."""
    id = max(position(min(milliseconds(created), now_ms)), floor + 1)
    if ceiling and id >= ceiling:
        id = ceiling - 1
    step = -1 if ceiling else 1
    while id in used:
        id += step
    return id


# words ----------------------------------------------------------------------------------------------------------------

Piece = tuple[str, str]
"""Text and the address it leads to, "" for none."""

_TAG = re.compile(r"\[(?=[/*]?\w|\*)")


def _pieces(note: Note) -> list[Piece]:
    words = KINDS[note.kind].words
    link = note.link if note.otype == ITEM else ""
    if note.text:
        return [(note.name, note.url), (f" {words}: ", ""), (f'"{note.text}"', link)]
    return [(note.name, note.url), (" ", ""), (words, link)]


def _plain(pieces: Sequence[Piece]) -> str:
    return "".join([text for text, _ in pieces])


def _bbcode(pieces: Sequence[Piece]) -> str:
    """Brackets that could open a tag are made inert; BBCode knows no escape."""
    made = []
    for text, url in pieces:
        safe = _TAG.sub("[" + INERT, text)
        address = url.replace("[", "%5B").replace("]", "%5D")
        made.append(f"[url={address}]{safe}[/url]" if url else safe)
    return "".join(made)


def _html(pieces: Sequence[Piece]) -> str:
    made = []
    for text, url in pieces:
        safe = escape(text)
        made.append(f'<a href="{escape(url)}">{safe}</a>' if url else safe)
    return "".join(made)


UNITS = (
    (360 * 86400, "year"),
    (30 * 86400, "month"),
    (7 * 86400, "week"),
    (86400, "day"),
    (3600, "hour"),
    (60, "minute"),
    (1, "second"),
)
"""Seconds of each unit: years of 360 days and months of 30 (section 7.1, `date_rel`)."""


def date_rel(ms: int, now_ms: int) -> str:
    """How long ago, in English: `never`, `less than a second ago`, `3 hours ago`, `in 2 hours`. Both in ms of 1970."""
    if ms <= 0:
        return "never"
    seconds = abs(now_ms - ms) / 1000
    for size, unit in UNITS:
        if seconds >= size:
            count = int(seconds / size + 0.5)
            amount = f"{count} {unit}" + ("" if count == 1 else "s")
            return f"in {amount}" if ms > now_ms else f"{amount} ago"
    return "less than a second ago"


# documents ------------------------------------------------------------------------------------------------------------


def note_tree(note: Note, *, uid: int, now_ms: int, mark: Callable[[bool], Any] = int) -> dict[str, Any]:
    """One item of friendica/notifications. Keys in the order the captured server sent them; XML: as attributes.
    `mark`: the seen mark as the client reads it."""
    kind, pieces, ms = KINDS[note.kind], _pieces(note), milliseconds(note.created)
    return {
        "id": note.id,
        "hash": None,
        "type": kind.type,
        "name": note.name,
        "url": note.url,
        "photo": note.photo,
        "date": friendica(note.created),
        "msg": _bbcode(pieces),
        "uid": uid,
        "link": note.link,
        "iid": note.iid,
        "parent": note.parent,
        "seen": mark(note.seen),
        "verb": VERBS + kind.verb,
        "otype": kind.otype,
        "name_cache": note.name,
        "msg_cache": "{0}" + _plain(pieces[1:]).replace("{0}", "{" + INERT + "0}"),
        "timestamp": ms // 1000,
        "date_rel": date_rel(ms, now_ms),
        "msg_html": _html(pieces),
        "msg_plain": _plain(pieces),
        "uri-id": None,
        "parent-uri-id": None,
    }


UNREAD = "&rarr; "
"""Begins the text of an unread note in the XML of /ping, in these letters: a client looks for them."""

NO_EVENTS = ("all-events", "all-events-today", "events", "events-today", "birthdays", "birthdays-today")


def ping_tree(notes: Sequence[Note], *, mail: int, base_url: str, now_ms: int) -> dict[str, Any]:
    """/ping in JSON: counters of what is unseen, then the notes. `mail`: unread messages.

    `intro` are requests to follow, `home` answers to me, `net` other posts. `href` of a note answers with the address
    of what it is about.
    """
    unseen = [note for note in notes if not note.seen]
    counters = {
        "intro": sum(1 for note in unseen if note.kind == "follow_request"),
        "mail": mail,
        "net": sum(1 for note in unseen if note.otype == ITEM and note.kind != COMMENT),
        "home": sum(1 for note in unseen if note.kind == COMMENT),
    }
    return {
        **counters,
        **dict.fromkeys(NO_EVENTS, 0),
        "notification": len(unseen),
        "notifications": [_ping_note(note, base_url, now_ms) for note in notes[:SHOWN]],
        "sysmsgs": {"notice": [], "info": []},
    }


def ping_xml(tree: dict[str, Any]) -> dict[str, Any]:
    """The same as XML: the notes as elements of `notif`, their text inside."""
    counters = {name: value for name, value in tree.items() if type(value) is int and name != "notification"}
    items = [_ping_element(item) for item in tree["notifications"]]
    listed = Element({"count": tree["notification"] + tree["mail"]}, items)
    return {**counters, "notif": listed, "sysmsgs": None}


def _ping_note(note: Note, base_url: str, now_ms: int) -> dict[str, Any]:
    ms = milliseconds(note.created)
    return {
        "id": note.id,
        "href": f"{base_url}/notification/view/{note.id}",
        "name": note.name,
        "url": note.url,
        "photo": note.photo,
        "date": date_rel(ms, now_ms),
        "message": _plain(_pieces(note)),
        "seen": int(note.seen),
        "timestamp": ms // 1000,
    }


def _ping_element(item: dict[str, Any]) -> Element:
    """A name that begins like the sign of unread notes is kept from being taken for it."""
    attributes = {name: value for name, value in item.items() if name != "message"}
    text = item["message"]
    if item["seen"]:
        return Element(attributes, INERT + text if text.startswith(UNREAD.rstrip()) else text)
    return Element(attributes, UNREAD + text)
