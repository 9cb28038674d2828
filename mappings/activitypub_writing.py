"""What is written as ActivityStreams: the HTML of a text, its tags, and whom it is addressed to (activitypub-c2s
section 8). `bto` and `bcc` are never used: servers show them to everybody they address (section 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from mappings import hub
from mappings.activitypub_terms import CONTEXT, Document
from mappings.activitypub_text import paragraphs
from mappings.html import html_clean
from mappings.hub import Visibility
from mappings.text import named

EVERYBODY = f"{CONTEXT}#Public"
Person = hub.Account | hub.Mention

_HASHTAG = re.compile(r"(?<![\w/&#])#(\w{1,100})")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)


class Unaddressable(ValueError):
    """The audience cannot be expressed; nothing may be sent. `args[0]` says why."""


class Audience(NamedTuple):
    """`to` and `cc`, each id once."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()

    def fields(self) -> Document:
        """As they stand in activity and object alike."""
        return {"to": list(self.to), "cc": list(self.cc)}


def audience_of(
    visibility: str, *, followers: str = "", people: Iterable[str] = (), lists: Iterable[str] = ()
) -> Audience:
    """The exact addresses: `people` are ids of actors, `lists` of collections that the server addresses.

    public and unlisted: everybody and the followers, `people` beside them; private: the followers and `people`;
    direct: `people` and `lists` and nobody else, which may be nobody at all. Raises Unaddressable.
    """
    named, several = _unique(people), _unique(lists)
    if visibility == Visibility.DIRECT:
        return Audience(to=_unique((*several, *named)))
    if several:
        raise Unaddressable("A post to lists is for nobody else.")
    if visibility == Visibility.PUBLIC:
        return Audience((EVERYBODY,), _unique((followers, *named)))
    if visibility == Visibility.UNLISTED:
        return Audience(_unique((followers,)), _unique((EVERYBODY, *named)))
    if visibility != Visibility.PRIVATE or not followers:
        raise Unaddressable("The followers cannot be addressed.")
    return Audience((followers,), named)


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for id in ids if id))


# texts ----------------------------------------------------------------------------------------------------------------


class Written(NamedTuple):
    """The HTML of a post and its tags."""

    content: str
    tags: tuple[Document, ...] = ()


def body(text: str, people: Mapping[str, Person], *, html: str = "", tags_at: str = "") -> Written:
    """A post's text. `people` are those it may name, by `name` or `name@host` as the text has them, casefolded:
    nobody else is linked or tagged. `html` is sent instead, sanitised, when it is given.

    `tags_at`: the address in front of a hashtag's page; without one hashtags are tagged and not linked.
    """
    found = Inline(people, tags_at)
    made = paragraphs(text, found.html)
    if html:
        made = html_clean(html)
    return Written(made, (*found.mentions.values(), *found.hashtags.values()))


def names_in(text: str) -> tuple[str, ...]:
    """Every `name` or `name@host` of a text that is outside its links, as `body` looks for them."""
    outside = _LINK.sub(" ", text)
    return tuple(dict.fromkeys(_form(name, host) for _, _, name, host in named(outside)))


def _form(name: str, host: str) -> str:
    return (f"{name}@{host}" if host else name).casefold()


class Inline:
    """Makes the HTML of text between links, and collects whom and what it names."""

    def __init__(self, people: Mapping[str, Person], tags_at: str) -> None:
        self.people, self.tags_at = people, tags_at
        self.mentions: dict[str, Document] = {}
        self.hashtags: dict[str, Document] = {}

    def html(self, text: str) -> str:
        """Escaped, with names and hashtags as links."""
        out, at = [], 0
        for start, end, name, host in named(text):
            person = self.people.get(_form(name, host))
            if person is not None and start >= at:
                out += [self.plain(text[at:start]), self.mention(person, name)]
                at = end
        return "".join([*out, self.plain(text[at:])])

    def mention(self, person: Person, name: str) -> str:
        """A link to somebody."""
        self.mentions.setdefault(person.native, mention_tag(person))
        href = escape(person.url or person.native)
        inner = f"@<span>{escape(name, quote=False)}</span>"
        return f'<span class="h-card"><a href="{href}" class="u-url mention">{inner}</a></span>'

    def plain(self, text: str) -> str:
        """Escaped, with hashtags."""
        out, at = [], 0
        for found in _HASHTAG.finditer(text):
            if not found[1].isdecimal():
                out += [escape(text[at : found.start()], quote=False), self.hashtag(found[1])]
                at = found.end()
        return "".join([*out, escape(text[at:], quote=False)])

    def hashtag(self, name: str) -> str:
        """A link to a hashtag's page, where there is one."""
        href = f"{self.tags_at}{name.lower()}" if self.tags_at else ""
        self.hashtags.setdefault(name.casefold(), {"type": "Hashtag", "name": f"#{name}"} | _href(href))
        if not href:
            return f"#{escape(name, quote=False)}"
        return f'<a href="{escape(href)}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>'


def _href(href: str) -> Document:
    return {"href": href} if href else {}


def mention_tag(person: Person) -> Document:
    """The tag that names somebody; without it servers notify nobody."""
    host = "" if "@" in person.acct else _host(person.native)
    name = person.acct or person.username
    return {"type": "Mention", "href": person.native, "name": f"@{name}@{host}" if host else f"@{name}"}


def _host(native: str) -> str:
    return native.partition("://")[2].partition("/")[0].rpartition("@")[2]


def mention_tags(people: Iterable[Person], tags: Sequence[Document]) -> tuple[Document, ...]:
    """`tags` with one more for everybody among `people` whom none of them names."""
    present = {tag.get("href") for tag in tags}
    return (*tags, *(mention_tag(person) for person in people if person.native not in present))


# parts of objects -----------------------------------------------------------------------------------------------------


def place(point: hub.Place | None) -> Document:
    """Where it was written."""
    if point is None:
        return {}
    return {"location": {"type": "Place", "latitude": point.lat, "longitude": point.long}}


def generator(name: str) -> Document:
    """The client it was written with."""
    return {"generator": {"type": "Application", "name": name}} if name else {}


def attached(document: Document, media: hub.Media) -> Document:
    """A stored file as it is embedded into a post: readers lose the address of one that is attached by its id alone
    (section 5.7). `document` is the stored object, `media` what was read of it."""
    fields: dict[str, Any] = {
        "type": media.type.capitalize() if media.type in {"image", "video", "audio"} else "Document",
        "mediaType": media.mime,
        "url": media.url,
        "name": media.description,
        "width": media.width,
        "height": media.height,
    }
    native = document.get("id")
    known = {"id": native} if isinstance(native, str) and native != media.url else {}
    return known | {key: value for key, value in fields.items() if value}
