"""Shapes of the calls around people (`gateway.rows.relations`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mappings.relations import CONNECTIONS, NONE

DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
KINDS = {
    "friendships/create": "user", "friendships/update": "relationship", "friendships/exists": "friends",
    "friendships/incoming": "ids", "friendships/destroy": "friendships-destroy",
    "friendships/show": "relationship", "friendships/lookup": "relationships", "friendships/outgoing": "ids",
    "friendships/no_retweets/ids": "ids", "notifications/follow": "user", "notifications/leave": "user",
    "blocks/create": "user", "blocks/destroy": "user", "blocks/exists": "user", "blocks/blocking": "users",
    "blocks/ids": "ids", "blocks/blocking/ids": "ids", "mutes/users/create": "user", "mutes/users/destroy": "user",
    "mutes/users/ids": "ids", "mutes/users/list": "users_list", "users/report_spam": "user",
    "users/suggestions": "suggestions",
}  # fmt: skip
OTHER_ROOTS = {"friendships/destroy": "user", "blocks/blocking": "users_list", "users/suggestions": "category"}
BARE = {"friends", "relationship"}
ITEMS = {"relationships": "relationship", "suggestions": "category"}
WORDS = {NONE, *(word for _, word in CONNECTIONS)}
HEAD = {"id": int, "id_str": str, "screen_name": str}
TARGET = HEAD | dict.fromkeys(("following", "followed_by", "following_received", "following_requested"), bool)
SOURCE = TARGET | dict.fromkeys(("live_following", "can_dm", "blocking", "blocked_by"), bool)
"""What is always told, and how."""
PERHAPS = {"notifications_enabled", "muting", "want_retweets", "all_replies", "marked_spam"}
"""True, false, or null where nobody can know."""


def contact_row(document: Any, call: str) -> None:
    """What friendships/destroy answers."""
    assert document["id_str"] == str(document["id"]), call
    assert document["cid"] in {0, document["id"]}
    assert document["rel"] in {0, 1}
    assert all(document[name] for name in ("name", "nick", "screen_name", "addr", "url", "network"))
    assert DATE.fullmatch(document["created"])


def relationship(document: Any, call: str) -> None:
    """friendships/show."""
    assert set(document) == {"relationship"}, call
    ends = document["relationship"]
    assert set(ends) == {"source", "target"}
    assert set(ends["source"]) == SOURCE.keys() | PERHAPS
    assert set(ends["target"]) == TARGET.keys()
    for end, fields in (("source", SOURCE), ("target", TARGET)):
        for name, kind in fields.items():
            assert type(ends[end][name]) is kind, (end, name)
        assert ends[end]["id_str"] == str(ends[end]["id"])
    assert all(ends["source"][name] in {True, False, None} for name in PERHAPS)
    assert ends["source"]["following"] is ends["target"]["followed_by"]


def relationships(document: Any, call: str) -> None:
    """friendships/lookup."""
    for row in document:
        assert set(row) == {"name", "connections", *HEAD}, call
        assert row["id_str"] == str(row["id"])
        assert row["connections"]
        assert set(row["connections"]) <= WORDS
        assert (NONE in row["connections"]) == (row["connections"] == [NONE])


def _head(category: Any) -> None:
    assert all(isinstance(category[name], str) and category[name] for name in ("name", "slug"))
    assert type(category["size"]) is int


def _friends(document: Any, call: str) -> None:
    assert isinstance(document, bool), call


def checks(check_user: Callable[..., None]) -> dict[str, Callable[[Any, str], None]]:
    """By kind."""

    def suggestions(document: Any, call: str) -> None:
        """The reasons; of one reason, who they are, with it or without."""
        for category in document if isinstance(document, list) else [document]:
            if "screen_name" in category:
                check_user(category, call)
                continue
            _head(category)
            assert set(category) - {"users"} == {"name", "slug", "size"}
            for user in category.get("users", ()):
                check_user(user, call)

    return {
        "friends": _friends, "relationship": relationship, "relationships": relationships, "suggestions": suggestions,
    }  # fmt: skip


def inner(call: str, document: Any) -> Any:
    """What XML has as its root."""
    return document["relationship"] if KINDS.get(call) == "relationship" else document
