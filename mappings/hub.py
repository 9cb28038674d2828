"""The hub model: what every adapter converts to and every shape is made from.

All objects are frozen and hashable, so they can be cache keys. Native ids are opaque, case-sensitive strings
(reference/backend-facts.md section 1). Dates are ISO 8601 in UTC as the backend sent them; `mappings.dates` reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar

import msgspec

from mappings.fragments import Numbers

T = TypeVar("T")

NO_HEADERS = frozenset({"missing.png", "default_header.webp", "default_header.png"})
"""What Mastodon and GoToSocial call the picture of those who have none."""


class Visibility(StrEnum):
    """Who may read a status, widest first."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    DIRECT = "direct"


class Kind(StrEnum):
    """What a `direct` status really is (DESIGN section 4)."""

    MESSAGE = "message"
    LIMITED = "limited"
    PHOTO = "photo"


class Struct(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all hub objects."""


class ProfileField(Struct, frozen=True, kw_only=True):
    """One row of a profile's table."""

    name: str = ""
    value: str = ""


class Account(Struct, frozen=True, kw_only=True):
    """A person or bot. `acct` is the bare user name for people of the backend itself, `user@host` for others.

    `avatar_sizes`: a middle and a large one, where `avatar` is a small one (`mappings.old_pictures`).
    """

    native: str
    username: str
    acct: str
    name: str = ""
    note: str = ""
    url: str = ""
    avatar: str = ""
    avatar_static: str = ""
    header: str = ""
    created_at: str = ""
    followers_count: int = 0
    following_count: int = 0
    statuses_count: int = 0
    locked: bool = False
    group: bool = False
    fields: tuple[ProfileField, ...] = ()
    avatar_sizes: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """Host part of `acct`, empty for people of the backend itself."""
        return self.acct.partition("@")[2]

    @property
    def display(self) -> str:
        """The display name, else the user name."""
        return self.name or self.username


def shown_header(account: Account) -> str:
    """The picture at the head of the profile; "" for none, also where the server names a file of its own for that."""
    return "" if account.header.rpartition("/")[2].partition("?")[0] in NO_HEADERS else account.header


class Media(Struct, frozen=True, kw_only=True):
    """One attachment. Sizes are pixels, 0 when the backend does not say. `own`: its pictures are at the gateway."""

    native: str
    type: str = "unknown"
    url: str = ""
    preview_url: str = ""
    remote_url: str = ""
    description: str = ""
    width: int = 0
    height: int = 0
    mime: str = ""
    size: int = 0
    own: bool = False


class Mention(Struct, frozen=True, kw_only=True):
    """A person named in a status. `native` may be "0" where the backend does not know (snac)."""

    native: str
    username: str = ""
    acct: str = ""
    url: str = ""


class Tag(Struct, frozen=True, kw_only=True):
    """A hashtag without the `#`."""

    name: str


class PollOption(Struct, frozen=True, kw_only=True):
    """One answer; `votes_count` is None while hidden."""

    title: str
    votes_count: int | None = None


class Poll(Struct, frozen=True, kw_only=True):
    """A question with answers."""

    options: tuple[PollOption, ...] = ()
    expired: bool = False
    multiple: bool = False
    votes_count: int = 0


class Place(Struct, frozen=True, kw_only=True):
    """A point on earth in degrees."""

    lat: float
    long: float


class Activities(Struct, frozen=True, kw_only=True):
    """Who did what with a status, as far as it was asked for; empty in lists."""

    like: tuple[Account, ...] = ()
    dislike: tuple[Account, ...] = ()
    attendyes: tuple[Account, ...] = ()
    attendno: tuple[Account, ...] = ()
    attendmaybe: tuple[Account, ...] = ()
    announce: tuple[Account, ...] = ()


ACTIVITIES = tuple(field.name for field in msgspec.structs.fields(Activities))
"""The verbs, in wire order."""


class Status(Struct, frozen=True, kw_only=True):
    """A post or a boost (`reblog_of` set).

    `key` is the canonical id-map key, `native` the id to call the backend with; they differ on snac only.
    `title` is the content warning. `filters` are the titles of the reader's "warn" filters that matched; a status a
    "hide" filter matched has `hidden` set and is dropped by every list.
    """

    native: str
    account: Account
    key: str = ""
    created_at: str = ""
    edited_at: str = ""
    content: str = ""
    title: str = ""
    sensitive: bool = False
    visibility: str = Visibility.PUBLIC
    in_reply_to: str | None = None
    in_reply_to_account: str | None = None
    reblog_of: Status | None = None
    quote_of: Status | None = None
    media: tuple[Media, ...] = ()
    mentions: tuple[Mention, ...] = ()
    tags: tuple[Tag, ...] = ()
    poll: Poll | None = None
    place: Place | None = None
    source: str = ""
    url: str = ""
    uri: str = ""
    favourited: bool = False
    reblogged: bool = False
    favourites_count: int = 0
    reblogs_count: int = 0
    replies_count: int = 0
    filters: tuple[str, ...] = ()
    hidden: bool = False

    @property
    def original(self) -> Status:
        """The status that actions reach: the boosted one, else this one."""
        return self.reblog_of or self

    @property
    def starts(self) -> bool:
        """Not an answer, or one to oneself."""
        return self.in_reply_to is None or self.in_reply_to_account == self.account.native


class Order(StrEnum):
    """How a native id tells the backend's order (DESIGN section 5)."""

    TIMED = "timed"  # (a) carries time
    ORDERED = "ordered"  # (b) grows, but carries no time
    UNORDERED = "unordered"  # (c) neither


class Sighting(Struct, frozen=True, kw_only=True):
    """A status as the id map needs it.

    `ms` is the wanted position in milliseconds since 1970 UTC (0: unknown, a parent known only by id), `sub` the
    wanted slot 0-4095 within it, `sort` a text that compares as the native ids do (empty for UNORDERED).
    `parent` is the canonical key of the answered status. `boosted`/`booster` are set on boosts: native id of the
    original and of the person who boosted. `newest` marks an UNORDERED status that arrived above all known ones.
    """

    key: str
    native: str
    order: Order
    ms: int
    sub: int = 0
    sort: str = ""
    parent: str = ""
    boosted: str = ""
    booster: str = ""
    newest: bool = False


class Entry(Struct, frozen=True, kw_only=True):
    """A status as it came: the raw bytes it was sent as, and how to read them.

    Equal bytes read to equal statuses, so rendered fragments can be kept under `raw`. `known`: already decoded;
    `numbers`: the integers of everything in it, where they were looked up already.
    """

    raw: bytes
    read: Callable[[bytes], Status]
    known: Status | None = None
    numbers: Numbers | None = None

    @property
    def status(self) -> Status:
        """The decoded status. Raises `adapters.errors.BadAnswer` when it is none."""
        return self.known or self.read(self.raw)


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """Items newest first, and the backend's own cursor for the next, older ones (None: none known)."""

    items: tuple[T, ...]
    older: str | None = None


class Thread(Struct, frozen=True, kw_only=True):
    """A status with everything known around it, as entries."""

    status: Entry
    ancestors: tuple[Entry, ...] = ()
    descendants: tuple[Entry, ...] = ()


class Relationship(Struct, frozen=True, kw_only=True):
    """How the reader stands to somebody. `requested`: the reader asked to follow them and waits, `requested_by` the
    other way round. `notifying`: the reader is told of what they post; `showing_reblogs`: their boosts are shown."""

    native: str
    following: bool = False
    followed_by: bool = False
    requested: bool = False
    requested_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    notifying: bool = False
    showing_reblogs: bool = True


class Suggestion(Struct, frozen=True, kw_only=True):
    """Somebody the server proposes to follow, and the server's word for why ("" where it does not say)."""

    account: Account
    source: str = ""


class Notification(Struct, frozen=True, kw_only=True):
    """Something that happened to the reader. `type` is Mastodon's word: mention, favourite, follow, ..."""

    native: str
    type: str
    created_at: str
    account: Account
    status: Entry | None = None


class Conversation(Struct, frozen=True, kw_only=True):
    """One exchange of direct messages as the backend groups them."""

    unread: bool = False
    last: Entry | None = None


class Reaction(Struct, frozen=True, kw_only=True):
    """An emoji somebody put under a status. `accounts` only where the backend was asked who did."""

    name: str
    me: bool = False
    accounts: tuple[Account, ...] = ()


class Upload(Struct, frozen=True, kw_only=True):
    """A stored media file that can be attached to a new status."""

    native: str
    url: str = ""
    preview_url: str = ""
    width: int = 0
    height: int = 0


class Site(Struct, frozen=True, kw_only=True):
    """The backend instance as its users see it. `url_chars`: as how many characters an address counts; `image_bytes`:
    largest picture, 0 where it does not say."""

    title: str = ""
    email: str = ""
    language: str = "en"
    logo: str = ""
    closed: bool = False
    max_chars: int = 500
    max_media: int = 4
    languages: tuple[str, ...] = ()
    url_chars: int = 23
    image_bytes: int = 0
    rules: tuple[str, ...] = ()


class Paper(StrEnum):
    """What a server publishes for people to read."""

    TERMS = "terms"
    PRIVACY = "privacy"


class Trend(Struct, frozen=True, kw_only=True):
    """A hashtag (without `#`) that is much used. `days`: (seconds since 1970 of its begin, uses), latest first."""

    name: str
    url: str = ""
    days: tuple[tuple[int, int], ...] = ()


class Group(Struct, frozen=True, kw_only=True):
    """A list of contacts."""

    native: str
    name: str
