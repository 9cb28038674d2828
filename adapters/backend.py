"""The `Backend` protocol: one method per capability, hub objects in and out (DESIGN section 4).

Every method raises only `adapters.errors.BackendError`s. Every list is one bounded upstream call. A `Backend` belongs
to one linked account (or to nobody, for anonymous reading); it is cheap to make, the HTTP client behind it is shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from mappings import hub

UNSTATED_CHARS = 50_000
"""How long a post may be where the server does not say (client-to-server)."""
LOCAL_BOOST = "reblog-"
"""Starts the native id of a boost that its server gave no id of its own: the adapter made it, and nobody answers it."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an instance can do, detected once and cached (reference/backend-facts.md).

    `directory`: people and public posts that never reached the account can be listed and found there.
    `requests_sent`: it says whom the reader asked to follow. `follow_options`: of each followed person it keeps whether
    their boosts are shown and whether the reader is told of their posts. `boosts_by_id`: `status` answers
    for the id of a boost, while it stands.
    """

    software: str
    version: str = ""
    label: str = ""
    order: hub.Order = hub.Order.ORDERED
    max_chars: int = 500
    max_media: int = 4
    page_size: int = 40
    idempotency: bool = False
    statuses_by_id: bool = False
    boosts_by_id: bool = True
    favourites_list: bool = True
    blocks_list: bool = True
    mutes: bool = True
    mutes_list: bool = True
    requests_sent: bool = False
    follow_options: bool = True
    suggestions: bool = True
    reports: bool = True
    searches_statuses: bool = True
    uploads: bool = True
    directory: bool = True
    lists: bool = True
    renames_lists: bool = True
    list_addressing: bool = False
    conversations: bool = True
    markers: bool = True
    reactions: bool = False
    events: bool = False
    editing: bool = False
    accounts_by_id: bool = False
    federated: bool = True
    places: bool = False
    trends: bool = False
    removes_header: bool = False
    profile_fields: bool = False
    connections: int = 32


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A status to post. `text` is what the backend takes as plain source; `visibility` is always set.

    `html` is set when the client sent HTML; the adapter sends it as HTML where the backend takes that, else `text`.
    `lists` are native list ids (only with `list_addressing`). `descriptions` are (media, text) and only for `edit`:
    new descriptions of files that stay attached, where the backend can change them.
    """

    text: str
    visibility: hub.Visibility
    title: str = ""
    html: str = ""
    in_reply_to: str | None = None
    media: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    sensitive: bool = False
    language: str = ""
    place: hub.Place | None = None
    source: str = ""
    idempotency_key: str = ""
    descriptions: tuple[tuple[str, str], ...] = ()


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to upload, already checked. `data` is the whole file."""

    data: bytes
    name: str
    mime: str
    description: str = ""


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change of the own profile; None leaves it as it is. `location`: only with `profile_fields`."""

    name: str | None = None
    note: str | None = None
    location: str | None = None
    avatar: File | None = None
    header: File | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list to read. Cursors are native ids, both exclusive; `limit` is clamped to the page size.

    `newer_than` reads the newest page above that id (not the page right above it).
    `before_ms`/`after_ms` (milliseconds since 1970) are used where no native id is known and ids carry time:
    the adapter makes a cursor that includes everything up to / from that time.
    """

    limit: int = 20
    older_than: str | None = None
    newer_than: str | None = None
    before_ms: int | None = None
    after_ms: int | None = None


class RateState(msgspec.Struct, frozen=True, kw_only=True):
    """What the backend last said about its limit. `reset` is seconds since 1970, 0 when it says nothing."""

    limit: int = 0
    remaining: int = 0
    reset: int = 0


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The owner of a token: the account and its posting defaults."""

    account: hub.Account
    default_visibility: hub.Visibility = hub.Visibility.PUBLIC
    follow_requests: int = 0
    language: str = ""


