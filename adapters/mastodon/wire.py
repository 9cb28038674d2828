"""The entities of the Mastodon client API, as the hub objects they become.

A timeline is decoded straight into these: each is a hub object whose fields carry the names of the JSON, so nothing is
copied afterwards (a second pass over 24 statuses costs as much as decoding them). Fields may be absent. A `Text` is one
that known servers send as null; it is mended right after decoding. Whatever else is wrong with an entity, other nulls
included, is repaired by `tolerant`, slowly. Names starting with @ are ours and never on the wire.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import field

from mappings import dates, hub

if TYPE_CHECKING:
    Text = str
else:
    Text = str | None

NOTHING = msgspec.Raw(b"null")
HIDE = "hide"
put = msgspec.structs.force_setattr

MIMES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "svg": "image/svg+xml",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "m4v": "video/mp4",
    "ogv": "video/ogg",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "wav": "audio/wav",
}
USUAL_MIME = {"image": "image/jpeg", "video": "video/mp4", "gifv": "video/mp4", "audio": "audio/mpeg"}


def mend(entity: msgspec.Struct, *names: str) -> None:
    """Replace nulls by empty texts."""
    for name in names:
        if getattr(entity, name) is None:
            put(entity, name, "")


def utc(text: str | None) -> str:
    """ISO 8601 in UTC, ending in Z."""
    if not text:
        return ""
    if text[-1] == "Z":
        return text
    if text.endswith("+00:00"):
        return text[:-6] + "Z"
    return dates.from_milliseconds(dates.milliseconds(text))


class Wire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of the entities that are no hub objects."""


class Account(hub.Account, frozen=True, kw_only=True):
    """A person."""

    native: str = field(name="id")
    username: str = ""
    acct: str = ""
    name: str = field(default="", name="display_name")

    def __post_init__(self) -> None:
        if self.created_at[-1:] != "Z":
            put(self, "created_at", utc(self.created_at))


class Found(Account, frozen=True, kw_only=True):
    """A person that was searched for; `uri` is the ActivityPub id."""

    uri: str = ""


class Size(Wire, frozen=True):
    """Width and height of one rendering."""

    width: int | float | None = 0
    height: int | float | None = 0


class Meta(Wire, frozen=True):
    """Renderings of a media file; snac and the mock say nothing."""

    original: Size | None = None
    small: Size | None = None


class PleromaMedia(Wire, frozen=True):
    """Pleroma and Akkoma say the type."""

    mime_type: str | None = ""


class Media(hub.Media, frozen=True, kw_only=True):
    """An attachment. `url` is null while the server is still at work on it."""

    native: str = field(default="", name="id")
    url: Text = ""
    preview_url: Text = ""
    remote_url: Text = ""
    description: Text = ""
    width: int = field(default=0, name="@width")
    height: int = field(default=0, name="@height")
    size: int = field(default=0, name="@size")
    meta: Meta | None = None
    pleroma: PleromaMedia | None = None

    def __post_init__(self) -> None:
        if not (self.url and self.remote_url and self.description):
            mend(self, "url", "remote_url", "description")
        if not self.preview_url:
            put(self, "preview_url", self.url)
        size = (self.meta.original or self.meta.small) if self.meta else None
        if size:
            put(self, "width", int(size.width or 0))
            put(self, "height", int(size.height or 0))
        if not self.mime:
            put(self, "mime", self.guess())

    def guess(self) -> str:
        """The media type: what Pleroma says, else by the address, else the usual one of the kind."""
        if self.pleroma and self.pleroma.mime_type:
            return self.pleroma.mime_type
        path = (self.remote_url or self.url).partition("?")[0]
        return MIMES.get(path.rpartition(".")[2].lower()) or USUAL_MIME.get(self.type, "")


class Mention(hub.Mention, frozen=True, kw_only=True):
    """A person named in a status."""

    native: str = field(default="0", name="id")


class Filter(Wire, frozen=True):
    """A filter of the reader. `filter_action` is warn, hide or (since 4.4) blur."""

    title: str | None = ""
    filter_action: str | None = "warn"


class FilterResult(Wire, frozen=True):
    """A filter that matched."""

    filter: Filter


