"""What may stay as it is in a recording. Everything that is not in here is replaced or left out."""

from __future__ import annotations

import re

HEADERS = frozenset(
    {"accept", "accept-charset", "accept-encoding", "cache-control", "connection", "content-length", "expect",
     "transfer-encoding", "x-requested-with"}
)  # fmt: skip
"""Of requests, beside the type of the body and the name of the program."""
REPLY_HEADERS = frozenset(
    {"allow", "cache-control", "content-length", "content-type", "pragma", "retry-after", "www-authenticate",
     "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"}
)  # fmt: skip
HEADER_VALUE = re.compile(r"[ -~]{0,200}")
SCHEMES = frozenset({"basic", "bearer", "digest", "oauth"})
"""Of the Authorization header this much is kept: its first word."""

PARAMS = frozenset(
    {"command", "event", "format", "full_text", "granularity", "image_size", "lang", "map", "media_category",
     "media_type", "mode", "part", "resources", "scale", "since", "time_zone", "tweet_mode", "until"}
)  # fmt: skip
"""Text parameters that choose between few things. `source` names the program, not the person."""
PARAM_VALUE = re.compile(r"[A-Za-z0-9 _./+,:-]{0,60}")
PARAM_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}(\[\d{0,3}\])?")
SECRET_NAME = re.compile(
    r"pass|pw|secret|token|key|auth(?!or)|cookie|session|(^|_)pin($|_)|verifier|credential", re.IGNORECASE
)
"""What is called so is left out, name and value, wherever it stands; also `oauth_*` and `x_auth_*` by that."""
PUBLIC_NAMES = frozenset({"media_key"})
"""Called so and no secret."""

NUMBER = re.compile(r"-?\d{1,19}")
TRUTHS = frozenset({"true", "false", "1", "0", "t", "f", "yes", "no", "on", "off", "null", "none", ""})
NUMBERS = frozenset(
    {"cid", "uid", "gid", "id", "ids", "indices", "h", "w", "height", "width", "size", "position", "page", "pages",
     "code", "limit", "remaining", "reset", "hourly_limit", "remaining_hits", "reset_time_in_seconds", "seen", "count",
     "total_count", "utc_offset", "next_cursor", "previous_cursor", "next_cursor_str", "previous_cursor_str",
     "textlimit", "max_media_per_upload", "photo_size_limit", "expires_after_secs", "image_type", "since_id", "max_id",
     "recipient", "users_count", "members", "subscribers", "adult", "favorited_count", "user"}
)  # fmt: skip
"""Keys whose numbers are kept, beside those that end as in `NUMBER_ENDS`."""
NUMBER_ENDS = ("_id", "_ids", "_id_str", "id_str", "_count", "_counter", "_in_seconds", "_limit", "_max", "_length")

TEXTS = frozenset(
    {"created_at", "updated_at", "date", "pubDate", "published", "updated", "lang", "language", "time_zone", "type",
     "visibility", "verb", "code", "result", "format", "mimetype", "resize", "state", "network", "granularity",
     "event_type", "processing_info", "link_color", "version"}
)  # fmt: skip
"""Keys whose texts are kept, where they look like `TEXT`: dates and words of the API."""
TEXT = re.compile(r"[A-Za-z0-9 :+,./_-]{0,40}")
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_:-]{0,40}")
"""Names of fields."""
SAID = frozenset(
    {"content", "desc", "description", "friendica_html", "full_text", "htmlstatus", "location", "name", "q",
     "screen_name", "searchstring", "statusnet_html", "status", "summary", "text", "title"}
)  # fmt: skip
"""Keys under which even a word like `true` is somebody's."""
SENTENCES = frozenset({"error", "message"})
"""Keys that hold a sentence of the gateway in an error."""
WORDS = frozenset(
    {"a", "account", "accounts", "again", "album", "all", "allowed", "already", "an", "and", "answer", "are", "as",
     "at", "authenticate", "authentication", "authorization", "backend", "bad", "be", "because", "body", "by",
     "call", "calls", "cannot", "client", "consumer", "could", "delete", "deleted", "device", "does", "error",
     "exist", "expired", "failed", "few", "file", "files", "for", "found", "friend", "friends", "from", "gateway",
     "group", "have", "id", "implemented", "in", "internal", "invalid", "is", "it", "its", "large", "later", "limit",
     "link", "list", "login", "long", "many", "may", "media", "message", "messages", "method", "mismatched",
     "missing", "most", "must", "name", "need", "no", "nobody", "not", "nothing", "number", "of", "on", "one",
     "only", "or", "page", "parameter", "parameters", "password", "people", "picture", "pictures", "please", "post",
     "posts", "read", "recipient", "refused", "reply", "request", "requests", "required", "same", "seconds",
     "server", "servers", "show", "signature", "signed", "specified", "status", "stored", "such", "take", "text",
     "than", "that", "the", "there", "this", "time", "to", "token", "too", "took", "try", "twice", "type",
     "unauthorized", "unavailable", "unknown", "use", "used", "user", "users", "uses", "valid", "was", "were",
     "what", "while", "who", "with", "without", "wrong", "you", "your"}
)  # fmt: skip
"""Of which the gateway's sentences are made; other words in them are perhaps somebody's."""
EXTENSIONS = frozenset({"json", "xml", "rss", "atom", "rdf"})
SEGMENT = re.compile(r"[a-z_]{1,24}")
"""A part of a path that may be one of a call that there is not, word by word."""


def is_secret(name: str) -> bool:
    """A field called so is left out."""
    return bool(SECRET_NAME.search(name)) and name not in PUBLIC_NAMES


def is_number(key: str) -> bool:
    """The numbers of a field called so are kept."""
    return key in NUMBERS or key.endswith(NUMBER_ENDS)