class Backend(Protocol):
    """One linked account on one server."""

    capabilities: Capabilities
    base_url: str

    # order of ids
    def sighting(self, status: hub.Status) -> hub.Sighting:
        """What the id map needs to place `status`."""

    def parent_sighting(self, native: str, child: hub.Sighting) -> hub.Sighting:
        """The same for a status known only by its native id, because `child` answers it."""

    def entry(self, raw: bytes) -> hub.Entry:
        """An entry from bytes that this backend once gave (the post-once guard keeps them)."""

    def rate_state(self) -> RateState:
        """The limit as last seen, without asking."""

    # reading
    async def me(self) -> Person: ...
    async def site(self) -> hub.Site: ...
    async def home(self, window: Window) -> hub.Page[hub.Entry]: ...
    async def public(self, window: Window, *, local: bool) -> hub.Page[hub.Entry]: ...
    async def tagged(self, tag: str, window: Window) -> hub.Page[hub.Entry]:
        """Public statuses with a hashtag (without `#`), from all servers; empty for a tag nobody used."""

    async def user(self, native: str, window: Window, *, replies: bool) -> hub.Page[hub.Entry]: ...
    async def favourites(self, cursor: str | None) -> hub.Page[hub.Entry]: ...
    async def mentions(self, cursor: str | None) -> hub.Page[hub.Notification]: ...
    async def status(self, native: str) -> hub.Entry: ...
    async def statuses(self, natives: Sequence[str]) -> dict[str, hub.Entry]:
        """Several at once (bounded parallel where the backend has no batch call); missing ones are left out."""

    async def thread(self, native: str) -> hub.Thread: ...
    async def activities(self, native: str) -> hub.Activities: ...
    async def reblogged_by(self, native: str, cursor: str | None) -> hub.Page[hub.Account]:
        """Who boosted a status, latest first; `older` is the opaque cursor of the next page. Raises Missing."""

    async def reblogs(self, native: str) -> tuple[hub.Entry, ...]:
        """The boosts of a status as statuses, one page of them. Where a server tells only who boosted, the adapter
        makes the rest, with an id that stays the same; the date is then that of the post. Raises Missing."""

    async def own_boosted(self, window: Window) -> hub.Page[hub.Entry]:
        """Own statuses that others boosted; pages may be short or empty."""

    async def account(self, native: str) -> hub.Account: ...
    async def lookup(self, acct: str) -> hub.Account:
        """By `user` or `user@host`; resolves people the server has not met yet. Raises Missing."""

    async def lookup_url(self, url: str) -> hub.Account:
        """By profile URL. Raises Missing."""

    async def search_accounts(self, query: str, limit: int) -> tuple[hub.Account, ...]: ...
    async def followers(self, cursor: str | None) -> hub.Page[hub.Account]:
        """The reader's own, most recent first; `older` is the opaque cursor of the next page."""

    async def following(self, cursor: str | None) -> hub.Page[hub.Account]: ...
    async def relationships(self, natives: Sequence[str]) -> tuple[hub.Relationship, ...]: ...
    async def blocks(self, cursor: str | None) -> hub.Page[hub.Account]: ...
    async def mutes(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader mutes. Raises Unsupported without `mutes_list`."""

    async def follow_requests(self, cursor: str | None) -> hub.Page[hub.Account]: ...
    async def requests_sent(self, cursor: str | None) -> hub.Page[hub.Account]:
        """Whom the reader asked to follow and who did not answer. Raises Unsupported without `requests_sent`."""

    async def suggestions(self) -> tuple[hub.Suggestion, ...]:
        """Whom the server proposes to follow. Raises Unsupported without `suggestions`."""

    async def accounts(self, natives: Sequence[str]) -> dict[str, hub.Account]:
        """Several at once (bounded parallel where the backend has no batch call); missing ones are left out."""

    async def groups(self) -> tuple[hub.Group, ...]: ...
    async def group_members(self, native: str) -> tuple[hub.Account, ...]: ...
    async def groups_of(self, native: str) -> tuple[hub.Group, ...]:
        """The own groups somebody is in."""

    async def group_timeline(self, native: str, window: Window) -> hub.Page[hub.Entry]: ...
    async def search_statuses(self, query: str, limit: int, offset: int) -> tuple[hub.Entry, ...]: ...
    async def own_media(self, cursor: str | None) -> hub.Page[hub.Entry]:
        """Own statuses with files, `direct` ones too, newest first; no boosts. `older` is the next page's cursor."""

    async def conversations(self, cursor: str | None) -> hub.Page[hub.Conversation]:
        """Exchanges of direct messages, latest first. Raises Unsupported without `conversations`."""

    async def notifications(self, cursor: str | None) -> hub.Page[hub.Notification]:
        """Everything that happened to the reader, newest first, up to 40 a page."""

    async def notification_marker(self) -> str | None:
        """Native id of the newest notification the reader has seen elsewhere; None without `markers`."""

    async def reactions(self, native: str) -> tuple[hub.Reaction, ...]:
        """Emoji under a status with the people behind them. Raises Unsupported without `reactions`."""

    async def trends(self) -> tuple[hub.Trend, ...]:
        """Hashtags by how much they are used on the server. Raises Unsupported without `trends`."""

    async def paper(self, kind: hub.Paper) -> str:
        """What the server publishes for people to read, as HTML. Raises Missing where it does not."""

    async def fetch(self, url: str) -> tuple[bytes, str]:
        """(bytes, media type) of a public file, through the guarded client, bounded. Raises Missing, BadAnswer."""

    # writing; each returns what the backend answered, nothing is re-read
    async def post(self, draft: Draft) -> hub.Entry: ...
    async def upload(self, file: File) -> hub.Upload: ...
    async def remove(self, native: str) -> None: ...
    async def edit(self, native: str, draft: Draft) -> hub.Entry:
        """Replace text, title, media and sensitivity of an own status; its audience stays. Name the files to keep in
        `media`; a draft without any keeps all of them, and the sensitivity (one more call). Raises Unsupported."""

    async def describe(self, media: str, description: str) -> None:
        """Set the description of an uploaded file that is not attached yet. Raises Missing."""

    async def mark_notifications(self, native: str) -> None:
        """Everything up to this notification was seen. Raises Unsupported without `markers`."""

    async def react(self, native: str, emoji: str) -> hub.Entry:
        """Raises Unsupported without `reactions`."""

    async def unreact(self, native: str, emoji: str) -> hub.Entry: ...
    async def attend(self, native: str, verb: str) -> hub.Entry:
        """Answer an event: `attendyes`, `attendno`, `attendmaybe`, or "" to take the answer back.

        Raises Unsupported without `events`, Rejected when the status is no event.
        """

    async def create_group(self, name: str) -> hub.Group: ...
    async def rename_group(self, native: str, name: str) -> hub.Group: ...
    async def remove_group(self, native: str) -> None: ...
    async def add_to_group(self, native: str, accounts: Sequence[str]) -> None:
        """Raises Refused when one of them is not followed."""

    async def remove_from_group(self, native: str, accounts: Sequence[str]) -> None: ...
    async def follow(self, native: str, *, reblogs: bool | None = None, notify: bool | None = None) -> hub.Relationship:
        """Follow, or ask to; somebody followed already gets the options changed, None leaves one as it is. The answer
        says what is so. Raises Refused, Unsupported for options without `follow_options`."""

    async def unfollow(self, native: str) -> hub.Relationship: ...
    async def block(self, native: str) -> hub.Relationship:
        """Nothing of theirs is shown any more; neither follows the other."""

    async def unblock(self, native: str) -> hub.Relationship: ...
    async def mute(self, native: str) -> hub.Relationship:
        """Nothing of theirs is shown in timelines and notifications; they are not told. Raises Unsupported without
        `mutes`."""

    async def unmute(self, native: str) -> hub.Relationship: ...
    async def report(self, native: str, comment: str = "") -> None:
        """Tell the people who run the server that this is spam. Raises Unsupported without `reports`."""

    async def update_profile(self, change: ProfileChange) -> Person: ...
    async def remove_header(self) -> Person:
        """No picture at the head of the profile. Raises Unsupported without `removes_header`."""

    async def favourite(self, native: str) -> hub.Entry: ...
    async def unfavourite(self, native: str) -> hub.Entry: ...
    async def reblog(self, native: str) -> hub.Entry:
        """The new boost: a status whose `reblog_of` is the original, also where the server answers otherwise."""

    async def unreblog(self, native: str) -> None:
        """Take the boost of the original `native` back."""

    async def own_newest(self) -> tuple[hub.Entry, ...]:
        """The newest statuses of the account, to find out whether a post took effect."""