class Application(Wire, frozen=True):
    """The client a status was written with."""

    name: str | None = ""


class Spot(Wire, frozen=True):
    """Where a status was written; few servers know, and not all give a point."""

    lat: float | None = None
    long: float | None = None
    latitude: float | None = None
    longitude: float | None = None

    def point(self) -> hub.Place | None:
        """The point, when both halves are given."""
        lat = self.latitude if self.lat is None else self.lat
        long = self.longitude if self.long is None else self.long
        return None if lat is None or long is None else hub.Place(lat=lat, long=long)


class PleromaStatus(Wire, frozen=True):
    """Pleroma puts a quoted status here, Akkoma into `quote`."""

    quote: msgspec.Raw = NOTHING


class Status(hub.Status, frozen=True, kw_only=True):
    """A post or boost.

    `quote` is a status (Akkoma) or holds one in `quoted_status` (Mastodon 4.4 and later); it stays undecoded here.
    The last block is only read while the status is made, and emptied, so that the result can be hashed.
    """

    native: str = field(name="id")
    account: Account
    key: str = field(default="", name="@key")
    edited_at: Text = ""
    title: str = field(default="", name="spoiler_text")
    visibility: str = ""
    in_reply_to: str | None = field(default=None, name="in_reply_to_id")
    in_reply_to_account: str | None = field(default=None, name="in_reply_to_account_id")
    reblog_of: Status | None = field(default=None, name="reblog")
    quote_of: hub.Status | None = field(default=None, name="@quote_of")
    media: tuple[Media, ...] = field(default=(), name="media_attachments")
    mentions: tuple[Mention, ...] = ()
    place: hub.Place | None = field(default=None, name="@place")
    source: str = field(default="", name="@source")
    url: Text = ""
    filters: tuple[str, ...] = field(default=(), name="@filters")
    hidden: bool = field(default=False, name="@hidden")

    filtered: tuple[FilterResult, ...] | None = None
    application: Application | None = None
    quote: msgspec.Raw | None = None
    pleroma: PleromaStatus | None = None
    spot: Spot | None = field(default=None, name="place")

    def __post_init__(self) -> None:
        put(self, "key", self.native)
        if self.created_at[-1:] != "Z":
            put(self, "created_at", utc(self.created_at))
        put(self, "edited_at", utc(self.edited_at) if self.edited_at else "")
        if not self.url:
            put(self, "url", self.uri)
        if self.application is not None:
            put(self, "source", self.application.name or "")
        if self.spot is not None:
            put(self, "place", self.spot.point())
        if self.filtered or self.reblog_of is not None:
            put_filters(self)
        if self.quote is not None or self.pleroma is not None:
            self.put_quote()

    def put_quote(self) -> None:
        """Decode what is quoted, if anything is."""
        raw, aside = self.quote, self.pleroma
        if raw is not None:
            put(self, "quote", None)
        if aside is not None:
            put(self, "pleroma", None)
            raw = aside.quote if raw is None or raw == NOTHING else raw
        if raw is not None and raw != NOTHING:
            put(self, "quote_of", quoted(bytes(raw)))


def put_filters(status: Status) -> None:
    """What matched the post or the boosted one: titles of the filters that warn, and whether one hides."""
    results = status.filtered or (status.reblog_of.filtered if isinstance(status.reblog_of, Status) else ()) or ()
    actions = [(result.filter.filter_action, result.filter.title or "") for result in results]
    put(status, "hidden", any(action == HIDE for action, _ in actions))
    put(status, "filters", tuple([title for action, title in actions if action != HIDE]))


class Quote(Wire, frozen=True):
    """The wrapper Mastodon puts around a quoted status; without the status while it is not approved."""

    quoted_status: Status | None = None


QUOTE = msgspec.json.Decoder(Quote)
STATUS = msgspec.json.Decoder(Status)
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def quoted(raw: bytes) -> hub.Status | None:
    """The quoted status: wrapped or bare; None when it is not approved, deleted, only named, or unreadable."""
    try:
        return QUOTE.decode(raw).quoted_status or STATUS.decode(raw)
    except BROKEN:
        return None
