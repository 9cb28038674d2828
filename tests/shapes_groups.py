"""Shapes of groups and lists (wire-friendica.md sections 5 and 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KINDS = {
    "friendica/group_show": "groups", "friendica/group_create": "group_create",
    "friendica/group_update": "group_update", "friendica/group_delete": "group_delete",
    "lists/list": "lists", "lists/ownerships": "lists", "lists/create": "lists", "lists/update": "lists",
    "lists/destroy": "lists", "lists/statuses": "statuses", "friendica/activity": "ok", "lists/subscriptions": "lists",
    "lists/memberships": "lists_list", "lists/show": "lists", "lists/members/create": "lists",
    "lists/members/create_all": "lists", "lists/members/destroy": "lists", "lists/members/destroy_all": "lists",
    "lists/members": "users_list", "lists/members/show": "user", "lists/subscribers": "users_list",
    "lists/subscribers/show": "user",
}  # fmt: skip
OTHER_ROOTS = {"lists/ownerships": "lists_list", "lists/subscriptions": "lists_list"}
"""On Twitter's mounts."""
FULL_USERS = {"lists/members", "lists/subscribers"}
TWITTERS = {
    "id", "id_str", "name", "slug", "full_name", "uri", "description", "mode", "following", "subscriber_count", "user",
}  # fmt: skip
CURSORS = {"next_cursor", "next_cursor_str", "previous_cursor", "previous_cursor_str", "total_count"}
ITEMS = {"groups": "group"}

STATUSES = {
    "group_create": {"ok", "missing user", "reactivated"},
    "group_update": {"ok", "missing user"},
    "group_delete": {"deleted"},
}

CheckUser = Callable[..., None]
Check = Callable[[Any, str], None]


def checks(check_user: CheckUser) -> dict[str, Check]:
    """By kind."""

    def groups(document: Any, call: str) -> None:
        for group in document:
            assert set(group) == {"name", "gid", "user"}, call
            assert isinstance(group["name"], str)
            _number(group["gid"])
            for user in group["user"]:
                check_user(user, call, full=True)
            names = [user["name"].casefold() for user in group["user"]]
            assert names == sorted(names), "members by name"

    def lists(document: Any, call: str) -> None:
        if isinstance(document, dict) and "lists" not in document and "slug" not in document:
            one(document, call)
        elif call == "lists/ownerships" and not CURSORS & set(document):
            assert set(document) == {"lists"}
            for found in document["lists"]:
                assert found.pop("mode") == "private"
                one(found, call)
        else:
            _twitters(document, call, check_user)

    def one(found: Any, call: str) -> None:
        assert set(found) == {"name", "id", "id_str", "user"}, call
        assert found["id_str"] == str(found["id"])
        _number(found["id"])
        check_user(found["user"], call, full=True)
        assert found["user"]["self"] == 1

    return {"groups": groups, "lists": lists, "lists_list": lists, **dict.fromkeys(STATUSES, _result)}


def _twitters(document: Any, call: str, check_user: CheckUser) -> None:
    """One list, several, or a page of them, as Twitter's clients read them."""
    assert "lists" not in document or set(document) == {"lists", *CURSORS}, call
    rows = document.get("lists", document) if isinstance(document, dict) else document
    for found in rows if isinstance(rows, list) else [rows]:
        assert set(found) - {"member_count"} == TWITTERS, call
        assert (found["mode"], found["id_str"]) == ("private", str(found["id"]))
        assert found["full_name"] == f"@{found['uri'].split('/')[1]}/{found['slug']}"
        _number(found["id"])
        check_user(found["user"], call, full=None)


def _result(document: Any, call: str) -> None:
    assert set(document) == {"success", "gid", "name", "status", "wrong users"}
    assert document["success"] is True
    assert document["status"] in STATUSES[call.removeprefix("friendica/")]
    assert (document["status"] == "missing user") == bool(document["wrong users"])
    _number(document["gid"])


def _number(value: Any) -> None:
    assert type(value) is int
    assert 0 < value < 2**31


def xml_name(key: str, path: str) -> str | None:
    """What XML calls a key where it differs."""
    if key == "wrong users":
        return "wrong_users"
    return "users" if (key, path) == ("user", "friendica/group_show[]") else None
