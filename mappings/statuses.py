"""The status object (reference/wire-statuses-users.md section 3.2): `Status` to a fragment with its holes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from mappings import hub
from mappings.attachments import attachments
from mappings.dates import wire
from mappings.entities import address_name, entities, escaped, layout, mention_name
from mappings.extended import extended
from mappings.fields import ACTIVITIES, STATUS_FIELDS, element, inner
from mappings.fragments import Format, Fragment, Hole, Numbers, Variant
from mappings.html import NOTHING, Reading, read
from mappings.links import Link
from mappings.rich import rich
from mappings.template import Nested, join, template
from mappings.text import extras, whole_pieces, whole_text
from mappings.trees import ITEMS, json_bytes, xml_content
from mappings.users import Person, UserCache, person, screen_name

INNER_FIELDS = inner(STATUS_FIELDS)

_FORMATS: tuple[Format, ...] = ("json", "xml")
_OUTER = {format: template(STATUS_FIELDS, STATUS_FIELDS, format) for format in _FORMATS}
_INNER = {format: template(INNER_FIELDS, STATUS_FIELDS, format) for format in _FORMATS}

PRIVATE = frozenset({hub.Visibility.PRIVATE, hub.Visibility.DIRECT, "list"})
"""`list`: to a collection of people that nobody else can read (Pleroma's word)."""


class Body(NamedTuple):
    """What a post says, read once: its content, pieces for what that does not show, and both forms of its HTML."""

    reading: Reading
    more: list[str | Link]
    statusnet_html: str
    friendica_html: str


def body_of(status: hub.Status) -> Body:
    """The body of a status that is no boost."""
    reading = read(status.content)
    if not (status.media or status.title or status.filters or status.poll or status.quote_of):
        return Body(reading, [], reading.html, reading.html)
    quote = read(status.quote_of.content) if status.quote_of is not None else NOTHING
    return Body(reading, extras(status, reading, quote), *rich(status, reading, quote))


class Rendering:
    """One reply's work: what is the same for all its statuses."""

    __slots__ = ("numbers", "users", "variant")

    def __init__(self, variant: Variant, numbers: Numbers, users: UserCache) -> None:
        self.variant = variant
        self.numbers = numbers
        self.users = users

    def user(self, account: hub.Account) -> Person:
        """The user object in both forms."""
        return person(account, self.variant, self.numbers.accounts[account.native], self.users)

    def outer(self, status: hub.Status, activities: hub.Activities | None, *, comments: bool = True) -> Fragment:
        """The whole object."""
        original, wrapped = _original(status), status.reblog_of is not None
        body = body_of(original)
        text, found = self.text(original, body, boosted=wrapped)
        thread = Hole("thread", original.key or original.native, self.numbers.statuses[original.native])
        owner = self.user(status.account)
        author = self.user(original.account) if wrapped else owner
        made = _OUTER[self.variant.format].render(
            status_values(status, original, self, body=body, text=text),
            (
                owner.short,
                author.full,
                owner.full,
                thread,
                self.activities(original) if activities is None else self.people(activities),
                self.tree("attachments", attachments(original.media)),
                found,
                self.inner(original, body) if wrapped else None,
                None if wrapped else self.quoted(original),
                b"%d" % original.replies_count if comments else None,
            ),
        )
        return extended(made, text, found, original.media) if self.variant.extended else made

    def inner(self, status: hub.Status, body: Body, *, quoted: bool = False) -> Fragment:
        """The object inside another. A quoted status holds no further one."""
        text, found = self.text(status, body)
        made = _INNER[self.variant.format].render(
            status_values(status, status, self, body=body, text=text),
            (
                self.user(status.account).full,
                self.tree("attachments", attachments(status.media)),
                found,
                None if quoted else self.quoted(status),
            ),
        )
        return extended(made, text, found, status.media) if self.variant.extended else made

    def quoted(self, status: hub.Status) -> Fragment | None:
        """The quoted status, where it has a number."""
        quote = status.quote_of
        if quote is None or quote.native not in self.numbers.statuses:
            return None
        return self.inner(quote, body_of(quote), quoted=True)

    def text(self, status: hub.Status, body: Body, *, boosted: bool = False) -> tuple[str, bytes | None]:
        """`text`, and `entities` where they are asked for. `boosted`: behind `RT @nick: `."""
        variant = self.variant
        if variant.entities:
            return self.entities(status, whole_pieces(status, body.reading, body.more), boosted=boosted)
        text = whole_text(status, body.reading, body.more)
        if boosted:
            text = f"RT @{screen_name(status.account, variant)}: {text}"
        return escaped(text) if variant.escape else text, None

    def entities(
        self, status: hub.Status, pieces: list[str | Link], *, boosted: bool = False
    ) -> tuple[str, bytes | None]:
        """The text with bare links and the object that tells where they stand."""
        mentions, author = status.mentions, status.account
        if boosted:
            nick = screen_name(author, self.variant)
            pieces = ["RT ", Link("mention", f"@{nick}", author.url), ": ", *pieces]
            mentions = (hub.Mention(native=author.native, username=nick, acct=author.acct, url=author.url), *mentions)
        text, marks = layout(pieces, escape=self.variant.escape)
        tree = entities(
            marks,
            mentions=mentions,
            media=status.media,
            accounts=self.numbers.accounts,
            number=self.numbers.statuses[status.native],
            named=address_name if self.variant.addresses else mention_name,
        )
        return text, self.tree("entities", tree)

    def tree(self, name: str, tree: Any) -> bytes | None:
        """A small nested tree; None when it is empty."""
        if not tree:
            return None
        return json_bytes(tree) if self.variant.format == "json" else xml_content(tree, ITEMS.get(name, "item"))

    def activities(self, status: hub.Status) -> Nested:
        """What the backend tells without being asked: what the reader did."""
        if not (status.favourited or status.reblogged):
            return _NO_ACTIVITIES[self.variant.format]
        return _own_activities(self.variant.format, self.variant.self_name, status.favourited, status.reblogged)

    def people(self, activities: hub.Activities) -> Fragment:
        """The lists as far as they were asked for."""
        lists = {name: [self.user(who).full for who in getattr(activities, name)] for name in ACTIVITIES}
        return _listed(self.variant.format, lists)


@lru_cache(256)
def _own_activities(format: Format, self_name: str, favourited: bool, reblogged: bool) -> Fragment:
    """The lists in which nobody but the reader stands."""
    own = Hole("own", self_name, 0)
    done = {"like": [own] if favourited else [], "announce": [own] if reblogged else []}
    return _listed(format, {name: done.get(name, []) for name in ACTIVITIES})


def _listed(format: Format, lists: Mapping[str, Sequence[Fragment | Hole]]) -> Fragment:
    """The six lists of people; XML puts them in Friendica's namespace (section 4.3)."""
    pieces = [piece for name, people in lists.items() for piece in _LISTS[format](name, people)]
    return join(pieces if format == "xml" else [b"{", *pieces[1:], b"}"])


Piece = bytes | Fragment | Hole


def _json_people(name: str, people: Sequence[Fragment | Hole]) -> list[Piece]:
    """A comma, the key, the list."""
    listed = [item for person in people for item in (b",", person)][1:]
    return [b",", b'"%b":[' % name.encode(), *listed, b"]"]


def _xml_people(name: str, people: Sequence[Fragment | Hole]) -> list[Piece]:
    """The reader's own object brings its element along, because it may be missing."""
    tag = element(f"friendica_{name}").encode()
    listed: list[Piece] = []
    for who in people:
        listed += [who] if isinstance(who, Hole) else [b"<user>", who, b"</user>"]
    return [b"<%b>" % tag, *listed, b"</%b>" % tag]


_LISTS = {"json": _json_people, "xml": _xml_people}

_NO_ACTIVITIES: dict[Format, bytes] = {
    "json": json_bytes({name: [] for name in ACTIVITIES}),
    "xml": xml_content({f"friendica_{name}": None for name in ACTIVITIES}),
}


def status_fragment(
    status: hub.Status,
    variant: Variant,
    numbers: Numbers,
    *,
    users: UserCache,
    activities: hub.Activities | None = None,
    comments: bool = True,
) -> Fragment:
    """The status object. Holes: "contact" of every person in it, "thread" of the post (of a boost: the boosted), "own"
    where the reader did something with it.

    `numbers` must hold the status, the boosted one and every person; parent, quoted status and mentions where known.
    `comments`: with `friendica_comments`, as lists have it. In XML the result is what stands inside `<status>`.
    """
    return Rendering(variant, numbers, users).outer(status, activities, comments=comments)


def _original(status: hub.Status) -> hub.Status:
    """The boosted status with the filters that matched the boost."""
    original = status.original
    if status.filters and status is not original:
        missing = [name for name in status.filters if name not in original.filters]
        return msgspec.structs.replace(original, filters=(*missing, *original.filters))
    return original


def status_values(
    status: hub.Status, original: hub.Status, rendering: Rendering, *, body: Body, text: str
) -> tuple[Any, ...]:
    """The computed values of `STATUS_FIELDS` in wire order, the same for every format and reader. `original` is what a
    boost boosts, else `status`."""
    variant, numbers = rendering.variant, rendering.numbers
    number = numbers.statuses[status.native]
    parent, person, name = _answered(status, variant, numbers) if status.in_reply_to else (None, None, None)
    return (
        text,
        wire(status.created_at),
        parent,
        None if parent is None else str(parent),
        source(status.source or original.source, variant),
        number,
        str(number),
        person,
        None if person is None else str(person),
        name,
        None if original.place is None else _geo(original.place),
        original.favourited,
        status.visibility in PRIVATE or original.visibility in PRIVATE,
        body.statusnet_html,
        original.url or original.uri,
        original.title,
        body.friendica_html,
        original.reblogs_count,
        original.favourites_count,
        original.reblogged,
        original.sensitive,
    )


def _answered(status: hub.Status, variant: Variant, numbers: Numbers) -> tuple[int | None, int | None, str | None]:
    """Id, author's id and author's screen name of the parent, each null when it is not known."""
    author = status.in_reply_to_account or ""
    return numbers.statuses.get(status.in_reply_to or ""), numbers.accounts.get(author), _name(status, author, variant)


def _name(status: hub.Status, author: str, variant: Variant) -> str | None:
    if author and author == variant.self_native and variant.self_name:
        return variant.self_name
    if author == status.account.native:
        return screen_name(status.account, variant)
    named = address_name if variant.addresses else mention_name
    return next((named(mention) for mention in status.mentions if mention.native == author != ""), None)


def source(name: str, variant: Variant) -> str:
    """`NAME (LABEL)`; Twitter mounts send an anchor."""
    if variant.source_link:
        return f'<a href="{escape(variant.base_url)}" rel="nofollow">{escape(name or variant.label)}</a>'
    return f"{name} ({variant.label})" if name else variant.label


def _geo(place: hub.Place) -> dict[str, Any] | None:
    if not (isfinite(place.lat) and isfinite(place.long)):
        return None
    return {"type": "Point", "coordinates": [float(place.lat), float(place.long)]}
