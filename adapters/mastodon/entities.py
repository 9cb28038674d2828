"""The entities of the Mastodon client API that are asked for one by one: answers that hold other things."""

from __future__ import annotations

import msgspec

from adapters.mastodon.wire import NOTHING, Account, Wire
from mappings import hub


class Head(Wire, frozen=True):
    """Just enough of a list item to page and to tell it from others."""

    id: str


class Source(Wire, frozen=True):
    """Posting defaults of the token's owner."""

    privacy: str | None = None
    language: str | None = None
    follow_requests_count: int | None = 0
    fields: tuple[hub.ProfileField, ...] | None = None


class Credentials(Wire, frozen=True):
    """What verify_credentials adds to an account."""

    source: Source | None = None


class Notification(Wire, frozen=True):
    """Something that happened to the reader; the status stays undecoded."""

    id: str
    account: Account
    type: str = ""
    created_at: str | None = ""
    status: msgspec.Raw = NOTHING


class Relationship(Wire, frozen=True):
    """How the reader stands to somebody."""

    id: str
    following: bool | None = False
    followed_by: bool | None = False
    requested: bool | None = False
    requested_by: bool | None = False
    blocking: bool | None = False
    blocked_by: bool | None = False
    muting: bool | None = False
    notifying: bool | None = False
    showing_reblogs: bool | None = None

    def hub(self) -> hub.Relationship:
        """As the hub knows it."""
        return hub.Relationship(
            native=self.id,
            following=bool(self.following),
            followed_by=bool(self.followed_by),
            requested=bool(self.requested),
            requested_by=bool(self.requested_by),
            blocking=bool(self.blocking),
            blocked_by=bool(self.blocked_by),
            muting=bool(self.muting),
            notifying=bool(self.notifying),
            # Servers say false of everybody who is not followed.
            showing_reblogs=not (self.following and self.showing_reblogs is False),
        )


class Suggestion(Wire, frozen=True):
    """Somebody to follow, undecoded; `sources` since Mastodon 4.3, `source` before."""

    account: msgspec.Raw = NOTHING
    source: str | None = ""
    sources: tuple[str, ...] | None = ()


class List(Wire, frozen=True):
    """A list of accounts."""

    id: str
    title: str = ""


class Boost(Wire, frozen=True):
    """What a status boosts, if anything."""

    reblog: msgspec.Raw = msgspec.Raw(b"null")


class Context(Wire, frozen=True):
    """What stands around a status."""

    ancestors: tuple[msgspec.Raw, ...] = ()
    descendants: tuple[msgspec.Raw, ...] = ()


class Found(Wire, frozen=True):
    """The people a search found."""

    accounts: tuple[msgspec.Raw, ...] = ()


class FoundStatuses(Wire, frozen=True):
    """The statuses a search found."""

    statuses: tuple[msgspec.Raw, ...] = ()


class Conversation(Wire, frozen=True):
    """An exchange of direct messages; the last one stays undecoded."""

    unread: bool | None = False
    last_status: msgspec.Raw = NOTHING


class Marker(Wire, frozen=True):
    """How far a timeline was read."""

    last_read_id: str | None = ""


class Markers(Wire, frozen=True):
    """Markers by timeline."""

    notifications: Marker | None = None


class Reaction(Wire, frozen=True):
    """An emoji under a status; who put it there stays undecoded, and only Pleroma says."""

    name: str
    me: bool | None = False
    accounts: tuple[msgspec.Raw, ...] = ()


class Reactions(Wire, frozen=True):
    """What a status says of its emoji."""

    reactions: tuple[Reaction, ...] = ()


class StatusLimits(Wire, frozen=True):
    """How long and how rich a post may be."""

    max_characters: int | None = None
    max_media_attachments: int | None = None
    characters_reserved_per_url: int | None = None


class MediaLimits(Wire, frozen=True):
    """How large a picture may be, in bytes."""

    image_size_limit: int | None = None


class ReactionLimits(Wire, frozen=True):
    """How many emoji one person may put under a status; that it is there says that one may."""


class Configuration(Wire, frozen=True):
    """Limits of an instance. `reactions` is there on servers that know them."""

    statuses: StatusLimits | None = None
    media_attachments: MediaLimits | None = None
    reactions: ReactionLimits | None = None


class Registrations(Wire, frozen=True):
    """Whether new people are welcome."""

    enabled: bool | None = True


class Picture(Wire, frozen=True):
    """The picture of an instance."""

    url: str | None = ""


class Contact(Wire, frozen=True):
    """Who runs an instance."""

    email: str | None = ""


class Rule(Wire, frozen=True):
    """A rule of an instance."""

    text: str | None = ""


class Instance(Wire, frozen=True):
    """An instance as v1 (`uri`, `email`, `max_toot_chars`) or v2 (`domain`, `contact`) describes it."""

    uri: str | None = ""
    domain: str | None = ""
    title: str | None = ""
    version: str | None = ""
    source_url: str | None = ""
    email: str | None = ""
    contact: Contact | None = None
    languages: tuple[str, ...] | None = None
    thumbnail: Picture | str | None = None
    registrations: Registrations | bool | None = None
    configuration: Configuration | None = None
    max_toot_chars: int | None = None
    rules: tuple[Rule, ...] | None = None


class Content(Wire, frozen=True):
    """A page for people to read, as HTML."""

    content: str | None = ""


class TagDay(Wire, frozen=True):
    """How often a tag was used on one day, both as text or numbers."""

    day: str | int = 0
    uses: str | int = 0


class TrendingTag(Wire, frozen=True):
    """A hashtag that is much used."""

    name: str
    url: str | None = ""
    history: tuple[TagDay, ...] | None = None


class NodeInfoLink(Wire, frozen=True):
    """Where a nodeinfo document is."""

    rel: str = ""
    href: str = ""


class NodeInfoIndex(Wire, frozen=True):
    """/.well-known/nodeinfo."""

    links: tuple[NodeInfoLink, ...] = ()


class SoftwareName(Wire, frozen=True):
    """Name and version of a server's software."""

    name: str = ""
    version: str | None = ""


class NodeInfo(Wire, frozen=True):
    """A nodeinfo document."""

    software: SoftwareName | None = None
