"""Shapes of messages as events, of oEmbed, and of the object that statuses/lookup gives for `map`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.shapes_statuses import MEDIA

KINDS = {
    "statuses/oembed": "oembed",
    "direct_messages/events/list": "direct_message_events", "direct_messages/events/show": "direct_message_event",
    "direct_messages/events/new": "direct_message_event", "direct_messages/events/destroy": "empty",
    "direct_messages/mark_read": "empty",
}  # fmt: skip
BARE = {"oembed"}

Check = Callable[[Any, str], None]


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
