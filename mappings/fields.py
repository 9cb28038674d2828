"""The user and status objects, field by field, in wire order: the single source for JSON, XML, docs and shapes.

Keys and types: reference/wire-statuses-users.md sections 3.1 and 3.2; XML names: section 4.1. A table is compiled once
into a `Template` per format; the values of an object are computed once for both, so both carry equal data.
The reader's own fields of a user stand together, because they are one hole (`mappings.fragments`).
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from mappings import hub

Type = Literal[
    "text", "date", "digits", "int", "bool", "digits?", "int?", "text?", "geo",
    "user", "status", "activities", "attachments", "entities", "list",
]  # fmt: skip
Fidelity = Literal["exact", "derived", "constant", "lost"]

UNSET: Any = object()


class Field(NamedTuple):
    """One key. `value` names what it is made from (its own name when empty); `const` is baked into the template.

    `hole` groups what depends on the reader. `optional`: absent when there is nothing. `full`: only where uid and self
    are sent. `inner`: also in `retweeted_status` and `quoted_status`. `like`: a value that this one often is, too.
    """

    name: str
    type: Type
    fidelity: Fidelity
    note: str
    value: str = ""
    const: Any = UNSET
    hole: Literal["", "contact", "thread"] = ""
    optional: bool = False
    full: bool = False
    inner: bool = True
    like: str = ""


NESTED: frozenset[Type] = frozenset({"user", "status", "activities", "attachments", "entities"})
"""Types whose bytes are made elsewhere and put in between."""

_FLAG = "no such thing on fediverse servers"

USER_FIELDS: tuple[Field, ...] = (
    Field("id", "int", "derived", "own integer for the backend's account id, stable, below 2^31"),
    Field("id_str", "digits", "derived", "the same", value="id"),
    Field("name", "text", "exact", "display name, else user name"),
    Field("screen_name", "text", "exact", "user name without host; the reader's own: the login as typed"),
    Field("location", "text", "derived", "profile field named like location, else the network's label"),
    Field("description", "text", "derived", "the note as plain text"),
    Field("profile_image_url", "text", "exact", "avatar; small where pictures come from the gateway", value="avatar"),
    Field("profile_image_url_https", "text", "exact", "the same", value="avatar"),
    Field("profile_image_url_profile_size", "text", "exact", "the same", value="avatar"),
    Field("profile_image_url_large", "text", "exact", "the same", value="avatar"),
    Field("url", "text", "exact", "profile page"),
    Field("protected", "bool", "exact", "follow requests must be approved"),
    Field("followers_count", "int", "exact", "as the backend counts"),
    Field("friends_count", "int", "exact", "as the backend counts"),
    Field("listed_count", "int", "lost", "servers do not tell", const=0),
    Field("created_at", "date", "exact", "Mastodon tells the day only"),
    Field("favourites_count", "int", "lost", "servers do not tell", const=0),
    Field("utc_offset", "int", "constant", "dates are UTC", const=0),
    Field("time_zone", "text", "constant", "dates are UTC", const="UTC"),
    Field("geo_enabled", "bool", "constant", _FLAG, const=False),
    Field("statuses_count", "int", "exact", "as the backend counts"),
    Field("lang", "text", "lost", "servers do not tell for people", const=""),
    Field("contributors_enabled", "bool", "constant", _FLAG, const=False),
    Field("is_translator", "bool", "constant", _FLAG, const=False),
    Field("is_translation_enabled", "bool", "constant", _FLAG, const=False),
    Field("statusnet_profile_url", "text", "exact", "profile page", value="url"),
    Field("pid", "int", "derived", "same as id", value="id"),
    Field("verified", "bool", "derived", "the reader or a contact of the reader; absent in verify_credentials",
          hole="contact", optional=True),
    Field("following", "bool", "derived", "the reader follows them; at most 10 minutes old", hole="contact"),
    Field("follow_request_sent", "bool", "derived", "where the relationship was asked for", hole="contact"),
    Field("statusnet_blocking", "bool", "derived", "where the relationship was asked for", hole="contact"),
    Field("notifications", "bool", "derived", "where the relationship was asked for", hole="contact"),
    Field("uid", "int", "derived", "the reader's own id for the reader and contacts, or 0", hole="contact", full=True),
    Field("cid", "int", "derived", "the user id for the reader and contacts, else 0", hole="contact"),
    Field("self", "int", "exact", "1 for the reader, else 0", hole="contact", full=True),
    Field("network", "text", "constant", "apub", hole="contact"),
    Field("status", "status", "exact", "last public post, in users/show and verify_credentials", optional=True),
)  # fmt: skip

STATUS_FIELDS: tuple[Field, ...] = (
    Field("text", "text", "derived", "plain text: warnings, body, poll, quoted post, media links"),
    Field("truncated", "bool", "constant", "texts are never cut", const=False),
    Field("created_at", "date", "exact", "to the second"),
    Field("in_reply_to_status_id", "int?", "derived", "the parent's integer"),
    Field("in_reply_to_status_id_str", "digits?", "derived", "the same"),
    Field("source", "text", "exact", "application, where the server tells, and the network's label"),
    Field("id", "int", "derived", "own integer for the backend's id, stable, growing with time, below 2^53"),
    Field("id_str", "digits", "derived", "the same", value="id"),
    Field("in_reply_to_user_id", "int?", "derived", "the integer of the parent's author"),
    Field("in_reply_to_user_id_str", "digits?", "derived", "the same"),
    Field("in_reply_to_screen_name", "text?", "derived", "from the mentions; null when not among them"),
    Field("geo", "geo", "exact", "where the backend has places"),
    Field("favorited", "bool", "exact", "the reader's favourite"),
    Field("friendica_private", "bool", "derived", "visibility private or direct", inner=False),
    Field("statusnet_html", "text", "derived", "the sanitised HTML with the content warning as heading"),
    Field("external_url", "text", "exact", "page of the post; of a boost of the original"),
    Field("friendica_title", "text", "derived", "the content warning"),
    Field("friendica_html", "text", "derived", "the sanitised HTML", like="statusnet_html"),
    Field("retweet_count", "int", "exact", "boosts as the backend counts; not in the original API"),
    Field("favorite_count", "int", "exact", "favourites as the backend counts; not in the original API"),
    Field("retweeted", "bool", "exact", "the reader boosted it; not in the original API"),
    Field("possibly_sensitive", "bool", "exact", "media marked sensitive; not in the original API"),
    Field("user", "user", "exact", "author; of a boost who boosted"),
    Field("friendica_author", "user", "exact", "author; of a boost the author of the original", inner=False),
    Field("friendica_owner", "user", "exact", "author; of a boost who boosted", inner=False),
    Field("statusnet_conversation_id", "int", "derived", "oldest known post of the thread", hole="thread", inner=False),
    Field("friendica_activities", "activities", "derived", "people in statuses/show, else the reader", inner=False),
    Field("attachments", "attachments", "exact", "media files; size 0 where the server does not tell", optional=True),
    Field("entities", "entities", "derived", "with include_entities=true", optional=True),
    Field("retweeted_status", "status", "exact", "the boosted post, with its own id", optional=True, inner=False),
    Field("quoted_status", "status", "exact", "the quoted post", optional=True),
    Field("friendica_comments", "int", "exact", "answers as the backend counts; in lists", optional=True, inner=False),
)  # fmt: skip

ATTACHMENT_FIELDS: tuple[Field, ...] = (
    Field("url", "text", "exact", "the file"),
    Field("mimetype", "text", "derived", "by file name or kind where the server does not tell"),
    Field("size", "int", "exact", "bytes, 0 where the server does not tell"),
    Field("thumb_url", "text", "exact", "preview; not in the original API"),
    Field("description", "text", "exact", "alternative text; not in the original API"),
)

ENTITY_FIELDS: tuple[Field, ...] = (
    Field("hashtags", "list", "exact", "linked hashtags: text, indices"),
    Field("symbols", "list", "constant", "always empty: there are no cashtags"),
    Field("urls", "list", "exact", "links, also of the poll, the quoted post and files that are no pictures"),
    Field("user_mentions", "list", "exact", "linked names; id 0 where the server does not say who it is"),
    Field(
        "media",
        "list",
        "exact",
        "pictures, videos by their still; sizes are computed, the files come in one size",
        optional=True,
    ),
)

EXTENDED_FIELDS: tuple[Field, ...] = (
    Field("full_text", "text", "derived", "the same as `text`"),
    Field("display_text_range", "list", "derived", "all but the links to pictures that end the text"),
    Field("extended_entities", "list", "exact", "`media` of `entities`, videos with their file", optional=True),
    Field("current_user_retweet", "list", "exact", "with include_my_retweet=true: the own boost", optional=True),
)
"""What `mappings.extended` adds."""

ACTIVITIES = hub.ACTIVITIES
"""The lists inside `friendica_activities`, in wire order."""


def element(name: str) -> str:
    """XML name of a key: `statusnet_X` and `friendica_X` stand in their namespaces, `geo` is a GeoRSS point."""
    if name == "geo":
        return "georss:point"
    for prefix in ("statusnet", "friendica"):
        if name.startswith(prefix + "_"):
            return f"{prefix}:{name.removeprefix(prefix + '_')}"
    return name


def inner(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of a status inside another."""
    return tuple(field for field in fields if field.inner)
