"""The message object: a `direct` status as Friendica's private mail (reference/wire-friendica.md section 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from mappings import hub
from mappings.dates import wire
from mappings.entities import Mark, entities, escaped, layout, mention_name
from mappings.html import NOTHING, SPACE, Reading, read
from mappings.links import Link
from mappings.rich import rich
from mappings.text import extras, named, whole_pieces, whole_text

TITLE_CHARS = 10
"""A message without a title is headed by so much of its text."""

HTML, PLAIN = "html", "plain"

_FIRST_NAME = re.compile(
    r"(?P<open>\s*(?:<(?:p|div)(?: [^<>]*)?>\s*)?)"
    r"(?:@?(?:<span(?: [^<>]*)?>)*<a(?: [^<>]*)?>(?:<span(?: [^<>]*)?>)*@?(?:<span(?: [^<>]*)?>)*"
    r"(?P<link>@?[\w.@:-]+)(?:</span>)*</a>(?:</span>)*|@(?P<bare>[\w.-]*\w(?:@[\w.-]*\w(?::\d+)?)?))"
    r"(?P<after>(?:\s|&nbsp;|\xa0|<br ?/?>)*)"
)
_EMPTY = re.compile(r"^\s*<(p|div)(?: [^<>]*)?>\s*</\1>")


class Form(NamedTuple):
    """How a message is asked for. `text`: "" title and text together, "html", "plain", anything else no text at all.
    `titled`: every message has a title, made of its text where nobody gave it one; else only those that were given one.
    `escape`: `&amp; &lt; &gt;`, as Twitter sent text. `mark`, `id`: a seen mark and an id as the client reads them."""

    text: str = ""
    users: bool = True
    entities: bool = False
    titled: bool = True
    escape: bool = False
    mark: Callable[[bool], Any] = int
    id: Callable[[int], Any] = int


class Side(NamedTuple):
    """Sender or recipient. `user` is what stands for the user object."""

    number: int
    screen_name: str
    user: Any = None


class Frame(NamedTuple):
    """What a message has beside the status: its number, the title its conversation gives it, the seen mark and the
    key of the conversation. `accounts` are the integers of mentioned people, by native id."""

    number: int
    sender: Side
    recipient: Side
    title: str
    seen: bool
    parent_uri: str
    accounts: Mapping[str, int] = {}


class Letter(NamedTuple):
    """A status read as a message: no title, and not the names at its head that only say for whom it is."""

    status: hub.Status
    reading: Reading
    more: list[str | Link]
    html: str

    @property
    def text(self) -> str:
        """The readable text, links written out."""
        return whole_text(self.status, self.reading, self.more).strip(SPACE)

    def pieces(self) -> list[str | Link]:
        """The same in pieces."""
        return whole_pieces(self.status, self.reading, self.more)


def letter(status: hub.Status) -> Letter:
    """The message in `status`."""
    body = _without_names(read(status.content), _names(status.mentions))
    untitled = msgspec.structs.replace(status, title="")
    quote = read(status.quote_of.content) if status.quote_of is not None else NOTHING
    headed, shown = rich(untitled, body, quote)
    return Letter(untitled, body, extras(untitled, body, quote), headed if status.filters else shown)


def default_title(text: str) -> str:
    """The title of a message that has none: the first characters of its text, one line."""
    line = " ".join(text.split())
    return f"{line[:TITLE_CHARS]}..." if len(line) > TITLE_CHARS else line


def message(status: hub.Status, form: Form, frame: Frame) -> dict[str, Any]:
    """The object, in the order of its keys on the wire."""
    body = letter(status)
    text, marks = _text(body, form, frame.title if form.titled else status.title)
    tree: dict[str, Any] = {
        "id": form.id(frame.number),
        "sender_id": frame.sender.number,
        "text": text,
        "recipient_id": frame.recipient.number,
        "created_at": wire(status.created_at),
        "sender_screen_name": frame.sender.screen_name,
        "recipient_screen_name": frame.recipient.screen_name,
    }
    if form.users:
        tree |= {"sender": frame.sender.user, "recipient": frame.recipient.user}
    tree |= {
        "title": _escaped(frame.title, form) if form.text else "",
        "friendica_seen": form.mark(frame.seen),
        "friendica_parent_uri": frame.parent_uri,
    }
    if marks is not None:
        tree["entities"] = entities(
            marks, mentions=status.mentions, media=status.media, accounts=frame.accounts, number=frame.number
        )
    return tree


def _text(body: Letter, form: Form, title: str) -> tuple[str, Sequence[Mark] | None]:
    """`text`, and where its links stand when entities go with it."""
    if form.text == HTML:
        return body.html, None
    if form.text not in {"", PLAIN}:
        return "", None
    head = f"{title}\n" if not form.text and (title or form.titled) else ""
    if form.entities:
        return layout([head, *body.pieces()] if head else body.pieces(), escape=form.escape)
    return _escaped(head + body.text, form), None


def _escaped(text: str, form: Form) -> str:
    return escaped(text) if form.escape else text


def _names(mentions: Iterable[hub.Mention]) -> set[str]:
    """All ways in which a server may write the mentioned people, casefolded."""
    forms: set[str] = set()
    for person in mentions:
        name, host = mention_name(person), person.url.partition("://")[2].partition("/")[0]
        forms |= {name, person.acct, person.username.lstrip("@"), f"{name}@{host}"}
    return {form.casefold() for form in forms if form}


def _without_names(reading: Reading, names: set[str]) -> Reading:
    """`reading` without the names of `names` at its head."""
    if not names or "@" not in reading.text[:2]:
        return reading
    pieces = _pieces_without(reading.pieces, names)
    text = "".join([piece if isinstance(piece, str) else piece.written for piece in pieces]).strip(SPACE)
    return Reading(text, _html_without(reading.html, names), tuple(pieces))


def _pieces_without(pieces: Sequence[str | Link], names: set[str]) -> list[str | Link]:
    left = list(pieces)
    while left:
        first = left[0]
        if isinstance(first, Link):
            if first.kind != "mention" or not _among(first.shown, names):
                break
            left.pop(0)
            continue
        rest = _words_without(first.lstrip(SPACE), names)
        left[:1] = [rest] if rest else []
        if rest and not (rest == "@" and len(left) > 1):
            break
        if rest:  # Friendica leaves the @ before its anchors
            if not (isinstance(link := left[1], Link) and _among(link.shown, names)):
                break
            del left[:2]
    return left


def _words_without(text: str, names: set[str]) -> str:
    while found := next((place for place in named(text)[:1] if place[0] == 0), None):
        _, end, name, host = found
        if f"{name}@{host}".rstrip("@").casefold() not in names:
            break
        text = text[end:].lstrip(SPACE)
    return text


def _html_without(html: str, names: set[str]) -> str:
    while found := _FIRST_NAME.match(html):
        if not _among(found["link"] or found["bare"], names):
            break
        html = found["open"] + html[found.end() :]
    return _EMPTY.sub("", html)


def _among(shown: str, names: set[str]) -> bool:
    return shown.lstrip("@").casefold() in names
