"""Shapes of direct messages (wire-friendica.md section 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from lxml import etree

BOX = ("direct_messages", "direct_messages/all", "direct_messages/sent", "direct_messages/conversation")
NEW, DESTROY = "direct_messages/new", "direct_messages/destroy"
SEEN, SEARCH = "friendica/direct_messages_setseen", "friendica/direct_messages_search"

ROOTS: dict[str, set[str]] = {
    **{call: {"direct-messages", "direct_messages_all"} for call in BOX},
    NEW: {"direct-messages"},
    "direct_messages/show": {"direct_message"},
    DESTROY: {"direct_message_delete", "direct_messages_delete", "direct_message"},
    SEEN: {"direct_message_setseen", "direct_messages_setseen"},
    SEARCH: {"direct_message_search", "direct_messages_search"},
}
"""The XML roots of each call."""

TEXTS = {
    **{call: {("error", "no mails available")} for call in BOX},
    DESTROY: {
        ("ok", "message deleted"), ("error", "message id or parenturi not specified"),
        ("error", "message id not in database"), ("error", "unknown error"),
    },
    SEEN: {
        ("ok", "message set to seen"), ("error", "message id not specified"),
        ("error", "message id not in database"), ("error", "unknown error"),
    },
    SEARCH: {("error", "searchstring not specified")},
}  # fmt: skip
"""What a client understands (section 16.1)."""

KEYS = (
    "id", "sender_id", "text", "recipient_id", "created_at", "sender_screen_name", "recipient_screen_name", "sender",
    "recipient", "title", "friendica_seen", "friendica_parent_uri", "entities",
)  # fmt: skip
DATE = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d \+0000 \d{4}")

CheckUser = Callable[..., None]


def validate(call: str, format: str, body: bytes, check_user: CheckUser) -> None:
    """A body of a 200."""
    if call == DESTROY and not body:
        return
    if format != "json":
        root = etree.fromstring(body)
        assert etree.QName(root).localname in ROOTS[call]
        if call in BOX and etree.QName(root).localname == "direct-messages":
            assert all(etree.QName(child).localname == "direct_message" for child in root)
        return
    document = msgspec.json.decode(body)
    if "result" in document:
        assert set(document) == {"result", "message"}
        assert (document["result"], document["message"]) in TEXTS[call]
    elif call == SEARCH:
        _search(document, check_user)
    elif call in BOX:
        _list(document, check_user)
    else:
        _message(document, check_user)


def _search(document: Any, check_user: CheckUser) -> None:
    assert list(document) == ["success", "search_results"]
    if document["success"] is False:
        assert document["search_results"] == "nothing found"
    else:
        assert document["success"] is True
        _list(document["search_results"], check_user)


def _list(document: Any, check_user: CheckUser) -> None:
    for one in document:
        _message(one, check_user)
    ids = [one["id"] for one in document]
    assert ids == sorted(set(ids), reverse=True), "newest first, nothing twice"


def _message(found: Any, check_user: CheckUser) -> None:
    users, with_entities = "sender" in found, "entities" in found
    left_out = ({"entities"} if not with_entities else set()) | (set() if users else {"sender", "recipient"})
    assert list(found) == [key for key in KEYS if key not in left_out]
    assert all(type(found[key]) is int and found[key] > 0 for key in ("id", "sender_id", "recipient_id"))
    assert all(isinstance(found[key], str) for key in ("text", "title", "friendica_parent_uri"))
    assert found["friendica_seen"] in {0, 1}
    assert type(found["friendica_seen"]) is int
    assert found["friendica_parent_uri"]
    assert DATE.fullmatch(found["created_at"])
    for side in ("sender", "recipient") if users else ():
        check_user(found[side], full=False)
        assert (found[side]["id"], found[side]["screen_name"]) == (found[f"{side}_id"], found[f"{side}_screen_name"])
