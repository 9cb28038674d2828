"""Statuses and users by their declared fields (`mappings.fields`), in every form a client may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mappings.fields import ACTIVITIES, ATTACHMENT_FIELDS, STATUS_FIELDS, USER_FIELDS, Field, inner

MARKED = ContextVar("marked", default=True)
"""Whether people may have `uid` and `self`: not in Twitter's dialect."""
Choice = bool | None
EXTENDED: ContextVar[Choice] = ContextVar("extended", default=False)
TRIMMED: ContextVar[Choice] = ContextVar("trimmed", default=False)
"""Whether statuses have `full_text`, and people nothing but ids; None: either way."""

DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")
ENTITIES = {"hashtags", "symbols", "urls", "user_mentions", "media"}
FULL_TEXT = {"full_text", "display_text_range"}
MEDIA = {
    "id", "id_str", "indices", "media_url", "media_url_https", "url", "display_url", "expanded_url", "ext_alt_text",
    "type", "sizes",
}  # fmt: skip


@contextmanager
def twitters() -> Iterator[None]:
    """What is validated in here came in Twitter's dialect."""
    token = MARKED.set(False)
    try:
        yield
    finally:
        MARKED.reset(token)


@contextmanager
def forms(*, extended: Choice = False, trimmed: Choice = False) -> Iterator[None]:
    """What is validated in here was asked for in these forms."""
    tokens = EXTENDED.set(extended), TRIMMED.set(trimmed)
    try:
        yield
    finally:
        EXTENDED.reset(tokens[0])
        TRIMMED.reset(tokens[1])


def _is_trimmed(user: Any) -> bool:
    """A user that is its ids alone, where that was asked for."""
    wanted = TRIMMED.get()
    if not (wanted if wanted is not None else "name" not in user):
        return False
    assert set(user) == {"id", "id_str"}
    assert user["id_str"] == str(user["id"])
    return True


def _without_more(status: Any) -> Any:
    """A status without what its form adds to it, which is checked."""
    more = {"current_user_retweet"}
    if boost := status.get("current_user_retweet"):
        assert boost == {"id": boost["id"], "id_str": str(boost["id"])}
    wanted = EXTENDED.get()
    if wanted if wanted is not None else "full_text" in status:
        _full_text(status)
        more |= FULL_TEXT | {"extended_entities"}
    return {name: value for name, value in status.items() if name not in more}


def _full_text(status: Any) -> None:
    assert set(status) >= FULL_TEXT | {"text", "entities"}
    assert status["full_text"] == status["text"]
    start, end = status["display_text_range"]
    assert 0 <= start <= end <= len(status["full_text"])
    assert ("extended_entities" in status) == ("media" in status["entities"])
    for media in status.get("extended_entities", {}).get("media", []):
        assert set(media) - {"video_info"} == MEDIA
        assert ("video_info" in media) == (media["type"] in {"video", "animated_gif"})


def check_status(status: Any, call: str = "", fields: tuple[Field, ...] = STATUS_FIELDS, *, user: bool = True) -> None:
    """One status object; `user` False: inside a user."""
    wanted = tuple(field for field in fields if user or field.name != "user")
    has_fields(_without_more(status), wanted, where=f"{call} status")
    for key in ("retweeted_status", "quoted_status"):
        if key in status:
            check_status(status[key], call, inner(STATUS_FIELDS))


def check_user(user: Any, call: str = "", *, full: bool | None = None) -> None:
    """One user object; `full`: with uid and self, None: either way."""
    if _is_trimmed(user):
        return
    without = {"verified"} if call.startswith("account/") else set()
    kept = MARKED.get() and (full if full is not None else "uid" in user)
    fields = tuple(f for f in USER_FIELDS if f.name not in without and (kept or not f.full))
    has_fields(user, fields, where=f"{call} user")
    if "verified" not in without:
        assert "verified" in user


def has_fields(found: Any, fields: Iterable[Field], where: str) -> None:
    fields = tuple(fields)
    assert isinstance(found, dict), where
    assert set(found) <= {field.name for field in fields}, (where, set(found) - {field.name for field in fields})
    for field in fields:
        assert field.optional or field.name in found, (where, field.name)
        if field.name in found:
            assert _fits(found[field.name], field), (where, field.name, found[field.name])


def _fits(value: Any, field: Field) -> bool:
    kind = field.type.removesuffix("?")
    if value is None:
        return field.type.endswith("?") or kind == "geo"
    if kind in TYPE_CHECKS:
        return TYPE_CHECKS[kind](value)
    if kind == "user":
        check_user(value, full=field.name != "user" if field.name.startswith("friendica") else None)
    elif kind == "status" and field.name == "status":
        check_status(value, user="user" in value)
    return True


def check_activities(value: Any) -> bool:
    for people in value.values():
        for user in people:
            check_user(user, full=True)
    return tuple(value) == ACTIVITIES


def _attachments(value: Any) -> bool:
    for item in value:
        has_fields(item, ATTACHMENT_FIELDS, "attachment")
    return bool(value)


def _entities(value: Any) -> bool:
    lists_only = all(isinstance(items, list) for items in value.values())
    return lists_only and ENTITIES - {"media"} <= set(value) <= ENTITIES


TYPE_CHECKS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "date": lambda value: isinstance(value, str) and bool(DATE.fullmatch(value)),
    "digits": lambda value: isinstance(value, str) and value.isdecimal(),
    "int": lambda value: type(value) is int and value >= 0,
    "bool": lambda value: isinstance(value, bool),
    "geo": lambda value: value["type"] == "Point" and len(value["coordinates"]) == 2,
    "activities": check_activities,
    "attachments": _attachments,
    "entities": _entities,
}


def check_statuses(document: Any, call: str) -> None:
    assert isinstance(document, list)
    for status in document:
        check_status(status, call)
    ids = [status["id"] for status in document]
    assert ids == sorted(set(ids), reverse=True), "newest first, nothing twice"
