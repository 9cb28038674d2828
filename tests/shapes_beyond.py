"""Shapes of the calls around statuses and messages beyond the specification (`gateway.rows.beyond`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

KINDS = {
    "statuses/lookup": "statuses", "statuses/retweets": "statuses", "statuses/retweets_of_me": "statuses",
    "statuses/retweeted_by_me": "statuses", "statuses/retweeted_to_me": "statuses", "statuses/unretweet": "status",
    "statuses/retweeted_by": "users", "statuses/retweeted_by/ids": "ids", "statuses/retweeters/ids": "ids",
    "statuses/oembed": "oembed", "statusnet/tags/timeline": "statuses",
    "{user}/rss": "statuses", "{user}/replies/rss": "statuses", "group/{group}/rss": "statuses",
    "direct_messages/events/list": "direct_message_events", "direct_messages/events/show": "direct_message_event",
    "direct_messages/events/new": "direct_message_event", "direct_messages/events/destroy": "empty",
    "direct_messages/mark_read": "empty",
}  # fmt: skip
BARE = {"oembed"}
ID_LISTS = {"statuses/retweeted_by/ids", "statuses/retweeters/ids"}

Choice = bool | None
EXTENDED: ContextVar[Choice] = ContextVar("extended", default=False)
TRIMMED: ContextVar[Choice] = ContextVar("trimmed", default=False)
"""Whether statuses have `full_text`, and people nothing but ids; None: either way."""

FULL_TEXT = {"full_text", "display_text_range"}
MEDIA = {
    "id", "id_str", "indices", "media_url", "media_url_https", "url", "display_url", "expanded_url", "ext_alt_text",
    "type", "sizes",
}  # fmt: skip

Check = Callable[[Any, str], None]


@contextmanager
def forms(*, extended: Choice = False, trimmed: Choice = False) -> Iterator[None]:
    """What is validated in here was asked for in these forms."""
    tokens = EXTENDED.set(extended), TRIMMED.set(trimmed)
    try:
        yield
    finally:
        EXTENDED.reset(tokens[0])
        TRIMMED.reset(tokens[1])


def is_trimmed(user: Any) -> bool:
    """A user that is its ids alone, where that was asked for."""
    wanted = TRIMMED.get()
    if not (wanted if wanted is not None else "name" not in user):
        return False
    assert set(user) == {"id", "id_str"}
    assert user["id_str"] == str(user["id"])
    return True


def without_more(status: Any) -> Any:
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


def checks(check_statuses: Check) -> dict[str, Check]:
    """By kind. The object that `map` gives is one of statuses, too."""

    def statuses(document: Any, call: str) -> None:
        if call == "statuses/lookup" and isinstance(document, dict):
            assert list(document) == ["id"]
            assert all(id.isdecimal() for id in document["id"])
            shown = [one for one in document["id"].values() if one]
            document = sorted(shown, key=lambda one: int(one["id"]), reverse=True)
        check_statuses(document, call)

    return {
        "statuses": statuses,
        "oembed": _oembed,
        "direct_message_events": _events,
        "direct_message_event": lambda document, _: _one_event(document),
    }


def _oembed(document: Any, call: str) -> None:
    assert set(document) == {
        "cache_age", "url", "provider_url", "provider_name", "author_name", "author_url", "version", "type", "html",
        "height", "width",
    }, call  # fmt: skip
    assert (document["type"], document["version"], document["height"]) == ("rich", "1.0", None)
    assert 220 <= document["width"] <= 550
    assert "<script" not in document["html"].lower()


def _events(document: Any, call: str) -> None:
    assert set(document) - {"next_cursor"} == {"events", "apps"}, call
    assert document.get("next_cursor", "1").isdecimal()
    for one in document["events"]:
        _event(one)
    ids = [int(one["id"]) for one in document["events"]]
    assert ids == sorted(set(ids), reverse=True), "newest first, nothing twice"


def _one_event(document: Any) -> None:
    assert set(document) == {"event", "apps"}
    _event(document["event"])


def _event(found: Any) -> None:
    assert list(found) == ["type", "id", "created_timestamp", "message_create"]
    assert found["type"] == "message_create"
    create = found["message_create"]
    texts = (found["id"], found["created_timestamp"], create["sender_id"], create["target"]["recipient_id"])
    assert all(isinstance(text, str) and text.isdecimal() for text in texts), texts
    data = create["message_data"]
    assert set(data) - {"attachment"} == {"text", "entities"}
    assert set(data["entities"]) == {"hashtags", "symbols", "urls", "user_mentions"}
    if "attachment" in data:
        assert data["attachment"]["type"] == "media"
        assert set(data["attachment"]["media"]) == MEDIA
